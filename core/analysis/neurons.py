"""Looking into a network at work: what each layer makes of an image, and what single neurons do.

Nothing here changes a module: layers are applied one after the other, and what is to be silenced is a copy
of a layer's output.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.config import Normalization
from core.model.footprint import backward_bytes
from core.model.summary import leaf_layers, summarize_network
from core.system import memory
from core.training.engine.batches import to_input

WORK = 2_000_000_000
"""Multiply-adds that one click may cost: about 50 ms on two cores."""
MOST = 1000
"""Most images that one click sends through a whole network."""
CHUNK = 100
"""Most images that are held as float32 at once: a convolution pads them to 16 channels, 5 MB."""
TRAFFIC = 200_000_000
"""Bytes that all layers together may give in one click."""
BATCH_BYTES = 2_000_000
"""What one layer may give for all images that go through a whole network at once."""


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """What one layer made of a batch."""

    name: str
    """The layer's name."""
    layer: nn.Module
    """The layer; never change it."""
    input: Tensor
    """What reached it, N x ..."""
    output: Tensor
    """What it gave, N x ..."""


def follow(module: nn.Module, x: Tensor) -> list[LayerOutput]:
    """Apply the layers one after the other and keep everything on the way.

    Args:
        module: One of our networks, in evaluation mode.
        x: float32, N x 1 x 28 x 28.

    Raises:
        QueueError: The server has too little memory for it now.
    """
    stages = []
    size = backward_bytes(summarize_network(module).rows, len(x))  # as much as is kept for a way back
    with memory.reserve(size, "following these images"), torch.no_grad():
        for name, layer in leaf_layers(module):
            out = layer(x)
            stages.append(LayerOutput(name, layer, x, out))
            x = out
    return stages


@dataclass(frozen=True)
class Term:
    """One summand of a neuron's value."""

    index: tuple[int, ...]
    """Where the input comes from: a feature's number, or channel, row and column."""
    input: float
    """The input's value."""
    weight: float
    """What it is multiplied by."""
    product: float
    """Their product."""


@dataclass(frozen=True)
class NeuronSum:
    """One neuron's value, written out: `sum of terms + rest + bias = total`."""

    terms: tuple[Term, ...]
    """The largest summands by absolute value, largest first."""
    count: int
    """Number of all summands."""
    rest: float
    """Sum of the summands not listed."""
    bias: float
    """The bias; 0 without one."""
    total: float
    """The neuron's value, as the layer gives it."""


def neuron_sum(stage: LayerOutput, position: Sequence[int], most: int = 9) -> NeuronSum | None:
    """Write out one value of a linear or convolutional layer for the first image; `None` for other layers.

    Args:
        stage: The layer with its input and output.
        position: Where the value is in the output without the batch: (feature,) or (channel, row, column).
        most: How many summands to list.
    """
    layer, x = stage.layer, stage.input[0]
    origin: tuple[int, ...] = (0,)
    window = x
    if isinstance(layer, nn.Linear):
        pass
    elif isinstance(layer, nn.Conv2d):
        # the window's first row and column, in the padded input
        side, padding = layer.kernel_size[0], int(layer.padding[0])
        top, left = (layer.stride[0] * place for place in position[1:])
        padded: Tensor = nn.functional.pad(x, (padding,) * 4)
        window = padded[:, top : top + side, left : left + side]
        origin = (0, top - padding, left - padding)
    else:
        return None
    weights: Tensor = layer.weight[position[0]]
    products = (window * weights).detach()
    order = products.flatten().abs().topk(min(most, products.numel())).indices
    terms = []
    for place in torch.stack(torch.unravel_index(order, products.shape), 1).tolist():
        at = tuple(place)
        index = tuple(a + b for a, b in zip(at, origin, strict=True))
        terms.append(Term(index, window[at].item(), weights[at].item(), products[at].item()))
    bias = layer.bias[position[0]].item() if layer.bias is not None else 0.0
    total = stage.output[0][tuple(position)].item()
    listed = math.fsum(term.product for term in terms)
    return NeuronSum(tuple(terms), products.numel(), total - bias - listed, bias, total)


def first_weights(module: nn.Module) -> tuple[int, str, nn.Linear | nn.Conv2d] | None:
    """The first layer with weights: its place among the layers, its name and the layer itself."""
    for index, (name, layer) in enumerate(leaf_layers(module)):
        if isinstance(layer, nn.Linear | nn.Conv2d):
            return index, name, layer
    return None


