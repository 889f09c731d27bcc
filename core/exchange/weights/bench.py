"""Where arrangements of a file's weights are tried on images, with an account of the work.

Most arrangements that are compared begin alike, so what each layer gives is kept and used again. A batch norm
says what it was given while it was trained, its running mean and variance: values that differ from them
cannot come from the right layers.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from core.config import LayerConfig, Normalization
from core.exchange.weights.arrangements import Arrangement
from core.model import layers_of
from core.model.architecture import trace_shapes
from core.model.layer_table import padding_of
from core.training.engine.batches import to_input

KEPT_BYTES: Final = 64_000_000
"""What is kept of layers' values."""
FEW: Final = 30
"""Images of a first look."""

_PART: Final = 100  # images at once, after the first few
_CALL: Final = 5_000_000  # what a trial takes whatever its size, multiply-adds
_LAYER: Final = 500_000  # what a layer takes whatever its size
_VALUE: Final = 40  # what a value that a layer gives takes

_SIMPLE: Final[Mapping[str, Callable[[Tensor], Tensor]]] = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "gelu": F.gelu,
    "silu": F.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


@dataclass(frozen=True)
class Score:
    """How an arrangement did."""

    accuracy: float
    """Share of the images that it was right about, in [0, 1]."""
    loss: float
    """Mean cross-entropy, nats."""
    mismatch: float
    """How far what batch norms are given is from what they were given in training, in [0, 1]; 0 without."""


@dataclass
class _Node:
    """A layer after certain others: how arrangements that begin alike share what they give."""

    number: int
    layer: LayerConfig
    source: str | None
    cost: int
    """Work for one image, multiply-adds."""


