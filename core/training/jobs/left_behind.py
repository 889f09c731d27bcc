"""Runs that a server left when it ended, and the watch that goes on with them on another server.

A process that dies lets go of its locks. A run that is said to be running and whose lock nobody holds has
therefore been left.
"""

import threading
import weakref
from collections.abc import Sequence
from typing import Final, Literal, Protocol

from core.errors import RunError
from core.training.runs import RunStore, RunSummary

MAX_STARTS: Final = 2
"""How often a run may begin without a new epoch before the app no longer goes on with it by itself."""
LOOK_SECONDS: Final = 3.0
"""Between two looks for runs that another server has left."""


class Resumes(Protocol):
    """What goes on with runs: the training service."""

    def resume_left(self) -> int:
        """Go on with the runs that another server has left; returns how many."""


def is_held(runs: RunStore, key: str) -> bool:
    """Whether a living process writes into a run."""
    return _lock_state(runs, key) == "held"


def is_left(runs: RunStore, run: RunSummary) -> bool:
    """Whether a run was going when its server ended, and could go on here."""
    return run.status == "running" and _lock_state(runs, run.key) == "free"


def interrupted(runs: RunStore) -> Sequence[RunSummary]:
    """What was running or waiting when a server ended, in the order in which it is to go on."""
    cut_off = [run for run in runs.list() if run.status in ("running", "queued")]
    free = [run for run in cut_off if _lock_state(runs, run.key) == "free"]
    return sorted(free, key=lambda run: (run.status != "running", run.saved))


def _lock_state(runs: RunStore, key: str) -> Literal["held", "free", "none"]:
    """Who has a run's lock; nobody can take it where the folder cannot be written."""
    try:
        return "held" if runs.is_locked(key) else "free"
    except RunError:
        return "none"


def give_up(runs: RunStore, key: str) -> None:
    """End a run that has twice taken its server with it."""
    lock = runs.lock(key)
    if lock is not None:
        with lock:
            runs.finish(
                key,
                "failed",
                error="The server ended twice while this run was in the same epoch, perhaps because it "
                "takes too much memory: choose a smaller batch or network.",
            )


def keep_watch(service: Resumes) -> None:
    """Look every few seconds for runs that another server has left, for as long as the service is there."""
    reference = weakref.ref(service)
    threading.Thread(target=_watch, args=(reference,), name="runs-left", daemon=True).start()


def _watch(reference: "weakref.ref[Resumes]") -> None:
    pause = threading.Event()
    while not pause.wait(LOOK_SECONDS) and (service := reference()) is not None:
        service.resume_left()
        del service  # nobody is kept from forgetting it while this thread sleeps
