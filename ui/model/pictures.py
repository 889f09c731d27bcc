"""Weights as pictures: orange above 0, blue below, the theme's background at 0."""

import io
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ui.theme import is_dark

_ABOVE: Final = (217, 84, 30)
_BELOW: Final = (35, 104, 196)
_LIGHT: Final = (252, 252, 251)
_DARK: Final = (20, 23, 26)


def _zero() -> tuple[int, int, int]:
    return _DARK if is_dark() else _LIGHT


def largest_shown(values: Tensor) -> float | None:
    """The 99th percentile of the absolute values; `None` where it is 0."""
    return float(values.nan_to_num().abs().flatten().quantile(0.99)) or None


def signed_png(values: Tensor, scale: int, largest: float | None = None) -> bytes:
    """A matrix as a PNG file, each value a square of `scale` x `scale` pixels.

    Args:
        values: float, H x W; NaN is drawn as 0.
        scale: Enlargement, at least 1.
        largest: The absolute value with full color; the matrix's own if `None`.
    """
    matrix = values.detach().to("cpu", torch.float32).nan_to_num().numpy()
    top = largest or float(np.abs(matrix).max()) or 1.0
    share = np.clip(np.abs(matrix) / top, 0, 1)[..., None]
    zero, above, below = (np.array(color, np.float32) for color in (_zero(), _ABOVE, _BELOW))
    full = np.where((matrix > 0)[..., None], above, below)
    pixels = (zero + (full - zero) * share).round().astype(np.uint8)
    pixels = pixels.repeat(scale, 0).repeat(scale, 1)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()