class Bench:
    """A file's weights and the images to try them on.

    Args:
        state: Tensors by the file's names, unwrapped.
        images: uint8, N x 28 x 28.
        labels: int64, N.
        on_work: Called with the work done so far, multiply-adds.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        images: Tensor,
        labels: Tensor,
        on_work: Callable[[int], None] = lambda work: None,
    ) -> None:
        self.state = {
            name: value.to(torch.float32) if value.is_floating_point() else value
            for name, value in state.items()
        }
        self.images, self.labels, self.on_work = images, labels, on_work
        self.work = 0
        self._paths: dict[Arrangement, tuple[_Node, ...]] = {}
        self._numbers: dict[tuple[int, LayerConfig, str | None], int] = {}
        self._kept: OrderedDict[tuple[Normalization, int, int], tuple[Tensor, float]] = OrderedDict()
        self._kept_bytes = 0
        self._done: dict[tuple[Arrangement, Normalization, int], Score] = {}

    def cost(self, arrangement: Arrangement) -> int:
        """Work for one image, multiply-adds."""
        return sum(node.cost for node in self._path(arrangement))

    def score(
        self, arrangement: Arrangement, normalize: Normalization, count: int, give_up: float = 1.0
    ) -> Score:
        """Ask an arrangement about the first images.

        Args:
            arrangement: How the weights are put together.
            normalize: How the images are prepared.
            count: How many images.
            give_up: The mismatch from which on the rest is not worth the work.
        """
        count = min(count, len(self.images))
        key = (arrangement, normalize, count)
        if key not in self._done:
            self.work += _CALL
            logits, mismatch, start = [], 0.0, 0
            while start < count:
                end = min(count, start + _PART if start else min(FEW, count))
                given, off = self._part(self._path(arrangement), normalize, start, end, give_up)
                if given is None:
                    return Score(0.0, 9.0, 1.0)
                logits.append(given)
                mismatch += off * (end - start) / count
                start = end
            self._done[key] = self._judged(torch.cat(logits), mismatch)
            self.on_work(self.work)
        return self._done[key]

    def _judged(self, logits: Tensor, mismatch: float) -> Score:
        labels = self.labels[: len(logits)]
        loss = F.cross_entropy(logits, labels).nan_to_num(nan=9.0).item()
        return Score((logits.argmax(1) == labels).float().mean().item(), loss, mismatch)

    def _path(self, arrangement: Arrangement) -> tuple[_Node, ...]:
        if arrangement not in self._paths:
            sources, path, number = iter(arrangement.sources), [], 0
            for row in trace_shapes(layers_of(arrangement.model)):
                layer = row.layer
                source = next(sources) if layer.kind in ("linear", "conv", "batch_norm") else None
                number = self._numbers.setdefault((number, layer, source), len(self._numbers) + 1)
                values = row.activations * (3 if layer.kind == "batch_norm" else 1)  # with its mismatch
                path.append(_Node(number, layer, source, row.multiply_adds + _VALUE * values))
            self._paths[arrangement] = tuple(path)
        return self._paths[arrangement]

    def _part(
        self, path: tuple[_Node, ...], normalize: Normalization, start: int, end: int, give_up: float
    ) -> tuple[Tensor | None, float]:
        """Logits of some images and the mismatch, from the last layer on whose values are kept."""
        norms = max(1, sum(node.layer.kind == "batch_norm" for node in path))
        place, values, mismatch = len(path), None, 0.0
        while place:
            known = self._kept.get((normalize, start * 10_000 + end, path[place - 1].number))
            if known is not None:
                self._kept.move_to_end((normalize, start * 10_000 + end, path[place - 1].number))
                values, mismatch = known
                break
            place -= 1
        if values is None:
            values = to_input(self.images[start:end], normalize)
        for node in path[place:]:
            values, off = self._applied(node, values)
            mismatch += off
            self.work += _LAYER + (end - start) * node.cost
            self._keep((normalize, start * 10_000 + end, node.number), values, mismatch)
            if mismatch / norms > give_up:
                return None, mismatch / norms
        return (values if mismatch / norms <= give_up else None), mismatch / norms

    def _keep(self, key: tuple[Normalization, int, int], values: Tensor, mismatch: float) -> None:
        self._kept[key] = values, mismatch
        self._kept_bytes += values.nbytes
        while self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= self._kept.popitem(last=False)[1][0].nbytes

    @torch.no_grad()
    def _applied(self, node: _Node, values: Tensor) -> tuple[Tensor, float]:
        """What a layer gives, and how far a batch norm's values are from those that it was trained with."""
        layer = node.layer
        match layer.kind:
            case "flatten":
                return values.flatten(1), 0.0
            case "linear":
                return F.linear(values, self._tensor(node, "weight"), self._given(node, "bias")), 0.0
            case "conv":
                weight, bias = self._tensor(node, "weight"), self._given(node, "bias")
                return F.conv2d(values, weight, bias, layer.stride, padding_of(layer)), 0.0
            case "max_pool":
                return F.max_pool2d(values, layer.size), 0.0
            case "avg_pool":
                return F.avg_pool2d(values, layer.size), 0.0
            case "batch_norm":
                mean, variance = self._tensor(node, "running_mean"), self._tensor(node, "running_var")
                given = F.batch_norm(
                    values, mean, variance, self._given(node, "weight"), self._given(node, "bias")
                )
                return given, _mismatch(values, mean, variance)
        return _SIMPLE[layer.kind](values), 0.0

    def _given(self, node: _Node, key: str) -> Tensor | None:
        return self.state.get(f"{node.source}.{key}" if node.source else key)

    def _tensor(self, node: _Node, key: str) -> Tensor:
        value = self._given(node, key)
        assert value is not None
        return value


def _mismatch(values: Tensor, mean: Tensor, variance: Tensor) -> float:
    """How far the mean and variance of values are from a batch norm's, on average over its features."""
    across = (0, 2, 3) if values.dim() == 4 else (0,)
    found, spread = values.mean(across), values.var(across) + 1e-5
    expected = variance + 1e-5
    off = (found - mean) ** 2 / expected + (spread / expected).log() ** 2 / 4
    return off.clamp(max=1).nan_to_num(nan=1.0).mean().item()
