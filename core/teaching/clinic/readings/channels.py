"""Channels of a convolution and of what it was given."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_EXCHANGED: Final = re.compile(
    r"\w{1,30}\.(?:transpose\((?:1, ?2|2, ?1|-1, ?-2|-2, ?-1)\)|permute\(0, ?2, ?1\))"
)


def _length_first(shape: tuple[int, ...], wanted: str, text: str) -> str:
    """What to say of a batch whose length comes before its channels."""
    if shape[2] != int(wanted[:12]):
        return (
            f"If dimension 1, {shape[1]}, is the length, exchange the two, `x.transpose(1, 2)`, and "
            f"make the layer for {shape[2]} channels."
        )
    exchanged = _EXCHANGED.search(text)
    if exchanged is not None:
        return (
            f"Here the channels seem to come last, the {wanted}, and `{exchanged[0]}` in your lines puts "
            "them there: if it stands before this layer, leave it out."
        )
    return f"Here the channels seem to come last, the {wanted}: `x.transpose(1, 2)` before it."


def channels(found: Holes) -> str:
    """How many channels a convolution takes, how many came, and what that looks like."""
    shape = sizes(found.get("i", ""))
    wanted, given = found["a"], found["b"] if "b" in found else str(shape[1])
    text = f"The layer takes {wanted} channels, the input has {given}"
    text += f" (dimension 1 of {list(shape)})." if shape else "."
    if (wanted, given) == ("3", "1"):
        text += (
            " If these are the images, they, or some of them, are gray, and the layer is made for color: "
            "`image.convert('RGB')` where they are opened (or `Grayscale(3)` in the transform), or "
            "`nn.Conv2d(1, ...)` if all are gray."
        )
    elif (wanted, given) == ("1", "3"):
        text += (
            " If these are the images, they have three channels, as `ImageFolder` opens all, and the layer "
            "is made for gray: `Grayscale()` in the transform, or `nn.Conv2d(3, ...)`."
        )
    elif len(shape) == 4 and int(wanted[:12]) in shape[2:] and sorted(shape)[1] == 1 and shape[1] == 1:
        text += (
            f" The {wanted} stand in another dimension, as those of noise for a generator do: "
            f"`x.view(-1, {wanted}, 1, 1)`."
        )
    elif len(shape) == 4 and shape[-1] == int(wanted[:12]) and shape[-1] != shape[-2]:
        text += (
            f" The last dimension is {wanted}, so the channels seem to come last, as in NumPy and OpenCV. "
            "Move them: `x.permute(0, 3, 1, 2)`."
        )
    elif len(sizes(found.get("w", ""))) == 3 and len(shape) == 3 and shape[0] != int(wanted[:12]):
        text += " A `Conv1d` takes (batch, channels, length). " + _length_first(shape, wanted, found["text"])
    elif len(shape) == 3 and shape[0] == int(wanted[:12]):
        text += f" If {wanted} are the channels, the batch dimension is missing: `x.unsqueeze(0)`."
    elif wanted == "1" and shape and shape[0] == 1:
        text += (
            f" If you gave it {list(shape[1:])}, a batch of gray images, the channel dimension is "
            "missing, and the layer is right: `x.unsqueeze(1)`."
        )
    elif joined := _joined(wanted, given, found["text"]):
        text += joined
    elif given == "4" and wanted in ("1", "3"):
        text += (
            " If these are pictures as they were opened, the fourth channel is transparency: "
            f"`image.convert('{'RGB' if wanted == '3' else 'L'}')`. If they were joined, as with a mask, the "
            "layer has to be made for 4."
        )
    return text


def _joined(wanted: str, given: str, text: str) -> str:
    """What to say where the channels may be those of two pictures, of which one is of the wrong colors."""
    if wanted not in _PAIRS or given not in _PAIRS or not _TWO.search(text):
        return ""
    gray = int(given) > int(wanted)
    return (
        " If it is two pictures joined along the channels, as label and picture for a discriminator, "
        f"{given} = {_PAIRS[given]} came, and {wanted} = {_PAIRS[wanted]} are expected: "
        + (
            "a picture that is to be gray was opened in color. Where the dataset opens it: "
            "`image.convert('L')`, "
            "and a `Normalize` with one mean; or set the number of channels of the network to 3 for it."
            if gray
            else "a picture that is to be in color was opened gray. Where the dataset opens it: "
            "`image.convert('RGB')`; or set the number of channels of the network to 1 for it."
        )
    )


_PAIRS: Final = {"2": "1 + 1", "4": "1 + 3", "6": "3 + 3"}
"""Channels of two pictures, gray (1) or in color (3)."""
_TWO: Final = re.compile(
    r"label|discriminator|\bgans?\b|pix2pix|torch\.cat\(|input_nc|output_nc"
    r"|condition|real_[AB]|\bnetD|\bmasks?\b",
    re.IGNORECASE,
)
"""What a text says where pictures come in pairs."""
