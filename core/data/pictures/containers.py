"""What a picture file is made of, counted before Pillow's readers loop over it.

A file may be small and still ask for much: a JPEG of a thousand scans walks over every block a thousand
times, and a PNG, GIF or JPEG of a million empty parts is taken apart in Python, part by part. Nothing is
decoded here.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from core.errors import ImageError

MAX_PARTS: Final = 4_000
"""Chunks, segments, blocks or frames of one file. A photo of 20 MB in the smallest usual pieces has 2,500."""
MAX_TEXTS: Final = 24
"""Chunks of a PNG that unpack to 1 MB each: texts, which Pillow keeps, and color profiles."""
MAX_EXIF: Final = 24
"""Segments of a JPEG with EXIF data, 64 kB each; cameras write one. Pillow copies all before for each one."""
MAX_RLE_BYTES: Final = 2_000_000
"""Of a run-length encoded BMP, which Pillow takes apart in Python, byte by byte."""
MAX_RLE_PIXELS: Final = 2_000_000
"""Of one, for the same reason."""
RLE_PASSES: Final = 40
"""What a pixel of one costs, in those of others."""
MAX_JUNK: Final = 4_000
"""Bytes between two parts that belong to neither: Pillow skips them one at a time."""
MAX_SCANS: Final = 40
"""Of a JPEG. Encoders make 1 to 20."""
MAX_COEFFICIENTS: Final = 72_000_000
"""Bytes that the decoder keeps of a JPEG in several scans: 12 million pixels in three full colors."""

_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_GIF_PART: Final = re.compile(rb"[!,;]")  # an extension, a frame, the end
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class JpegScans:
    """How much of a JPEG is read how often."""

    count: int
    """Scans: passes over the picture."""
    coefficients: int
    """Bytes kept until the last scan, if there is more than one; of one color, a pixel takes two."""


def check_parts(data: bytes, kind: str) -> int:
    """Refuse a file whose parts alone would keep a reader busy.

    Args:
        data: The whole file.
        kind: `PNG`, `JPEG`, `GIF`, `WebP` or `BMP`.

    Returns:
        How many passes over the picture its decoder makes.

    Raises:
        ImageError: It has too many parts; one sentence.
        struct.error: A header is cut short.
    """
    if kind == "PNG":
        _check_png(data)
    elif kind == "GIF":
        _check_gif(data)
    elif kind == "JPEG":
        scans = jpeg_scans(data)
        if scans.count > MAX_SCANS:
            raise ImageError(
                f"The JPEG is in {scans.count:,} scans, and {MAX_SCANS} are read: save the picture again."
            )
        if scans.count > 1 and scans.coefficients > MAX_COEFFICIENTS:
            raise ImageError(
                "The picture is too large for a progressive JPEG: make it smaller or save it as a plain one."
            )
        return max(1, scans.count)
    elif kind == "BMP" and _is_run_length_encoded(data):
        width, height = struct.unpack_from("<ii", data, 18)
        if len(data) > MAX_RLE_BYTES or abs(width * height) > MAX_RLE_PIXELS:
            raise ImageError("The BMP is run-length encoded and large: save it as PNG.")
        return RLE_PASSES
    elif kind == "WebP" and data.count(b"ANMF") > MAX_PARTS:
        raise _too_many(kind)
    return 1


def _is_run_length_encoded(data: bytes) -> bool:
    """Whether a BMP's header names one of the two run-length encodings; the oldest headers have none."""
    size, compression = struct.unpack_from("<I", data, 14)[0], struct.unpack_from("<I", data, 30)[0]
    return size >= 40 and compression in (1, 2)


def jpeg_scans(data: bytes) -> JpegScans:
    """Count a JPEG's scans as libjpeg finds them: what lies between two markers is skipped.

    Raises:
        ImageError: It has too many segments.
    """
    at, parts, scans, kept, described = 2, 0, 0, 0, 0
    while (found := _MARKER.search(data, at)) is not None:
        parts += 1
        if parts > MAX_PARTS:
            raise _too_many("JPEG")
        if not scans:  # later, pixels lie between markers
            _check_junk(found.start() - at, "JPEG")
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            break
        if marker in (0x01, 0xD8):
            continue
        if at + 2 > len(data):
            break
        end = at + struct.unpack_from(">H", data, at)[0]
        if marker in _FRAMES:
            kept = _coefficients(data[at:end])
        scans += marker == 0xDA
        described += marker == 0xE1 and data[at + 2 : at + 6] == b"Exif"
        if described > MAX_EXIF:
            raise _too_many("JPEG")
        at = max(end, at + 2)
    if not scans:
        _check_junk(len(data) - at, "JPEG")
    return JpegScans(scans, kept)


def _coefficients(frame: bytes) -> int:
    """Bytes of all blocks of a frame: 64 coefficients of 16 bits each."""
    _, height, width, count = struct.unpack_from(">HxHHB", frame.ljust(8, b"\0"))
    sampling = [
        (part[1] >> 4, part[1] & 15) for part in zip(*[iter(frame[8 : 8 + 3 * count])] * 3, strict=False)
    ]
    across = max((h for h, _ in sampling), default=1) or 1
    down = max((v for _, v in sampling), default=1) or 1
    blocks: int = sum(-(-width * h // (8 * across)) * -(-height * v // (8 * down)) for h, v in sampling)
    return 128 * blocks


def _check_png(data: bytes) -> None:
    at, parts, texts = 8, 0, 0
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        parts += 1
        texts += data[at + 4 : at + 8] in (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
        if parts > MAX_PARTS or texts > MAX_TEXTS:
            raise _too_many("PNG")
        at += 12 + length


def _check_gif(data: bytes) -> None:
    """Walk to the first frame: all that is read of it."""
    flags = data[10]
    at, parts = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0), 0
    while (found := _GIF_PART.search(data, at)) is not None:
        _check_junk(found.start() - at, "GIF")
        if found[0] != b"!":
            return
        at = found.end() + 1
        while at < len(data) and data[at]:
            at += 1 + data[at]
            parts += 1
            if parts > MAX_PARTS // 4:  # Pillow copies a comment anew for each of its blocks
                raise _too_many("GIF")
        at += 1
        parts += 1
    _check_junk(len(data) - at, "GIF")


def _check_junk(count: int, kind: str) -> None:
    if count > MAX_JUNK:
        raise ImageError(f"The {kind} file is damaged or cut short: save the picture again and retry.")


def _too_many(kind: str) -> ImageError:
    return ImageError(f"The {kind} file is cut into too many parts: save the picture again.")
