"""A mistake and its correction, run one after the other as one job of the queue."""

import contextlib
import functools
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import TrainingError
from core.lessons.runner import exclusively, run_program
from core.mistakes.mistake import Figures, Mistake


@dataclass(frozen=True, kw_only=True)
class ProgramResult:
    """What one program gave.

    Attributes:
        printed: What it printed.
        history: The figures of each epoch.
        error: The error it ended with, as Python names it, or empty.
    """

    printed: str
    history: tuple[Figures, ...]
    error: str = ""

    @property
    def last(self) -> Figures:
        """The figures of the last epoch.

        Raises:
            TrainingError: The program gave none.
        """
        if not self.history:
            raise TrainingError(self.error or "The program ended before its first epoch did.")
        return self.history[-1]


@dataclass(frozen=True, kw_only=True)
class LabProgress:
    """Where a comparison is: epochs of both programs together."""

    step: int
    steps: int
    correct: tuple[Figures, ...]
    broken: tuple[Figures, ...]
    losses: tuple[tuple[int, float], ...] = ()
    history: tuple[()] = ()


@dataclass(frozen=True, kw_only=True)
class LabResult:
    """Both programs, run.

    Attributes:
        correct: The correct one.
        broken: The one with the mistake.
        status: `finished`, or `stopped` where it was asked to.
    """

    correct: ProgramResult
    broken: ProgramResult
    status: str = "finished"


class _Stopped(BaseException):
    """Thrown out of a program's `print` when its job is asked to stop."""


@dataclass(eq=False)
class LabJob:
    """A mistake and its correction as one job of the queue that training uses.

    Attributes:
        mistake: The mistake.
        seed: Seeds both programs.
    """

    mistake: Mistake
    seed: int = 0
    device: str = "cpu"
    key: str = field(init=False)
    title: str = field(init=False)

    def __post_init__(self) -> None:
        self.correct, self.broken = self.mistake.programs(self.seed)
        self.key = hashlib.sha256(f"{self.correct}\0{self.broken}".encode()).hexdigest()
        self.title = f"Mistake: {self.mistake.title}"

    def run(self, on_progress: Callable[[LabProgress], None], should_stop: Callable[[], bool]) -> LabResult:
        """Run the correct program, then the broken one; both are told epoch by epoch."""
        done: dict[str, tuple[Figures, ...]] = {"correct": (), "broken": ()}
        epochs = _epochs(self.correct)

        def told(side: str, history: tuple[Figures, ...]) -> None:
            done[side] = history
            if should_stop():
                raise _Stopped
            step = len(done["correct"]) + len(done["broken"])
            correct, broken = done["correct"], done["broken"]
            on_progress(LabProgress(step=step, steps=2 * epochs, correct=correct, broken=broken))

        try:
            correct = run_loop(self.correct, functools.partial(told, "correct"))
            broken = run_loop(self.broken, functools.partial(told, "broken"))
        except _Stopped:
            halves = [ProgramResult(printed="", history=done[side]) for side in ("correct", "broken")]
            return LabResult(correct=halves[0], broken=halves[1], status="stopped")
        return LabResult(correct=correct, broken=broken)


def run_loop(program: str, on_epoch: Callable[[tuple[Figures, ...]], None] | None = None) -> ProgramResult:
    """Run a loop's program; what it prints after every epoch is when its history is looked at.

    Args:
        program: Text made by `Mistake.programs`, never anything typed.
        on_epoch: Called after every line that the program prints, with its history so far.
    """
    buffer = io.StringIO()
    namespace: dict[str, Any] = {}

    def printing(*values: object) -> None:
        alone.close()
        print(*values, file=buffer)
        if on_epoch:
            on_epoch(_history(namespace))

    # Layers draw values from the global generator as they are made, before ours replace them: until the first
    # epoch has ended, no page's snippet may be between seeding that generator and drawing from it.
    with contextlib.ExitStack() as alone:
        alone.enter_context(exclusively())
        error = run_program(program, namespace, printing)
    return ProgramResult(printed=buffer.getvalue(), history=_history(namespace), error=error or "")


def _history(namespace: Mapping[str, Any]) -> tuple[Figures, ...]:
    return tuple(dict(entry) for entry in namespace.get("history", ()))


def _epochs(program: str) -> int:
    return int(program.partition("for epoch in range(")[2].partition(")")[0])
