"""Do these layers fit each other? Shapes, counts and bounds of a composed network, from its description alone.

Nothing is built here and no memory is taken: a network too large to hold is refused before it exists.
Layers are numbered from 0, as in `print(model)` and in the names of parameters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.config import MAX_DEPTH, MAX_PARAMETERS, LayerConfig, LayerKind
from core.errors import ArchitectureError
from core.layer_spec import from_spec, to_spec

__all__ = [
    "Fix", "LayerRow", "Problem", "TYPE_NAMES", "find_problem", "from_spec", "shape_text", "to_spec", "trace",
]  # fmt: skip

INPUT_SHAPE: Final = (1, 28, 28)
"""Channels, height and width of one image."""
OUTPUTS: Final = 10
MAX_LAYERS: Final = 4 * MAX_DEPTH
MAX_ACTIVATIONS: Final = 1_000_000
"""Values that all layers together may give for one image: 4 MB in float32."""
MAX_MULTIPLY_ADDS: Final = 200_000_000
"""Multiply-adds for one image: about 0.2 s for 64 images on two slow cores would be ten times less."""

Shape = tuple[int, ...]
Reason = Literal[
    "count", "shape", "inputs", "window", "outputs", "parameters", "activations", "multiply_adds"
]

TYPE_NAMES: Final[dict[LayerKind, str]] = {
    "flatten": "Flatten", "linear": "Linear", "conv": "Conv2d", "max_pool": "MaxPool2d", "avg_pool": "AvgPool2d",
    "batch_norm": "BatchNorm", "dropout": "Dropout", "relu": "ReLU", "leaky_relu": "LeakyReLU", "gelu": "GELU",
    "silu": "SiLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax",
}  # fmt: skip
"""What `torch.nn` calls each kind; a batch norm is `BatchNorm1d` or `BatchNorm2d` by what reaches it."""


@dataclass(frozen=True)
class LayerRow:
    """One layer in its place.

    Attributes:
        index: Position, counted from 0.
        layer: Its description.
        input_shape: What reaches it, without the batch dimension.
        output_shape: What it gives, without the batch dimension.
        weights: Values in its weight tensor.
        biases: Values in its bias tensor.
        multiply_adds: For one image: every use of a weight, and every bias added, is one; a batch norm in
            evaluation is one for each value; other layers have none.
    """

    index: int
    layer: LayerConfig
    input_shape: Shape
    output_shape: Shape
    weights: int
    biases: int
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases

    @property
    def activations(self) -> int:
        """New values for one image: a flatten only looks at its input in another shape, and has none."""
        return 0 if self.layer.kind == "flatten" else math.prod(self.output_shape)

    @property
    def type_name(self) -> str:
        """Its class in `torch.nn`."""
        name = TYPE_NAMES[self.layer.kind]
        return f"{name}{2 if len(self.input_shape) == 3 else 1}d" if name == "BatchNorm" else name


@dataclass(frozen=True)
class Fix:
    """A change that removes a problem.

    Attributes:
        label: What it does, as the text of a button.
        layers: The layers after it.
    """

    label: str
    layers: tuple[LayerConfig, ...]


@dataclass(frozen=True)
class Problem:
    """The first thing that does not fit.

    Attributes:
        layer: Position of the layer, counted from 0.
        reason: What kind of problem it is.
        sentence: What is wrong and what to do, naming the layer.
        fix: The change that puts it right.
    """

    layer: int
    reason: Reason
    sentence: str
    fix: Fix


def shape_text(shape: Sequence[int]) -> str:
    """A shape for people: `1 × 28 × 28`."""
    return " × ".join(f"{size:,}" for size in shape)


def trace(layers: Sequence[LayerConfig]) -> tuple[LayerRow, ...]:
    """Follow the shape of one image through `layers`.

    Raises:
        ArchitectureError: A layer does not fit what reaches it, the end is not 10 values, or a bound is passed.
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
            rows.append(_row(index, layer, shape))
            problem = _excess(layers, rows)
        if problem is not None:
            return tuple(rows[:index]), problem
        shape = rows[-1].output_shape
    return tuple(rows), _wrong_end(layers, shape)


