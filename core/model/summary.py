"""What a network is made of, counted on the module itself: shapes, parameters, work, memory of each layer.

Layers are applied one after the other, without hooks: a module that visitors share is never touched. A
network on the meta device (`core.model.skeleton`) is summarised without any memory for its values.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core.config import ModelConfig
from core.model.networks import skeleton

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ModuleRow:
    """One layer, for one image.

    Attributes:
        name: Its name in the network, such as `linear_relu_stack.0`: what its parameters' names begin with.
        type_name: Its class.
        text: How PyTorch prints it.
        input_shape: What reaches it, without the batch dimension.
        output_shape: What it gives, without the batch dimension.
        weights: Values in its weights.
        biases: Values in its biases.
        multiply_adds: For one image: in linear and convolutional layers each use of a weight is one, and so
            is each addition of a bias; a batch norm in evaluation takes one for each value; others none.
        parameter_bytes: Memory of its parameters, bytes.
        activation_bytes: Memory of what it gives, bytes; 0 where it only shows its input in another shape.
    """

    name: str
    type_name: str
    text: str
    input_shape: Shape
    output_shape: Shape
    weights: int
    biases: int
    multiply_adds: int
    parameter_bytes: int
    activation_bytes: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases


@dataclass(frozen=True)
class Summary:
    """A whole network, for one image; the attributes are the sums over `rows`."""

    rows: tuple[ModuleRow, ...]

    @property
    def parameters(self) -> int:
        """Values in all parameters."""
        return sum(row.parameters for row in self.rows)

    @property
    def weights(self) -> int:
        """Values in all weights."""
        return sum(row.weights for row in self.rows)

    @property
    def biases(self) -> int:
        """Values in all biases."""
        return sum(row.biases for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def parameter_bytes(self) -> int:
        """Memory of all parameters, bytes."""
        return sum(row.parameter_bytes for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Memory of all that layers give for one image, bytes: what training keeps for the way back."""
        return sum(row.activation_bytes for row in self.rows)


def leaves(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The layers of one of our networks in the order in which they are applied, with their names."""
    for name, layer in module.named_modules():
        if next(layer.children(), None) is None:
            yield name, layer


def summarize(module: nn.Module) -> Summary:
    """Follow one black image through `module` and count. The module must be in evaluation mode or on meta.

    Args:
        module: One of our networks; it is not changed.
    """
    device = next((parameter.device for parameter in module.parameters()), torch.device("cpu"))
    x = torch.zeros(1, 1, 28, 28, device=device)
    rows = []
    with torch.no_grad():
        for name, layer in leaves(module):
            # a normalisation in training mode refuses a batch of one image, and would move its averages
            out = torch.empty_like(x) if _is_batch_norm(layer) else layer(x)
            rows.append(_row(name, layer, x, out))
            x = out
    return Summary(tuple(rows))


@lru_cache(maxsize=64)
def counts(config: ModelConfig) -> Summary:
    """`summarize` of the network that `config` describes, made once for each.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    return summarize(skeleton(config))


def _is_batch_norm(layer: nn.Module) -> bool:
    return isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)


def _row(name: str, layer: nn.Module, x: Tensor, out: Tensor) -> ModuleRow:
    own = dict(layer.named_parameters(recurse=False))
    biases = own["bias"].numel() if "bias" in own else 0
    weights = sum(parameter.numel() for parameter in own.values()) - biases
    multiply_adds = 0
    if _is_batch_norm(layer):
        multiply_adds = out.numel()
    elif own:  # every parameter is used once at each position of the output
        multiply_adds = (weights + biases) * math.prod(out.shape[2:])
    shown_anew = isinstance(layer, nn.Flatten | nn.Identity)
    return ModuleRow(
        name=name,
        type_name=type(layer).__name__,
        text=repr(layer),
        input_shape=tuple(x.shape[1:]),
        output_shape=tuple(out.shape[1:]),
        weights=weights,
        biases=biases,
        multiply_adds=multiply_adds,
        parameter_bytes=sum(parameter.nbytes for parameter in own.values()),
        activation_bytes=0 if shown_anew else out.nbytes,
    )
