"""The catalogue of transforms: torchvision's, each with its numbers, their units and their bounds."""

import math
from dataclasses import dataclass
from typing import Final

from core.config.checks import number
from core.data import MEAN, STD
from core.errors import TransformError

Number = int | float


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number of a transform."""

    name: str
    """Its name in torchvision, or what it stands for."""
    label: str
    """What a visitor reads, with the unit."""
    default: Number
    """Before anything is changed."""
    low: Number
    """Smallest value."""
    high: Number
    """Largest value."""
    step: Number
    """What one press of a key changes; a whole number makes the parameter one."""
    options: tuple[str, ...] = ()
    """Names of the choices, where the number is a position among choices."""

    def check(self, value: Number) -> Number:
        """The value as it is used.

        Raises:
            TransformError: It is out of range.
        """
        if not (math.isfinite(value) and self.low <= value <= self.high):
            raise TransformError(
                f"{self.label} must be between {number(self.low)} and {number(self.high)}, "
                f"not {number(value)}."
            )
        steps = round((value - self.low) / self.step)
        snapped = self.low + steps * self.step
        return int(snapped) if isinstance(self.step, int) else round(float(snapped), 6)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One transform of the catalogue."""

    id: str
    """Its name in a link: letters only."""
    title: str
    """Its name in torchvision."""
    about: str
    """What it does, one sentence."""
    code: str
    """The expression that makes it, with the parameters' names in braces."""
    random: bool = False
    """Whether it draws random numbers."""
    parameters: tuple[Parameter, ...] = ()
    """In the order in which a link gives them."""


def _real(name: str, label: str, default: float, low: float, high: float, step: float) -> Parameter:
    return Parameter(name=name, label=label, default=default, low=low, high=high, step=step)


def _share(name: str, label: str, default: float) -> Parameter:
    return _real(name, label, default, 0.0, 1.0, 0.05)


def _pixels(name: str, label: str, default: int, low: int, high: int) -> Parameter:
    return Parameter(name=name, label=label, default=default, low=low, high=high, step=1)


LAMBDAS: Final = {
    "x * 2 - 1": "from [0, 1] to [-1, 1]",
    "x ** 2": "square: darkens the middle grays",
    "(x > 0.5).float()": "black or white, nothing between",
    "x.flip(-2)": "upside down",
}
"""The functions `Lambda` may apply here, each with what it does: a visitor chooses, and writes no code."""

CATALOGUE: Final = {
    kind.id: kind
    for kind in (
        Kind(
            id="image",
            title="ToImage",
            about="Turns a PIL image into a tensor, 1 × H × W, still uint8 in [0, 255].",
            code="v2.ToImage()",
        ),
        Kind(
            id="float",
            title="ToDtype",
            about="Converts it to float32; scale=True divides by 255, so that values lie in [0, 1].",
            code="v2.ToDtype(torch.float32, scale=True)",
        ),
        Kind(
            id="totensor",
            title="ToTensor",
            about="The classic: a PIL image to a float32 tensor in [0, 1]; ToImage and ToDtype in one.",
            code="ToTensor()",
        ),
        Kind(
            id="norm",
            title="Normalize",
            about="Subtracts a mean, divides by a standard deviation; Fashion-MNIST's are 0.2860 and 0.3530.",
            code="v2.Normalize(mean=[{mean}], std=[{std}])",
            parameters=(
                _real("mean", "Mean", MEAN, 0.0, 1.0, 0.0001),
                _real("std", "Standard deviation", STD, 0.01, 2.0, 0.0001),
            ),
        ),
        Kind(
            id="crop",
            title="RandomCrop",
            about="Pads with 0 (black, before Normalize), then cuts a square at a random place: it shifts.",
            code="v2.RandomCrop({size}, padding={padding})",
            random=True,
            parameters=(
                _pixels("size", "Side, pixels", 28, 4, 28),
                _pixels("padding", "Padding, pixels", 4, 0, 12),
            ),
        ),
        Kind(
            id="center",
            title="CenterCrop",
            about="Cuts a square out of the middle, or pads with 0 (black, before Normalize) to reach it.",
            code="v2.CenterCrop({size})",
            parameters=(_pixels("size", "Side, pixels", 20, 4, 56),),
        ),
        Kind(
            id="flip",
            title="RandomHorizontalFlip",
            about="Mirrors left and right with probability p.",
            code="v2.RandomHorizontalFlip(p={p})",
            random=True,
            parameters=(_share("p", "Probability p", 0.5),),
        ),
        Kind(
            id="rotate",
            title="RandomRotation",
            about="Turns by a random angle between minus and plus this many degrees.",
            code="v2.RandomRotation({degrees})",
            random=True,
            parameters=(_pixels("degrees", "Largest angle, degrees", 20, 0, 180),),
        ),
        Kind(
            id="affine",
            title="RandomAffine",
            about="Turns, shifts, scales and shears at random, all in one resampling.",
            code="v2.RandomAffine({degrees}, translate=({shift}, {shift}), "
            "scale=({scale}, 1.0), shear={shear})",
            random=True,
            parameters=(
                _pixels("degrees", "Largest angle, degrees", 10, 0, 180),
                _share("shift", "Largest shift, share of the side", 0.1),
                _real("scale", "Smallest scale", 0.8, 0.2, 1.0, 0.05),
                _pixels("shear", "Largest shear, degrees", 0, 0, 45),
            ),
        ),
        Kind(
            id="erase",
            title="RandomErasing",
            about="Sets a random square to 0 with probability p.",
            code="v2.RandomErasing(p={p}, scale=({area}, {area}), ratio=(1.0, 1.0))",
            random=True,
            parameters=(
                _share("p", "Probability p", 0.5),
                _real("area", "Area, share of the image", 0.1, 0.01, 0.5, 0.01),
            ),
        ),
        Kind(
            id="blur",
            title="GaussianBlur",
            about="Averages each pixel with its neighbors, weighted by a bell curve.",
            code="v2.GaussianBlur(kernel_size={size}, sigma={sigma})",
            parameters=(
                Parameter(name="size", label="Window, pixels", default=5, low=3, high=15, step=2),
                _real("sigma", "Sigma, pixels", 1.0, 0.1, 5.0, 0.1),
            ),
        ),
        Kind(
            id="noise",
            title="GaussianNoise",
            about="Adds normal noise to every pixel and clips it to its range; takes tensors only.",
            code="v2.GaussianNoise(sigma={sigma})",
            random=True,
            parameters=(
                _real("sigma", "Standard deviation", 0.1, 0.0, 1.0, 0.01),
            ),
        ),
        Kind(
            id="invert",
            title="RandomInvert",
            about="Swaps light and dark with probability p.",
            code="v2.RandomInvert(p={p})",
            random=True,
            parameters=(_share("p", "Probability p", 1.0),),
        ),
        Kind(
            id="resize",
            title="Resize",
            about="Resamples to another side; antialiasing averages when it shrinks.",
            code="v2.Resize({size}, antialias=True)",
            parameters=(_pixels("size", "Side, pixels", 14, 4, 112),),
        ),
        Kind(
            id="lambda",
            title="Lambda",
            about="Applies any function to the tensor.",
            code="v2.Lambda(lambda x: {function})",
            parameters=(
                Parameter(
                    name="function", label="Function", default=0, low=0, high=len(LAMBDAS) - 1, step=1,
                    options=tuple(LAMBDAS),
                ),
            ),
        ),
    )
}  # fmt: skip
