"""What pasted lines show of pictures on their way into a network: each function looks for one thing."""

import re
from typing import Final

from core.teaching.clinic.pasted.code import PastedCode

_RESIZE: Final = re.compile(r"\bResize\(\[?(\d{1,4})\]?(?=[,)])")
_CUT_ANEW: Final = re.compile(r"\b(?:reshape|view)\(\(?(?:1, ?|-1, ?)?3, ?\w{1,20}, ?\w{1,20}\)\)?")
_READ: Final = re.compile(r"cv2\.|imread|image\.open|\bim(?:age|g)\b")
"""Pictures whose channels come last."""
_CHANNELS_FIRST: Final = re.compile(r"to_?tensor\(|transpose\(|permute\(|moveaxis\(|rollaxis\(")
"""What has brought them to the front already."""
_FLAT: Final = re.compile(r"2-dimensional input|input of size:? \[\d{1,6}, \d{1,8}\]")
_FLATTENS: Final = re.compile(
    r"\w[\w.]{0,40} ?= ?.{0,30}\.(?:view|reshape)\([^()]{0,40}(?:\([^()]{0,10}\))?[^()]{0,10}"
    r", ?(?:-1|\d{1,7}|\d{1,4} ?\* ?\d{1,4})\)"
    r"|\w[\w.]{0,40} ?= ?.{0,30}(?:torch\.flatten|nn\.Flatten|\.flatten)\(.{0,40}"
)


def one_side(code: PastedCode) -> str:
    """A `Resize` with one number, and no crop that makes the pictures equal after it."""
    found = code.first(_RESIZE)
    if found is None or "crop(" in code.joined:
        return ""
    return (
        f"`{found[0]}` sets the shorter side only and keeps the proportions, so the other side differs from "
        f"picture to picture: `Resize(({found[1]}, {found[1]}))`, with both."
    )


def pixels_cut(code: PastedCode) -> str:
    """A picture whose pixels are cut anew where its channels were to be moved."""
    found = code.first(_CUT_ANEW)
    if found is None or not _READ.search(code.joined) or _CHANNELS_FIRST.search(code.joined):
        return ""
    return (
        f"`{found[0]}` does not move the channels to the front, it cuts the pixels anew and scrambles the "
        "picture: `img.transpose(2, 0, 1)[None]`, or `permute(2, 0, 1)` of a tensor. And a pretrained "
        "network wants the scaling it was trained with."
    )


def flat_before(code: PastedCode) -> str:
    """A batch that is made flat before it meets a convolution."""
    given = _FLAT.search(code.text)
    found = given and code.first(_FLATTENS)
    if given is None or not found:
        return ""
    return (
        f"`{found[0][:90]}` makes rows of the pictures: if it stands before the convolution, leave it out "
        "there, and flatten only before the first `nn.Linear`."
    )
