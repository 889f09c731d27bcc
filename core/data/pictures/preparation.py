"""A stranger's picture to a 28 x 28 image like those the networks were trained on, step by step.

The steps are those with which Fashion-MNIST was made: gray, garment light on black, cut to the garment,
longer side 28 pixels, centered, brightest pixel 1. Own pictures go wrong in exactly these places, so each
step can be seen and set. This module does not know how files are decoded (`core.data.pictures.decoding`) nor
what a network says.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.nn import functional as F

from core.data.fashion_mnist import SIDE
from core.data.pictures.decoding import decode_picture
from core.errors import ImageError

Polarity = Literal["auto", "keep", "invert"]


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What a visitor can set."""

    turn: int = 0
    """Quarter turns counterclockwise before anything else, 0 to 3."""
    polarity: Polarity = "auto"
    """`invert` takes dark for garment, `keep` takes light; `auto` looks at the border."""
    tolerance: float | None = None
    """How far from the background a pixel must be to belong to the garment, in [0, 1] of the gray range;
    `None` goes by the noise in the border."""
    crop: bool | None = None
    """Whether to cut to the garment. `None` cuts everything but pictures of 28 x 28 pixels."""
    size: int = SIDE
    """Length of the longer side after fitting, pixels, 8 to 28."""
    right: int = 0
    """Shift to the right after fitting, pixels, -10 to 10."""
    down: int = 0
    """Shift downwards after fitting, pixels, -10 to 10."""
    stretch: bool = True
    """Whether to scale brightness so that the brightest pixel is 1, as in the dataset."""

    def __post_init__(self) -> None:
        if self.polarity not in ("auto", "keep", "invert"):
            raise ImageError("The polarity must be auto, keep or invert.")
        if self.tolerance is not None and not 0 <= self.tolerance <= 1:
            raise ImageError("The tolerance must be between 0 and 1.")
        if not (0 <= self.turn <= 3 and 8 <= self.size <= SIDE):
            raise ImageError("The quarter turns must be 0 to 3 and the size 8 to 28 pixels.")
        if max(abs(self.right), abs(self.down)) > 10:
            raise ImageError("The shift must be at most 10 pixels in each direction.")


@dataclass(frozen=True, eq=False)
class PreparationStep:
    """One step of the preparation."""

    name: str
    """`picture`, `gray`, `polarity`, `crop`, `fit` or `normalize`."""
    title: str
    """The same for people."""
    image: Tensor
    """float32 in [0, 1]: H x W x 3 for the picture itself, H x W for the others."""
    note: str
    """What was done and found, in a sentence."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A prepared picture."""

    image: Tensor
    """float32, 1 x 28 x 28, in [0, 1], in steps of 1/255: garment light on black."""
    steps: tuple[PreparationStep, ...]
    """Every step, first to last; the last one's image is `image`."""

    @property
    def pixels(self) -> Tensor:
        """The same image as the dataset stores it: uint8, 28 x 28."""
        return (self.image[0] * 255).round().to(torch.uint8)


def prepare_upload(data: bytes) -> Tensor:
    """Turn a picture file into an image that a network here takes.

    Args:
        data: A PNG, JPEG, GIF (its first frame), BMP or WebP file.

    Returns:
        float32, 1 x 28 x 28, in [0, 1], garment light on black.

    Raises:
        ImageError: It is no picture, of a kind not taken here, too large, or damaged.
    """
    return prepare(decode_picture(data)).image


