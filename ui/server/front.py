"""Streamlit's own files, sent small and painted early.

Streamlit sends its scripts as they lie on the disk, and its page is empty until several megabytes of them
have arrived. Here they travel compressed, each compressed once per server, the small ones as one
(`bundle.py`), and the page says at once what is coming. The page also holds the link that skips the sidebar,
which has to be there before the first Tab key, and the glossary, which would otherwise travel with every
click.
"""

import asyncio
import gzip
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.teaching import glossary
from ui.server import bundle

FIRST_PAINT: Final = (
    Path(__file__).with_name("first_paint.html").read_text(encoding="utf-8")
    + f'<script id="glossary" type="application/json">{glossary.to_json()}</script>\n'
)
"""What stands in the page until Streamlit has loaded, the place that it fills, and the words to explain."""

_ROOT: Final = '<div id="root"></div>'
_TITLE: Final = "<title>Streamlit</title>"
_KINDS: Final = ("text/javascript", "application/javascript", "text/css")
_FOR_GOOD: Final = {"cache-control": "public, immutable, max-age=31536000"}
"""As Streamlit sends its own files, whose names change with their content too."""
_CONDITIONS: Final = ("if-none-match", "if-modified-since", "range")
_LEAST: Final = 500
"""Bytes below which compressing gains nothing."""
_MOST: Final = 2**23
"""Bytes of the largest file that is kept compressed."""
_FILES: Final = 2_000
"""Files that are kept compressed: several times those that Streamlit has."""


class Front:
    """ASGI middleware around Streamlit's static files.

    Args:
        app: Streamlit's server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._bundle = bundle.installed()
        self._packed: dict[str, tuple[Message, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif "/static/" in scope["path"]:
            app = self._of_path(scope["path"])
            plain = "gzip" not in headers.get("accept-encoding", "")
            if plain or any(name in headers for name in _CONDITIONS):
                await app(scope, receive, send)
            else:
                await self._static(app, scope, send)
        elif "text/html" in headers.get("accept", ""):
            await self._page(scope, send)
        else:
            await self._app(scope, receive, send)

    def _of_path(self, path: str) -> ASGIApp:
        """Who has the file: the bundle, which lies beside Streamlit's, or Streamlit."""
        if path.endswith(f"/{self._bundle.path}"):
            return Response(self._bundle.script, media_type="text/javascript", headers=_FOR_GOOD)
        return self._app

    async def _static(self, app: ASGIApp, scope: Scope, send: Send) -> None:
        """A script or a style sheet, compressed; anything else as it is."""
        path = scope["path"]
        if path not in self._packed:
            start, body = await _ask(app, scope)
            if not _is_worth_packing(start, len(body)) or len(self._packed) >= _FILES:
                await _answer(send, start, body)
                return
            body = await asyncio.to_thread(gzip.compress, body, 6)
            headers = MutableHeaders(scope=start)
            headers["content-encoding"] = "gzip"
            headers["content-length"] = str(len(body))
            headers.add_vary_header("Accept-Encoding")
            self._packed[path] = (start, body)
        await _answer(send, *self._packed[path])

    async def _page(self, scope: Scope, send: Send) -> None:
        """Streamlit's page with our first paint in it."""
        inner = {name: value for name, value in scope.items() if name != "headers"}
        dropped = {b"accept-encoding", *(name.encode() for name in _CONDITIONS)}
        inner["headers"] = [pair for pair in scope["headers"] if pair[0].lower() not in dropped]
        start, body = await _ask(self._app, inner)
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            page = body.decode("utf-8").replace(_ROOT, FIRST_PAINT, 1)
            page = page.replace(_TITLE, "<title>PyTorch Basics, Live</title>", 1)
            body = self._bundle.put_into(page).encode()
            for name in ("etag", "last-modified"):  # they are those of the file, not of what is sent
                del headers[name]
            if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                body = gzip.compress(body, 6)
                headers["content-encoding"] = "gzip"
            headers.add_vary_header("Accept-Encoding")
            headers["content-length"] = str(len(body))
        await _answer(send, start, body)


async def _ask(app: ASGIApp, scope: Scope) -> tuple[Message, bytes]:
    """The whole answer of an application: its start and its body.

    It is not told if the browser leaves: half a file would be kept for everybody.
    """
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, _nothing_more, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _nothing_more() -> Message:
    """For an application that listens whether the browser has left."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


def _is_worth_packing(start: Message, size: int) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0]
    plain = "content-encoding" not in headers
    return start["status"] == 200 and kind in _KINDS and plain and _LEAST <= size <= _MOST


async def _answer(send: Send, start: Message, body: bytes) -> None:
    await send({**start, "headers": list(start["headers"])})  # those around this one add to it
    await send({"type": "http.response.body", "body": body})
