"""Means and standard deviations of images: those that networks are fed with, and how to compute them."""

from typing import Final

import torch
from torch import Tensor

from core.config import Normalization
from core.data.fashion_mnist import MEAN, STD

NORMALIZATIONS: Final[dict[Normalization, tuple[float, float]]] = {
    "none": (0.0, 1.0),
    "fashion_mnist": (MEAN, STD),
    "half": (0.5, 0.5),
    "mnist": (0.1307, 0.3081),
    "imagenet": (0.449, 0.226),
}
"""What is subtracted from pixels in [0, 1], and what the difference is divided by.

`half` brings pixels to [-1, 1]; `mnist` are the numbers of the digits' training set, of PyTorch's own
example; `imagenet` are the means over the three colors of what `torchvision`'s pretrained models take.
"""


def mean_and_std(images: Tensor) -> tuple[float, float]:
    """Mean and (population) standard deviation of all pixels, scaled to [0, 1].

    Counts how often each of the 256 values occurs, so the result is exact and the images are never turned
    into floats, which would take four times their memory.

    Args:
        images: uint8, any shape, at least one element.
    """
    counts = torch.zeros(256, dtype=torch.int64)
    for chunk in images.flatten().chunk(
        max(1, images.numel() // 2**22)
    ):  # bincount makes int64 of its input: 32 MB at a time
        counts += torch.bincount(chunk, minlength=256)
    values = torch.arange(256, dtype=torch.float64) / 255
    share = counts.double() / counts.sum()
    mean = (share * values).sum()
    variance = (share * (values - mean) ** 2).sum()
    return float(mean), float(variance.sqrt())
