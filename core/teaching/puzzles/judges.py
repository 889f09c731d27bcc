"""Judges: each reads an answer in the small grammar, and tries it on random inputs beside the right result.

Nothing that was typed is evaluated: it becomes numbers, a shape or an index, and our own code computes.
"""

from collections.abc import Callable, Sequence
from typing import Final

import torch
from torch import Tensor

from core.errors import LessonInputError
from core.model.architecture import trace_until_problem
from core.model.layer_table import LayerRow
from core.model.layer_text import layers_from_text
from core.teaching.puzzles.puzzle import Verdict
from core.teaching.snippets.explanations import explain
from core.teaching.snippets.literal import parse_index, parse_shape, parse_tensor_literal

TRIES: Final = 5
"""Random inputs on which an answer is tried."""

Result = Callable[..., Tensor]


def _inputs(shapes: tuple[tuple[int, ...], ...], number: int) -> list[Tensor]:
    """Random tensors of these shapes, the same for each number."""
    generator = torch.Generator().manual_seed(number)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def _compared(given: Callable[[list[Tensor]], Tensor], wanted: Result, *shapes: tuple[int, ...]) -> Verdict:
    """Try a result on random inputs; the first that differs says how."""
    for number in range(TRIES):
        inputs = _inputs(shapes, number)
        try:
            found = given(inputs)
        except (RuntimeError, IndexError, ValueError, TypeError) as error:
            return Verdict(False, explain(error))
        wrong = _differs(found, wanted(*inputs))
        if wrong is not None:
            return wrong
    return Verdict(True, f"Right, on {TRIES} random inputs of {' and '.join(str(list(s)) for s in shapes)}.")


def _differs(found: Tensor, right: Tensor) -> Verdict | None:
    """What is wrong with a result, in its shape or else its values; None for a right one."""
    if found.shape != right.shape:
        return Verdict(False, f"Yours has shape {list(found.shape)}; it should be {list(right.shape)}.")
    same = torch.isclose(found.to(right.dtype), right, equal_nan=True)
    return None if bool(same.all()) else Verdict(False, _difference(found, right, same))


def _difference(found: Tensor, right: Tensor, same: Tensor) -> str:
    """Which value is the first that is not the same."""
    place = int((~same).flatten().nonzero()[0])
    return (
        f"The shape {list(right.shape)} is right, the values are not: value {place} in reading "
        "order is "
        f"{float(found.flatten()[place]):.3g}; it should be {float(right.flatten()[place]):.3g}."
    )


def picks(wanted: Result, shape: tuple[int, ...]) -> Callable[[str], Verdict]:
    """The answer is an index of `tensor`, without the brackets that stand around the gap.

    It is tried on the tensor that the page shows as well, which counts from -3: random values have no 0.
    """
    shown = torch.arange(-3, int(torch.tensor(shape).prod()) - 3).reshape(shape)

    def judge(text: str) -> Verdict:
        whole = text.strip().startswith("tensor[")
        index = parse_index(text if whole else f"[{text}]")
        wrong = _differs(index.apply(shown), wanted(shown))  # its error says more than the comparison's
        if wrong is not None:
            return wrong
        return _compared(lambda inputs: index.apply(inputs[0]), wanted, shape)

    return judge


def _dimensions(text: str) -> tuple[int, ...]:
    value = parse_tensor_literal(text)
    numbers = value if isinstance(value, list) else [value]
    if not numbers or any(isinstance(number, bool) or not isinstance(number, int) for number in numbers):
        raise LessonInputError(
            "A dimension is a whole number, such as 0 or -1; for several, use parentheses: (0, 2)."
        )
    return tuple(numbers)


def reduces(
    operation: Callable[[Tensor, tuple[int, ...]], Tensor],
    wanted: Result,
    shape: tuple[int, ...],
    *,
    one: bool = False,
) -> Callable[[str], Verdict]:
    """The answer is the `dim` of an operation, which may take one dimension only."""

    def judge(text: str) -> Verdict:
        dims = _dimensions(text)
        if one and isinstance(parse_tensor_literal(text), list):
            raise LessonInputError("This operation takes one dimension, a whole number such as 0 or -1.")
        return _compared(lambda inputs: operation(inputs[0], dims), wanted, shape)

    return judge


