"""The small language a visitor may type: numbers and nested lists, shapes, and what goes between brackets.

Text is measured before it is parsed, parsed with `ast`, and rebuilt from the nodes that are allowed; it is
never evaluated. Where PyTorch has a sentence for a mistake, it is PyTorch that is asked (with the values
already known to be plain numbers), and its sentence is given with what it means.
"""

import ast
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from core.errors import LessonInputError
from core.system.python_parser import parse_expression
from core.teaching.snippets.explanations import REFUSALS, ask, explain, strange_character

MAX_CHARACTERS: Final = 400
MAX_DEPTH: Final = 4
MAX_ELEMENTS: Final = 64
MAX_DIMENSIONS: Final = 4
MAX_INDEX_CHARACTERS: Final = 80
MAX_INDEX_ITEMS: Final = 8
MAX_INDEX_LIST: Final = 16

_TOKEN: Final = re.compile(
    r"\s+|(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|\.\.\.|True|False|None|tensor|[<>=!]=|[<>\[\](),:+-]"
)
_COMPARISONS: Final = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}

Number = bool | int | float
Nested = Any
"""A number or a list of `Nested`, at most `MAX_DEPTH` deep."""


@dataclass(frozen=True)
class IndexExpression:
    """What goes between the brackets of `tensor[...]`."""

    source: str
    """The expression written anew from its parsed form, without the brackets."""
    items: tuple[Any, ...]
    """The indices: `int`, `slice`, `None`, `Ellipsis`, `list[int]`, `list[bool]`, `bool`, or a `(symbol,
    number)` pair for a comparison of the whole tensor."""

    def apply(self, tensor: Tensor) -> Tensor:
        """`tensor` indexed with this expression.

        Raises:
            LessonInputError: PyTorch refuses it for a tensor of this shape; the text is its sentence,
                explained.
        """
        return self._pick(tensor, tensor)

    def cells(self, tensor: Tensor) -> Tensor:
        """Where the picked elements are in `tensor`: row-major positions, int64, in the shape of the pick.

        Raises:
            LessonInputError: As `apply`.
        """
        return self._pick(torch.arange(tensor.numel()).reshape(tensor.shape), tensor)

    def _pick(self, taken: Tensor, compared: Tensor) -> Tensor:
        try:
            items = tuple(_mask(compared, item) if isinstance(item, tuple) else item for item in self.items)
            return taken[items[0] if len(items) == 1 else items]
        except REFUSALS as error:
            raise LessonInputError(explain(error)) from None


def parse_tensor_literal(text: str) -> Nested:
    """Read a number or a nested list of numbers, such as `[[1, 2], [3, 4]]`.

    Returns:
        The same as Python values (lists, never tuples), which `torch.tensor` is known to accept: at most
        64 numbers, at most 4 levels deep.

    Raises:
        LessonInputError: The text is not in this language, is too long, or PyTorch refuses it.
    """
    tree = _parse(text, MAX_CHARACTERS, "a number or a list of numbers, such as [[1, 2], [3, 4]]")
    value = _nested(tree, 0)
    count = _count(value)
    if count > MAX_ELEMENTS:
        raise LessonInputError(f"That is {count} numbers; this page shows tensors of up to {MAX_ELEMENTS}.")
    ask(partial(torch.tensor, value))
    return value


def parse_shape(text: str) -> tuple[int, ...]:
    """Read a shape such as `2, 3`, `(2, 3)` or `[2, 3]`; `()` is the shape of a single number.

    Returns:
        At most 4 sizes, each 0 or more, with a product of at most 64.

    Raises:
        LessonInputError: The text is not a shape, or the tensor would be too big to show.
    """
    tree = _parse(text, MAX_INDEX_CHARACTERS, "a shape: whole numbers with commas, such as 2, 3")
    nodes = tree.elts if isinstance(tree, ast.Tuple | ast.List) else [tree]
    sizes = []
    for node in nodes:
        size = _number(node)
        if isinstance(size, bool) or not isinstance(size, int):
            raise LessonInputError("A shape is made of whole numbers, such as 2, 3.")
        if size < 0:
            ask(partial(torch.zeros, (size,)))
        sizes.append(size)
    if len(sizes) > MAX_DIMENSIONS:
        raise LessonInputError(f"That is {len(sizes)} dimensions; this page draws up to {MAX_DIMENSIONS}.")
    count = 1
    for size in sizes:
        count *= size
    if count > MAX_ELEMENTS:
        raise LessonInputError(
            f"That shape has {_brief(count)} numbers, {_bytes(4 * count)} as float32; "
            f"this page shows tensors of up to {MAX_ELEMENTS}."
        )
    return tuple(sizes)


