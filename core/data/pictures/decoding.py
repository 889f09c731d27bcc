"""A stranger's picture file to a small RGBA picture, within bounds of memory and time.

The kind of file is told by its first bytes, and its size in pixels is checked before anything is decoded.
Only Pillow's readers for PNG, JPEG, GIF, BMP and WebP are ever reached.
"""

import io
import struct
from collections.abc import Callable
from typing import Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from core.data.pictures.containers import check_parts
from core.errors import ImageError
from core.system.door import door

MAX_BYTES: Final = 20_000_000
MAX_SIDE: Final = 20_000
"""Longest side that is accepted, pixels."""

WORK_SIDE: Final = 256
"""Longest side of the decoded picture, pixels: several times what 28 pixels can show."""

Allow = Callable[[int], None]
"""Told a picture's pixels, more where it has many scans, before it is decoded; raises at too many."""

_MEGA: Final = 1_000_000
_LIMITS: Final = {
    "PNG": 13 * _MEGA,
    "GIF": 13 * _MEGA,
    "BMP": 13 * _MEGA,
    "WebP": 5 * _MEGA,
    "JPEG": 50 * _MEGA,
}
"""Most pixels of a picture, by kind: what stays under 100 MB while it is decoded. JPEG decodes at a
smaller scale; WebP needs three pictures' memory."""

_SMALLER: Final = {
    kind: "make it smaller first"
    if kind == "JPEG"
    else f"make it smaller first, or save it as JPEG, which may have {_LIMITS['JPEG'] // _MEGA} million"
    for kind in _LIMITS
}
"""What to do about a picture with too many pixels."""

_BAND: Final = 256  # rows converted at once: the picture is never copied whole
_ORIENTATION: Final = 0x0112  # EXIF tag
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_KNOWN: Final = "use PNG, JPEG, WebP, GIF or BMP"


def decode_picture(data: bytes, *, side: int = WORK_SIDE, allow: Allow | None = None) -> Image.Image:
    """Read a picture: its first frame, upright, in RGBA, its longer side less than `2 * side` pixels.

    Args:
        data: The whole file.
        side: A smaller picture is kept as it is.
        allow: For a budget of several pictures together.

    Raises:
        ImageError: It is no picture, of a kind not taken here, too large, or damaged; or `allow` raised it.
    """
    if not data:
        raise ImageError("The file is empty: choose a picture.")
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"The file has {len(data) / 1e6:,.0f} MB; at most {MAX_BYTES // _MEGA} MB are taken."
        )
    kind = _kind(data)
    with door(ImageError, f"The {kind} file is damaged or cut short: save the picture again and retry."):
        passes = check_parts(data, kind)
        if kind == "WebP":  # its reader reserves memory before it can be asked for the size
            _check_size(_webp_size(data), kind)
        with _READERS[kind](io.BytesIO(data)) as picture:
            _check_size(picture.size, kind)
            if allow is not None:
                allow(picture.width * picture.height * max(1, passes // 4))
            return _decode(picture, kind, side)


def _decode(picture: ImageFile.ImageFile, kind: str, side: int) -> Image.Image:
    if kind == "JPEG":
        picture.draft(None, (side, side))
    turn = _TURNS.get(_orientation(picture)) if kind in ("JPEG", "PNG", "WebP") else None
    picture.load()
    small = _reduce(picture, max(1, max(picture.size) // side))
    return small.transpose(turn) if turn is not None else small


def _orientation(picture: ImageFile.ImageFile) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF is no reason to refuse the picture
        return 1


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """The picture in RGBA, `factor` times smaller in each direction, each pixel the mean of a square."""
    width, height = picture.size
    result = Image.new("RGBA", (-(-width // factor), -(-height // factor)))
    step = max(1, _BAND // factor) * factor
    for top in range(0, height, step):
        band = _to_rgba(picture.crop((0, top, width, min(top + step, height))))
        result.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return result


def _to_rgba(band: Image.Image) -> Image.Image:
    if band.mode.startswith(("I", "F")):  # 16 bits a pixel: Pillow would cut off instead of scaling
        band = band.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L")
    elif band.mode not in ("L", "LA", "P", "PA", "RGB", "RGBA"):  # CMYK, YCbCr, 1 and others
        band = band.convert("RGB")
    return band.convert("RGBA")


def _check_size(size: tuple[int, int], kind: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError("The picture has no pixels.")
    if max(size) > MAX_SIDE:
        raise ImageError(
            f"The picture is {width:,} × {height:,} pixels; a side may have {MAX_SIDE:,} at most."
        )
    _check_pixels(size, kind, _LIMITS[kind])


def _check_pixels(size: tuple[int, int], kind: str, limit: int) -> None:
    width, height = size
    if width * height > limit:
        raise ImageError(
            f"The picture is {width:,} × {height:,} pixels, and a {kind} may have {limit // _MEGA} million: "
            f"{_SMALLER[kind]}."
        )


def _kind(data: bytes) -> str:
    """What the file is, by its first bytes.

    Raises:
        ImageError: It is nothing that is read here.
    """
    head = data[:32]
    for kind, matches in _SIGNATURES.items():
        if matches(head):
            return kind
    if head[4:8] == b"ftyp":
        raise ImageError(f"This is HEIC, AVIF or a video, which are not read here: {_KNOWN}.")
    if head[:4] in (b"II*\0", b"MM\0*"):
        raise ImageError(f"TIFF is not read here: {_KNOWN}.")
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start or b"<head" in start:
        raise ImageError("This is a web page, not a picture: save the picture itself, not the page it is on.")
    if b"<error" in start and start.startswith(b"<?xml"):
        raise ImageError("This is a server's error message, not a picture: download the picture again.")
    if start.startswith(b"version https://git-lfs"):
        raise ImageError("This is a pointer of Git LFS, not the picture itself: run `git lfs pull` first.")
    if start.startswith((b"<svg", b"<!doctype svg")) or b"<svg" in start:
        raise ImageError(f"SVG is a drawing, not a picture made of pixels: {_KNOWN}.")
    if head[:4] == b"%PDF":
        raise ImageError(f"This is a PDF, not a picture: {_KNOWN}.")
    raise ImageError(f"This file is not a picture that can be read here: {_KNOWN}.")


_SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "PNG": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "JPEG": lambda head: head.startswith(b"\xff\xd8\xff"),
    "GIF": lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    "BMP": lambda head: head.startswith(b"BM"),
    "WebP": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
}

_READERS: Final[dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
}


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from the header of a WebP file, in each of its three forms.

    Raises:
        struct.error, ValueError: The header is cut short or of no known form.
    """
    form = data[12:16]
    if form == b"VP8X":  # extended: 24 bits each, less one
        width, height = int.from_bytes(data[24:27], "little"), int.from_bytes(data[27:30], "little")
        return width + 1, height + 1
    if form == b"VP8L":  # lossless: 14 bits each, less one, after a signature byte
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":  # lossy: 14 bits each after the frame's tag and start code
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no such form of WebP")
