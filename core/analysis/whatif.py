"""What if the picture were a little different: noise, shift, rotation, brightness, blur."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.errors import ImageError


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A change of an image. The steps are done in the order of the attributes."""

    rotation: float = 0.0
    """Degrees against the clock, in [-180, 180]."""
    right: int = 0
    """Shift to the right, pixels, in [-14, 14]."""
    down: int = 0
    """Shift downwards, pixels, in [-14, 14]."""
    blur: float = 0.0
    """Standard deviation of a Gaussian blur, pixels, in [0, 4]."""
    brightness: float = 1.0
    """Factor on every pixel, in [0, 3]; values above 1 are clipped."""
    noise: float = 0.0
    """Standard deviation of Gaussian noise, in brightness, in [0, 1]."""
    seed: int = 0
    """Of the noise."""

    def __post_init__(self) -> None:
        bounds = {
            "rotation": (-180, 180),
            "right": (-14, 14),
            "down": (-14, 14),
            "blur": (0, 4),
            "brightness": (0, 3),
            "noise": (0, 1),
            "seed": (0, 9999),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise ImageError(f"The {name} must be between {low} and {high}, not {value:g}.")

    @property
    def changes(self) -> bool:
        """Whether anything is changed at all."""
        return self != WhatIf(seed=self.seed)

    def apply(self, image: Tensor) -> Tensor:
        """The changed image.

        Args:
            image: float32, 1 x 28 x 28, in [0, 1].

        Returns:
            float32, 1 x 28 x 28, in [0, 1]. What comes in from outside is black.
        """
        if self.rotation or self.right or self.down:
            image = _move(image, self.rotation, self.right, self.down)
        if self.blur:
            image = _blur(image, self.blur)
        if self.brightness != 1:
            image = image * self.brightness
        if self.noise:
            generator = torch.Generator().manual_seed(self.seed)
            image = image + self.noise * torch.randn(image.shape, generator=generator)
        return image.clamp(0, 1)


def _move(image: Tensor, degrees: float, right: int, down: int) -> Tensor:
    """Rotate about the middle, then shift; between pixels, the mean of the four around."""
    angle, side = math.radians(degrees), image.shape[-1]
    cosine, sine = math.cos(angle), math.sin(angle)
    # for each pixel of the result: where it comes from, in [-1, 1]
    shift = torch.tensor([2 * right / side, 2 * down / side])
    turn = torch.tensor([[cosine, -sine], [sine, cosine]])
    theta = torch.cat([turn, -(turn @ shift)[:, None]], 1)
    grid = F.affine_grid(theta[None], [1, 1, side, side], align_corners=False)
    return F.grid_sample(image[None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)[0]


def _blur(image: Tensor, sigma: float) -> Tensor:
    radius = math.ceil(3 * sigma)
    places = torch.arange(-radius, radius + 1, dtype=torch.float32)
    kernel = torch.exp(-(places**2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum())[None, None, None]
    across = F.conv2d(image[None], kernel, padding=(0, radius))
    return F.conv2d(across, kernel.transpose(2, 3), padding=(radius, 0))[0]