def parse_index(text: str) -> IndexExpression:
    """Read an index expression: `:, 0`, `[..., -1]`, `tensor[1:3, None]`, `[[0, 2]]`, `tensor > 5`.

    One pair of outer brackets, with or without `tensor` before it, may be there or not.

    Raises:
        LessonInputError: The text is not in this language.
    """
    hint = "what goes between the brackets, such as :, 0 or ..., -1 or 1:3, None"
    if not isinstance(text, str) or not text.strip() or text.strip() in ("[]", "tensor", "tensor[]"):
        raise LessonInputError(f"Nothing is there to pick: type {hint}.")
    _measure(text, MAX_INDEX_CHARACTERS, hint)
    tree = _index_tree(" ".join(text.split()), hint)
    nodes = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    if len(nodes) > MAX_INDEX_ITEMS:
        raise LessonInputError(f"That is {len(nodes)} indices; at most {MAX_INDEX_ITEMS} are read here.")
    items = tuple(_index_item(node) for node in nodes)
    if not items:
        raise LessonInputError(f"Nothing is there to pick: type {hint}.")
    source = ", ".join(_index_source(item) for item in items)
    return IndexExpression(source + ("," if isinstance(tree, ast.Tuple) and len(items) == 1 else ""), items)


def _measure(text: str, limit: int, hint: str) -> None:
    """Refuse text by length, characters and depth, before anything recursive sees it."""
    if not isinstance(text, str) or not text.strip():
        raise LessonInputError(f"Nothing is there yet: type {hint}.")
    if len(text) > limit:
        raise LessonInputError(f"That is {len(text):,} characters; up to {limit} are read here.")
    position, depth = 0, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise LessonInputError(strange_character(text, position, hint))
        token = match.group()
        depth += (token in "[(") - (token in "])")
        if depth > MAX_DEPTH + 2:
            raise LessonInputError(f"The brackets are nested too deeply; {MAX_DEPTH} levels are read here.")
        if depth < 0:
            raise LessonInputError("A bracket is closed that was never opened.")
        position = match.end()
    if depth:
        raise LessonInputError("A bracket is opened and never closed.")


def _parse(text: str, limit: int, hint: str) -> ast.expr:
    _measure(text, limit, hint)
    for word in ("tensor", "None", "...", ":", "<", ">", "="):
        if word in text:
            raise LessonInputError(f"{word!r} is not part of {hint}.")
    return _tree(" ".join(text.split()), hint)


def _tree(text: str, hint: str) -> ast.expr:
    try:
        return parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LessonInputError(f"This is not quite {hint}: look for a missing comma or bracket.") from None


def _index_tree(text: str, hint: str) -> ast.expr:
    """The expression between the brackets, whether they were typed (with or without `tensor`) or not."""
    if re.match(r"tensor\s*\[", text):
        candidates = [text]
    elif text.startswith("["):
        # `[:, 0]` has its brackets on; `[0, 2], 1` starts with a list.
        candidates = [f"tensor{text}", f"tensor[{text}]"]
    else:
        candidates = [f"tensor[{text}]"]
    for candidate in candidates:
        try:
            tree = parse_expression(candidate)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if isinstance(tree, ast.Subscript) and isinstance(tree.value, ast.Name):
            return tree.slice
        if isinstance(tree, ast.Subscript):
            raise LessonInputError(
                "Brackets after brackets are two steps, and one is read here. For single cells, [0, 1] picks "
                "what [0][1] picks."
            )
        if isinstance(tree, ast.Compare) and isinstance(tree.left, ast.Subscript):
            raise LessonInputError(
                "A mask compares the whole tensor with a number, such as tensor > 5; "
                "a part of it is not compared here."
            )
    raise LessonInputError(f"This is not quite {hint}: look for a missing comma or colon.")


