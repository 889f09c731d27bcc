"""A mistake and its correction, run one after the other as one job of the queue."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.errors import TrainingError
from core.teaching.mistakes.mistake import Figures, Mistake
from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.runner import PEAK_BYTES, run_program
from core.training.jobs import Job

SEEDS: Final = (0, 1, 2)
"""What the lab shows is seen with each of these: one run could be chance."""


@dataclass(frozen=True, kw_only=True)
class ProgramResult:
    """What one program gave."""

    printed: str
    """What it printed."""
    history: tuple[Figures, ...]
    """The figures of each epoch."""
    error: str = ""
    """The error it ended with, as Python names it, or empty."""

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
    """Where a comparison is."""

    step: int
    """Epochs done, of both programs and all seeds together."""
    steps: int
    """Epochs in all."""
    correct: tuple[tuple[Figures, ...], ...]
    """The figures of each epoch so far, a seed after the other."""
    broken: tuple[tuple[Figures, ...], ...]
    """The same of the broken program."""


@dataclass(frozen=True, kw_only=True)
class LabResult:
    """Both programs, run once a seed."""

    seeds: tuple[int, ...]
    """The seeds."""
    correct: tuple[ProgramResult, ...]
    """The correct program's results, in the order of the seeds."""
    broken: tuple[ProgramResult, ...]
    """The broken program's."""
    status: Literal["finished", "stopped"] = "finished"
    """`finished`, or `stopped` where it was asked to."""


class _Stopped(BaseException):
    """Thrown out of a program's `print` when its job is asked to stop."""


class LabJob(Job):
    """A mistake and its correction as one job of the queue that training uses.

    Args:
        mistake: The mistake.
        seeds: Both programs run once with each.

    Raises:
        LessonInputError: A seed is out of range.

    Its `key` names what is run: both programs and the seeds.
    """

    memory_bytes = PEAK_BYTES

    def __init__(self, mistake: Mistake, seeds: tuple[int, ...] = SEEDS) -> None:
        self.seeds = seeds
        self.programs = [mistake.programs(seed) for seed in seeds]
        self.key = hashlib.sha256(
            "\0".join(text for pair in self.programs for text in pair).encode()
        ).hexdigest()
        epochs = mistake.loop.params.get("epochs")
        self._epochs: int = epochs.default if epochs else _counted_epochs(self.programs[0][0])
        self.title = f"Mistake: {mistake.title}"

    def run(self, on_progress: Callable[[LabProgress], None], should_stop: Callable[[], bool]) -> LabResult:
        """Run the correct program and the broken one, seed after seed; both are told epoch by epoch."""
        histories: list[tuple[Figures, ...]] = []
        results: list[ProgramResult] = []
        steps = 2 * len(self.seeds) * self._epochs

        def report(history: tuple[Figures, ...]) -> None:
            if should_stop():
                raise _Stopped
            seen = [*histories, history]
            on_progress(
                LabProgress(
                    step=sum(map(len, seen)), steps=steps, correct=tuple(seen[::2]), broken=tuple(seen[1::2])
                )
            )

        status: Literal["finished", "stopped"] = "finished"
        try:
            for program in (text for pair in self.programs for text in pair):
                results.append(run_loop(program, report))
                histories.append(results[-1].history)
        except _Stopped:
            status = "stopped"
        return LabResult(
            seeds=self.seeds, correct=tuple(results[::2]), broken=tuple(results[1::2]), status=status
        )


def run_loop(program: str, on_epoch: Callable[[tuple[Figures, ...]], None] | None = None) -> ProgramResult:
    """Run a loop's program; what it prints after every epoch is when its history is looked at.

    Args:
        program: Text made by `Mistake.programs`, never anything typed.
        on_epoch: Called after every line that the program prints, with its history so far.
    """
    buffer = io.StringIO()
    namespace: dict[str, Any] = {}

    def printing(*values: object) -> None:
        print(*values, file=buffer)
        if on_epoch:
            on_epoch(_history(namespace))

    with OwnChance() as chance:
        error = run_program(program, namespace, printing, importing=chance.importing)
    return ProgramResult(printed=buffer.getvalue(), history=_history(namespace), error=error or "")


def _history(namespace: Mapping[str, Any]) -> tuple[Figures, ...]:
    return tuple(dict(entry) for entry in namespace.get("history", ()))


def _counted_epochs(program: str) -> int:
    """The epochs of a loop that does not offer their number as a setting."""
    return int(program.partition("for epoch in range(")[2].partition(")")[0])