def _row(index: int, layer: LayerConfig, shape: Shape) -> LayerRow:
    """Shapes and counts of a layer that fits."""
    weights = biases = multiply_adds = 0
    out = shape
    match layer.kind:
        case "flatten":
            out = (math.prod(shape),)
        case "linear":
            out = (layer.size,)
            weights, biases = shape[0] * layer.size, layer.size * layer.bias
            multiply_adds = weights + biases
        case "conv":
            out = (layer.size, *shape[1:])
            weights, biases = shape[0] * layer.size * layer.kernel**2, layer.size * layer.bias
            multiply_adds = (weights + biases) * shape[1] * shape[2]
        case "max_pool" | "avg_pool":
            out = (shape[0], shape[1] // layer.size, shape[2] // layer.size)
        case "batch_norm":
            weights = biases = shape[0]
            multiply_adds = math.prod(shape)
    return LayerRow(index, layer, shape, out, weights, biases, multiply_adds)


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
            index, "count", f"{name} is one too many: a network here has at most {MAX_LAYERS} layers, so remove it.",
            Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :]),
        )  # fmt: skip
    image = len(shape) == 3
    if layer.kind == "linear" and image:
        return Problem(
            index, "shape", f"{name} takes a row of features but is given {given}: add a flatten layer before it.",
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
            f"{name} takes {layer.inputs:,} {unit} but is given {shape[0]:,}: set its inputs to {shape[0]:,}.",
            Fix(f"Set its inputs to {shape[0]:,}", _put(layers, index, replace(layer, inputs=shape[0]))),
        )  # fmt: skip
    if layer.kind in ("max_pool", "avg_pool") and layer.size > min(shape[1:]):
        text, side = (
            f"{name} has a window of {layer.size} × {layer.size} but is given {given}",
            min(shape[1:]),
        )
        if side == 1:
            fix = Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :])
            return Problem(index, "window", f"{text}: there is nothing left to pool, so remove it.", fix)
        fix = Fix(f"Set its window to {side}", _put(layers, index, replace(layer, size=side)))
        return Problem(index, "window", f"{text}: set its window to {side} or less.", fix)
    return None


def _excess(layers: tuple[LayerConfig, ...], rows: list[LayerRow]) -> Problem | None:
    """Whether the layers so far pass a bound."""
    index = len(rows) - 1
    totals: tuple[tuple[Reason, int, int, str, list[int]], ...] = (
        ("parameters", sum(r.parameters for r in rows), MAX_PARAMETERS, "parameters",
         [r.parameters for r in rows]),
        ("activations", sum(r.activations for r in rows), MAX_ACTIVATIONS, "activations for one image",
         [r.activations for r in rows]),
        ("multiply_adds", sum(r.multiply_adds for r in rows), MAX_MULTIPLY_ADDS, "multiply-adds for one image",
         [r.multiply_adds for r in rows]),
    )  # fmt: skip
    for reason, total, limit, unit, shares in totals:
        if total > limit:
            # the last layer's 10 outputs are not free to shrink, and a size of 1 cannot
            free = [
                i
                for i in range(index + 1)
                if layers[i].kind in ("linear", "conv") and layers[i].size > OUTPUTS
            ]
            largest = max(free, key=lambda i: (shares[i], layers[i].size), default=None)
            if largest is None:  # many small layers: the one that passes the bound goes
                fix = Fix(f"Remove layer {index}", layers[:index] + layers[index + 1 :])
                advice = "remove it"
            else:
                fix = _halved(layers, largest, reason)
                advice = f"make layer {largest}, the largest, smaller"
            return Problem(
                index, reason,
                f"{_named(layers, index)} brings the network to {total:,} {unit}, "
                f"above the limit of {limit:,}: {advice}.",
                fix,
            )  # fmt: skip
    return None


def _halved(layers: tuple[LayerConfig, ...], index: int, reason: Reason) -> Fix:
    """Halve one layer, again and again while the same bound is passed."""
    while layers[index].size > OUTPUTS:
        layers = _put(layers, index, replace(layers[index], size=max(OUTPUTS, layers[index].size // 2)))
        shape: Shape = INPUT_SHAPE
        total = 0
        for position, layer in enumerate(layers):
            if _misfit(layers, position, shape) is not None:
                break
            row = _row(position, layer, shape)
            total += {"parameters": row.parameters, "activations": row.activations}.get(
                reason, row.multiply_adds
            )
            shape = row.output_shape
        limit = {"parameters": MAX_PARAMETERS, "activations": MAX_ACTIVATIONS}.get(reason, MAX_MULTIPLY_ADDS)
        if total <= limit:
            break
    unit = "channels" if layers[index].kind == "conv" else "outputs"
    return Fix(f"Set layer {index} to {layers[index].size:,} {unit}", layers)


def _wrong_end(layers: tuple[LayerConfig, ...], shape: Shape) -> Problem | None:
    """Whether the last layer gives anything but 10 values."""
    end = LayerConfig(kind="linear", size=OUTPUTS)
    if not layers:
        fix = Fix("Add a flatten layer and a linear layer", (LayerConfig(kind="flatten"), end))
        text = f"Layer 0 is missing: a network needs at least one layer that gives {OUTPUTS} values."
        return Problem(0, "outputs", text, fix)
    if shape == (OUTPUTS,):
        return None
    last = len(layers) - 1
    name = _named(layers, last)
    text = f"{name} ends the network with {shape_text(shape)} values, but {OUTPUTS} are needed, one for each class"
    if layers[last].kind == "linear":
        fix = Fix(f"Set its outputs to {OUTPUTS}", _put(layers, last, replace(layers[last], size=OUTPUTS)))
        return Problem(last, "outputs", f"{text}: set its outputs to {OUTPUTS}.", fix)
    new = (LayerConfig(kind="flatten"), end) if len(shape) == 3 else (end,)
    kept = layers[: MAX_LAYERS - len(new)]
    what = "a flatten layer and a linear layer" if len(new) == 2 else "a linear layer"
    fix = Fix(f"End with {what} of {OUTPUTS} outputs", (*kept, *new))
    return Problem(last, "outputs", f"{text}: add {what} with {OUTPUTS} outputs after it.", fix)
