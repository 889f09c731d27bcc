"""A step whose program takes longer than a page may wait, as a job of the queue that training uses."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.teaching.snippets.runner import PEAK_BYTES, StepResult, run_step
from core.teaching.snippets.step import Step
from core.training.jobs import Job


@dataclass(frozen=True, kw_only=True)
class ProgramProgress:
    """Where a program is."""

    step: int
    """Lines printed so far that start with the marker."""
    steps: int
    """Such lines in all."""
    printed: str
    """What it has printed so far."""


@dataclass(frozen=True, kw_only=True)
class ProgramOutcome:
    """What a program gave."""

    result: StepResult | None
    """The last step's result; those of the steps before it are known to `run_step` now. `None` if stopped."""
    status: Literal["finished", "stopped"] = "finished"
    """`stopped` where it was asked to."""


class _Stopped(BaseException):
    """Thrown out of a program's `print` when its job is asked to stop."""


class ProgramJob(Job):
    """A step's program, started by a click and watched while it prints.

    Args:
        step: The step; all that it goes on from is run as well.
        values: Widget values, by parameter name.
        marker: How a line begins that counts as progress.
        steps: How many such lines there will be.

    Raises:
        LessonInputError: A value is out of range.
    """

    memory_bytes = PEAK_BYTES

    def __init__(self, step: Step, values: Mapping[str, Any], *, marker: str, steps: int) -> None:
        self._step, self._values = step, dict(values)
        self._marker, self._steps = marker, steps
        self.title = f"Program: {step.title}"
        self.key = hashlib.sha256(step.code(**values).encode()).hexdigest()

    def run(
        self, on_progress: Callable[[ProgramProgress], None], should_stop: Callable[[], bool]
    ) -> ProgramOutcome:
        """Run the program; at each line it prints, it tells where it is and may be stopped."""
        printed: list[str] = []

        def report(line: str) -> None:
            if should_stop():
                raise _Stopped
            printed.append(line)
            done = sum(text.startswith(self._marker) for text in printed)
            on_progress(ProgramProgress(step=done, steps=self._steps, printed="\n".join(printed)))

        try:
            return ProgramOutcome(result=run_step(self._step, on_print=report, **self._values))
        except _Stopped:
            return ProgramOutcome(result=None, status="stopped")