def views(
    combine: Callable[[list[Tensor], tuple[int, ...]], Tensor], wanted: Result, *shapes: tuple[int, ...]
) -> Callable[[str], Verdict]:
    """The answer is a shape that the first input is viewed in; -1 is read as in `view`."""

    def judge(text: str) -> Verdict:
        return _compared(lambda inputs: combine(inputs, _sizes(text)), wanted, *shapes)

    return judge


def _sizes(text: str) -> tuple[int, ...]:
    """A shape in which one size may be -1."""
    if "-" not in text:
        return parse_shape(text)
    sizes = _dimensions(text)
    if any(size < -1 for size in sizes):
        raise LessonInputError("A size is 0 or more; one of them may be -1, for what is left over.")
    return sizes


def multiplies(left: tuple[int, ...], product: tuple[int, ...]) -> Callable[[str], Verdict]:
    """The answer is the shape of what `left` is multiplied by, with `@`, to give `product`."""

    def judge(text: str) -> Verdict:
        shape = parse_shape(text)
        first, second = _inputs((left, shape), 0)
        try:
            found = first @ second
        except RuntimeError as error:
            return Verdict(False, explain(error))
        if tuple(found.shape) != product:
            return Verdict(
                False, f"That product has shape {list(found.shape)}; it should be {list(product)}."
            )
        return Verdict(True, f"Right: {list(left)} @ {list(shape)} gives {list(product)}.")

    return judge


def number(
    check: Callable[[float], Verdict], *, whole: bool = True, low: float, high: float
) -> Callable[[str], Verdict]:
    """The answer is one number within bounds, which `check` tries."""

    def judge(text: str) -> Verdict:
        value = parse_tensor_literal(text)
        if isinstance(value, list | bool) or (whole and not isinstance(value, int)):
            raise LessonInputError("Enter one whole number." if whole else "Enter one number.")
        if not low <= value <= high:
            raise LessonInputError(f"The number has to be between {low:g} and {high:g}.")
        return check(value)

    return judge


def builds(
    *,
    at_most: int = 0,
    exactly: int = 0,
    kinds: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    hidden: bool = False,
) -> Callable[[str], Verdict]:
    """The answer is a network as a list of layers, such as `flatten-linear10`.

    Args:
        at_most: Most parameters; 0 for no limit.
        exactly: The number of parameters; 0 for any.
        kinds: Kinds of layers of which each has to be there.
        without: Kinds that must not.
        hidden: Whether a ReLU has to stand between two layers with weights.
    """

    def judge(text: str) -> Verdict:
        layers = layers_from_text(text)
        rows, problem = trace_until_problem(layers)
        if problem is not None:
            return Verdict(False, problem.sentence)
        count = sum(row.parameters for row in rows)
        have = {layer.kind for layer in layers}
        for kind in kinds:
            if kind not in have:
                return Verdict(
                    False,
                    (
                        f"It fits, with {count:,} parameters, but there is no "
                        f"{kind.replace('_', ' ')} layer in it."
                    ),
                )
        for kind in without:
            if kind in have:
                return Verdict(False, f"It fits, but it must have no {kind.replace('_', ' ')} layer.")
        if hidden and not _has_hidden(rows):
            return Verdict(
                False,
                "It fits, but has no hidden layer: a ReLU has to stand between two layers with weights.",
            )
        if at_most and count > at_most:
            return Verdict(False, f"It fits, but has {count:,} parameters; at most {at_most:,} are allowed.")
        if exactly and count != exactly:
            return Verdict(False, f"It fits, but has {count:,} parameters; it should have {exactly:,}.")
        return Verdict(True, f"Right: one image of 1 × 28 × 28 becomes 10 values, with {count:,} parameters.")

    return judge


def _has_hidden(rows: Sequence[LayerRow]) -> bool:
    """Whether there is a ReLU with weights both before and after it."""
    weights = [place for place, row in enumerate(rows) if row.parameters]
    return any(
        row.layer.kind == "relu" and weights[0] < place < weights[-1]
        for place, row in enumerate(rows)
        if weights
    )
