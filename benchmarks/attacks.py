"""What ten visitors notice while a stranger does one bad thing after another to a small server.

`python -m benchmarks.attacks [--minutes N | --seconds N] [--only NAME ...] [--visitors N] [--megabytes N]
[--cores N]`

The server runs in a memory group (1,024 MB) on one core. Ten visitors bring a network each, and every third
has a finished run; then they click "Forward" on the predictions page, first in quiet, then while each attack
goes on in turn. `--seconds` is the length of each, `--minutes` that of all attacks together.

Prints one JSON line: the visitors' 95th percentile in quiet and under attack, over all attacks and of the
worst one, how many of their networks and finished runs are lost at the end, how often the server had to be
started anew (it ends there), and how many tracebacks are in its log, with the last lines of each. Each
attack's own line goes to stderr as it ends, with the tracebacks that are new.
"""

import argparse
import asyncio
import contextlib
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import torch
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.limits import remove_group, small_machine
from benchmarks.server import PROJECT, STEMS, Server, serve
from benchmarks.stranger import Stranger, noise, scans
from core.config import ModelConfig
from core.exchange.weights import to_safetensors
from core.exchange.weights.uploads import write_notes
from core.model import build
from core.model.layer_text import layers_from_text

LIGHT_CLICK = "Forward"
USE = "Use it on every page"
HEAVY = "-".join(["maxpool2", *["conv64k7"] * 6, "maxpool14", "flatten", "linear10"])
"""A network near the bounds: a scoring takes minutes of one core."""
WIDE = "conv128k1-flatten-linear10"
TIMEOUT = 60.0

Attack = Callable[[Stranger, random.Random], Awaitable[None]]


def weights(seed: int, layers: str = "flatten-linear16-relu-linear10") -> bytes:
    """A file of weights with notes, so that nothing is asked."""
    model = ModelConfig(architecture="custom", layers=layers_from_text(layers))
    state = build(model, torch.Generator().manual_seed(seed)).state_dict()
    return to_safetensors(state, write_notes(model, "none", "benchmark"))


async def bring(tab: Stranger, seed: int, layers: str = "flatten-linear16-relu-linear10") -> None:
    """Upload a network and use it."""
    data = weights(seed, layers)
    for _ in range(5):  # a busy server may answer a page's run before the file is there
        await tab.open("checkpoints", "section=Bring+your+own", TIMEOUT)
        await tab.give("A file of weights", f"own-{seed}.safetensors", data, TIMEOUT)
        await asyncio.sleep(0.3)
        if USE in tab.buttons:
            await tab.click(USE, TIMEOUT)
            return
    raise RuntimeError("the server did not take a network")


# ---- the attacks: each is one action, repeated until its time is over


async def links(tab: Stranger, chance: random.Random) -> None:
    """Bare links whose run would need gigabytes."""
    batch = chance.randrange(1024, 4097)
    query = chance.choice(["preset=best", "net=cnn&channels=128-128&images=10&epochs=1"])
    await tab.open("training", f"{query}&batch={batch}", TIMEOUT)


async def uploads(tab: Stranger, chance: random.Random) -> None:
    """Files of 60 MB to the own session, which no page asked for."""
    await tab.put(f"{chance.random()}.bin", noise(60 * 2**20))


async def frames(tab: Stranger, chance: random.Random) -> None:
    """One message of 190 MB."""
    async with Stranger(tab.port) as other:
        await other.say(bytes(190 * 2**20))
        await asyncio.sleep(0.5)


async def caches(tab: Stranger, chance: random.Random) -> None:
    """The message that empties everybody's caches."""
    await tab.say(BackMsg(clear_cache=True))
    await asyncio.sleep(0.2)


async def tabs(tab: Stranger, chance: random.Random) -> None:
    """A tab that starts a long run and is closed."""
    async with Stranger(tab.port) as other:
        await other.open("training", f"preset=best&epochs=20&seed={chance.randrange(10**6)}", TIMEOUT)
        if "Start training" in other.buttons:
            await other.click("Start training", TIMEOUT)


async def disk(tab: Stranger, chance: random.Random) -> None:
    """Runs of the largest networks on ten images, one after another."""
    network = "net=mlp&hidden=2048-2048-1900&opt=sgd&epochs=1&images=10&batch=10"
    await tab.open("training", f"{network}&seed={chance.randrange(10**6)}", TIMEOUT)
    if "Start training" in tab.buttons:
        await tab.click("Start training", TIMEOUT)
    await asyncio.sleep(3)


