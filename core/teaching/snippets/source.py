"""From a function's source to a program: its body with values written in, and what the body needs."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from types import ModuleType
from typing import Any, Final

from core.system.python_parser import parse


@dataclass(frozen=True)
class Snippet:
    """A complete program in the order Python needs it."""

    imports: tuple[str, ...]
    """Import statements, one a line, sorted; the standard library first."""
    definitions: tuple[str, ...]
    """Constants, functions and classes of the lesson that the body uses."""
    body: str
    """The step's own lines, with the widget values in them."""
    setup: tuple[str, ...] = ()
    """The bodies of the steps that this one goes on from, first to last."""

    @property
    def code(self) -> str:
        """The whole text: what is shown, and what is run."""
        return joined([grouped(self.imports), *self.definitions, *self.setup, self.body]) + "\n"


def joined(blocks: Sequence[str]) -> str:
    """Parts of a program below each other, with the blank lines that Python's style asks for.

    Constants follow each other without a gap; a function or a class has two blank lines around it.
    """
    text = ""
    for before, block in pairwise(["", *(block for block in blocks if block)]):
        around = any(part.startswith(("def ", "class ", "@")) for part in (before, block))
        constants = _is_constant(before) and _is_constant(block)
        text += ("" if not before else "\n\n\n" if around else "\n" if constants else "\n\n") + block
    return text


def _is_constant(block: str) -> bool:
    return "\n" not in block and " = " in block


_PROCESS_WIDE: Final = ("seed", "catch_warnings", "set_num_threads", "fork_rng", "set_default_dtype")


class Source:
    """A function's text, taken apart on first use (a lesson's module is still being read when it is made)."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._module = sys.modules[function.__module__]
        text = textwrap.dedent(inspect.getsource(function))
        node = parse(text).body[0]
        if not isinstance(node, ast.FunctionDef):
            raise TypeError(f"{function.__name__} must be a plain function.")
        self._name = function.__name__
        statements = node.body
        documented = isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant)
        if not documented:
            raise TypeError(f"{self._name} needs a docstring: it is the text of the step.")
        last = statements[-1]
        self.shown = self._returned(last)
        first_line = statements[0].end_lineno or 1
        last_line = last.lineno - 1 if isinstance(last, ast.Return) else len(text.splitlines())
        # pyplot is imported where it is used: our own process must not load it, and never runs this line
        inner = [found for found in statements[1:] if isinstance(found, ast.Import | ast.ImportFrom)]
        self._imports = [_import_line(found, _bound_name(found.names[0])) for found in inner]
        self.draws = any("pyplot" in line for line in self._imports)
        """Whether it makes a figure."""
        if inner:
            first_line = inner[-1].end_lineno or 1
        lines = text.splitlines()[first_line:last_line]
        self._body = textwrap.dedent("\n".join(lines)).strip("\n")
        self._tree = parse(self._body)
        shared = {found.attr for found in ast.walk(self._tree) if isinstance(found, ast.Attribute)}
        if shared & set(_PROCESS_WIDE):
            raise TypeError(f"{self._name} changes what belongs to every visitor's snippets.")
        self.assigned = _stored_names(self._tree)
        """The names that the step leaves to those that go on from it."""
        # one program is asked for at every run of a page, and threads take turns to parse
        self._made = lru_cache(maxsize=16)(self._make)

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """What of the module the lines use, before any value is written in."""
        return self._requirements(self._tree)[1]

    def _returned(self, last: ast.stmt) -> tuple[str, ...]:
        if not isinstance(last, ast.Return):
            return ()
        values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
        if not all(isinstance(value, ast.Name) for value in values):
            raise TypeError(f"{self._name} may return only names: they say what the page displays.")
        return tuple(value.id for value in values if isinstance(value, ast.Name))

    def snippet(self, texts: Mapping[str, str], tops: set[str]) -> Snippet:
        """The program with `texts` in the places of the parameters; those of `tops` in the first lines."""
        return self._made(tuple(texts.items()), frozenset(tops))

    def _make(self, pairs: tuple[tuple[str, str], ...], tops: frozenset[str]) -> Snippet:
        texts = dict(pairs)
        # A value inside an f-string has no place of its own in Python 3.11's tree: it goes to the top.
        in_strings = {
            name.id
            for found in ast.walk(self._tree)
            if isinstance(found, ast.JoinedStr)
            for name in ast.walk(found)
            if isinstance(name, ast.Name)
        }
        inside = {
            name.id
            for text in texts.values()
            for name in ast.walk(parse(text if text.isidentifier() else f"_[{text}]"))
            if isinstance(name, ast.Name)
        }
        at_top = [name for name in texts if name in tops | in_strings | inside]
        body = _substitute(self._body, self._tree, {n: t for n, t in texts.items() if n not in at_top})
        body = "".join(f"{name} = {texts[name]}\n" for name in at_top) + body
        imports, definitions = self._requirements(parse(body))
        return Snippet(imports, definitions, body)

    def _requirements(self, tree: ast.Module) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The imports and definitions that `tree`, read in the lesson's module, cannot do without."""
        clash = sorted(_stored_names(tree) & set(_module_bindings(self._module)))
        if clash:
            raise TypeError(f"{self._name} names a variable {clash[0]!r} like something of its module.")
        imports: dict[str, None] = dict.fromkeys(self._imports)
        definitions: dict[str, None] = {}
        _collect(tree, self._module, imports, definitions, set())
        return tuple(_merged(imports)), tuple(definitions)


