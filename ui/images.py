"""Images as PNG files: enlarged without smoothing, so that a pixel stays a square."""

import copy
import io
import math
from functools import lru_cache
from typing import Final

import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

MAX_PIXELS: Final = 16_000_000
"""Largest picture that is made here, pixels: a guard against a caller's slip, not a visitor's limit."""
MAX_KEPT: Final = 60_000
"""Largest picture that is kept, pixels before enlargement: 64 of them are less than 10 MB."""


def to_uint8(image: Tensor) -> Tensor:
    """Any gray image as uint8, H x W.

    Args:
        image: H x W or 1 x H x W; uint8 in [0, 255], bool, or a float in [0, 1] (values outside are clipped).
    """
    image = image.detach().cpu()
    if image.ndim == 3 and image.shape[0] == 1:
        image = image[0]
    if image.ndim != 2:
        raise ValueError(f"An image must be H x W or 1 x H x W, not {tuple(image.shape)}.")
    if image.dtype == torch.uint8:
        return image
    return (image.to(torch.float32).nan_to_num().clamp(0, 1) * 255).round().to(torch.uint8)


def png(image: Tensor, scale: int = 8) -> bytes:
    """One gray image as a PNG file, each pixel a square of `scale` x `scale`.

    Args:
        image: H x W or 1 x H x W, uint8 or float in [0, 1].
        scale: Enlargement, at least 1.
    """
    pixels = to_uint8(image)
    height, width = pixels.shape
    if scale < 1 or height * width * scale * scale > MAX_PIXELS:
        raise ValueError(f"An image of {height} x {width} cannot be enlarged {scale} times.")
    make = _kept if height * width <= MAX_KEPT else _encode
    return make(pixels.contiguous().numpy().tobytes(), width, height, scale)


def _encode(pixels: bytes, width: int, height: int, scale: int) -> bytes:
    picture = Image.frombytes("L", (width, height), pixels)
    if scale > 1:  # a quarter of the time that repeating a tensor takes
        picture = picture.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=False)
    return file.getvalue()


_kept = lru_cache(maxsize=64)(_encode)  # every visitor's first look at a page shows the same pictures


def sprite(images: Tensor, columns: int, scale: int = 1) -> bytes:
    """Many images in one PNG file, row by row.

    Args:
        images: uint8, N x H x W.
        columns: Images in a row; the last row is filled up with black.
        scale: Enlargement, at least 1.
    """
    count, height, width = images.shape
    rows = max(1, math.ceil(count / columns))
    sheet = torch.zeros(rows * columns, height, width, dtype=torch.uint8)
    sheet[:count] = images.detach().cpu()
    sheet = sheet.view(rows, columns, height, width).transpose(1, 2)
    return png(sheet.reshape(rows * height, columns * width), scale)


def figure_png(figure: Figure, *, ink: str, dpi: int = 110) -> bytes:
    """A Matplotlib figure as a PNG file without its white sheet, so that it fits both themes.

    Args:
        figure: The figure; its file alone is changed, not what the code that made it has.
        ink: Color of its words and axes.
        dpi: Pixels per inch.
    """
    figure = copy.deepcopy(figure)
    for axes in figure.axes:
        axes.title.set_color(ink)
        axes.tick_params(colors=ink)
        for label in (axes.xaxis.label, axes.yaxis.label):
            label.set_color(ink)
        axes.spines[:].set_color(ink)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, transparent=True)
    return file.getvalue()
