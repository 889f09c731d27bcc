"""Tells waiting phones and projectors that something in their room has changed, and nothing more.

A phone in a room keeps one quiet connection (server-sent events) instead of asking again and again: as long
as nothing changes, it costs no run of a page. One task per server looks at the rooms' counters for everybody.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

Viewer = Literal["phone", "wall"]

LOOK_SECONDS: Final = 0.3
"""Between two looks at the rooms' counters."""
KEEP_SECONDS: Final = 20.0
"""A quiet connection shows at least so often that it lives: proxies keep it, and the gone are noticed."""
MAX_LISTENERS: Final = 1_000
RETRY_MS: Final = 2_000
"""How long a browser waits before it connects anew."""


class RoomWatch:
    """Follows the counters of all rooms while anybody listens.

    Args:
        look: Every room's code with two counters: of what phones show and of what the wall shows.
    """

    def __init__(self, look: Callable[[], dict[str, tuple[int, int]]]) -> None:
        self._look = look
        self._counters: dict[str, tuple[int, int]] = {}
        self._changed: dict[tuple[str, Viewer], asyncio.Event] = {}
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody else can listen now."""
        return self._listeners >= MAX_LISTENERS

    async def listen(self, code: str, viewer: Viewer) -> AsyncIterator[str]:
        """Events for one phone or wall: the counter now and after each change; it ends with the room."""
        self._listeners += 1
        try:
            if self._task is None or self._task.done():
                await self._refresh()
                self._task = asyncio.create_task(self._follow())
            sent = None
            yield f"retry: {RETRY_MS}\n\n"
            while (count := self._count(code, viewer)) is not None:
                if count != sent:
                    sent = count
                    yield f"data: {count}\n\n"
                event = self._changed.setdefault((code, viewer), asyncio.Event())
                try:
                    await asyncio.wait_for(event.wait(), KEEP_SECONDS)
                except TimeoutError:
                    yield ":\n\n"
            yield "data: ended\n\n"
        finally:
            self._listeners -= 1

    def _count(self, code: str, viewer: Viewer) -> int | None:
        counters = self._counters.get(code)
        return None if counters is None else counters[0 if viewer == "phone" else 1]

    async def _follow(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_SECONDS)
            await self._refresh()

    async def _refresh(self) -> None:
        with contextlib.suppress(Exception):  # a file that cannot be read now is read at the next look
            found = await asyncio.to_thread(self._look)
            old, self._counters = self._counters, found
            for code, viewer in list(self._changed):
                place = 0 if viewer == "phone" else 1
                if old.get(code, (0, 0))[place] != found.get(code, (0, 0))[place]:
                    self._changed.pop((code, viewer)).set()


def _look() -> dict[str, tuple[int, int]]:
    from ui.resources import classroom  # brings torch, which a server without visitors does without

    return classroom().answers.changes()


_watch: Final = RoomWatch(_look)


async def _changes(request: Request) -> Response:
    viewer: Viewer = "wall" if request.query_params.get("view") == "wall" else "phone"
    if _watch.is_full:
        return PlainTextResponse("Too many are listening.", status_code=503)
    return StreamingResponse(
        _watch.listen(request.path_params["code"], viewer),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


ROUTES: Final = [Route("/api/rooms/{code:str}/changes", _changes)]
