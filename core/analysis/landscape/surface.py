"""Losses on the plane and on straight lines, each at the weights of its point."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.analysis.kept_weights import KeptWeights
from core.analysis.landscape.plane import Layout, Plane, Track
from core.config import ModelConfig, TrainConfig
from core.data import Split
from core.errors import ConfigError
from core.model import build
from core.model.summary import summary_of
from core.training.engine import predict_logits
from core.training.engine.objectives import loss_function

SIDE: Final = 41
"""Points along each side of the grid."""
IMAGES: Final = 1_000
"""Test images per point, the first ones."""
LINE: Final = 25
"""Points of a straight line, both ends among them."""
MARGIN: Final = 0.3
"""What the grid shows beyond the path, as a share of its width and height."""
MOST_WORK: Final = 2e12
"""Multiply-adds of one grid; the tutorial's network takes 1.1e12, about 20 seconds on two cores."""

_SIZES: Final = ((SIDE, IMAGES), (21, IMAGES), (21, 500), (11, 500), (11, 200))


class Place:
    """A network that can be put at any point of weight space; nobody else's tensors are written.

    Args:
        config: The run.
        layout: Of its weights.
    """

    def __init__(self, config: TrainConfig, layout: Layout) -> None:
        self.module = build(config.model).eval().requires_grad_(False)
        self._config, self._vector = config, torch.zeros(sum(shape.numel() for shape in layout.shapes))
        self._variances = []
        held = {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}
        for name, part in layout.parts(self._vector).items():
            held[name].data = part  # the network computes with the vector's own memory
            if name.endswith("running_var"):
                self._variances.append(part)

    def put(self, vector: Tensor) -> None:
        """Move to the point with these weights (float32, P)."""
        self._vector.copy_(vector)
        for variance in self._variances:  # beyond the path a straight line may lead below 0
            variance.clamp_(min=0)

    def logits(self, images: Tensor) -> Tensor:
        """Of uint8 images, N x 28 x 28: float32, N x 10."""
        return predict_logits(self.module, images, self._config.data.normalize)

    def score(self, split: Split) -> tuple[float, float]:
        """Mean loss per image, as the run records it, and the share of images named correctly."""
        logits = self.logits(split.images)
        loss = loss_function(self._config, training=False)(logits, split.labels)
        return loss.item(), (logits.argmax(1) == split.labels).float().mean().item()


@dataclass(frozen=True)
class Size:
    """How fine a landscape is."""

    side: int
    """Points along each side."""
    images: int
    """Test images per point."""


def affordable(model: ModelConfig) -> Size:
    """The finest grid that a network of this size may have here.

    Raises:
        ConfigError: Even the coarsest is too much work.
    """
    each = summary_of(model).multiply_adds
    for side, images in _SIZES:
        if each * images * side**2 <= MOST_WORK:
            return Size(side, images)
    raise ConfigError(
        "This network is too large for a landscape here: it would have to be run a hundred times and more. "
        "Train a smaller one."
    )


def axes(tracks: tuple[Track, ...], side: int) -> tuple[Tensor, Tensor]:
    """The grid's coordinates along both directions, float64, `side` each: around the path and the origin."""
    places = torch.cat([track.places for track in tracks])
    lows, highs = places.min(0).values.tolist(), places.max(0).values.tolist()
    widest = max(high - low for low, high in zip(lows, highs, strict=True)) or 1.0
    found = []
    for low, high in zip(lows, highs, strict=True):
        width = max(high - low, widest / 2)  # a flat path still has something above and below it
        middle, half = (low + high) / 2, width * (0.5 + MARGIN)
        found.append(torch.linspace(middle - half, middle + half, side, dtype=torch.float64))
    return found[0], found[1]


def grid_order(side: int) -> Iterator[tuple[int, int, int]]:
    """(row, column, stride) of every point once: every fourth first, then every second, then the rest."""
    done: set[tuple[int, int]] = set()
    for stride in (stride for stride in (4, 2, 1) if (side - 1) % stride == 0):
        for row in range(0, side, stride):
            for column in range(0, side, stride):
                if (row, column) not in done:
                    done.add((row, column))
                    yield row, column, stride


def own_losses(run: KeptWeights, split: Split) -> list[float]:
    """The loss at every kept epoch's own weights; on the whole test split these are the recorded ones."""
    layout = Layout.of(run)
    place, found = Place(run.config, layout), []
    for _, state in run.states():
        place.put(layout.vector(state))
        found.append(place.score(split)[0])
    return found


def place_losses(run: KeptWeights, plane: Plane, track: Track, split: Split) -> list[float]:
    """The loss at the plane's point nearest to every kept epoch."""
    place, found = Place(run.config, plane.layout), []
    for x, y in track.places.tolist():
        place.put(plane.weights(x, y))
        found.append(place.score(split)[0])
    return found


@dataclass(frozen=True, eq=False)
class Line:
    """The straight way from one network to another: (1 - t) * first + t * second."""

    shares: tuple[float, ...]
    """t, from 0 to 1."""
    losses: tuple[float, ...]
    """Mean per image."""
    accuracies: tuple[float, ...]
    """Share right, in [0, 1]."""

    @property
    def barrier(self) -> float:
        """The highest loss on the way above the mean of both ends, at least 0.

        Frankle, Dziugaite, Roy and Carbin, "Linear Mode Connectivity and the Lottery Ticket Hypothesis",
        ICML 2020, section 2, with the loss in the place of the error.
        """
        return max(0.0, max(self.losses) - (self.losses[0] + self.losses[-1]) / 2)


def straight_line(
    first: KeptWeights,
    second: KeptWeights,
    split: Split,
    *,
    points: int = LINE,
    report: Callable[[float], None] = lambda share: None,
) -> Line:
    """Losses on the straight line between the last epochs of two runs."""
    layout = Layout.of(first)
    ends = [layout.vector(run.state(run.epochs[-1])) for run in (first, second)]
    place, measured = Place(first.config, layout), []
    shares = [at / (points - 1) for at in range(points)]
    for share in shares:
        place.put(ends[0] * (1 - share) + ends[1] * share)
        measured.append(place.score(split))
        report(len(measured) / points)
    losses, accuracies = zip(*measured, strict=True)
    return Line(tuple(shares), losses, accuracies)
