"""Python's parser for several threads at once.

CPython 3.11 counts the depth of the tree it builds in a place that all threads share: two that parse at the
same time may end in `SystemError: AST constructor recursion depth mismatch`. Pages are threads: they take
turns.
"""

import ast
import threading
from typing import Final

_turn: Final = threading.Lock()


def parse(text: str) -> ast.Module:
    """The tree of a program.

    Raises:
        SyntaxError: It is none.
        ValueError: It holds a null byte.
        MemoryError: It is nested too deeply.
        RecursionError: The same, found in another place.
    """
    with _turn:
        return ast.parse(text)


def parse_expression(text: str) -> ast.expr:
    """The tree of one expression; raises what `parse` does."""
    with _turn:
        return ast.parse(text, mode="eval").body
