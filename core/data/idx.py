"""IDX files, the format of Fashion-MNIST, plain or gzipped: checked on the way in, exact on the way out.

Knows nothing of where the files lie or what they mean: only bytes, shapes and digests.
"""

import gzip
import hashlib
import io
import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from core.errors import DataError
from core.system import files

MAX_ITEMS: Final = 1_000_000
"""More items than this are not read: a header may claim anything, and memory follows the header."""

_UBYTE: Final = 0x08  # IDX's code for unsigned bytes, the third byte of the magic number


@dataclass(frozen=True, eq=False)
class IdxFile:
    """The contents of one IDX file."""

    values: Tensor
    """The numbers, uint8, in the shape the header gives."""
    sha256: str
    """Digest of the whole unpacked file, header included, 64 hexadecimal digits."""


def read_idx(path: Path, *, item_shape: tuple[int, ...]) -> IdxFile:
    """Read an IDX file of unsigned bytes; a name that ends in `.gz` is unpacked on the way.

    Args:
        path: The file.
        item_shape: Shape of one item: `(28, 28)` for images, `()` for labels.

    Returns:
        The values, uint8, of shape `(items, *item_shape)`, in memory of their own.

    Raises:
        DataError: The file is unreadable, damaged, cut short, or not of this shape. The text is a clause
            without the file's name, such as "it is cut short".
    """
    try:
        if not path.is_file():  # a folder or a pipe: opening the latter would wait for ever
            raise DataError("it is not a file")
        with path.open("rb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile(fileobj=file) as unpacked:
                    return _parse(unpacked, item_shape)
            return _parse(file, item_shape)
    except EOFError as error:
        raise DataError("it is cut short") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError("its compression is damaged") from error
    except OSError as error:
        raise DataError(f"it cannot be read ({error.strerror or type(error).__name__})") from error


def parse_idx(data: bytes, *, item_shape: tuple[int, ...]) -> IdxFile:
    """Like `read_idx`, for a file that is already unpacked in memory.

    Raises:
        DataError: The bytes are not a whole IDX file of this shape.
    """
    return _parse(io.BytesIO(data), item_shape)


def _parse(file: io.BufferedIOBase, item_shape: tuple[int, ...]) -> IdxFile:
    dimensions = 1 + len(item_shape)
    header = file.read(4 + 4 * dimensions)
    if len(header) < 4 + 4 * dimensions:
        raise DataError("it is cut short")
    if header[:4] != bytes((0, 0, _UBYTE, dimensions)):
        raise DataError("it does not begin as an IDX file does")
    shape = tuple(int.from_bytes(header[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions))
    if shape[1:] != item_shape:
        found, wanted = (" × ".join(map(str, s)) for s in (shape[1:], item_shape))
        raise DataError(f"its images are {found} pixels instead of {wanted}")
    if not 0 < shape[0] <= MAX_ITEMS:
        raise DataError(f"its header claims {shape[0]:,} items")

    # One buffer, filled in place: the tensor below is the only copy of the values.
    values = bytearray(math.prod(shape))
    view = memoryview(values)
    filled = 0
    while filled < len(values):
        count = file.readinto(view[filled:])
        if not count:
            raise DataError(f"it is cut short: {filled:,} of {len(values):,} bytes are there")
        filled += count
    if file.read(1):  # also makes gzip compare its checksum
        raise DataError("it is longer than its header says")
    digest = hashlib.sha256(header)
    digest.update(values)
    return IdxFile(torch.frombuffer(values, dtype=torch.uint8).view(shape), digest.hexdigest())


def idx_parts(values: Tensor) -> tuple[bytes, memoryview]:
    """The two parts of the plain IDX file that holds `values`: its header, and the values without a copy.

    Args:
        values: uint8, of any shape with 1 to 255 dimensions.
    """
    header = bytes((0, 0, _UBYTE, values.ndim))
    header += b"".join(size.to_bytes(4, "big") for size in values.shape)
    return header, values.contiguous().view(-1).numpy().data


def idx_bytes(values: Tensor) -> bytes:
    """The plain IDX file that holds `values`, whole: see `idx_parts`."""
    return b"".join(idx_parts(values))


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` whole or not at all, even after a power cut.

    Raises:
        DataError: The folder cannot be written to, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(path, data)
        files.flush_folder(path.parent)
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be written: {error.strerror or type(error).__name__}."
        ) from error
