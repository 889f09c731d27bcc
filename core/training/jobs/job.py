"""A job, and what is known of it at one moment.

States only move forward: queued, running (or paused), then succeeded, stopped or failed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

State = Literal["queued", "running", "paused", "succeeded", "stopped", "failed"]
ACTIVE: Final = ("queued", "running", "paused")


class Progress(Protocol):
    """How far a job has come. A job may report anything that counts its steps."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def steps(self) -> int:
        """Steps in all."""


class Outcome(Protocol):
    """What a job ends with. A job may return anything that says how it ended."""

    @property
    def status(self) -> str:
        """`stopped` where it ended early because it was asked to; anything else is success."""


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


class Job(ABC):
    """What the queue runs: training, a race, a comparison, a measurement."""

    key: str
    """Names the work: equal keys are the same work."""
    title: str
    """What to call it."""
    device: str = "cpu"
    """The device whose worker runs it."""
    memory_bytes: int = 0
    """Bytes it takes at its peak: reserved while it runs, and refused where they do not fit."""
    expected_seconds: float | None = None
    """How long it will take, where that is known."""

    @abstractmethod
    def run(self, on_progress: OnProgress, should_stop: ShouldStop) -> Outcome:
        """Do the work.

        Args:
            on_progress: To be called with the job's progress, as often as there is some.
            should_stop: To be asked often; when it says yes, return. It blocks while the job is paused.
        """

    def withdrawn(self) -> None:  # noqa: B027 - most jobs leave nothing behind before they run
        """Clean up: the job has left the queue and will not run."""


@dataclass(frozen=True, eq=False, kw_only=True)
class JobSnapshot:
    """A job at one moment."""

    key: str
    title: str
    device: str
    state: State
    position: int = 0
    """Jobs that come before it, the running one included; 0 once it runs."""
    wait_seconds: float | None = None
    """Until it starts, from measured speeds; `None` where they are not known."""
    progress: Progress | None = None
    """What it reported last; `None` before its first report."""
    outcome: Outcome | None = None
    """What it returned; `None` before its end, and where it failed."""
    error: str | None = None
    """Why it failed or left the queue, in a sentence."""
    seconds: float = 0.0
    """Since it started, pauses not counted."""

    @property
    def is_active(self) -> bool:
        """Whether it waits, runs or is paused."""
        return self.state in ACTIVE


class Interrupted(BaseException):
    """Thrown into a job when the process ends: it is neither stopped nor failed, and goes on next time."""


def share_done(progress: Progress | None) -> float:
    """How much of a job is done, in [0, 1]; 0 before its first report."""
    return min(1.0, progress.step / progress.steps) if progress is not None and progress.steps else 0.0
