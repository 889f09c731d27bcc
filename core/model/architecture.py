"""Do these layers fit each other? A composed network checked from its description alone, with fixes.

Nothing is built here and no memory is taken: a network too large to hold is refused before it exists.
Layers are numbered from 0, as in `print(model)` and in the names of parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.config import MAX_LAYERS, MAX_PARAMETERS, LayerConfig
from core.data import CLASS_COUNT
from core.errors import ArchitectureError
from core.model.layer_table import (
    INPUT_SHAPE,
    MAX_ACTIVATIONS,
    MAX_MULTIPLY_ADDS,
    TYPE_NAMES,
    LayerRow,
    Shape,
    convolved,
    row_of,
    shape_text,
)

Reason = Literal[
    "count", "shape", "inputs", "window", "outputs", "parameters", "activations", "multiply_adds"
]


@dataclass(frozen=True)
class Fix:
    """A change that removes a problem."""

    label: str
    """What it does, as the text of a button."""
    layers: tuple[LayerConfig, ...]
    """The layers after it."""


@dataclass(frozen=True)
class Problem:
    """The first thing that does not fit."""

    layer: int
    """Position of the layer, counted from 0."""
    reason: Reason
    """What kind of problem it is."""
    sentence: str
    """What is wrong and what to do, naming the layer."""
    fix: Fix
    """The change that puts it right."""


def trace_shapes(layers: Sequence[LayerConfig]) -> tuple[LayerRow, ...]:
    """Follow the shape of one image through `layers`.

    Raises:
        ArchitectureError: A layer does not fit, the end is not 10 values, or a bound is passed.
    """
    rows, problem = _walk(tuple(layers))
    if problem is not None:
        raise ArchitectureError(problem.sentence, layer=problem.layer)
    return rows


def find_problem(layers: Sequence[LayerConfig]) -> Problem | None:
    """The first problem of `layers` with a fix for it, or `None` where they fit.

    Taking fix after fix ends at a network that fits.
    """
    return _walk(tuple(layers))[1]


def trace_until_problem(layers: Sequence[LayerConfig]) -> tuple[tuple[LayerRow, ...], Problem | None]:
    """The rows up to the first problem, and the problem: what an editor shows of a network in the making."""
    return _walk(tuple(layers))


def _walk(layers: tuple[LayerConfig, ...]) -> tuple[tuple[LayerRow, ...], Problem | None]:
    rows: list[LayerRow] = []
    shape: Shape = INPUT_SHAPE
    for index, layer in enumerate(layers):
        problem = _misfit(layers, index, shape)
        if problem is None:
            rows.append(row_of(index, layer, shape))
            problem = _excess(layers, rows)
        if problem is not None:
            return tuple(rows[:index]), problem
        shape = rows[-1].output_shape
    return tuple(rows), _wrong_end(layers, shape)


def _named(layers: tuple[LayerConfig, ...], index: int) -> str:
    return f"Layer {index}, {TYPE_NAMES[layers[index].kind]},"


def _put(layers: tuple[LayerConfig, ...], index: int, *new: LayerConfig) -> tuple[LayerConfig, ...]:
    """`layers` with the one at `index` replaced by `new`."""
    return (*layers[:index], *new, *layers[index + 1 :])


def _misfit(layers: tuple[LayerConfig, ...], index: int, shape: Shape) -> Problem | None:
    """Whether a layer cannot take what reaches it."""
    layer, name, given = layers[index], _named(layers, index), shape_text(shape)
    if index >= MAX_LAYERS:
        return Problem(
            index, "count",
            f"{name} is one too many: a network here has at most {MAX_LAYERS} layers, so remove it.",
            Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :]),
        )  # fmt: skip
    image = len(shape) == 3
    if layer.kind == "linear" and image:
        return Problem(
            index, "shape",
            f"{name} takes a row of features but is given {given}: add a flatten layer before it.",
            Fix("Add a flatten layer before it", _put(layers, index, LayerConfig(kind="flatten"), layer)),
        )  # fmt: skip
    if layer.kind in ("conv", "max_pool", "avg_pool") and not image:
        first = next(i for i, other in enumerate(layers) if other.kind == "flatten")
        rest = layers[:index] + layers[index + 1 :]
        return Problem(
            index, "shape",
            f"{name} takes channels × height × width but is given {given} features: "
            f"move it before the flatten layer, layer {first}.",
            Fix(f"Move it before layer {first}", (*rest[:first], layer, *rest[first:])),
        )  # fmt: skip
    if layer.kind in ("linear", "conv", "batch_norm") and layer.inputs not in (0, shape[0]):
        unit = "channels" if image else "features"
        return Problem(
            index, "inputs",
            f"{name} takes {layer.inputs:,} {unit} but is given {shape[0]:,}: "
            f"set its inputs to {shape[0]:,}.",
            Fix(f"Set its inputs to {shape[0]:,}", _put(layers, index, replace(layer, inputs=shape[0]))),
        )  # fmt: skip
    if layer.kind == "conv" and convolved(min(shape[1:]), layer) < 1:
        kept = replace(layer, padding=None)
        return Problem(
            index, "window",
            f"{name} has a window of {layer.kernel} × {layer.kernel} but is given {given}: pad what it is "
            f"given by {layer.kernel // 2} on each side, which keeps its size.",
            Fix(f"Set its padding to {layer.kernel // 2}", _put(layers, index, kept)),
        )  # fmt: skip
    if layer.kind in ("max_pool", "avg_pool") and layer.size > min(shape[1:]):
        text = f"{name} has a window of {layer.size} × {layer.size} but is given {given}"
        side = min(shape[1:])
        if side == 1:
            fix = Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :])
            return Problem(index, "window", f"{text}: there is nothing left to pool, so remove it.", fix)
        fix = Fix(f"Set its window to {side}", _put(layers, index, replace(layer, size=side)))
        return Problem(index, "window", f"{text}: set its window to {side} or less.", fix)
    return None


_BOUNDS: Final[dict[Reason, tuple[int, str]]] = {
    "parameters": (MAX_PARAMETERS, "parameters"),
    "activations": (MAX_ACTIVATIONS, "values for one image"),
    "multiply_adds": (MAX_MULTIPLY_ADDS, "multiply-adds for one image"),
}


def _cost(row: LayerRow, reason: Reason) -> int:
    counts = {"parameters": row.parameters, "activations": row.activations}
    return counts.get(reason, row.multiply_adds)


def _excess(layers: tuple[LayerConfig, ...], rows: list[LayerRow]) -> Problem | None:
    """Whether the layers so far pass a bound."""
    index = len(rows) - 1
    for reason, (limit, unit) in _BOUNDS.items():
        total = sum(_cost(row, reason) for row in rows)
        if total <= limit:
            continue
        # below the 10 outputs that the last layer needs nothing shrinks, so that fixes never go in circles
        wide = [r for r in rows if r.layer.kind in ("linear", "conv") and r.layer.size > CLASS_COUNT]
        if wide:
            largest = max(wide, key=lambda row: (_cost(row, reason), row.layer.size)).index
            fix = _halved(layers, largest, reason)
            advice = f"make layer {largest}, the largest, smaller"
        else:  # many narrow layers: the one that passes the bound goes
            fix = Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :])
            advice = "remove it"
        sentence = (
            f"{_named(layers, index)} brings the network to {total:,} {unit}, "
            f"above the limit of {limit:,}: {advice}."
        )
        return Problem(index, reason, sentence, fix)
    return None


def _halved(layers: tuple[LayerConfig, ...], index: int, reason: Reason) -> Fix:
    """Halve one layer, again and again while the same bound is passed."""
    while layers[index].size > CLASS_COUNT:
        layers = _put(layers, index, replace(layers[index], size=max(CLASS_COUNT, layers[index].size // 2)))
        problem = find_problem(layers)
        if problem is None or problem.reason != reason:
            break
    unit = "channels" if layers[index].kind == "conv" else "outputs"
    return Fix(f"Set layer {index} to {layers[index].size:,} {unit}", layers)


def _wrong_end(layers: tuple[LayerConfig, ...], shape: Shape) -> Problem | None:
    """Whether the last layer gives anything but 10 values."""
    end = LayerConfig(kind="linear", size=CLASS_COUNT)
    if not layers:
        fix = Fix("Add a flatten layer and a linear layer", (LayerConfig(kind="flatten"), end))
        text = f"Layer 0 is missing: a network needs at least one layer that gives {CLASS_COUNT} values."
        return Problem(0, "outputs", text, fix)
    if shape == (CLASS_COUNT,):
        return None
    last = len(layers) - 1
    name = _named(layers, last)
    text = (
        f"{name} ends the network with {shape_text(shape)} values, but it needs {CLASS_COUNT}, one per class"
    )
    if layers[last].kind == "linear":
        fix = Fix(
            f"Set its outputs to {CLASS_COUNT}", _put(layers, last, replace(layers[last], size=CLASS_COUNT))
        )
        return Problem(last, "outputs", f"{text}: set its outputs to {CLASS_COUNT}.", fix)
    new = (LayerConfig(kind="flatten"), end) if len(shape) == 3 else (end,)
    kept = layers[: MAX_LAYERS - len(new)]
    what = "a flatten layer and a linear layer" if len(new) == 2 else "a linear layer"
    fix = Fix(f"End with {what} of {CLASS_COUNT} outputs", (*kept, *new))
    return Problem(last, "outputs", f"{text}: add {what} with {CLASS_COUNT} outputs after it.", fix)
