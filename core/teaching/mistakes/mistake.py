"""What a mistake is: lines of a correct program replaced, and what that does to its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.errors import LessonInputError
from core.teaching.snippets.step import Step

Direction = Literal["lower", "higher", "same"]
Figures = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a mistake does to a figure of the last epoch, held by a test over three seeds.

    Attributes:
        figure: Which figure, as the loop's history names it.
        direction: Where the broken program's lies, against the correct one's.
        by: Least difference in that direction; for `same`, the largest difference.
    """

    figure: str
    direction: Direction
    by: float

    def holds(self, correct: Figures, broken: Figures) -> bool:
        """Whether two runs show it."""
        difference = broken[self.figure] - correct[self.figure]
        if self.direction == "same":
            return abs(difference) <= self.by
        return (difference if self.direction == "higher" else -difference) >= self.by


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake.

    Attributes:
        name: What links call it.
        title: What people call it.
        loop: The correct program.
        replace: Pairs of lines in the program and what stands there instead; "" deletes the line.
        why: What happens and why, in one or two sentences, without figures.
        effect: What it does; `None` where the program raises an error instead.
        raises: A part of the error's text, where it raises one.
    """

    name: str
    title: str
    loop: Step
    replace: tuple[tuple[str, str], ...]
    why: str
    effect: Effect | None
    raises: str = ""

    def programs(self, seed: int = 0, *, portable: bool = False) -> tuple[str, str]:
        """The correct program and the broken one.

        Args:
            seed: Seeds both, in [0, 9,999].
            portable: Name the data's folder as a download does, not as it is here.

        Raises:
            LessonInputError: A line to replace is not there exactly once, or the seed is out of range.
        """
        correct = self.loop.snippet(seed=seed, portable=portable).code
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
