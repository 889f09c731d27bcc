"""Work in a process of its own: it takes no turn from pages, can be ended at once, and has bounds of its own.

`start` forks a helper before the server has any other thread; the helper forks a child for each piece of
work. (A fork of the server itself would inherit locks that its threads hold, and hang.) Children share the
memory of what was imported before, compute on one thread, at a lower priority if it takes long, and have the
random generator to themselves. Where no helper was started (command lines, tests, systems other than Linux)
the work is done in place.
"""

import contextlib
import gc
import importlib
import io
import logging
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from core.errors import CoreError, TooMuchError

SECONDS: Final = 120
"""CPU time of one piece of work."""
BYTES: Final = 320_000_000
"""What one piece of work may allocate beside what is shared."""
NICENESS: Final = 10
"""How much it gives way where cores are short, once it is no short work."""
SHORT: Final = 0.5
"""Seconds for which work has the priority of a page, if not said otherwise: somebody waits for a click."""
LOOK: Final = 0.1
"""Seconds between two looks at whoever waits."""

_TOO_MUCH: Final = "That takes more time or memory than one visitor may take here: choose less of it."
_NOWHERE: Final = 1 << 16  # above every file descriptor of a server

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_helper: socket.socket | None = None

Waiting = Callable[[float], None]


def start(modules: Sequence[str], warm_up: str = "") -> None:
    """Fork the helper. The process must not have started another thread yet.

    Args:
        modules: What the work needs: imported here, so that every child finds them in memory.
        warm_up: A function, as `run` takes it, that the helper calls once: what is made on first use would
            otherwise be made by each child anew, which takes longer than most of their work.
    """
    global _helper
    for name in modules:
        importlib.import_module(name)
    if not sys.platform.startswith("linux") or _helper is not None:
        return
    ours, theirs = socket.socketpair()
    gc.freeze()
    if os.fork() == 0:
        _serve(theirs, warm_up)
    theirs.close()
    _helper = ours


def run(target: str, waiting: Waiting = lambda share: None, short: float = SHORT, /, **arguments: Any) -> Any:
    """Call a function of `core` in a process of its own.

    Args:
        target: The function, as `module:name`. It takes `report`, a function of the share done in [0, 1],
            beside the arguments. Like them, what it returns is made of tensors, numbers, text, lists, tuples
            and dictionaries.
        waiting: Called ten times a second with the share done, in [0, 1]. Whatever it raises ends the work.
        short: Seconds for which it has the priority of a page.
        **arguments: What to call it with.

    Raises:
        TooMuchError: It took more time or memory than there is for one piece of work.
        CoreError: What it raised, as its sentence.
    """
    connection = _ask()
    if connection is None:
        return here(target, waiting, **arguments)
    with connection:
        _say(connection, b"w", _packed((short, target, arguments)))
        return _follow(connection, waiting)


def here(target: str, waiting: Waiting = lambda share: None, /, **arguments: Any) -> Any:
    """Call the function as `run` does, in this very thread."""
    return _function(target)(report=waiting, **arguments)


def _ask() -> socket.socket | None:
    """A connection to a new child, or `None` where there is no helper (any more)."""
    global _helper
    if _helper is None:
        return None
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            with _lock:
                socket.send_fds(_helper, [b"."], [theirs.fileno()])
        except OSError:
            _log.exception("the helper process has gone; work is done in the server from now on")
            _helper = None
            ours.close()
            return None
    return ours


def _follow(connection: socket.socket, waiting: Waiting) -> Any:
    """What the child says, until its result; it does not outlive whoever waits."""
    share, child = 0.0, 0
    messages = _messages(connection)
    try:
        while True:
            kind, body = next(messages, (b"m", b""))  # its end: a limit, or the kernel's search for memory
            if kind == b"i":
                child = int(body)
            elif kind == b"p":
                share = float(body)
            elif kind == b"e":
                child = 0
                raise CoreError(body.decode())
            elif kind == b"m":
                child = 0
                raise TooMuchError(_TOO_MUCH)
            elif kind == b"r":
                child = 0
                return torch.load(io.BytesIO(body), weights_only=True)
            waiting(share)
    finally:
        if child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _messages(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Messages as they come, and an empty one whenever nothing has come for a while."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    received = bytearray()
    while True:
        if poll.poll(1000 * LOOK):
            chunk = connection.recv(1 << 20)
            if not chunk:
                return
            received += chunk
        is_whole = False
        while len(received) >= 9 and len(received) >= (end := 9 + int.from_bytes(received[1:9], "big")):
            kind, body, is_whole = bytes(received[:1]), bytes(received[9:end]), True
            del received[:end]
            yield kind, body
        if not is_whole:
            yield b"", b""


def _say(connection: socket.socket, kind: bytes, body: bytes) -> None:
    connection.sendall(kind + len(body).to_bytes(8, "big") + body)


def _packed(value: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


def _function(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    if not module.startswith("core."):
        raise ValueError(f"{target} is not ours.")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


# ---- the helper, and its children


def _serve(requests: socket.socket, warm_up: str) -> None:
    """The helper's whole life: nothing of the server's may run in it, so it ends without clean-up."""
    try:
        os.closerange(3, requests.fileno())
        os.closerange(requests.fileno() + 1, _NOWHERE)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, and that ends this
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children vanish by themselves
        torch.set_num_threads(1)
        if warm_up:
            with contextlib.suppress(Exception):
                _function(warm_up)(report=lambda share: None)
        while True:
            data, descriptors, _, _ = socket.recv_fds(requests, 1, 1)
            if not data:
                break
            for descriptor in descriptors:
                if os.fork() == 0:
                    requests.close()
                    _work(socket.socket(fileno=descriptor))
                os.close(descriptor)
    finally:
        os._exit(0)


def _work(connection: socket.socket) -> None:
    """A child's whole life: one request, one answer."""
    try:
        _say(connection, b"i", str(os.getpid()).encode())
        messages = _messages(connection)
        kind, body = b"", b""
        while kind != b"w":
            kind, body = next(messages)
        _bind()
        short, target, arguments = torch.load(io.BytesIO(body), weights_only=True)
        threading.Thread(target=_leave_with, args=(connection, short), daemon=True).start()
        _answer(connection, target, arguments)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)


def _answer(connection: socket.socket, target: str, arguments: dict[str, Any]) -> None:
    last = [time.monotonic()]

    def report(share: float) -> None:
        if time.monotonic() - last[0] > LOOK:
            last[0] = time.monotonic()
            _say(connection, b"p", f"{share:.4f}".encode())

    try:
        _say(connection, b"r", _packed(_function(target)(report=report, **arguments)))
    except CoreError as error:
        _say(connection, b"e", str(error).encode())
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and "allocate memory" not in str(error):
            raise
        _say(connection, b"m", b"")


def _bind() -> None:
    """One thread, bounds of its own, and the first to go when memory runs out."""
    gc.disable()  # a collection would touch, and so copy, all that is shared
    torch.set_num_threads(1)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + BYTES, size + BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_with(connection: socket.socket, short: float) -> None:
    """Lower the work's priority when it turns out to be long; end it when nobody waits for it any more."""
    poll = select.poll()
    poll.register(connection, select.POLLHUP | select.POLLRDHUP)
    if not poll.poll(1000 * short):
        os.setpriority(
            os.PRIO_PROCESS, os.getpid(), NICENESS
        )  # of the thread by this number, the one that works
        poll.poll()
    os._exit(0)
