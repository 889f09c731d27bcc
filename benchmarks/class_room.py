"""A class of N phones in one room: every vote counted once, seen on the wall, and what it takes.

`python -m benchmarks.class_room [--phones 200] [--seconds 20] [--restart]`

A leader opens a room through the page, as a teacher would; N phones join it over the browser's protocol, each
with a cookie of its own and a quiet connection for changes. The leader puts a question, the phones answer at
random moments within the given seconds, and the wall follows. With `--restart` the server is killed in the
middle of the vote and started again. The last line is JSON: `phones`, `lost` (votes that were cast and are
not counted exactly once), `errors` (exceptions on pages and tracebacks in the log), `shown_p95_s` (seconds
from a vote's click until the wall's count includes it, 95th percentile), `memory_mb` (resident, highest).
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import secrets
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.Delta_pb2 import Delta
from websockets.exceptions import WebSocketException

from benchmarks.load import percentile
from benchmarks.server import Server, free_port, serve
from benchmarks.visitor import Visitor
from core.teaching.classroom import Classroom
from ui.classroom.links import PHONE_VIEW

ASK = "Ask the room"
OPEN = "Open a room"
LEAST_GAP = 0.7  # seconds between two looks of the wall, as its component keeps them
PATIENCE = 120.0  # seconds until a phone that cannot vote gives up


@dataclass
class InRoom(Visitor):
    """A tab on the Class page, which runs its fragment when the room's changes say so."""

    code: str = ""
    fragment: str = ""
    """The fragment that shows the room."""
    seen: list[tuple[float, int]] = field(default_factory=list)
    """When the wall's count was seen, and what it was."""

    def _note(self, delta: Delta) -> None:
        super()._note(delta)
        if delta.fragment_id:
            self.fragment = delta.fragment_id
        counted = re.match(r"(\d+) of \d+ have answered", delta.new_element.progress.text)
        if counted:
            self.seen.append((time.perf_counter(), int(counted[1])))

    async def changes(self, view: str) -> AsyncIterator[str]:
        """The room's changes, from a connection as the browser's `EventSource` makes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            path = f"/api/rooms/{self.code}/changes?view={view}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    yield line[6:].decode().strip()
        finally:
            writer.close()

    async def follow(self, view: str) -> None:
        """Run the fragment after each change, not more often than the page does."""
        last = 0.0
        with contextlib.suppress(OSError, WebSocketException):
            async for _ in self.changes(view):
                await asyncio.sleep(max(0.0, last + LEAST_GAP - time.perf_counter()))
                last = time.perf_counter()
                if self.fragment:
                    await self.refresh(self.fragment)


@dataclass
class Vote:
    """One phone's vote."""

    moment: float
    """When it is cast, seconds after the question."""
    option: int
    clicked: float = 0.0
    """Clock of the click."""
    errors: int = 0


async def phone(port: int, code: str, vote: Vote, asked: asyncio.Event, over: asyncio.Event) -> None:
    """One phone, which comes back whenever the server drops it, and votes until the vote is through."""
    cookie, is_through = f"browser={secrets.token_urlsafe(16)}", False
    deadline = time.perf_counter() + PATIENCE
    while not over.is_set() and time.perf_counter() < deadline:
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            async with InRoom(port, cookie=cookie, code=code) as tab:
                await tab.open("classroom", f"room={code}&hide={PHONE_VIEW}")
                following = asyncio.create_task(tab.follow("phone"))
                try:
                    if not is_through:
                        is_through = await cast(tab, vote, asked)
                    while not over.is_set() and not tab.is_closed:
                        await asyncio.sleep(0.2)
                finally:
                    following.cancel()
                    vote.errors += tab.errors if not tab.is_closed else 0
        await asyncio.sleep(0.3)


async def cast(tab: InRoom, vote: Vote, asked: asyncio.Event) -> bool:
    """Wait for the question and the moment, then click; whether the server took it."""
    await asked.wait()
    await asyncio.sleep(max(0.0, vote.moment - time.perf_counter()))
    for _ in range(100):
        if tab.is_closed:
            return False
        options = [label for label in tab.buttons if label.startswith("`")]
        if len(options) > vote.option:
            vote.clicked = vote.clicked or time.perf_counter()
            await tab.click(options[vote.option])
            return not tab.is_closed
        await asyncio.sleep(0.1)
    tab.errors += 1
    return False


