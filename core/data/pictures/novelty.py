"""Whether a picture looks like anything in the training set, and how that is judged.

Two measures, each against what is usual: the distance to the nearest training image, pixel by pixel, and
simple statistics. What is usual is found from real test images, which the training set does not hold.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

REFERENCE: Final = 10_000
"""Most training images that are compared with."""

PROBES: Final = 500
"""Test images from which the usual distances are found."""


@dataclass(frozen=True, eq=False)
class Usual:
    """What is usual for images of this dataset."""

    images: Tensor
    """uint8, N x 784: the training images compared with."""
    distance: float
    """99 of 100 test images have a training image nearer than this: root of the mean squared difference of
    the pixels, in brightness."""
    brightness: tuple[float, float]
    """Between these lies the mean brightness of 99 of 100 training images."""
    black: tuple[float, float]
    """Between these lies the share of black pixels of 99 of 100 training images."""


@dataclass(frozen=True)
class Judgment:
    """How unusual a picture is."""

    nearest: int
    """Position of the nearest training image."""
    distance: float
    """To it: root of the mean squared difference of the pixels, in brightness."""
    reasons: tuple[str, ...]
    """One sentence for each measure that is out of the usual; empty where all are usual."""


def learn(train_images: Tensor, test_images: Tensor) -> Usual:
    """Find what is usual.

    Args:
        train_images: uint8, N x 28 x 28; the first 10,000 are taken.
        test_images: uint8, M x 28 x 28; the first 500 are taken.
    """
    reference = train_images[:REFERENCE].flatten(1)
    distances = torch.cat(
        [_distances(reference, part).min(1).values for part in torch.split(test_images[:PROBES], 50)]
    )
    values = reference.float() / 255
    return Usual(
        images=reference,
        distance=float(distances.quantile(0.99)),
        brightness=_middle(values.mean(1)),
        black=_middle((reference < 8).float().mean(1)),
    )


def judge(usual: Usual, pixels: Tensor) -> Judgment:
    """Compare a prepared picture (uint8, 28 x 28) with what is usual."""
    row = _distances(usual.images, pixels[None])[0]
    nearest = int(row.argmin())
    distance = float(row[nearest])
    brightness, black = float(pixels.float().mean() / 255), float((pixels < 8).float().mean())
    reasons = []
    if distance > usual.distance:
        reasons.append(
            f"Its nearest training image is {distance:.2f} away (root mean squared difference of pixels); "
            f"99 of 100 test images have one within {usual.distance:.2f}."
        )
    if not usual.brightness[0] <= brightness <= usual.brightness[1]:
        reasons.append(
            f"Its mean brightness is {brightness:.2f}; "
            f"99 of 100 training images lie between {usual.brightness[0]:.2f} and {usual.brightness[1]:.2f}."
        )
    if not usual.black[0] <= black <= usual.black[1]:
        reasons.append(
            f"{black:.0%} of it is black; "
            f"99 of 100 training images lie between {usual.black[0]:.0%} and {usual.black[1]:.0%}."
        )
    return Judgment(nearest, distance, tuple(reasons))


def _distances(reference: Tensor, images: Tensor) -> Tensor:
    """Root mean squared difference of each image (M x 28 x 28) to each row of the reference: M x N."""
    wanted = images.flatten(1).float() / 255
    parts = [torch.cdist(wanted, part.float() / 255) for part in torch.split(reference, 2000)]
    distances: Tensor = torch.cat(parts, 1) / reference.shape[1] ** 0.5
    return distances


def _middle(values: Tensor) -> tuple[float, float]:
    """Between which 99 of 100 values lie."""
    return float(values.quantile(0.005)), float(values.quantile(0.995))
