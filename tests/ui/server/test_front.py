"""Streamlit's own files travel compressed, and its page says at once what is coming."""

import gzip

from starlette.responses import FileResponse, HTMLResponse, Response

from tests.coroutines import finish
from ui.server.front import FIRST_PAINT, Front

SCRIPT = b"export const a = 1\n" * 100


class Inside:
    """Streamlit's server: counts how often it is asked."""

    def __init__(self, response):
        self.response, self.asked = response, 0

    async def __call__(self, scope, receive, send):
        self.asked += 1
        await self.response(scope, receive, send)


def ask(front, path, *, method="GET", **headers):
    """Status, headers and body of the answer."""
    sent = []
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    finish(front(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent)


def test_a_script_is_compressed_once_and_keeps_its_headers():
    inside = Inside(
        Response(SCRIPT, media_type="text/javascript", headers={"cache-control": "public, immutable"})
    )
    front = Front(inside)
    for _ in range(2):
        status, headers, body = ask(front, "/static/js/a.js", accept_encoding="gzip, br")
        assert (status, gzip.decompress(body)) == (200, SCRIPT)
        assert headers["content-encoding"] == "gzip"
        assert headers["cache-control"] == "public, immutable"
        assert headers["vary"] == "Accept-Encoding"
        assert int(headers["content-length"]) == len(body) < len(SCRIPT) / 4
    assert inside.asked == 1


def test_who_cannot_unpack_or_asks_for_a_part_gets_the_file_as_it_is():
    front = Front(Inside(Response(SCRIPT, media_type="text/javascript")))
    for headers in ({}, {"accept_encoding": "gzip", "range": "bytes=0-9"}):
        assert ask(front, "/static/js/a.js", **headers)[2] == SCRIPT


def test_what_is_small_or_already_packed_is_passed_on():
    for body, kind in ((b"x", "text/javascript"), (SCRIPT, "font/woff2")):
        _, headers, answer = ask(
            Front(Inside(Response(body, media_type=kind))), "/static/x", accept_encoding="gzip"
        )
        assert (answer, "content-encoding" in headers) == (body, False)


def test_the_page_of_the_installed_streamlit_says_at_once_what_is_coming():
    """Into the very file that Streamlit has now; nobody is told that their copy of it is still good."""
    from streamlit import file_util

    page = FileResponse(f"{file_util.get_static_dir()}/index.html")
    front = Front(Inside(page))
    status, headers, body = ask(front, "/tensors", accept="text/html", if_none_match="x")
    text = body.decode()
    assert status == 200
    assert text.count(FIRST_PAINT) == 1
    assert text.count('<div id="root"') == 1
    assert "<title>PyTorch Basics, Live</title>" in text
    assert int(headers["content-length"]) == len(body)
    assert not {"etag", "last-modified"} & set(headers)
    packed = ask(front, "/", accept="text/html", accept_encoding="gzip")[2]
    assert gzip.decompress(packed).decode() == text


def test_other_requests_are_left_alone():
    front = Front(Inside(HTMLResponse('<div id="root"></div>')))
    assert ask(front, "/_stcore/health", accept="*/*")[2] == b'<div id="root"></div>'
    assert ask(front, "/", method="POST", accept="text/html")[2] == b'<div id="root"></div>'
