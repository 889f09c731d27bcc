"""What a network is made of: shapes, parameters, work and memory of each layer, and their sums.

The counts are those of `core.model.layer_table`, from each layer's description: nothing is run, so a module
that visitors share is never touched, and one on the meta device needs no memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from torch import nn

from core.config import LayerConfig, ModelConfig
from core.model.layer_table import INPUT_SHAPE, TYPE_NAMES, LayerRow, Shape, row_of
from core.model.networks import skeleton

_KINDS = {name: kind for kind, name in TYPE_NAMES.items()}


@dataclass(frozen=True)
class NetworkSummary:
    """A whole network, for one image; the properties are sums over `rows`."""

    names: tuple[str, ...]
    """Of the layers, such as `linear_relu_stack.0`: what their parameters' names begin with."""
    rows: tuple[LayerRow, ...]

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
        """Memory of all that layers give for one image, bytes: what training keeps for the backward pass."""
        return sum(row.activation_bytes for row in self.rows)


def leaf_layers(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The layers of one of our networks in the order in which they are applied, with their names."""
    for name, layer in module.named_modules():
        if next(layer.children(), None) is None:
            yield name, layer


def summarize_network(module: nn.Module) -> NetworkSummary:
    """Count one of our networks, layer by layer."""
    names, rows = [], []
    shape: Shape = INPUT_SHAPE
    for index, (name, layer) in enumerate(leaf_layers(module)):
        names.append(name)
        rows.append(row_of(index, _description(layer), shape))
        shape = rows[-1].output_shape
    return NetworkSummary(tuple(names), tuple(rows))


@lru_cache(maxsize=64)
def summary_of(config: ModelConfig) -> NetworkSummary:
    """`summarize_network` of the network that `config` describes, made once for each.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    return summarize_network(skeleton(config))


def _description(layer: nn.Module) -> LayerConfig:
    match layer:
        case nn.Linear():
            return LayerConfig(kind="linear", size=layer.out_features, bias=layer.bias is not None)
        case nn.Conv2d():
            return LayerConfig(
                kind="conv",
                size=layer.out_channels,
                kernel=layer.kernel_size[0],
                padding=int(layer.padding[0]),
                stride=layer.stride[0],
                bias=layer.bias is not None,
            )
        case nn.MaxPool2d(kernel_size=int(size)) | nn.AvgPool2d(kernel_size=int(size)):
            return LayerConfig(kind=_KINDS[type(layer).__name__], size=size)
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            return LayerConfig(kind="batch_norm")
        case _:
            return LayerConfig(kind=_KINDS[type(layer).__name__])
