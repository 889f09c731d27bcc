"""The networks: the tutorial's own, and any stack of layers a visitor composes.

Every network takes float32 images N x 1 x 28 x 28 and gives N x 10 logits. This module does not know how
a network is trained, nor whether its layers fit each other: `core.model.architecture` checks that.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from core.config import LayerConfig, ModelConfig
from core.data import CLASS_COUNT, SIDE
from core.model.architecture import trace_shapes
from core.model.layer_table import padding_of


class NeuralNetwork(nn.Module):
    """The tutorial's network: 784 inputs, two hidden layers of 512 units with ReLU, 10 logits.

    Its attribute names are the tutorial's, so a `model.pth` saved there loads here and the other way round.

    Args:
        bias: Whether the linear layers have a bias; the tutorial's do.
    """

    def __init__(self, *, bias: bool = True) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(SIDE * SIDE, 512, bias=bias),
            nn.ReLU(),
            nn.Linear(512, 512, bias=bias),
            nn.ReLU(),
            nn.Linear(512, CLASS_COUNT, bias=bias),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N x 1 x 28 x 28, or 1 x 28 x 28 for one) to logits (N x 10)."""
        x = self.flatten(x)
        logits: Tensor = self.linear_relu_stack(x)
        return logits


class StackedNetwork(nn.Module):
    """Layers applied one after the other.

    Args:
        layers: The layers, first to last.
    """

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N x 1 x 28 x 28) to logits (N x 10)."""
        logits: Tensor = self.layers(x)
        return logits


class Dropout(nn.Dropout):
    """`nn.Dropout` that can draw from a generator of its own.

    PyTorch's dropout draws from the process-wide generator, which every other visitor's click may advance.
    Seeded alike, this one draws the same mask as PyTorch's on the CPU.
    """

    generator: torch.Generator | None = None
    """Where masks come from; `None` is the process-wide generator."""

    def forward(self, x: Tensor) -> Tensor:
        """Zero each element with probability `p` and scale the rest by 1 / (1 - p), in training only."""
        if not self.training or self.generator is None or self.p == 0:
            return super().forward(x)
        mask = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * mask.div_(1 - self.p)


def layers_of(config: ModelConfig) -> tuple[LayerConfig, ...]:
    """Any architecture as its layers, first to last."""
    if config.architecture == "custom":
        return config.layers
    if config.architecture == "cnn":
        return tuple(_cnn(config))
    if config.architecture == "mlp":
        return tuple(_mlp(config))
    return tuple(_mlp(ModelConfig(architecture="mlp", hidden=(512, 512), bias=config.bias)))


def _mlp(config: ModelConfig) -> Iterator[LayerConfig]:
    yield LayerConfig(kind="flatten")
    yield from _hidden(config)
    yield LayerConfig(kind="linear", size=CLASS_COUNT, bias=config.bias)


def _hidden(config: ModelConfig) -> Iterator[LayerConfig]:
    for width in config.hidden:
        yield LayerConfig(kind="linear", size=width, bias=config.bias)
        if config.batch_norm:
            yield LayerConfig(kind="batch_norm")
        yield LayerConfig(kind=config.activation)
        if config.dropout:
            yield LayerConfig(kind="dropout", p=config.dropout)


def _cnn(config: ModelConfig) -> Iterator[LayerConfig]:
    for channels in config.channels:
        # a bias before a batch norm would only be subtracted again
        yield LayerConfig(kind="conv", size=channels, bias=not config.batch_norm)
        # pooling first leaves a quarter of the values to normalize and activate
        yield LayerConfig(kind="max_pool", size=2)
        if config.batch_norm:
            yield LayerConfig(kind="batch_norm")
        yield LayerConfig(kind=config.activation)
    yield LayerConfig(kind="flatten")
    yield from _hidden(config)
    yield LayerConfig(kind="linear", size=CLASS_COUNT)


def build(config: ModelConfig, generator: torch.Generator | None = None) -> nn.Module:
    """A network on the CPU in float32, its parameters drawn from `generator`.

    The global generator is neither read nor advanced. The parameters are those that
    `torch.manual_seed(s)` followed by the network's constructor gives, for a generator seeded with `s`.

    Args:
        config: Which network.
        generator: A CPU generator; `None` is a new one seeded with 0.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    module = skeleton(config).to_empty(device="cpu")
    initialize(module, generator or torch.Generator().manual_seed(0))
    return module


def skeleton(config: ModelConfig) -> nn.Module:
    """A network of shapes alone, on the meta device: no memory, no random numbers, no values.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    with torch.device("meta"):
        if config.architecture == "tutorial":
            return NeuralNetwork(bias=config.bias)
        rows = trace_shapes(layers_of(config))
        return StackedNetwork(nn.Sequential(*(_layer(row.layer, row.input_shape) for row in rows)))


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Draw every parameter anew, as the layers' own `reset_parameters` do, from `generator`."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
            if layer.bias is not None:
                bound = 1 / math.sqrt(layer.weight[0].numel())
                nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.reset_parameters()


def _layer(spec: LayerConfig, shape: tuple[int, ...]) -> nn.Module:
    """The module of one layer, given the shape that reaches it (without the batch dimension)."""
    match spec.kind:
        case "flatten":
            return nn.Flatten()
        case "linear":
            return nn.Linear(shape[-1], spec.size, bias=spec.bias)
        case "conv":
            return nn.Conv2d(
                shape[0], spec.size, spec.kernel, spec.stride, padding=padding_of(spec), bias=spec.bias
            )
        case "max_pool":
            return nn.MaxPool2d(spec.size)
        case "avg_pool":
            return nn.AvgPool2d(spec.size)
        case "batch_norm":
            return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
        case "dropout":
            return Dropout(spec.p)
        case "relu":
            return nn.ReLU()
        case "leaky_relu":
            return nn.LeakyReLU()
        case "gelu":
            return nn.GELU()
        case "silu":
            return nn.SiLU()
        case "tanh":
            return nn.Tanh()
        case "sigmoid":
            return nn.Sigmoid()
        case "softmax":
            return nn.Softmax(dim=1)


def count_parameters(module: nn.Module) -> int:
    """Number of values in all parameters, trained or frozen."""
    return sum(parameter.numel() for parameter in module.parameters())
