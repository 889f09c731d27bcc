"""What comes in from the network is bounded before it is read."""

import asyncio
import errno
import os
import resource

import pytest
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from tests.coroutines import finish
from ui.server import gate as gates
from ui.server.gate import Gate
from ui.server.pace import Paces
from ui.server.uploads import (
    IN_MEMORY,
    MAX_FILES,
    MAX_OWNER,
    MAX_SESSION,
    MAX_TOTAL,
    MB,
    Uploads,
    stay_off_the_disk,
)

UPLOAD = "/_stcore/upload_file/{}/file"


class Kept:
    """Stands for what Streamlit keeps: sizes alone."""

    class Sized:
        def __init__(self, size):
            self.data = range(size)

    def __init__(self, **sessions):
        self.file_storage = {
            name: {f"f{i}": self.Sized(size) for i, size in enumerate(sizes)}
            for name, sizes in sessions.items()
        }

    def remove_file(self, session_id, file_id):
        del self.file_storage[session_id][file_id]


def scope(path="/", method="GET", kind="http", client="198.51.100.7", **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": kind, "path": path, "method": method, "headers": pairs, "client": (client, 1)}


def ask(gate, request, incoming=()):
    """Send a request through the gate; what it answers, and whether the server behind it was reached."""
    sent, waiting = [], list(incoming)

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    finish(gate(request, receive, send))
    return sent


class Server:
    """Stands for Streamlit's: notes what reaches it, and answers with a page."""

    def __init__(self, kind=b"text/html; charset=utf-8"):
        self.reached, self.kind = [], kind

    async def __call__(self, request, receive, send):
        self.reached.append(request)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", self.kind)]})


@pytest.mark.parametrize("length", [None, "", "-1", "1e3", "9" * 400])
def test_an_upload_says_how_long_it_is(length):
    """Without a length nothing could be reserved; such a request never reaches the server."""
    server = Server()
    headers = {} if length is None else {"content_length": length}
    assert ask(Gate(server), scope(UPLOAD.format("s"), "PUT", **headers))[0]["status"] == 411
    assert not server.reached


def test_what_is_on_its_way_counts():
    """Uploads that arrive together are bounded together, for a session, an address and all."""
    uploads, kept = Uploads(), Kept()
    assert uploads.admit("one", "a", MAX_SESSION, kept) is None
    assert "one visitor" in uploads.admit("one", "a", 1, kept)
    assert "one visitor" in uploads.admit("two", "a", MAX_OWNER - MAX_SESSION + 1, kept)
    assert uploads.admit("three", "b", MAX_SESSION, kept) is None
    assert "holds as much" in uploads.admit("four", "c", MAX_TOTAL - 2 * MAX_SESSION + 1, kept)
    uploads.arrived("one", MAX_SESSION)
    assert uploads.admit("two", "a", MAX_SESSION, kept) is None


def test_a_sessions_own_oldest_files_give_way_and_no_others():
    """Eight files of 60 MB are one file of 60 MB; many small ones are sixteen."""
    kept = Kept(mine=[MAX_SESSION // 2, MAX_SESSION // 2], other=[MAX_SESSION])
    assert Uploads().admit("mine", "a", MAX_SESSION // 2, kept) is None
    assert list(kept.file_storage["mine"]) == ["f1"]
    assert list(kept.file_storage["other"]) == ["f0"]
    many = Kept(mine=[0] * MAX_FILES)
    assert Uploads().admit("mine", "a", 0, many) is None
    assert len(many.file_storage["mine"]) == MAX_FILES - 1


def test_an_upload_that_stalls_is_dropped(monkeypatch):
    """Whoever sends a first byte and then nothing is disconnected, and the room is free again."""
    monkeypatch.setattr(gates, "UPLOAD_SECONDS", 0.05)
    uploads = Uploads()
    seen = []

    async def server(request, receive, send):
        while True:
            message = await receive()
            seen.append(message["type"])
            if message["type"] == "http.disconnect":
                return

    async def never():
        await asyncio.sleep(60)

    async def send(message):
        raise AssertionError(message)

    request = scope(UPLOAD.format("s"), "PUT", content_length=str(MAX_SESSION))
    finish(asyncio.wait_for(Gate(server, uploads)(request, never, send), 5))
    assert seen == ["http.disconnect"]
    assert uploads.admit("s", "198.51.100.7", MAX_SESSION, Kept()) is None


def test_an_upload_that_breaks_off_leaves_no_traceback():
    """Starlette raises where a body ends too early; the gate answers, and the room is free again."""
    uploads = Uploads()

    async def server(request, receive, send):
        async for _ in Request(request, receive).stream():
            pass

    request = scope(UPLOAD.format("s"), "PUT", content_length=str(MAX_SESSION))
    sent = ask(Gate(server, uploads), request, [{"type": "http.request", "body": b"x", "more_body": True}])
    assert sent[0]["status"] == 408
    assert uploads.admit("s", "198.51.100.7", MAX_SESSION, Kept()) is None


def test_uploads_come_no_faster_than_an_address_may_send(monkeypatch):
    """A burst passes at once; what follows waits, whichever session of the address it is for."""
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async def server(request, receive, send):
        while (await receive()).get("more_body"):
            pass

    monkeypatch.setattr(gates.asyncio, "sleep", sleep)
    gate, chunk = Gate(server), bytes(4_000_000)
    count = 2 + gates.BODY_BURST // len(chunk)
    body = [{"type": "http.request", "body": chunk, "more_body": True} for _ in range(count)]
    request = scope(UPLOAD.format("s"), "PUT", content_length=str(count * len(chunk)))
    ask(gate, request, body)
    assert waits[0] == 0
    assert waits[count - 1] == pytest.approx(1.0, abs=0.2)
    first = {"type": "http.request", "body": chunk, "more_body": False}
    ask(gate, scope(UPLOAD.format("t"), "PUT", content_length=str(len(chunk))), [first])
    assert waits[-1] == pytest.approx(1.5, abs=0.2)
    ask(
        gate, scope(UPLOAD.format("u"), "PUT", client="198.51.100.8", content_length=str(len(chunk))), [first]
    )
    assert waits[-1] == 0


def connect(gate, messages):
    """Open a page's connection, send it `messages`; what the server behind the gate gets."""
    got = []

    async def server(request, receive, send):
        got.append(request)
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            got.append(message["bytes"])

    gate._app = server
    incoming = [{"type": "websocket.receive", "bytes": data} for data in messages]
    ask(gate, scope("/_stcore/stream", kind="websocket"), [*incoming, {"type": "websocket.disconnect"}])
    return got


def test_nobody_empties_the_caches_of_all_nor_fills_the_log():
    """Left out are `clear_cache` and what is no message at all; every other one passes as it is."""
    clear = BackMsg(clear_cache=True).SerializeToString()
    rerun = BackMsg(rerun_script=ClientState(page_name="tensors")).SerializeToString()
    large = bytes(5 * 2**20)  # refused by Streamlit for its size
    assert connect(Gate(None), [clear, rerun, clear, b"\xff\xff", b"", None, large])[1:] == [rerun, large]


def test_a_page_is_answered_as_fast_as_a_person_clicks(monkeypatch):
    """A burst passes at once; what goes on after it waits."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(gates.asyncio, "sleep", sleep)
    rerun = BackMsg(rerun_script=ClientState(page_name="tensors")).SerializeToString()
    assert len(connect(Gate(None), [rerun] * (gates.BURST + 10))) == 1 + gates.BURST + 10
    assert 8 <= len(slept) <= 10
    assert max(slept) <= 10 / gates.RATE


def test_one_address_does_not_take_every_connection(monkeypatch):
    """Over its share it is turned away before a session is made; others are let in."""
    monkeypatch.setattr(gates, "MAX_CONNECTIONS_EACH", 1)
    server = Server()
    gate = Gate(server)
    gate._connections["198.51.100.7"] = 1
    sent = ask(gate, scope("/_stcore/stream", kind="websocket"), [{"type": "websocket.connect"}])
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert not server.reached
    ask(gate, scope("/_stcore/stream", kind="websocket", client="198.51.100.8"))
    assert server.reached


def test_one_address_does_not_take_every_place_among_the_listeners(monkeypatch):
    """A flood of waiting phones, each for another code; others are let in, and places come free again."""
    monkeypatch.setattr(gates, "MAX_LISTENERS_EACH", 2)
    answers = {}

    async def flood():
        leave = asyncio.Event()

        async def server(request, receive, send):
            await leave.wait()

        gate = Gate(server)

        async def listen(name, client="198.51.100.7"):
            async def send(message):
                answers.setdefault(name, message.get("status"))

            await gate(scope(f"/api/rooms/{name}/changes", client=client), None, send)

        waiting = [asyncio.create_task(listen(name)) for name in ("AAAAA", "BBBBB", "CCCCC")]
        waiting.append(asyncio.create_task(listen("DDDDD", "198.51.100.8")))
        await asyncio.sleep(0)
        leave.set()
        await asyncio.gather(*waiting)
        await listen("EEEEE")

    finish(flood())
    assert answers == {"CCCCC": 503}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        ("", "203.0.113.9", "198.51.100.7"),
        ("1", "203.0.113.9", "203.0.113.9"),
        ("1", "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        ("2", "10.9.9.9, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        ("2", "203.0.113.9", "198.51.100.7"),
    ],
)
def test_an_address_is_what_the_operators_own_proxies_say(monkeypatch, proxies, forwarded, found):
    """`X-Forwarded-For` counts from its end, as many entries as there are proxies; the rest is a claim."""
    monkeypatch.setenv(gates.PROXIES_VARIABLE, proxies)
    assert Gate(None).address(scope(x_forwarded_for=forwarded)) == found


def test_a_server_may_open_as_many_files_as_its_connections_need():
    """Services start with 1,024 on most systems, which 250 pages would take."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, before[1]), before[1]))
        gates.allow_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(gates.FILES, before[1]), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(("size", "is_on_disk"), [(2 * MB, False), (IN_MEMORY + 1, True)])
def test_small_uploads_never_touch_the_disk(size, is_on_disk, monkeypatch):
    """Starlette would write everything above 1 MB to a temporary file."""
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MB)
    stay_off_the_disk()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = head + bytes(size) + b"\r\n--b--\r\n"
    request = scope(method="PUT", content_type="multipart/form-data; boundary=b")

    async def receive():
        return {"type": "http.request", "body": body}

    async def is_written():
        async with Request(request, receive).form() as form:
            return form["file"].file._rolled

    assert finish(is_written()) == is_on_disk


def test_a_full_disk_is_a_sentence():
    """What cannot be written to the temporary folder is refused, and its room is free again."""

    async def full(request, receive, send):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    uploads = Uploads()
    sent = ask(Gate(full, uploads), scope(UPLOAD.format("a"), "PUT", content_length="10000000"))
    assert sent[0]["status"] == 507
    assert b"try a smaller one" in sent[1]["body"]
    assert not uploads._coming


def test_pages_learn_the_address_from_the_gate_alone():
    """What a browser sends by the header's name is thrown away."""
    gate, seen = Gate(None), []

    async def server(request, receive, send):
        seen.extend(value for name, value in request["headers"] if name == gates.ADDRESS_HEADER.encode())

    gate._app = server
    ask(gate, scope("/_stcore/stream", kind="websocket", x_visitor_address="203.0.113.1"))
    assert seen == [b"198.51.100.7"]


def test_what_is_not_there_at_once_is_no_debt():
    """Whoever asks a thousand times for more than there is has it again as soon as anybody else."""
    paces = Paces(burst=2.0, rate=1e-9)
    assert [paces.take_if_there("a", 1) for _ in range(1_000)].count(True) == 2
    assert paces.take_if_there("b", 2)
    assert paces._of("a")._left == pytest.approx(0, abs=1e-3)
