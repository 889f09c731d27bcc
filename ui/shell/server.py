"""What the server does around the pages: headers, a cookie that tells browsers apart, closed doors.

`streamlit_app.py` hands this to Streamlit's server. It must start at once, so it imports little of `core`.
"""

import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.front import Front
from ui.server.gate import BROWSER_COOKIE, Gate

CLOSED: Final = ("/_stcore/metrics",)
"""Doors of Streamlit's that tell strangers about other visitors."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
"""Sent with every answer. What depends on how the app is embedded or encrypted is left to the proxy."""


class AroundPages:
    """ASGI middleware: adds headers and the cookie, and answers 404 at closed doors.

    Args:
        app: What answers otherwise.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a WebSocket passes untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        cookie = None if BROWSER_COOKIE in request.cookies or not _is_page(request) else _new_cookie(request)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if cookie is not None:
                    headers.append("set-cookie", cookie)
            await send(message)

        if any(request.url.path.rstrip("/").endswith(door) for door in CLOSED):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)


def _is_page(request: Request) -> bool:
    """Whether a browser asks for a page, not for a part of one."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _new_cookie(request: Request) -> str:
    """A `Set-Cookie` line with 128 random bits that scripts cannot read and other sites do not send."""
    proxied = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    secure = "; Secure" if "https" in (request.url.scheme, proxied) else ""
    return f"{BROWSER_COOKIE}={secrets.token_urlsafe(16)}; Path=/; HttpOnly; SameSite=Lax{secure}"


MIDDLEWARE: Final = [Middleware(AroundPages), Middleware(Gate), Middleware(Front)]
