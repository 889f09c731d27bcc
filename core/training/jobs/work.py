"""Running one job in a worker's thread: with its memory reserved, at a low priority, whatever it raises."""

import contextlib
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import CoreError, QueueError
from core.system import memory
from core.training.jobs.job import Interrupted, Job, OnProgress, Outcome, ShouldStop

NICENESS: Final = 10
"""How much a worker gives way where cores are short: about nine parts in ten to whoever draws a page."""
MEMORY_SECONDS: Final = 20.0
"""How long a job waits for memory that somebody else has reserved."""
EXIT_SECONDS: Final = 10.0
"""How long the process waits at its end for the step that a worker is in."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class End:
    """How a job ended."""

    state: Literal["succeeded", "stopped", "failed"]
    outcome: Outcome | None = None
    """What it returned."""
    error: str | None = None
    """Why it failed or left the queue, in a sentence."""


def attempt(
    job: Job, on_progress: OnProgress, should_stop: ShouldStop, was_stopped: Callable[[], bool]
) -> End:
    """Run a job. Nothing that it raises ends the worker, except that the process ends.

    Args:
        job: The job.
        on_progress: As `Job.run` has it.
        should_stop: As `Job.run` has it.
        was_stopped: Whether somebody has asked for its end.
    """
    try:
        with _reserve(job.memory_bytes, should_stop):
            outcome = job.run(on_progress, should_stop)
    except Interrupted:
        raise
    except CoreError as error:
        return End("failed", error=str(error))
    except BaseException as error:  # SystemExit too: a worker that dies leaves its job running for ever
        _log.exception("a job failed: %s", job.title)
        if isinstance(error, MemoryError) or "allocate memory" in str(error):
            return End("failed", error="There is too little memory: choose a smaller batch or network.")
        name = type(error).__name__
        return End("failed", error=f"This failed by a fault of the app ({name}); its log says more.")
    stopped = was_stopped() and outcome.status == "stopped"
    return End("stopped" if stopped else "succeeded", outcome)


def _reserve(size: int, should_stop: ShouldStop) -> memory.Reservation:
    """A job's memory; where somebody else has it for the moment, a little later."""

    def meanwhile() -> None:
        if should_stop():
            raise QueueError("It was stopped before there was enough memory for it.")

    advice = "try again later, or choose a smaller network or batch"
    return memory.reserve(size, "this run", advice=advice, patience=MEMORY_SECONDS, meanwhile=meanwhile)


def check_memory(size: int) -> None:
    """Refuse a job that would need so many bytes beside those that run.

    Raises:
        QueueError: They are not there.
    """
    memory.check(max(0, size), "this run", advice="try again later, or choose a smaller network or batch")


def close_at_exit(close: "weakref.WeakMethod[Callable[[float], None]]") -> None:
    """End the workers while Python still runs: a thread killed inside PyTorch aborts the process."""
    known = close()
    if known is not None:
        known(EXIT_SECONDS)


def give_way() -> None:
    """Lower the priority of this thread and of those that PyTorch starts from it."""
    if sys.platform.startswith("linux"):  # elsewhere it would be that of the whole process
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