def _stored_names(tree: ast.AST) -> set[str]:
    """The names that `tree` binds with an assignment, a loop or a `with`."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _substitute(body: str, tree: ast.AST, texts: Mapping[str, str]) -> str:
    """`body` with each use of a parameter replaced by the text of its value."""
    lines = [line.encode() for line in body.split("\n")]
    places = [
        (node.lineno - 1, node.col_offset, node.end_col_offset or 0, texts[node.id])
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in texts
    ]
    for row, start, end, text in sorted(places, reverse=True):
        lines[row] = lines[row][:start] + text.encode() + lines[row][end:]
    return b"\n".join(lines).decode()


def _collect(
    tree: ast.AST,
    module: ModuleType,
    imports: dict[str, None],
    definitions: dict[str, None],
    seen: set[tuple[str, str]],
) -> None:
    """Add what `tree`, read in `module`, needs: whatever a definition needs comes before it."""
    bound, used = _module_bindings(module), _global_names(tree)
    for name in (name for name in bound if name in used):  # in the module's own order
        if (module.__name__, name) in seen:
            continue
        seen.add((module.__name__, name))
        statement = bound[name]
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            text = _definition(statement, module)
            _collect(parse(text), module, imports, definitions, seen)
            definitions[text] = None
        elif isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == "core":
            value = vars(module)[name]
            defined = (
                value.__module__ if inspect.isclass(value) or inspect.isfunction(value) else statement.module
            )
            _collect(ast.Name(name, ast.Load()), sys.modules[defined or ""], imports, definitions, seen)
        else:
            imports[_import_line(statement, name)] = None


def _global_names(tree: ast.AST) -> set[str]:
    """Names that `tree` reads anywhere."""
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


@lru_cache(maxsize=64)
def _module_source(module: ModuleType) -> str:
    """The module's text, read once: a file that is edited while the app runs must not mix two versions."""
    return inspect.getsource(module)


@lru_cache(maxsize=64)
def _module_bindings(module: ModuleType) -> dict[str, ast.stmt]:
    """The statement at the top of `module` that binds each name."""
    bound: dict[str, ast.stmt] = {}
    for statement in parse(_module_source(module)).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                bound[_bound_name(alias)] = statement
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            bound[statement.name] = statement
        elif isinstance(statement, ast.Assign):
            bound.update(
                {target.id: statement for target in statement.targets if isinstance(target, ast.Name)}
            )
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            bound[statement.target.id] = statement
    return bound


def _bound_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _import_line(statement: ast.Import | ast.ImportFrom, name: str) -> str:
    alias = next(alias for alias in statement.names if _bound_name(alias) == name)
    what = f"import {alias.name} as {alias.asname}" if alias.asname else f"import {alias.name}"
    return f"from {statement.module} {what}" if isinstance(statement, ast.ImportFrom) else what


def _definition(statement: ast.stmt, module: ModuleType) -> str:
    """A definition's text, without its docstrings and without a constant's annotation."""
    source = _module_source(module)
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return f"{ast.unparse(statement.target)} = {ast.get_source_segment(source, statement.value)}"
    lines = source.splitlines()
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    dropped: set[int] = set()
    for node in ast.walk(statement):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or ast.get_docstring(node) is None:
            continue
        start, end = node.body[0].lineno, node.body[0].end_lineno or 0
        if len(node.body) > 1:
            dropped.update(range(start, end + 1 + (not lines[end].strip())))
    return "\n".join(lines[i - 1] for i in range(first, (statement.end_lineno or 0) + 1) if i not in dropped)


def _merged(lines: Mapping[str, None]) -> Iterator[str]:
    """One statement for each module that names are imported from; the standard library first."""
    plain = sorted(line for line in lines if line.startswith("import "))
    origins: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("from "):
            origin, _, name = line[5:].partition(" import ")
            origins.setdefault(origin, []).append(name)
    grouped = [
        f"from {origin} import {', '.join(sorted(names))}" for origin, names in sorted(origins.items())
    ]
    yield from sorted(
        [*plain, *grouped], key=lambda line: (not _is_stdlib(line), line.startswith("from "), line)
    )


def _is_stdlib(line: str) -> bool:
    return line.split()[1].split(".")[0] in sys.stdlib_module_names


def grouped(lines: Sequence[str]) -> str:
    """Import statements as text: the standard library's, a blank line, the others."""
    groups = ([line for line in lines if _is_stdlib(line) is wanted] for wanted in (True, False))
    return "\n\n".join("\n".join(group) for group in groups if group)


def merge_imports(snippets: Iterable[Snippet]) -> tuple[str, ...]:
    """The imports of several snippets together, sorted, each once."""
    lines: dict[str, None] = {}
    for snippet in snippets:
        for line in snippet.imports:
            origin, found, names = line.partition(" import ")
            for name in names.split(", ") if found else [""]:
                lines[f"{origin} import {name}" if found else line] = None
    return tuple(_merged(lines))


def chained(snippets: Sequence[Snippet]) -> Snippet:
    """Snippets that go on from each other as one: the last one's, with the others as its setup."""
    definitions = dict.fromkeys(text for snippet in snippets for text in snippet.definitions)
    setup = tuple(snippet.body for snippet in snippets[:-1])
    return Snippet(merge_imports(snippets), tuple(definitions), snippets[-1].body, setup)
