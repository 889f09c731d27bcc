"""Pictures in a trace: which tensors are images, and images as data URLs."""

import base64
import io
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MAX_TILES: Final = 24
"""Images of a batch that are kept."""
_TILES_ACROSS: Final = 8
_SIDES: Final = range(16, 65)


Pixels = tuple[tuple[int, ...], bytes]
"""Gray images as plain values, which compare by their contents: shape N x H x W, and a byte a pixel."""


def pixels_of(value: Tensor) -> Pixels | None:
    """A copy of the gray images that a tensor holds, at most `MAX_TILES` of them.

    Args:
        value: Any tensor. It holds images if its last two sizes are equal and between 16 and 64, it has at
            most one channel, and its numbers are uint8, or floats in [0, 1].

    Returns:
        `None` if it holds no images.
    """
    if value.ndim not in (2, 3, 4) or value.shape[-1] != value.shape[-2] or value.shape[-1] not in _SIDES:
        return None
    if (value.ndim == 4 and value.shape[1] != 1) or value.numel() == 0:
        return None
    images = value.reshape(-1, *value.shape[-2:])[:MAX_TILES].cpu()
    if images.is_floating_point() and bool((images.min() >= 0) & (images.max() <= 1)):
        images = (images * 255).round().to(torch.uint8)
    return (tuple(images.shape), images.numpy().tobytes()) if images.dtype == torch.uint8 else None


def sheet_url(pixels: Pixels) -> str:
    """The images side by side in rows of eight, as the data URL of a PNG file."""
    (count, height, width), contents = pixels
    across = min(count, _TILES_ACROSS)
    down = -(-count // across)
    sheet = np.zeros((down * across, height, width), dtype=np.uint8)
    sheet[:count] = np.frombuffer(contents, dtype=np.uint8).reshape(count, height, width)
    rows = sheet.reshape(down, across, height, width).swapaxes(1, 2)
    return png_url(Image.fromarray(rows.reshape(down * height, across * width)))


def png_url(image: Image.Image) -> str:
    """An image as the data URL of a PNG file."""
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=False)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