async def pictures(tab: Stranger, chance: random.Random) -> None:
    """Progressive JPEG files of thousands of scans."""
    await tab.open("predictions", "section=Your+own+picture", TIMEOUT)
    await tab.give(
        "A picture", f"{chance.random()}.jpg", scans(3464, chance.randrange(4_000, 40_000)), TIMEOUT
    )


async def loops(tab: Stranger, chance: random.Random) -> None:
    """The longest snippet with ever other values."""
    size, rate = chance.choice([16, 64]), chance.choice([0.001, 0.01, 0.1])
    query = f"part=Full+loop&full_loop-epochs=3&full_loop-batch_size={size}&full_loop-learning_rate={rate}"
    await tab.open("optimization", f"{query}&full_loop-shuffle={chance.choice(['true', 'false'])}", TIMEOUT)


async def networks(tab: Stranger, chance: random.Random) -> None:
    """Networks of 200 million multiply-adds an image: their score, and why they say what they say."""
    await bring(tab, chance.randrange(10**6), HEAVY)
    await tab.open("predictions", f"closer=Why&sample={chance.randrange(1000)}", TIMEOUT)


async def maps(tab: Stranger, chance: random.Random) -> None:
    """The slowest map of the datasets page."""
    count = chance.choice([500, 1000, 1500])
    split = chance.choice(["train", "test"])
    await tab.open("datasets", f"part=Map&map=t-SNE&arranged={count}&split={split}", TIMEOUT)
    label = f"Arrange {count:,} images"
    if label in tab.buttons:
        await tab.click(label, TIMEOUT)


async def wide(tab: Stranger, chance: random.Random) -> None:
    """Networks of 100,352 values before the last layer: gigabytes for ten thousand images."""
    await bring(tab, chance.randrange(10**6), WIDE)
    await tab.open("predictions", f"closer=Why&sample={chance.randrange(1000)}", TIMEOUT)


async def programs(tab: Stranger, chance: random.Random) -> None:
    """The longest programs recorded line by line, with ever other seeds."""
    query = f"program=Quickstart&images=1000&batch_size=32&seed={chance.randrange(100)}"
    await tab.open("line_by_line", query, TIMEOUT)


async def reloads(tab: Stranger, chance: random.Random) -> None:
    """Pages as fast as they come."""
    await tab.open(chance.choice(STEMS), "", TIMEOUT)


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (links, uploads, frames, caches, tabs, disk, pictures, loops, networks, maps, wide,
                   programs, reloads)
}  # fmt: skip


# ---- the visitors


async def click_on(tab: Stranger, number: int, times: list[float], stop: asyncio.Event) -> None:
    """Click for as long as it lasts, a second or so between clicks."""
    chance = random.Random(number)
    while not stop.is_set():
        await asyncio.sleep(0.5 + chance.random())
        if LIGHT_CLICK not in tab.buttons:
            await tab.open("predictions", "", TIMEOUT)
            continue
        times.append(await tab.click(LIGHT_CLICK, TIMEOUT))


async def attacked(server: Server, visitors: list[Stranger], seconds: float, attack: str = "") -> list[float]:
    """The visitors' times while one attack goes on for so long."""
    times: list[float] = []
    stop = asyncio.Event()
    clicking = [
        asyncio.create_task(click_on(tab, number, times, stop)) for number, tab in enumerate(visitors)
    ]
    # in a process of its own: what it does to itself is not the visitors' to wait for
    command = [sys.executable, "-m", "benchmarks.attacks", "--stranger", attack, "--port", str(server.port)]
    attacking = subprocess.Popen(command, cwd=PROJECT) if attack else None
    await asyncio.sleep(seconds)
    stop.set()
    await asyncio.gather(*clicking, return_exceptions=True)
    if attacking:
        attacking.kill()
        attacking.wait()
    return times


async def trouble(port: int, attack: Attack) -> None:
    """One attack, again and again, until this process is ended."""
    chance = random.Random()
    while True:
        with contextlib.suppress(OSError, StopIteration, KeyError, RuntimeError, TimeoutError):
            async with Stranger(port) as tab:
                await tab.open("quickstart", "", TIMEOUT)
                while not tab.is_closed:
                    await attack(tab, chance)
        await asyncio.sleep(0.2)


