"""A network's class written out as a program: what one would type to have the same module."""

import math
from functools import lru_cache

from torch import nn

from core.config import ModelConfig
from core.model.networks import NeuralNetwork, skeleton
from core.model.summary import leaf_layers, summary_of


def class_code(config: ModelConfig) -> str:
    """A program that defines the network's class, makes one, and prints it.

    What it prints is what `print(build(config))` prints, and a `state_dict` of either loads into the other.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    return (
        "import torch\n"
        "from torch import nn\n\n\n"
        f"{class_definition(config)}\n\n"
        f"model = {class_name(config)}()\n"
        "print(model)\n"
        "logits = model.eval()(torch.rand(3, 1, 28, 28))\n"
    )


@lru_cache(maxsize=64)
def printed(config: ModelConfig) -> str:
    """What `print(build(config))` prints."""
    return repr(skeleton(config))


@lru_cache(maxsize=64)
def class_name(config: ModelConfig) -> str:
    """The network's class: the tutorial's `NeuralNetwork`, or the one for any stack of layers."""
    return type(skeleton(config)).__name__


@lru_cache(maxsize=64)  # many pages show it, and it takes a walk through the network
def class_definition(config: ModelConfig) -> str:
    """The class alone, without what it needs to be imported.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    module = skeleton(config)
    tutorial = isinstance(module, NeuralNetwork)
    rows = summary_of(config).rows
    lines = []
    for (_, layer), row in zip(leaf_layers(module), rows, strict=True):
        shapes = f"{_shape(row.input_shape)} -> {_shape(row.output_shape)}"
        comment = f"  # {shapes}" if row.input_shape != row.output_shape else ""
        if not (tutorial and isinstance(layer, nn.Flatten)):
            lines.append(f"            {_layer_code(layer)},{comment}")
    flatten = "        self.flatten = nn.Flatten()\n" if tutorial else ""
    stack = "linear_relu_stack" if tutorial else "layers"
    unroll = "        x = self.flatten(x)\n" if tutorial else ""
    return (
        f"class {type(module).__name__}(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        f"{flatten}"
        f"        self.{stack} = nn.Sequential(\n" + "\n".join(lines) + "\n"
        "        )\n\n"
        "    def forward(self, x):  # N x 1 x 28 x 28\n"
        f"{unroll}"
        f"        logits = self.{stack}(x)\n"
        "        return logits  # N x 10\n"
    )


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _layer_code(layer: nn.Module) -> str:
    """The call that makes `layer`, with only the arguments that differ from PyTorch's defaults."""
    bias = "" if getattr(layer, "bias", None) is not None else ", bias=False"
    match layer:
        case nn.Linear():
            arguments = f"{layer.in_features}, {layer.out_features}{bias}"
        case nn.Conv2d():
            stride, padding = layer.stride[0], layer.padding[0]
            arguments = f"{layer.in_channels}, {layer.out_channels}, {layer.kernel_size[0]}"
            arguments += f", stride={stride}" if stride != 1 else ""
            arguments += f", padding={padding}" if padding else ""
            arguments += bias
        case nn.MaxPool2d() | nn.AvgPool2d():
            arguments = str(layer.kernel_size)
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            arguments = str(layer.num_features)
        case nn.Dropout():
            arguments = "" if math.isclose(layer.p, 0.5) else repr(layer.p)
        case nn.Softmax():
            arguments = f"dim={layer.dim}"
        case _:
            arguments = ""
    return f"nn.{type(layer).__name__}({arguments})"
