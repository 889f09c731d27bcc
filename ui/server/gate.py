"""The gate before Streamlit's server: who is there, and how much may come in.

An ASGI application around Streamlit's own (`ui.shell.server` puts it there). It decides from a request's
head, before a byte of the body is read, and never looks into a body.
"""

import asyncio
import contextlib
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.system.budget import YOURS
from ui.server.pace import Pace, Paces
from ui.server.uploads import Uploads

PROXIES_VARIABLE: Final = "PYTORCH_BASICS_PROXIES"
"""How many proxies of the operator's own stand before this server: as many entries of `X-Forwarded-For`,
counted from its end, are theirs and true. Without it the header is a stranger's claim and is ignored."""

BROWSER_COOKIE: Final = "browser"
"""Names a browser, not a person, until it is closed. Quotas count by it, because tabs are free."""

ADDRESS_HEADER: Final = "x-visitor-address"
"""Under which pages find the visitor's address; what a browser sends by this name is thrown away."""

MAX_CONNECTIONS: Final = 600
"""Open pages of all visitors together."""
MAX_CONNECTIONS_EACH: Final = 250
"""Open pages of one address: a class of two hundred behind one router, and its wall."""
FILES: Final = 4 * MAX_CONNECTIONS + 2_000
"""Open files that a server may need: Streamlit takes four for each page; the rest are phones and uploads."""
MAX_LISTENERS_EACH: Final = 250
"""Phones and walls of one address that wait for what their room shows next."""
BURST: Final = 40
"""Messages that a page may send at once."""
RATE: Final = 10.0
"""Messages per second that a page may send for long; dragging a slider sends about five."""
BODY_BURST: Final = 24_000_000
"""Bytes of uploads that an address may send at once: a picture of the largest kind."""
BODY_RATE: Final = 8_000_000.0
"""Bytes of uploads per second of an address: the server takes bodies apart in the thread that serves all."""
UPLOAD_SECONDS: Final = 180.0
"""An upload that is not complete by then is dropped."""

_log = logging.getLogger(__name__)
_LISTENING: Final = re.compile(r"/api/rooms/[^/]*/changes/?$")
_LARGEST: Final = 4 * 2**20  # bytes: Streamlit refuses longer messages unread


def allow_many_files() -> None:
    """Let this process have as many files open as its connections need, where the system lets it.

    Without this, a service starts with 1,024 on most systems: 250 pages would take them all.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Gate:
    """Lets requests pass, or answers them itself.

    Args:
        app: Streamlit's server.
        uploads: Counts what uploads take.
    """

    def __init__(self, app: ASGIApp, uploads: Uploads | None = None) -> None:
        self._app = app
        self._uploads = uploads or Uploads()
        self._connections: Counter[str] = Counter()
        self._listeners: Counter[str] = Counter()
        self._bodies = Paces(BODY_BURST, BODY_RATE)
        self._proxies = int(os.environ.get(PROXIES_VARIABLE) or 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or one connection."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connection(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "PUT" and "/_stcore/upload_file/" in scope["path"]:
            await self._upload(scope, receive, send, self.address(scope))
        elif _LISTENING.search(scope["path"]):
            await self._listen(scope, receive, send, self.address(scope))
        else:
            await self._app(scope, receive, send)

    async def _listen(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        """Let a phone wait for its room, if its address has not too many waiting already."""
        if address and self._listeners[address] >= MAX_LISTENERS_EACH:
            await PlainTextResponse("Too many are listening.", 503)(scope, receive, send)
            return
        with _one_more(self._listeners, address):
            await self._app(scope, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        """Reserve the room that an upload needs, then let it pass, for as long as it may take."""
        session = scope["path"].rstrip("/").split("/")[-2]
        length = _header(scope, "content-length")
        if not length.isdecimal() or len(length) > 12:
            await PlainTextResponse("An upload has to say how long it is.", 411)(scope, receive, send)
            return
        refusal = self._uploads.admit(session, address or session, int(length))
        if refusal is not None:
            await PlainTextResponse(refusal, 413 if refusal == YOURS else 503)(scope, receive, send)
            return
        try:
            slowed = self._slowed(receive, address or session)
            await self._app(scope, _until(slowed, time.monotonic() + UPLOAD_SECONDS), send)
        except ClientDisconnect:  # it left, or was too slow: no fault of the app's
            await PlainTextResponse("The upload did not arrive: send it again.", 408)(scope, receive, send)
        except OSError as error:  # its temporary file could not be written
            _log.warning("an upload of %s bytes was dropped: %s", length, error)
            await PlainTextResponse("The server has no room for this file: try a smaller one.", 507)(
                scope, receive, send
            )
        finally:
            self._uploads.arrived(session, int(length))

    def _slowed(self, receive: Receive, owner: str) -> Receive:
        """`receive`, no faster than this owner's uploads may come; the rest waits in the network."""

        async def slowed() -> Message:
            message = await receive()
            await asyncio.sleep(self._bodies.take(owner, len(message.get("body", b""))))
            return message

        return slowed

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = self.address(scope)
        scope["headers"] = [
            (name, value) for name, value in scope["headers"] if name.lower() != ADDRESS_HEADER.encode()
        ] + [(ADDRESS_HEADER.encode(), address.encode())]
        crowded = bool(address) and self._connections[address] >= MAX_CONNECTIONS_EACH
        if crowded or self._connections.total() >= MAX_CONNECTIONS:
            await receive()  # the browser's wish to connect
            await send({"type": "websocket.close", "code": 1013})
            return
        with _one_more(self._connections, address):
            await self._app(scope, _paced(receive), send)

    def address(self, scope: Scope) -> str:
        """The visitor's address, or nothing where it is that of this very machine."""
        client = scope.get("client")
        address = str(client[0]) if client else ""
        if self._proxies:
            claimed = [part.strip() for part in _header(scope, "x-forwarded-for").split(",")]
            if len(claimed) >= self._proxies:
                address = claimed[-self._proxies]
        address = re.sub(r"[^0-9A-Fa-f.:]", "", address)[:45].removeprefix("::ffff:")
        return "" if address in ("127.0.0.1", "::1") else address


@contextlib.contextmanager
def _one_more(counts: Counter[str], address: str) -> Iterator[None]:
    """Count one more of an address for as long as it lasts."""
    counts[address] += 1
    try:
        yield
    finally:
        counts[address] -= 1
        if not counts[address]:
            del counts[address]


def _header(scope: Scope, name: str) -> str:
    values = [value for key, value in scope["headers"] if key.lower() == name.encode()]
    return ",".join(value.decode("latin-1") for value in values)


def _until(receive: Receive, deadline: float) -> Receive:
    """`receive`, which says that the browser has gone once the deadline has passed."""

    async def bounded() -> Message:
        try:
            return await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            return {"type": "http.disconnect"}

    return bounded


def _paced(receive: Receive) -> Receive:
    """`receive`, as fast as a person can click, without what no page sends."""
    pace = Pace(BURST, RATE)

    async def paced() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if wait := pace.take(1):
                await asyncio.sleep(wait)
            if _is_from_a_page(message.get("bytes")):
                return message

    return paced


def _is_from_a_page(data: bytes | None) -> bool:
    """Whether a message is one: neither text nor damaged, nor the one that empties everybody's caches."""
    if data is None:
        return False
    if len(data) > _LARGEST:
        return True
    try:
        kind = BackMsg.FromString(data).WhichOneof("type")
    except Exception:  # protobuf's error for a damaged one: Streamlit would write a traceback into its log
        return False
    return kind not in (None, "clear_cache")
