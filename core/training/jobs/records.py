"""A job, and what is known of it at one moment.

A job is anything with a `key`, a `title`, a `device` and `run(on_progress, should_stop)`. States only move
forward: queued, running (or paused), then succeeded, stopped or failed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import numpy as np

from core.config import TrainConfig
from core.training.engine.records import EpochRecord
from core.training.jobs.loss_trace import LossTrace
from core.training.runs.files import FloatArray

State = Literal["queued", "running", "paused", "succeeded", "stopped", "failed"]
ACTIVE: Final = ("queued", "running", "paused")


class Job(Protocol):
    """What the queue runs.

    Attributes:
        key: Names the work: equal keys are the same work.
        title: What to call it.
        device: Whose worker runs it.
    """

    key: str
    title: str
    device: str

    def run(self, on_progress: Callable[[Any], None], should_stop: Callable[[], bool]) -> Any:
        """Do the work.

        Args:
            on_progress: To be called with an object that has `step` and `steps`, and may have `losses`
                ((step, loss) pairs, new ones only) and `history`.
            should_stop: To be asked often; when it says yes, return. It blocks while the job is paused.

        Returns:
            The result. Where it has a `status`, "stopped" means that it ended early because it was asked to.
        """


@dataclass(frozen=True, eq=False, kw_only=True)
class JobSnapshot:
    """A job at one moment.

    Attributes:
        key: Its name.
        title: What to call it.
        device: Where it runs.
        state: Where it stands.
        position: Jobs before it, the running one included; 0 once it runs.
        wait_seconds: Until it starts, from measured speeds; `None` where they are not known.
        progress: What it told last; `None` before its first report.
        history: Its complete epochs.
        losses: Loss of each step so far, float32, read-only.
        error: Why it failed, in a sentence.
        from_cache: Whether it was there already when it was asked for.
        config: Its settings, if it is a training run.
        result: What it returned; training leaves its result on disk instead.
        seconds: Since it started, pauses not counted.
    """

    key: str
    title: str
    device: str
    state: State
    position: int = 0
    wait_seconds: float | None = None
    progress: Any = None
    history: tuple[EpochRecord, ...] = ()
    losses: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    error: str | None = None
    from_cache: bool = False
    config: TrainConfig | None = None
    result: Any = None
    seconds: float = 0.0

    @property
    def is_active(self) -> bool:
        """Whether it waits, runs or is paused."""
        return self.state in ACTIVE


class Ended:
    """Stands for a job that has ended, and holds none of its data."""

    def __init__(self, snapshot: JobSnapshot) -> None:
        self.key, self.title, self.device = snapshot.key, snapshot.title, snapshot.device

    def run(self, on_progress: object, should_stop: object) -> None:
        """Nothing is left to do."""


class Interrupted(BaseException):
    """Thrown into a job when the process ends: it is neither stopped nor failed, and goes on next time."""


class Record:
    """A job's state within the queue; guarded by the queue's lock."""

    def __init__(self, job: Job, snapshot: JobSnapshot) -> None:
        self.job, self.snapshot = job, snapshot
        self.visitors: set[str] = set()
        self.stopping = self.paused = False
        self.trace = LossTrace()
        self.started = self.idle = 0.0
        self.first: tuple[float, float] | None = None  # share done and clock at its first report

    def clock(self) -> float:
        """Seconds since it started, pauses not counted."""
        return time.monotonic() - self.started - self.idle

    def remaining(self) -> float | None:
        """Seconds it still takes: measured on itself once it runs, otherwise what was expected."""
        expected: float | None = getattr(self.job, "expected_seconds", None)
        share = share_of(self.snapshot.progress)
        if self.snapshot.state == "queued" or self.first is None or share <= self.first[0] + 0.01:
            return expected
        first_share, first_clock = self.first
        return (self.clock() - first_clock) * (1 - share) / (share - first_share)


def share_of(progress: Any) -> float:
    """How much of a job is done, in [0, 1]; 0 before its first report."""
    return progress.step / progress.steps if progress is not None and progress.steps else 0.0
