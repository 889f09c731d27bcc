"""Numbers about a split that help to see it: class pictures, pixel counts, neighbors, a map.

Everything works on uint8 images a few thousand at a time, so that nothing ever holds the whole split as
floats, which would take 188 MB for 60,000 images.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.analysis.projection import principal_components
from core.data import Split

CHUNK: Final = 1024
MAX_MAP: Final = 3000


def of_class(labels: Tensor, label: int | None) -> Tensor:
    """Positions of the images of one class, or of all images.

    Args:
        labels: int64, N.
        label: The class, or `None` for all.

    Returns:
        int64, M, rising.
    """
    return torch.arange(len(labels)) if label is None else torch.nonzero(labels == label).flatten()


def draw(positions: Tensor, count: int, seed: int | None) -> Tensor:
    """The first `count` of the positions, or `count` of them at random, each at most once.

    Args:
        positions: int64, N.
        count: How many; fewer if there are fewer.
        seed: Of the draw; `None` takes the first ones.
    """
    if seed is None:
        return positions[:count]
    return positions[torch.randperm(len(positions), generator=torch.Generator().manual_seed(seed))[:count]]


def class_pictures(split: Split) -> tuple[Tensor, Tensor]:
    """Mean image and spread of each class.

    Returns:
        Two float32 tensors, C x 28 x 28, in units of pixel values scaled to [0, 1]: the mean, and the
        (population) standard deviation of each pixel. Zero for a class without images.
    """
    count = len(split.classes)
    sums = torch.zeros(count, split.images[0].numel(), dtype=torch.float64)
    squares, sizes = torch.zeros_like(sums), torch.zeros(count, 1, dtype=torch.float64)
    for start in range(0, len(split), CHUNK):
        images = split.images[start : start + CHUNK].flatten(1).float()
        labels = split.labels[start : start + CHUNK]
        members = (
            torch.nn.functional.one_hot(labels, count).float().T
        )  # C x N: a matrix product sums by class
        sums += members @ images  # whole numbers below 2**24 * 64: exact enough in float32, summed in float64
        squares += members @ images.square()
        sizes += members.sum(1, keepdim=True)
    sizes.clamp_(min=1)
    mean = sums / sizes
    spread = (squares / sizes - mean.square()).clamp_(min=0).sqrt()
    shape = (count, *split.images.shape[1:])
    return (mean / 255).float().view(shape), (spread / 255).float().view(shape)


def pixel_counts(images: Tensor) -> Tensor:
    """How often each gray value occurs.

    Args:
        images: uint8, any shape.

    Returns:
        int64, 256.
    """
    counts = torch.zeros(256, dtype=torch.int64)
    values = images.flatten()
    for start in range(0, len(values), CHUNK * 784):  # bincount makes int64 of its input: 26 MB at a time
        counts += torch.bincount(values[start : start + CHUNK * 784], minlength=256)
    return counts


def nearest_images(
    images: Tensor, query: Tensor, count: int, *, skip: int | None = None
) -> tuple[Tensor, Tensor]:
    """The images nearest to one image: smallest Euclidean distance between their pixels.

    Args:
        images: uint8, N x 28 x 28.
        query: uint8, 28 x 28.
        count: How many neighbors.
        skip: A position that is left out: the query itself, where it is among the images.

    Returns:
        Positions, int64, and distances, float32, of `count` neighbors, nearest first. A distance counts
        pixels scaled to [0, 1]; 28 is that between a black image and a white one.
    """
    wanted = query.flatten().float()
    distances = torch.empty(len(images))
    for start in range(0, len(images), CHUNK):
        chunk = images[start : start + CHUNK].flatten(1).float()
        distances[start : start + CHUNK] = torch.linalg.vector_norm(chunk - wanted, dim=1)
    if skip is not None:
        distances[skip] = math.inf
    count = min(count, len(images) - (skip is not None))
    smallest, positions = distances.topk(count, largest=False)
    return positions, smallest / 255


@dataclass(frozen=True, eq=False)
class Map:
    """Images as points of the plane."""

    positions: Tensor
    """Of the images in the split, int64, N."""
    points: Tensor
    """float32, N x 2."""
    method: str
    """`pca` or `neighbors`."""
    explained: float = 0.0
    """Share of the variance that the two directions of `pca` keep; 0 for `neighbors`."""


def make_map(
    split: Split,
    count: int,
    *,
    method: str = "pca",
    seed: int = 0,
    on_progress: Callable[[float], None] | None = None,
) -> Map:
    """Place a sample of the images in the plane.

    Args:
        split: The images.
        count: How many of them, at most 3,000.
        method: `pca` projects on the two directions in which the images differ most; `neighbors` (t-SNE)
            moves points until neighbors in pixels are neighbors on the map.
        seed: Of the draw of the images; nothing else is random.
        on_progress: Called with the share done, in (0, 1].
    """
    positions = draw(torch.arange(len(split)), min(count, MAX_MAP), seed).sort().values
    pixels = split.images[positions].flatten(1).float() / 255
    found = principal_components(pixels, 50)
    if method == "pca":
        return Map(positions, found.points[:, :2].clone(), "pca", float(found.shares[:2].sum()))
    points = _embed(found.points, on_progress or (lambda share: None))
    return Map(positions, points, "neighbors")


def _embed(data: Tensor, on_progress: Callable[[float], None], steps: int = 250) -> Tensor:
    """t-SNE (van der Maaten and Hinton, 2008), exact and with momentum, from a PCA start.

    Args:
        data: float32, N x D.
        on_progress: Called with the share done.
        steps: Of gradient descent; in the first fifth, neighbors attract twelvefold.
    """
    count = len(data)
    affinities = _affinities(data, perplexity=min(30.0, max(2.0, count / 4)))
    points = data[:, :2] / data[:, 0].std() * 1e-4
    velocity, gains = torch.zeros_like(points), torch.ones_like(points)
    rate, early = max(count / 12 / 4, 50.0), steps // 5
    for step in range(steps):
        squares = points.square().sum(1)
        kernel = (
            torch.addmm(squares[:, None] + squares, points, points.T, alpha=-2)
            .clamp_(min=0)
            .add_(1)
            .reciprocal_()
        )
        kernel.fill_diagonal_(0)
        total = kernel.sum()
        pull = (affinities * (12.0 if step < early else 1.0)).sub_(kernel / total).mul_(kernel)
        gradient = 4 * (pull.sum(1, keepdim=True) * points - pull @ points)
        same = gradient.sign() == velocity.sign()
        gains = torch.where(same, gains * 0.8, gains + 0.2).clamp_(min=0.01)
        velocity = (0.5 if step < early else 0.8) * velocity - rate * gains * gradient
        points = points + velocity
        points = points - points.mean(0)
        if step % 10 == 9:
            on_progress((step + 1) / steps)
    return points


def _affinities(data: Tensor, perplexity: float) -> Tensor:
    """Symmetric probabilities of being neighbors, N x N, summing to 1; `perplexity` is how many each has."""
    distances = torch.cdist(data, data).square_()
    distances.fill_diagonal_(math.inf)
    target = math.log(perplexity)
    low, high = torch.zeros(len(data), 1), torch.full((len(data), 1), math.inf)
    beta = 1 / distances.kthvalue(min(int(perplexity), len(data) - 1), dim=1, keepdim=True).values.clamp(
        min=1e-6
    )
    for _ in range(30):  # bisection on the width of each point's bell curve
        weights = torch.softmax(-distances * beta, dim=1)
        entropy = -torch.xlogy(weights, weights).sum(1, keepdim=True)
        too_wide = entropy > target
        low, high = torch.where(too_wide, beta, low), torch.where(too_wide, high, beta)
        beta = torch.where(high.isinf(), beta * 2, (low + high) / 2)
    weights = torch.softmax(-distances * beta, dim=1)
    return (weights + weights.T) / (2 * len(data))
