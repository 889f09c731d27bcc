"""Puzzles: programs with a gap. What is typed is parsed, never evaluated, and judged by what it gives.

To add one, write it into the module of its page: a judge, several right answers and a few wrong ones, which a
test tries.
"""

from core.teaching.puzzles import loops, networks, tensors
from core.teaching.puzzles.puzzle import Puzzle, Verdict

__all__ = ["Puzzle", "Verdict", "every_puzzle", "puzzles"]


def every_puzzle() -> tuple[Puzzle, ...]:
    """All puzzles, page by page."""
    return (*tensors.PUZZLES, *networks.PUZZLES, *loops.PUZZLES)


def puzzles(page: str) -> tuple[Puzzle, ...]:
    """The puzzles of a page, in the order in which they are asked; none for a page without any."""
    return tuple(puzzle for puzzle in every_puzzle() if puzzle.page == page)