async def wall(port: int, query: str, seen: list[tuple[float, int]], over: asyncio.Event) -> None:
    """The wall, which comes back whenever the server drops it."""
    code = re.findall(r"room=([A-Z]+)", query)[0]
    while not over.is_set():
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            async with InRoom(port, code=code, seen=seen) as tab:
                await tab.open("classroom", query)
                following = asyncio.create_task(tab.follow("wall"))
                while not over.is_set() and not tab.is_closed:
                    await asyncio.sleep(0.2)
                following.cancel()
        await asyncio.sleep(0.3)


async def hold_class(
    server: Server, votes: list[Vote], seconds: float, restart: Callable[[], None] | None
) -> tuple[str, list[tuple[float, int]]]:
    """The whole lesson; gives the room's code and when the wall showed which count."""
    asked, over = asyncio.Event(), asyncio.Event()
    seen: list[tuple[float, int]] = []
    async with Visitor(server.port, cookie=f"browser={secrets.token_urlsafe(16)}") as leader:
        await leader.open("classroom")
        await leader.click(OPEN)
        for _ in range(100):  # the page runs again once the room is in its address
            if ASK in leader.buttons and "room=" in leader._query:
                break
            await asyncio.sleep(0.1)
        query = leader._query
        code = re.findall(r"room=([A-Z]+)", query)[0]
        tabs = [asyncio.create_task(phone(server.port, code, vote, asked, over)) for vote in votes]
        tabs.append(asyncio.create_task(wall(server.port, f"{query}&view=wall", seen, over)))
        await until(lambda: phones_in(server, code) >= len(votes), PATIENCE)
        await leader.click(ASK)
    start = time.perf_counter()
    for vote in votes:
        vote.moment += start + 2  # the question has to reach the phones first
    asked.set()
    if restart is not None:
        await asyncio.sleep(2 + seconds / 2)
        await asyncio.to_thread(restart)
    everybody = len(votes)
    await until(lambda: bool(seen) and seen[-1][1] >= everybody, seconds + PATIENCE)
    over.set()
    await asyncio.wait(tabs, timeout=30)
    return code, seen


async def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds, or the time is over."""
    deadline = time.perf_counter() + seconds
    while not holds() and time.perf_counter() < deadline:
        await asyncio.sleep(0.2)


def phones_in(server: Server, code: str) -> int:
    """Phones that have joined, from the rooms' file."""
    return Classroom(server.runs / "rooms.sqlite3").answers.tally(code, 0).phones


def report(server: Server, code: str, votes: list[Vote], seen: list[tuple[float, int]]) -> dict[str, object]:
    """The figures of the last line, from the rooms' file and from what the wall showed."""
    answers = Classroom(server.runs / "rooms.sqlite3").answers.tally(code, 1).answers
    counted = Counter(int(value) for _, _, value in answers)
    sent = Counter(vote.option for vote in votes if vote.clicked)
    lost = sum((sent - counted).values()) + sum((counted - sent).values()) + sum(not v.clicked for v in votes)
    delays = []
    for count, clicked in enumerate(sorted(vote.clicked for vote in votes), start=1):
        shown = next((when for when, n in seen if n >= count), None)
        delays.append(float("inf") if shown is None else max(0.0, shown - clicked))
    return {
        "phones": len(votes),
        "lost": lost,
        "errors": sum(vote.errors for vote in votes) + server.errors(),
        "shown_p95_s": round(percentile(delays, 0.95), 2),
    }


def main() -> None:
    """Hold the class and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0, help="within which all votes fall")
    parser.add_argument("--restart", action="store_true", help="kill the server in the middle of the vote")
    options = parser.parse_args()
    chance = random.Random(0)
    votes = [Vote(options.seconds * chance.random(), chance.randrange(4)) for _ in range(options.phones)]
    port, highest = free_port(), 0.0
    with (
        tempfile.TemporaryDirectory(prefix="pytorch-basics-live-") as folder,
        contextlib.ExitStack() as stack,
    ):
        running = [stack.enter_context(serve(port=port, folder=Path(folder)))]

        def restart() -> None:
            os.kill(running[-1].pid, signal.SIGKILL)
            running.append(stack.enter_context(serve(port=port, folder=Path(folder))))

        async def measured() -> tuple[str, list[tuple[float, int]]]:
            nonlocal highest

            async def watch() -> None:
                nonlocal highest
                while True:
                    with contextlib.suppress(OSError, KeyError):
                        highest = max(highest, running[-1].memory()["resident_mb"])
                    await asyncio.sleep(0.5)

            watching = asyncio.create_task(watch())
            found = await hold_class(running[0], votes, options.seconds, restart if options.restart else None)
            watching.cancel()
            return found

        code, seen = asyncio.run(measured())
        line = {
            "benchmark": "class_room",
            **report(running[-1], code, votes, seen),
            "memory_mb": round(highest),
            "restarted": options.restart,
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