async def settle_in(server: Server, visitors: list[Stranger]) -> set[str]:
    """Every visitor brings a network, and every third has a finished run; the runs' keys."""
    for number, tab in enumerate(visitors):
        await tab.open("quickstart", "", TIMEOUT)
        await bring(tab, number)
        if number % 3 == 0:
            await tab.open("training", f"net=mlp&hidden=16&epochs=1&images=500&seed={number}", TIMEOUT)
            await tab.click("Start training", TIMEOUT)
            await asyncio.sleep(4)
        await tab.open("predictions", "", TIMEOUT)
    return _finished(server)


def _finished(server: Server) -> set[str]:
    return {path.parent.name for path in server.runs.glob("*/history.json")}


async def _networks_left(visitors: list[Stranger]) -> int:
    left = 0
    for tab in visitors:
        tab.texts.clear()
        with contextlib.suppress(Exception):
            await tab.open("predictions", "", TIMEOUT)
        left += any("your upload" in text for text in tab.texts)
    return left


async def measure(server: Server, arguments: argparse.Namespace) -> dict[str, object]:
    """All attacks in turn; what they did, in one line."""
    names: list[str] = arguments.only or list(ATTACKS)
    seconds: float = arguments.seconds if arguments.minutes is None else 60 * arguments.minutes / len(names)
    async with contextlib.AsyncExitStack() as stack:
        count = range(arguments.visitors)
        visitors = [await stack.enter_async_context(Stranger(server.port)) for _ in count]
        runs = await settle_in(server, visitors)
        quiet = await attacked(server, visitors, seconds)
        p95 = _percentile(quiet)
        _tell({"attack": None, **_figures(quiet, p95)})
        each: dict[str, list[float]] = {}
        lives, known = True, server.errors()
        for name in names:
            each[name] = await attacked(server, visitors, seconds, name)
            lives = Path(f"/proc/{server.pid}").exists() and server.answers()
            line = {"attack": name, "server_lives": lives, **_figures(each[name], p95)}
            line["errors_shown"] = sum(tab.errors for tab in visitors)
            if new := server.faults()[known:]:
                line["traceback_ends"] = new
                known += len(new)
            _tell(line | (server.memory() if lives else {}))
            if not lives:
                break
            await asyncio.sleep(2)
        every = [seconds for times in each.values() for seconds in times]
        worst = max(each, key=lambda name: _percentile(each[name]))
        return {
            "seconds_each": round(seconds, 1),
            "quiet_p95_ms": round(1000 * p95, 1),
            "attacked_p95_ms": round(1000 * _percentile(every), 1),
            "attacked_of_quiet": round(_percentile(every) / p95, 2),
            "worst": worst,
            "worst_p95_ms": round(1000 * _percentile(each[worst]), 1),
            "clicks": [len(quiet), len(every)],
            "uploads": arguments.visitors,
            "uploads_lost": arguments.visitors - (await _networks_left(visitors) if lives else 0),
            "runs": len(runs),
            "runs_lost": len(runs - _finished(server)),
            "restarts": int(not lives),
            "tracebacks": server.errors(),
            "traceback_ends": server.faults(),
        }


def _tell(line: dict[str, object]) -> None:
    print(json.dumps(line), file=sys.stderr, flush=True)


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else float("nan")


def _figures(times: list[float], quiet: float) -> dict[str, object]:
    p95 = _percentile(times)
    return {
        "clicks": len(times),
        "median_ms": round(1000 * statistics.median(times), 1) if times else 0.0,
        "p95_ms": round(1000 * p95, 1),
        "p95_of_quiet": round(p95 / quiet, 2),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each attack")
    parser.add_argument("--minutes", type=float, help="length of all attacks together")
    parser.add_argument("--only", nargs="+", choices=sorted(ATTACKS), help="these attacks alone")
    parser.add_argument("--visitors", type=int, default=10)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--stranger", choices=sorted(ATTACKS), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stranger:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(trouble(arguments.port, ATTACKS[arguments.stranger]))
        return
    with contextlib.ExitStack() as stack:
        with small_machine(arguments.megabytes, arguments.cores) as bound:
            server = stack.enter_context(serve())
        machine = {"memory_mb": arguments.megabytes, "bound_by": bound, "cores": arguments.cores}
        print(json.dumps(machine | asyncio.run(measure(server, arguments))), flush=True)
    remove_group()


if __name__ == "__main__":
    main()
