"""A puzzle: a program with a gap, and what judges what is typed into it."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import CoreError


@dataclass(frozen=True)
class Verdict:
    """What a judge says of an answer."""

    solved: bool
    says: str
    """Of a wrong answer: what it gives, and what is wanted. Of a right one: how it was tried."""


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """One task. An answer is judged by what it does, so there may be many right ones."""

    name: str
    """What the visitor's browser remembers; never changed once published."""
    page: str
    """The stem of the page it stands on."""
    ask: str
    """The task, Markdown."""
    program: str
    """The program, with `____` where the answer goes."""
    wanted: str = ""
    """What it has to give, shown below it; empty where the task says it all."""
    placeholder: str
    """What an answer looks like."""
    judge: Callable[[str], Verdict]
    """Judges a typed answer; raises a `CoreError` where the text cannot be read."""
    answers: tuple[str, ...]
    """Right answers of different kinds, the first to be shown to those who give up."""
    wrong: tuple[str, ...]
    """Wrong answers that a test tries."""

    def try_answer(self, text: str) -> Verdict:
        """Judge what was typed; what cannot be read is a wrong answer whose sentence says why."""
        try:
            return self.judge(text)
        except CoreError as error:
            return Verdict(False, str(error))
