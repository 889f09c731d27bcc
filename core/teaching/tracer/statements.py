"""A program's statements: which lines belong together, which loops they are in, what they assign."""

import ast
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Statement:
    """One statement, or the head of a compound one."""

    first: int
    """Its first line, counted from 1."""
    last: int
    """Its last line; of a compound statement, the last of its head."""
    loops: tuple[int, ...]
    """The first lines of the loops it stands in, from the outermost; a loop's head stands in it."""
    assigned: frozenset[str]
    """The names it binds."""
    kind: str
    """`loop`, `with`, or empty."""
    body_end: int
    """The last line of its body, of a compound statement; else its own last line."""

    @property
    def is_loop(self) -> bool:
        """Whether this is the head of a loop."""
        return self.kind == "loop"


class Statements:
    """The statements of one program by line.

    Args:
        tree: The parsed program.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._by_line: dict[int, Statement] = {}
        for statement in _walk(tree.body, ()):
            for line in range(statement.first, statement.last + 1):
                self._by_line[line] = statement

    def at(self, line: int) -> Statement:
        """The statement that a line belongs to."""
        return self._by_line[line]


_KINDS: Final[dict[type[ast.stmt], str]] = {ast.For: "loop", ast.While: "loop", ast.With: "with"}


def _walk(body: list[ast.stmt], loops: tuple[int, ...]) -> Iterator[Statement]:
    for node in body:
        kind = _KINDS.get(type(node), "")
        inside = (*loops, node.lineno) if kind == "loop" else loops
        inner = [
            *(getattr(node, "body", [])),
            *(stmt for handler in getattr(node, "handlers", []) for stmt in handler.body),
            *(getattr(node, "orelse", [])),
            *(getattr(node, "finalbody", [])),
        ]
        end = node.end_lineno or node.lineno
        head_end = max(node.lineno, inner[0].lineno - 1) if inner else end
        if isinstance(node, ast.For):
            head_end = node.iter.end_lineno or node.lineno
        yield Statement(node.lineno, head_end, inside, frozenset(_assigned(node)), kind, end)
        for handler in getattr(node, "handlers", []):
            names = frozenset(filter(None, [handler.name]))
            yield Statement(handler.lineno, handler.lineno, inside, names, "", handler.lineno)
        is_scope = isinstance(node, ast.FunctionDef | ast.ClassDef)
        yield from _walk(inner, () if is_scope else inside)


def _assigned(node: ast.stmt) -> Iterator[str]:
    """Names that the statement itself binds, without those in its body."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        return
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.For | ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def executable_lines(code: types.CodeType) -> set[int]:
    """The lines for which the compiler made code, with those of the functions and classes inside."""
    lines = {line for _, _, line in code.co_lines() if line}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            lines |= executable_lines(constant)
    return lines


class Relocation(ast.NodeTransformer):
    """Gives the paths that a program names a place: `data` the dataset's folder, its own files another.

    Args:
        data: The folder to read for `data`.
        folder: Where the program's own files lie.
        files: The relative paths of those files, or of a folder that holds them.
    """

    def __init__(self, data: str, folder: str, files: tuple[str, ...]) -> None:
        self._data, self._folder, self._files = data, folder, files

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Replace a string that is one of the paths, or begins with one and a slash."""
        if isinstance(node.value, str):
            if node.value == "data":
                return ast.copy_location(ast.Constant(self._data), node)
            if any(node.value == name or node.value.startswith(f"{name}/") for name in self._files):
                return ast.copy_location(ast.Constant(f"{self._folder}/{node.value}"), node)
        return node
