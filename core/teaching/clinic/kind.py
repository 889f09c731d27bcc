"""What a kind of error is: its wordings, what it means, what to do, and a program of ours that raises it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from core.errors import LessonInputError

Holes = Mapping[str, str]
"""What stood in the holes of a wording, by the hole's name; `text` is the whole paste on one line."""
Runs = Literal["here", "apart", "elsewhere"]
"""`here`: in this process, in milliseconds. `apart`: in a process of its own. `elsewhere`: only on a machine
that this server is not, such as one with a GPU, with a broken installation or with another package."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of error."""

    name: str
    """What links call it."""
    title: str
    """Which error it is, in a few words."""
    wordings: tuple[str, ...]
    """The message in today's wording and in older ones. `{name}` is any text, `{name#}` a whole number."""
    means: str
    """What PyTorch objects to, in a sentence or two."""
    cure: str
    """What to do."""
    trap: str = ""
    """What is often advised and does not help."""
    reads: Callable[[Holes], str] | None = None
    """Says what the values in the message tell; an empty text if nothing."""
    program: str
    """A minimal program that raises the message; empty where no program can, since none is at fault."""
    change: tuple[tuple[str, str], ...]
    """The lines of the program that the cure replaces, and what stands there instead."""
    page: str
    """The page of this app that plays with it."""
    runs: Runs = "here"
    """Where the program raises its message."""
    where: str = ""
    """What to say of the line in the traceback, where the line itself is innocent."""
    holds: Callable[[Holes], bool] | None = None
    """Whether what is in the holes is of this kind; none: the wording is enough."""
    symptom: bool = False
    """Whether it is no exception: a warning, or what a training loop prints."""
    needs: tuple[str, ...] = ()
    """Words of which the paste has to hold one, lower case; none: the wording is enough."""
    excludes: tuple[str, ...] = ()
    """Words of which the paste may hold none, lower case."""
    complaints: tuple[str, ...] = ()
    """What people say where there is no message, as `complaints.py` reads it."""
    weight: int = 0
    """Goes before kinds of less weight where one message fits both."""

    wraps: bool = False
    """Whether it only passes on another error: one above it that is known is the answer."""

    def suits(self, lowered: str) -> bool:
        """Whether a paste, in lower case, holds a word that is needed and none that is excluded."""
        if self.needs and not any(word in lowered for word in self.needs):
            return False
        return not any(word in lowered for word in self.excludes)

    def cured(self) -> str:
        """The program with the cure in it.

        Raises:
            LessonInputError: A line that the cure replaces is not in the program exactly once.
        """
        lines = self.program.splitlines()
        for old, new in self.change:
            places = [number for number, line in enumerate(lines) if line.strip() == old]
            if len(places) != 1:
                raise LessonInputError(f"The line {old!r} stands {len(places)} times in {self.name}.")
            indent = lines[places[0]][: len(lines[places[0]]) - len(lines[places[0]].lstrip())]
            lines[places[0] : places[0] + 1] = [indent + line for line in new.splitlines()]
        return "\n".join(lines) + "\n"


def kind(
    name: str,
    title: str,
    *wordings: str,
    program: str = "",
    change: tuple[tuple[str, str], ...] = (),
    **about: object,
) -> Kind:
    """A kind whose program may be written with a leading line break."""
    program = f"{program.strip()}\n" if program else ""
    return Kind(name=name, title=title, wordings=wordings, program=program, change=change, **about)  # type: ignore[arg-type]


def sizes(text: str) -> tuple[int, ...]:
    """The whole numbers in a shape as it is printed, at most eight: `[64, 1, 28, 28]`, `3x4`, `(2, 3)`."""
    numbers = "".join(character if character.isascii() and character.isdigit() else " " for character in text)
    return tuple(int(number[:12]) for number in numbers.split()[:8])


def apart(found: Holes) -> bool:
    """Whether a message about two types is one about two devices: of its two types one is of a GPU.

    `Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor)` is, and so is every message that
    names no types at all.
    """
    message = found["message"].lower()
    for end in ("should be the same", "for argument", "while checking"):
        message = message.partition(end)[0]
    if "expected backend cpu and dtype" in message or "expected backend cuda and dtype" in message:
        return ("got backend cpu" in message) != ("expected backend cpu" in message)
    pair = [
        word
        for word in message.replace("(", " ").replace(")", " ").split()
        if "tensor" in word and "." in word
    ]
    if len(pair) < 2:
        return not any(word in message for word in ("scalar type", "dtype", "input type (", "tensor (got "))
    return sum(".cuda." in word or "mps" in word for word in pair[:2]) == 1
