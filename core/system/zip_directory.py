"""The directory of a zip archive from a stranger, entry by entry, before anything in it is read.

Python's own `zipfile` would make an object of each of a million entries before one could count them. What is
acceptable (sizes, names, compression) is for the caller to say: `core.data.zip_archive` reads datasets,
`core.exchange.weights.safe_archive` reads what `torch.save` wrote. Layout: APPNOTE.TXT of PKWARE, 4.3.
"""

import itertools
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from core.errors import CoreError

STORED: Final = 0
DEFLATED: Final = 8

_END: Final = struct.Struct("<IHHHHIIH")
_ENTRY: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_END_MAGIC: Final = b"PK\x05\x06"
_MAX_COMMENT: Final = 65_535  # bytes


class DamagedZipError(CoreError):
    """A zip archive ends too early, or something in it is not where it should be."""

    def __init__(self) -> None:
        super().__init__("The zip archive is damaged: make it again.")


@dataclass(frozen=True)
class Directory:
    """What the record at the archive's end says."""

    at: int
    """Where that record is."""
    count: int
    """Number of entries."""
    offset: int
    """Where the first entry is."""
    size: int
    """Bytes of all entries."""
    comment: int
    """Bytes of the comment that follows."""


@dataclass(frozen=True)
class Entry:
    """One file of the archive, as the directory and the file's own header describe it."""

    name: str
    """Its path inside the archive."""
    name_size: int
    """Bytes of that path, as stored."""
    method: int
    """How it is compressed: `STORED`, `DEFLATED`, or something else."""
    is_encrypted: bool
    """Whether it needs a password."""
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes unpacked, as claimed."""
    crc: int
    """CRC-32 of the unpacked bytes, as claimed."""
    header: int
    """Where its own header begins."""
    start: int
    """Where its packed bytes begin; they lie inside the archive."""


def find_directory(data: bytes) -> Directory | None:
    """Look for the directory at the end of a file; `None` if there is none.

    Raises:
        DamagedZipError: There is one, and it contradicts itself, or the archive is one part of several.
    """
    at = data.rfind(_END_MAGIC, max(0, len(data) - _END.size - _MAX_COMMENT))
    if at < 0 or at + _END.size > len(data):
        return None
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, at)
    if disk or first_disk or here != count or at + _END.size + comment != len(data):
        raise DamagedZipError
    return Directory(at, count, offset, size, comment)


def read_entries(data: bytes, directory: Directory) -> Iterator[Entry]:
    """The entries one by one, so that a caller can stop at the first it does not want.

    Args:
        data: The whole file.
        directory: From `find_directory`.

    Raises:
        DamagedZipError: An entry or the header it leads to is not there, the two disagree on the compression,
            or the file's bytes would not lie before the directory.
    """
    position, end = directory.offset, directory.offset + directory.size
    if end > directory.at:
        raise DamagedZipError
    for _ in range(directory.count):
        if position + _ENTRY.size > end:
            raise DamagedZipError
        (magic, _, _, flags, method, _, _, crc, packed, size, length, extra, note, disk, _, _, header) = (
            _ENTRY.unpack_from(data, position)
        )
        following = position + _ENTRY.size + length + extra + note
        if magic != 0x02014B50 or disk or following > end:
            raise DamagedZipError
        raw = data[position + _ENTRY.size : position + _ENTRY.size + length]
        if header + _LOCAL.size > directory.offset:
            raise DamagedZipError
        local = _LOCAL.unpack_from(data, header)
        start = header + _LOCAL.size + local[9] + local[10]
        if local[0] != 0x04034B50 or local[3] != method or start + packed > directory.offset:
            raise DamagedZipError
        yield Entry(
            name=raw.decode("utf-8" if flags & 0x800 else "cp437", "replace"),
            name_size=length,
            method=method,
            is_encrypted=bool(flags & 0x1),
            packed=packed,
            size=size,
            crc=crc,
            header=header,
            start=start,
        )
        position = following


def share_bytes(entries: Iterable[Entry]) -> bool:
    """Whether two entries lie over each other, as in archives that unpack to far more than they hold."""
    spans = sorted((entry.header, entry.start + entry.packed) for entry in entries)
    return any(end > start for (_, end), (start, _) in itertools.pairwise(spans))
