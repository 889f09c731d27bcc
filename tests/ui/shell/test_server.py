"""What the server adds to every answer, asked through the ASGI interface."""

import pytest
from starlette.responses import PlainTextResponse

from tests.coroutines import finish
from ui.server.gate import BROWSER_COOKIE
from ui.shell.server import HEADERS, AroundPages


def ask(path="/", *, method="GET", scheme="http", **headers):
    """Status, headers (all values of a name in a list) and body of the wrapped app's answer."""
    sent = []
    scope = {
        "type": "http", "method": method, "path": path, "root_path": "", "scheme": scheme,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "server": ("testserver", 80),
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    finish(AroundPages(PlainTextResponse("inside"))(scope, receive, send))
    found = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name.decode().lower(), []).append(value.decode())
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent)


def test_every_answer_has_the_headers():
    for path in ("/", "/_stcore/metrics", "/static/a.js"):
        _, headers, _ = ask(path)
        assert {name: headers[name.lower()] for name in HEADERS} == {n: [v] for n, v in HEADERS.items()}


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/base/_stcore/metrics", "/_stcore/metrics/"])
def test_figures_about_visitors_are_closed(path):
    status, _, body = ask(path)
    assert (status, body) == (404, b"Not found")
    assert ask("/_stcore/health")[2] == b"inside"


def test_a_browser_gets_a_cookie_once_with_its_first_page():
    """It cannot be read by scripts or sent by other sites, and two browsers never get the same."""
    lines = [ask(accept="text/html,*/*")[1]["set-cookie"] for _ in range(2)]
    assert lines[0] != lines[1]
    name, _, rest = lines[0][0].partition("=")
    value, *flags = rest.split("; ")
    assert name == BROWSER_COOKIE
    assert len(value) >= 22  # 128 bits in base 64
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} == set(flags)
    assert "set-cookie" not in ask(accept="text/html", cookie=f"{BROWSER_COOKIE}={value}")[1]
    assert "set-cookie" not in ask("/static/a.js", accept="*/*")[1]
    assert "set-cookie" not in ask(method="POST", accept="text/html")[1]


def test_the_cookie_stays_on_encrypted_connections_once_there_is_one():
    for how in ({"scheme": "https"}, {"x_forwarded_proto": "https"}):
        (line,) = ask(accept="text/html", **how)[1]["set-cookie"]
        assert line.endswith("; Secure")
