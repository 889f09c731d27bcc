"""Check yourself: three or four questions a page, each answered by a program that runs.

A question is a function under the decorator `question` in a module of this package: its body prints one
line, which is the answer; its docstring says why. To add one, write it below those of its page.
"""

from core.teaching.questions import beginning, networks, results, surprises
from core.teaching.questions.question import Answer, Question, question, run_question

__all__ = ["Answer", "Question", "pages", "question", "questions", "run_question"]


def questions(page: str) -> tuple[Question, ...]:
    """The questions of a page, in the order in which they are asked; none for a page that is not known."""
    return tuple(entry for entry in _every() if entry.page == page)


def pages() -> tuple[str, ...]:
    """The pages that have questions."""
    return tuple(dict.fromkeys(entry.page for entry in _every()))


def _every() -> list[Question]:
    modules = (beginning, networks, results, surprises)
    return [value for module in modules for value in vars(module).values() if isinstance(value, Question)]
