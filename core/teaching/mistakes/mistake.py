"""What a mistake is: lines of a correct program replaced, and what that does to its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import LessonInputError
from core.teaching.snippets.step import Step

Direction = Literal["lower", "higher", "same"]
Figures = Mapping[str, float]
"""What a loop measured in an epoch, by the keys of `Figure`."""
Unit = Literal["share", "nats per image", "MB", "squared", "as printed"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A quantity that the loops measure, with its unit and its name."""

    key: str
    """What the loop's history calls it."""
    unit: Unit
    title: str
    """What it is called at the beginning of a sentence or on an axis."""

    @property
    def name(self) -> str:
        """What it is called inside a sentence."""
        return self.title[0].lower() + self.title[1:]

    @property
    def unit_text(self) -> str:
        """The unit beside a number; empty for shares, which end in a percent sign, and for plain numbers."""
        return "" if self.unit in ("share", "squared", "as printed") else self.unit

    def format_number(self, value: float) -> str:
        """A value without its unit, such as `75.6%` or `0.667`."""
        if self.unit == "share":
            return f"{value:.1%}"
        return f"{value:.2f}" if self.unit == "MB" else f"{value:.3f}"

    def format(self, value: float) -> str:
        """A value with its unit, such as `75.6%` or `0.667 nats per image`."""
        return f"{self.format_number(value)} {self.unit_text}".rstrip()


TEST_ACCURACY: Final = Figure(key="test accuracy", unit="share", title="Test accuracy")
TEST_LOSS: Final = Figure(key="test loss", unit="nats per image", title="Test loss")
TRAIN_LOSS: Final = Figure(key="train loss", unit="nats per image", title="Train loss")
TEST_ERROR: Final = Figure(key="test error", unit="squared", title="Mean squared error on the test images")
PRINTED_LOSS: Final = Figure(key="train loss", unit="as printed", title="Train loss as the loop prints it")
"""For a loop whose mistake is in that very figure: what it prints is no loss per image."""
KEPT_MEMORY: Final = Figure(key="kept MB", unit="MB", title="Memory kept after an epoch")
EVALUATION_MEMORY: Final = Figure(key="evaluation MB", unit="MB", title="Memory kept by the evaluation")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a mistake does to a figure of the last epoch, as a test holds it over five seeds."""

    figure: Figure
    """Which figure."""
    direction: Direction
    """Where the broken program's lies, against the correct one's."""
    by: float
    """Least difference in that direction; for `same`, the largest difference."""
    on_average: bool = False
    """Whether only the means over the seeds differ so much: how large the effect is depends on the seed."""

    def holds(self, correct: Figures, broken: Figures) -> bool:
        """Whether two runs, or the means of several, show it."""
        difference = broken[self.figure.key] - correct[self.figure.key]
        if self.direction == "same":
            return abs(difference) <= self.by
        return (difference if self.direction == "higher" else -difference) >= self.by


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake."""

    name: str
    """What links call it."""
    title: str
    """What people call it."""
    loop: Step
    """The correct program."""
    replace: tuple[tuple[str, str], ...]
    """Pairs of lines in the program and what stands there instead; "" deletes the line."""
    why: str
    """What happens and why, in one or two sentences, without figures."""
    effect: Effect | None
    """What it does; `None` where the program raises an error instead."""
    harmless: bool = False
    """Whether it only looks like a mistake: it is shown, and not counted."""
    raises: str = ""
    """A part of the error's text, where it raises one."""

    def programs(self, seed: int = 0, *, portable: bool = False, root: str | None = None) -> tuple[str, str]:
        """The correct program and the broken one.

        Args:
            seed: Seeds both, in [0, 9,999].
            portable: Name the data's folder as a download does, not as it is here.
            root: The data's folder, if it is not the one in use.

        Raises:
            LessonInputError: A line to replace is not there exactly once, or the seed is out of range.
        """
        folder = {} if root is None else {"root": root}
        correct = self.loop.snippet(seed=seed, portable=portable, **folder).code
        return correct, patch(correct, self.replace)


def patch(program: str, replace: tuple[tuple[str, str], ...]) -> str:
    """Replace whole lines of a program, indentation aside; the new lines take the old one's indentation.

    Args:
        program: The program.
        replace: Pairs of a line as it stands there and its replacement, of any number of lines.

    Raises:
        LessonInputError: A line is not in the program exactly once.
    """
    lines = program.splitlines()
    for old, new in replace:
        places = [number for number, line in enumerate(lines) if line.strip() == old]
        if len(places) != 1:
            raise LessonInputError(f"The line {old!r} stands {len(places)} times in the program, not once.")
        indent = lines[places[0]][: len(lines[places[0]]) - len(lines[places[0]].lstrip())]
        lines[places[0] : places[0] + 1] = [indent + line for line in new.splitlines()]
    return "\n".join(lines) + "\n"