def _number(node: ast.expr) -> Number:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        if not isinstance(node.operand, ast.Constant) or isinstance(node.operand.value, bool):
            raise LessonInputError("A sign goes before a number, and one sign is enough.")
        value = _number(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        if node.value in (float("inf"), float("-inf")):
            raise LessonInputError("That number is larger than any float64, which ends near 1.8e308.")
        return node.value
    if isinstance(node, ast.Subscript | ast.Call):
        raise LessonInputError("A comma is missing between two pairs of brackets.")
    if isinstance(node, ast.BinOp):
        raise LessonInputError("Sums are not worked out here: type the number that comes out.")
    if isinstance(node, ast.List | ast.Tuple):
        raise LessonInputError("A number is expected here, not a list.")
    raise LessonInputError("Only numbers, True and False are read here.")


def _nested(node: ast.expr, depth: int) -> Nested:
    if isinstance(node, ast.List | ast.Tuple):
        if depth == MAX_DEPTH:
            raise LessonInputError(f"The lists are nested too deeply; {MAX_DEPTH} levels are read here.")
        return [_nested(item, depth + 1) for item in node.elts]
    return _number(node)


def _count(value: Nested) -> int:
    return sum(_count(item) for item in value) if isinstance(value, list) else 1


def _index_item(node: ast.expr) -> Any:
    if isinstance(node, ast.Slice):
        return slice(
            *(None if part is None else _slice_end(part) for part in (node.lower, node.upper, node.step))
        )
    if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        if len(node.elts) > MAX_INDEX_LIST:
            raise LessonInputError(f"A list of indices may have up to {MAX_INDEX_LIST} entries here.")
        if any(isinstance(item, ast.List | ast.Tuple | ast.Slice) for item in node.elts):
            raise LessonInputError("A list of indices holds whole numbers, or True and False; no lists.")
        values = [_number(item) for item in node.elts]
        if len({type(value) for value in values}) > 1 or any(isinstance(value, float) for value in values):
            raise LessonInputError("A list of indices holds whole numbers, or True and False, not both.")
        for value in values:
            if not _fits(value):
                ask(partial(_pick_of_one, [value]))
        return values
    if isinstance(node, ast.Compare):
        return _comparison(node)
    if isinstance(node, ast.Name):
        raise LessonInputError("Compare the tensor with a number to make a mask, such as tensor > 5.")
    value = _number(node)
    if isinstance(value, float) or not _fits(value):
        ask(partial(_pick_of_one, value))
    return value


def _comparison(node: ast.Compare) -> tuple[str, Number]:
    if len(node.ops) != 1 or not isinstance(node.left, ast.Name) or type(node.ops[0]) not in _COMPARISONS:
        raise LessonInputError("A mask compares the tensor with one number, such as tensor > 5.")
    return _COMPARISONS[type(node.ops[0])], _number(node.comparators[0])


def _slice_end(node: ast.expr) -> int:
    value = _number(node)
    if isinstance(value, float):
        ask(partial(_pick_of_one, slice(value)))
    if isinstance(value, bool) or not isinstance(value, int):
        raise LessonInputError("A slice is made of whole numbers.")
    if not _fits(value):
        raise LessonInputError("The ends of a slice have 64 bits here: up to 9,223,372,036,854,775,807.")
    return value


def _pick_of_one(index: Any) -> Tensor:
    """Ask PyTorch about an index alone."""
    return torch.zeros(1)[index]


def _fits(value: Number) -> bool:
    """Whether a whole number has 64 bits."""
    return -(2**63) <= value < 2**63


def _index_source(item: Any) -> str:
    if isinstance(item, slice):
        ends = [("" if part is None else str(part)) for part in (item.start, item.stop)]
        return ":".join(ends) + ("" if item.step is None else f":{item.step}")
    if item is Ellipsis:
        return "..."
    if isinstance(item, tuple):
        return f"tensor {item[0]} {item[1]!r}"
    return repr(item)


def _mask(tensor: Tensor, item: tuple[str, Number]) -> Tensor:
    symbol, number = item
    compare = {">": torch.gt, ">=": torch.ge, "<": torch.lt, "<=": torch.le, "==": torch.eq, "!=": torch.ne}
    return compare[symbol](tensor, number)


def _brief(count: int) -> str:
    return f"{count:,}" if count < 10**12 else f"{float(min(count, 10**300)):.1e}"


def _bytes(count: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000:
            return f"{count:.4g} {unit}"
        count = count // 1000
    return "more than any computer has"
