"""A question: a small program, the answers to choose from, and one sentence on why it prints that."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.teaching.snippets.runner import run_step
from core.teaching.snippets.step import Step, step


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """One question of a page. Made by the decorator `question`."""

    page: str
    """The page's file stem."""
    ask: str
    """The question, Markdown."""
    answer: str
    """What the program prints, as its author says; a test runs it and compares."""
    options: tuple[str, ...]
    """The answer among the others, in an order that says nothing."""
    step: Step
    """The program; its text is the sentence that says why."""

    @property
    def name(self) -> str:
        """Unique among the page's questions."""
        return self.step.name


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What running a question's program gave."""

    code: str
    """The program, whole."""
    printed: str
    """What it printed, without the line's end."""
    error: str | None
    """One sentence if it failed."""


def question(
    page: str, ask: str, *, answer: str, wrong: tuple[str, ...]
) -> Callable[[Callable[[], Any]], Question]:
    """Make a question of the function below: its body is the program, its docstring says why.

    Args:
        page: The page's file stem.
        ask: The question, Markdown.
        answer: The line that the program prints.
        wrong: Other answers that one could think of.
    """

    def decorate(function: Callable[[], Any]) -> Question:
        def place(option: str) -> str:
            return hashlib.sha256(f"{function.__name__} {option}".encode()).hexdigest()

        options = tuple(sorted((answer, *wrong), key=place))
        return Question(page=page, ask=ask, answer=answer, options=options, step=step(title=ask)(function))

    return decorate


def run_question(question: Question) -> Answer:
    """Run a question's program (the same text runs once) and give what it printed."""
    result = run_step(question.step)
    return Answer(code=result.code, printed=result.stdout.strip(), error=result.error)