def prepare(picture: Image.Image, settings: Preparation | None = None) -> Prepared:
    """Prepare a decoded picture, keeping every step.

    Args:
        picture: RGBA, such as `core.data.pictures.decoding.decode_picture` or a drawing pad gives.
        settings: What the visitor set; `None` leaves everything to be found.

    Raises:
        ImageError: A setting is out of range.
    """
    settings = settings or Preparation()
    pixels = torch.from_numpy(np.array(picture.convert("RGBA"))).float().div_(255)
    pixels = torch.rot90(pixels, settings.turn, (0, 1))
    color, ground = _flatten(pixels)
    steps = [PreparationStep("picture", "Your picture", color, _picture_note(color, ground))]

    gray = color @ torch.tensor([0.299, 0.587, 0.114])
    steps.append(
        PreparationStep("gray", "Gray", gray, "0.299 red + 0.587 green + 0.114 blue, as the eye weighs them.")
    )

    background = _background(color)
    distance = (color - background).abs().amax(-1)
    tolerance = _tolerance(distance, settings.tolerance)
    mask = _mask(distance, tolerance)
    invert = _should_invert(gray, background @ torch.tensor([0.299, 0.587, 0.114]), mask, settings.polarity)
    # a soft edge, as wide as the tolerance, instead of a cut: it keeps outlines smooth
    share = ((distance - tolerance / 2) / max(tolerance, 1e-6)).clamp(0, 1) * _dilate(mask, 1)
    light = (1 - gray if invert else gray) * share
    found = "Dark garment on a light ground: inverted" if invert else "Light garment on a darker ground: kept"
    if settings.polarity != "auto":
        found = "Inverted, as you set it" if invert else "Not inverted, as you set it"
    steps.append(
        PreparationStep(
            "polarity",
            "Light on black",
            light,
            f"{found}. Within {tolerance:.0%} of the background is black.",
        )
    )

    wants_crop = settings.crop if settings.crop is not None else tuple(gray.shape) != (SIDE, SIDE)
    box = _box(light > 0) if wants_crop else None
    cut = light if box is None else light[box[0] : box[1], box[2] : box[3]]
    note = f"{cut.shape[1]} × {cut.shape[0]} of {gray.shape[1]} × {gray.shape[0]} pixels."
    steps.append(
        PreparationStep("crop", "Cut to the garment", cut, note if wants_crop else f"Not cut: {note}")
    )

    fitted = _fit(cut, settings)
    note = f"Longer side {settings.size} pixels, centered on {SIDE} × {SIDE}."
    steps.append(PreparationStep("fit", "Fit", fitted, note))

    brightest = float(fitted.max())
    final = fitted / brightest if settings.stretch and brightest > 0.02 else fitted
    final = (final.clamp(0, 1) * 255).round() / 255
    note = f"Brightest pixel was {brightest:.2f}" + (", now 1.00." if settings.stretch else ", left so.")
    steps.append(PreparationStep("normalize", "Normalize", final, note))
    return Prepared(final[None].contiguous(), tuple(steps))


def scale_down(picture: Image.Image) -> Tensor:
    """A decoded picture as it is, only gray and 28 x 28: fitted in, with black around it.

    Args:
        picture: RGBA, as `core.data.pictures.decoding` gives it.

    Returns:
        uint8, 28 x 28; of a gray picture of that size, its own values.
    """
    color, _ = _flatten(torch.from_numpy(np.array(picture.convert("RGBA"))).float().div_(255))
    gray = Image.fromarray(color.mul(255).round().byte().numpy()).convert("L")
    if gray.size != (SIDE, SIDE):
        gray = ImageOps.pad(gray, (SIDE, SIDE), method=Image.Resampling.BOX, color=0)
    return torch.from_numpy(np.array(gray))


def _flatten(pixels: Tensor) -> tuple[Tensor, str]:
    """RGBA (H x W x 4) on a ground that the garment stands out from: H x W x 3, and the ground."""
    color, alpha = pixels[..., :3], pixels[..., 3:]
    if float(alpha.min()) > 0.99:
        return color.contiguous(), ""
    weight = float(alpha.sum())
    dark = weight > 0 and float((color * alpha).sum()) / (3 * weight) < 0.5
    return (color * alpha + (1 - alpha) * float(dark)), "white" if dark else "black"


def _picture_note(color: Tensor, ground: str) -> str:
    note = f"{color.shape[1]} × {color.shape[0]} pixels, colors red, green, blue."
    return note + (f" Its transparent parts are put on {ground}." if ground else "")


