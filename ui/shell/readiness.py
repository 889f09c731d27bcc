"""Whether this server can do its work: what a proxy asks before it sends anybody here.

`/_stcore/health` says that the process answers; one whose disk is full, or whose folder of runs is gone,
answers too. `/api/ready` says whether it can write runs and reach the rooms.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

KEEP_SECONDS: Final = 2.0
"""For so long an answer is given again: asking costs strangers' servers nothing."""
PROBE: Final = ".ready"
"""A file in the folder of runs that is written each time."""


class Readiness:
    """Asks at most every two seconds, whoever wants to know.

    Args:
        trouble: What is wrong, in a sentence; empty if nothing.
        clock: Seconds.
    """

    def __init__(self, trouble: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._trouble, self._clock = trouble, clock
        self._lock = threading.Lock()
        self._known: tuple[float, str] | None = None

    def __call__(self) -> str:
        """What is wrong, in a sentence; empty if nothing."""
        with self._lock:
            if self._known is None or self._clock() - self._known[0] > KEEP_SECONDS:
                self._known = self._clock(), self._trouble()
            return self._known[1]


def trouble() -> str:
    """Write into the folder of runs and into the rooms' file; what is wrong, in a sentence."""
    from core.errors import ClassroomError
    from core.system.files import write_bytes
    from ui import resources  # brings torch, which a server without visitors does without

    try:
        root = resources.runs().root
        root.mkdir(parents=True, exist_ok=True)
        write_bytes(root / PROBE, b"ready\n", flush=False)
    except OSError as error:
        return f"Runs cannot be written here ({error.strerror}): free some space, or mend the folder."
    try:
        resources.classroom().check()
    except ClassroomError:
        return "The rooms of classes cannot be written to: look after rooms.sqlite3 beside the runs."
    return ""


_readiness: Final = Readiness(trouble)


async def _ready(request: Request) -> PlainTextResponse:
    found = await asyncio.to_thread(_readiness)
    return PlainTextResponse(found or "ready", status_code=503 if found else 200)


ROUTES: Final = [Route("/api/ready", _ready)]
