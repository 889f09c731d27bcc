"""One layer in its place: the shape it gives, its parameters and its work, from its description.

The bounds of a composed network are here too. Whether layers fit each other: `core.model.architecture`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.config import LayerConfig, LayerKind
from core.data import SIDE

INPUT_SHAPE: Final = (1, SIDE, SIDE)
"""Channels, height and width of one image."""
MAX_ACTIVATIONS: Final = 1_000_000
"""Values that all layers together may give for one image: 4 MB in float32."""
MAX_MULTIPLY_ADDS: Final = 200_000_000
"""Multiply-adds for one image: a second or so for 64 images on two cores."""

Shape = tuple[int, ...]

TYPE_NAMES: Final[dict[LayerKind, str]] = {
    "flatten": "Flatten",
    "linear": "Linear",
    "conv": "Conv2d",
    "max_pool": "MaxPool2d",
    "avg_pool": "AvgPool2d",
    "batch_norm": "BatchNorm",
    "dropout": "Dropout",
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
}
"""What `torch.nn` calls each kind; a batch norm is `BatchNorm1d` or `BatchNorm2d` by what reaches it."""


@dataclass(frozen=True)
class LayerRow:
    """One layer in its place."""

    index: int
    """Position, counted from 0."""
    layer: LayerConfig
    """Its description."""
    input_shape: Shape
    """What reaches it, without the batch dimension."""
    output_shape: Shape
    """What it gives, without the batch dimension."""
    weights: int
    """Values in its weight tensor."""
    biases: int
    """Values in its bias tensor."""
    multiply_adds: int
    """For one image: every use of a weight, and every bias added, is one; a batch norm in evaluation is one
    for each value; other layers have none."""

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases

    @property
    def activations(self) -> int:
        """New values for one image: a flatten only looks at its input in another shape, and has none."""
        return 0 if self.layer.kind == "flatten" else math.prod(self.output_shape)

    @property
    def parameter_bytes(self) -> int:
        """Memory of its parameters, bytes."""
        return 4 * self.parameters

    @property
    def activation_bytes(self) -> int:
        """Memory of its activations for one image, bytes."""
        return 4 * self.activations

    @property
    def type_name(self) -> str:
        """Its class in `torch.nn`."""
        name = TYPE_NAMES[self.layer.kind]
        return f"{name}{2 if len(self.input_shape) == 3 else 1}d" if name == "BatchNorm" else name


def convolved(side: int, layer: LayerConfig) -> int:
    """Height or width of what a convolution makes of `side` pixels; below 1 where its window does not fit."""
    return (side + 2 * padding_of(layer) - layer.kernel) // layer.stride + 1


def padding_of(layer: LayerConfig) -> int:
    """Zeros that a convolution puts on each side of what it is given."""
    return layer.kernel // 2 if layer.padding is None else layer.padding


def row_of(index: int, layer: LayerConfig, shape: Shape) -> LayerRow:
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
            height, width = (convolved(side, layer) for side in shape[1:])
            out = (layer.size, height, width)
            weights, biases = shape[0] * layer.size * layer.kernel**2, layer.size * layer.bias
            multiply_adds = (weights + biases) * height * width
        case "max_pool" | "avg_pool":
            out = (shape[0], shape[1] // layer.size, shape[2] // layer.size)
        case "batch_norm":
            weights = biases = shape[0]
            multiply_adds = math.prod(shape)
    return LayerRow(index, layer, shape, out, weights, biases, multiply_adds)


def shape_text(shape: Sequence[int]) -> str:
    """A shape for people: `1 × 28 × 28`."""
    return " × ".join(f"{size:,}" for size in shape)
