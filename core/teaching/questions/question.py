"""A question: a small program, the answers to choose from, and one sentence on why it prints that."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.teaching.snippets.runner import run_step
from core.teaching.snippets.step import Step, step


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """One question of a page. Made by the decorator `question`.

    Attributes:
        page: The page's file stem.
        ask: The question, Markdown.
        answer: What the program prints, as its author says; a test runs it and compares.
        options: The answer among the others, in an order that says nothing.
        step: The program; its text is the sentence that says why.
    """

    page: str
    ask: str
    answer: str
    options: tuple[str, ...]
    step: Step

    @property
    def name(self) -> str:
        """Unique among the page's questions."""
        return self.step.name


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What running a question's program gave.

    Attributes:
        code: The program, whole.
        printed: What it printed, without the line's end.
        error: One sentence if it failed.
    """

    code: str
    printed: str
    error: str | None


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


def run(question: Question) -> Answer:
    """Run a question's program (the same text runs once) and give what it printed."""
    result = run_step(question.step)
    return Answer(code=result.code, printed=result.stdout.strip(), error=result.error)