def _background(color: Tensor) -> Tensor:
    """The background's color at every pixel (H x W x 3): a smooth surface through the picture's border.

    A garment often touches the border: the surface is fitted anew with less weight for what is far from it.
    """
    height, width = color.shape[:2]
    rows = torch.linspace(-1, 1, height) if height > 1 else torch.zeros(1)
    columns = torch.linspace(-1, 1, width) if width > 1 else torch.zeros(1)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    rim_y, rim_x = max(1, height // 24), max(1, width // 24)
    border = torch.zeros(height, width, dtype=torch.bool)
    border[:rim_y] = border[-rim_y:] = True
    border[:, :rim_x] = border[:, -rim_x:] = True
    samples = color[border]
    ones = torch.ones_like(x)
    plane = torch.stack([ones, x, y], -1)
    curved = torch.stack([ones, x, y, x * x, y * y, x * y], -1)

    level = samples.median(0).values
    weights = 1 / ((samples - level).abs().amax(-1) + 0.05)
    surface = level.expand(height, width, 3)
    for basis, rounds, redescend in ((plane, 8, False), (curved, 6, True)):
        A = basis[border]
        for _ in range(rounds):
            W = weights[:, None]
            lhs = A.T @ (A * W) + 1e-4 * weights.sum() * torch.eye(A.shape[1])
            coefficients = torch.linalg.solve(lhs, A.T @ (samples * W))
            residual = (samples - A @ coefficients).abs().amax(-1)
            if redescend:  # far from the surface is garment, and counts nothing
                scale = float(residual.median()) * 4 + 0.03
                weights = (1 - (residual / scale) ** 2).clamp(min=0) ** 2 + 1e-6
            else:
                weights = 1 / (residual + 0.02)
        surface = basis @ coefficients
    return surface.clamp(0, 1)


def _tolerance(distance: Tensor, wanted: float | None) -> float:
    """How far from the background the garment begins: what was asked for, or above the border's noise."""
    if wanted is not None:
        return wanted
    height, width = distance.shape
    rim_y, rim_x = max(1, height // 24), max(1, width // 24)
    sides = (distance[:rim_y], distance[-rim_y:], distance[:, :rim_x], distance[:, -rim_x:])
    rim = torch.cat([side.reshape(-1) for side in sides])
    noise = float(rim.quantile(0.4)) / 0.52  # of a normal distribution 40% lie within 0.52 deviations
    return min(0.3, 0.03 + 3 * noise)


def _mask(distance: Tensor, tolerance: float) -> Tensor:
    """Where the garment is: bool, H x W, without specks."""
    mask = distance > tolerance
    if min(mask.shape) < 64:
        return mask
    core = _dilate(~_dilate(~mask, 1), 1)  # an opening: what is thinner than three pixels is gone
    return mask & _dilate(core, 3)


def _dilate(mask: Tensor, by: int) -> Tensor:
    grown: Tensor = F.max_pool2d(mask.float()[None, None], 2 * by + 1, stride=1, padding=by)[0, 0] > 0
    return grown


def _should_invert(gray: Tensor, ground: Tensor, mask: Tensor, polarity: Polarity) -> bool:
    if polarity != "auto":
        return polarity == "invert"
    if not bool(mask.any()):
        return float(ground.mean()) > 0.5
    return float((gray - ground)[mask].mean()) < 0


def _box(mask: Tensor) -> tuple[int, int, int, int] | None:
    """Top, bottom, left and right of what is set; `None` where nothing is."""
    rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
    if len(rows) == 0:
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _fit(image: Tensor, settings: Preparation) -> Tensor:
    """Scale so that the longer side is `settings.size`, put in the middle of 28 x 28, shift."""
    height, width = image.shape
    scale = settings.size / max(height, width)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    if size != (height, width):
        image = F.interpolate(image[None, None], size=size, mode="bicubic", antialias=True)[0, 0]
        image = image.clamp(0, 1)
    result = torch.zeros(SIDE, SIDE)
    top, left = (SIDE - size[0]) // 2 + settings.down, (SIDE - size[1]) // 2 + settings.right
    y, x = max(0, top), max(0, left)
    part = image[y - top : SIDE - top, x - left : SIDE - left]
    result[y : y + part.shape[0], x : x + part.shape[1]] = part
    return result
