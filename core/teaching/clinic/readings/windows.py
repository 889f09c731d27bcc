"""Windows, of convolutions and poolings, and the pictures under them."""

from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_NARROW: Final = 6
"""As wide as the channels of a picture are, with padding."""


def kernel(found: Holes) -> str:
    """How large picture and window are, and why the picture is small."""
    if "a" not in found:
        return ""
    said = f"The image (padding included) is {found['a'].strip()} by now, the window {found['b'].strip()}."
    sides = sizes(found["a"].replace("x", ","))
    if len(sides) == 2 and sides[1] <= _NARROW and sides[0] > _NARROW * _NARROW:
        said += (
            " Convolutions shrink both sides alike, so unless your pictures are that narrow the last "
            "dimension is the channels: `x.permute(0, 3, 1, 2)` brings (batch, height, width, channels) to "
            "what a convolution takes."
        )
    return said
