"""Pictures that could not be read."""

import re
from typing import Final

_ASKED: Final = ("shape", "ndim", "astype", "copy", "size", "transpose", "dtype")
"""What programs ask of a picture that OpenCV read."""
_PICTURE: Final = re.compile(
    r"\b(?:img|image|picture|photo|frame|cv2|opencv)|\.(?:jpe?g|png|gif|bmp|tiff?)\b", re.IGNORECASE
)

_NETWORK: Final = re.compile(r"\b(?:model|net|network)\(|def forward\(", re.IGNORECASE)
"""What makes it more likely that a network gave None."""


def unread(name: str, text: str) -> str:
    """What to say of a None that was asked for `name`, where it may be a picture; empty if it may not."""
    lowered = text.lower()
    if name not in _ASKED or not _PICTURE.search(text):
        return ""
    if _NETWORK.search(text) and "cv2" not in lowered and "imread" not in lowered:
        return ""
    return (
        "If it is a picture that `cv2.imread` was to read: that gives None, without an error, where a file "
        "is not there, or is there and cannot be decoded (a GIF or HEIC named `.jpg`, a broken file, a path "
        "with accents). Find those, `[p for p in paths if cv2.imread(p) is None]`, then convert or remove "
        "them, or open them by `Image.open(p).convert('RGB')`."
    )
