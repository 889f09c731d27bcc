"""Principal components: the directions in which many points differ most."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Projection:
    """Points in the coordinates of their first principal components."""

    mean: Tensor
    """D: the middle of the points."""
    axes: Tensor
    """D x count: the directions, each of length 1, that of the largest variance first."""
    points: Tensor
    """N x count: the points it was found from."""
    shares: Tensor
    """count: the share of the variance along each direction, in [0, 1]; 0 where all points are one."""

    @property
    def share(self) -> float:
        """Share of the variance along all the directions together, in [0, 1]."""
        return float(self.shares.sum())

    def project(self, points: Tensor) -> Tensor:
        """Where other points (N x D) lie: N x count."""
        return (points - self.mean) @ self.axes


def principal_components(points: Tensor, count: int = 2) -> Projection:
    """Find the directions in which `points` differ most. Exact, and nothing is drawn at random.

    Eigenvectors of the covariance, largest first: Bishop, "Pattern Recognition and Machine Learning", 2006,
    section 12.1.

    Args:
        points: float32, N x D.
        count: How many directions, at most D, and fewer than N where D is larger.
    """
    mean = points.mean(0)
    centered = points - mean
    if points.shape[1] <= points.shape[0]:
        values, vectors = torch.linalg.eigh((centered.T @ centered).double())  # rising
        axes = vectors[:, -count:].flip(1).float()
    else:  # fewer points than values: the same directions from the smaller matrix of the points
        values, vectors = torch.linalg.eigh((centered @ centered.T).double())
        axes = nn.functional.normalize(centered.T @ vectors[:, -count:].flip(1).float(), dim=0)
    # a direction and its opposite are equally good: with the largest element positive, maps stay the same
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    values = values.clamp(min=0)
    shares = values[-count:].flip(0) / values.sum().clamp(min=torch.finfo(torch.float64).tiny)
    return Projection(mean, axes, centered @ axes, shares.float())