def neuron_pictures(layer: nn.Linear | nn.Conv2d) -> Tensor | None:
    """The weights of each neuron, or of each filter, as pictures: uint8, N x side x side.

    Middle gray is 0, white the largest positive weight of that neuron, black the largest negative one.
    `None` where the inputs are no square picture of one channel.
    """
    weight = layer.weight.detach().to("cpu", torch.float32)
    if isinstance(layer, nn.Linear):
        side = math.isqrt(layer.in_features)
        if side * side != layer.in_features:
            return None
        weight = weight.view(-1, side, side)
    elif layer.in_channels == 1:
        weight = weight[:, 0]
    else:
        return None
    largest = weight.abs().amax((1, 2), keepdim=True).clamp_min(1e-12)
    return (weight / largest * 127.5 + 127.5).round().to(torch.uint8)


def affordable(module: nn.Module, images: int) -> int:
    """How many of `images` one click may send through the whole network."""
    summary = summarize_network(module)
    by_work = WORK // max(summary.multiply_adds, 1)
    by_memory = TRAFFIC // max(summary.activation_bytes, 1)
    return min(images, max(16, min(MOST, by_work, by_memory)))


@dataclass(frozen=True, eq=False)
class Excitement:
    """How strongly images drive one neuron of the first layer with weights."""

    values: Tensor
    """float32, N: its value before the activation; of a filter, the largest over all positions."""
    order: Tensor
    """int64, N: images from the strongest to the weakest."""


def excitement(
    module: nn.Module, images: Tensor, neuron: int, normalize: Normalization = "none"
) -> Excitement | None:
    """Show every image to one neuron of the first layer with weights; `None` where there is no such layer.

    Args:
        module: One of our networks, in evaluation mode.
        images: uint8, N x 28 x 28.
        neuron: Which output, counted from 0.
        normalize: How the network's images are prepared.
    """
    found = first_weights(module)
    if found is None:
        return None
    index, _, layer = found
    before = [other for _, other in leaf_layers(module)][:index]
    weight = layer.weight[neuron : neuron + 1]
    bias = layer.bias[neuron : neuron + 1] if layer.bias is not None else None
    values = []
    with torch.no_grad():
        for start in range(0, len(images), CHUNK):
            x = to_input(images[start : start + CHUNK], normalize)
            for other in before:
                x = other(x)
            if isinstance(layer, nn.Linear):
                values.append(nn.functional.linear(x, weight, bias)[:, 0])
            else:
                maps = nn.functional.conv2d(x, weight, bias, stride=layer.stride, padding=layer.padding)
                values.append(maps.amax((1, 2, 3)))
    joined = torch.cat(values)
    return Excitement(joined, joined.argsort(descending=True, stable=True))


def silence(
    module: nn.Module, images: Tensor, neuron: int, normalize: Normalization = "none"
) -> tuple[Tensor, Tensor]:
    """The logits as they are, and when one neuron of the first layer with weights is held at 0.

    Its value is set to 0 after the layer's own activation, where one follows.

    Args:
        module: One of our networks, in evaluation mode; it is not changed.
        images: uint8, N x 28 x 28.
        neuron: Which output, counted from 0.
        normalize: How the network's images are prepared.

    Returns:
        Two times float32, N x 10; the same where the network has no layer with weights.
    """
    layers = [layer for _, layer in leaf_layers(module)]
    found = first_weights(module)
    first = 0 if found is None else _silencing_point(layers, found[0]) + 1
    largest = max((row.activation_bytes for row in summarize_network(module).rows), default=0)
    size = max(1, min(CHUNK, BATCH_BYTES // max(largest, 1)))
    before, after = [], []
    with torch.no_grad():
        for start in range(0, len(images), size):
            x = to_input(images[start : start + size], normalize)
            for layer in layers[:first]:  # the same for both, and most of the work
                x = layer(x)
            before.append(_through(layers[first:], x))
            silenced = x.clone()
            if found is not None:
                silenced[:, neuron] = 0
            after.append(_through(layers[first:], silenced))
    return torch.cat(before), torch.cat(after)


def _through(layers: list[nn.Module], x: Tensor) -> Tensor:
    for layer in layers:
        x = layer(x)
    return x


_ONE_BY_ONE = (
    nn.ReLU, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.Dropout,
    nn.BatchNorm1d, nn.BatchNorm2d, nn.MaxPool2d, nn.AvgPool2d,
)  # fmt: skip


def _silencing_point(layers: list[nn.Module], index: int) -> int:
    """After the layers that follow and treat neurons one by one: a sigmoid of 0 would still say 0.5."""
    while index + 1 < len(layers) and isinstance(layers[index + 1], _ONE_BY_ONE):
        index += 1
    return index


def softmax(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """Probabilities from logits (... x C) divided by `temperature`, which must be above 0."""
    return torch.softmax(logits / temperature, dim=-1)
