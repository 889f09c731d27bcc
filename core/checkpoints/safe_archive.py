"""The directory of a zip archive from a stranger, checked before anything in it is read.

Only what `torch.save` writes is accepted: records stored as they are (nothing unpacks), each name once, no
two records sharing bytes, everything inside the file. Nothing is copied: a record is a view of the file.
"""

import itertools
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from core.errors import CheckpointError

MAX_RECORDS: Final = 2_000
MAX_NAME: Final = 200  # bytes

_END = struct.Struct("<IHHHHIIH")  # the end of the directory: 22 bytes, the last of the file
_ENTRY = struct.Struct("<IHHHHHHIIIHHHHHII")  # one record in the directory: 46 bytes, then its name
_LOCAL = struct.Struct("<IHHHHHIIIHH")  # what precedes a record's bytes: 30 bytes, then its name again

_ENCRYPTED: Final = 0x1
_DAMAGED: Final = (
    "The file ends too early or is damaged: it starts like a file from torch.save, but its directory "
    "of records cannot be read. Save or copy it again."
)


@dataclass(frozen=True)
class _Entry:
    """A record as the directory declares it: where its header starts, its size in bytes, its checksum."""

    name: str
    header: int
    size: int
    crc: int


def read_archive(data: bytes) -> dict[str, memoryview]:
    """The records of a zip archive by name, as views of `data`.

    Args:
        data: The whole file.

    Raises:
        CheckpointError: The archive is damaged, or is not of the kind that `torch.save` writes.
    """
    entries = _directory(data)
    spans = []
    records: dict[str, memoryview] = {}
    for entry in entries:
        start = _record_start(data, entry)
        spans.append((entry.header, start + entry.size))
        record = memoryview(data)[start : start + entry.size]
        # torch.serialization.set_crc32_options(False) leaves the checksum at 0
        if entry.crc and zlib.crc32(record) != entry.crc:
            raise CheckpointError(
                f"The file is damaged: the checksum of its record {shown(entry.name)} is wrong."
                " Save or copy it again."
            )
        if entry.name in records:
            raise CheckpointError(
                f"The file holds the record {shown(entry.name)} twice, which torch.save never writes."
            )
        records[entry.name] = record
    spans.sort()
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise CheckpointError(
                "Two records of the file share the same bytes, which torch.save never writes."
            )
    return records


def _directory(data: bytes) -> list[_Entry]:
    """The directory's entries, each inside the file, together no larger than it."""
    if len(data) < _END.size:
        raise CheckpointError(_DAMAGED)
    magic, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(
        data, len(data) - _END.size
    )
    if magic != 0x06054B50 or disk or first_disk or here != count or comment:
        raise CheckpointError(_DAMAGED)
    if count > MAX_RECORDS:
        raise CheckpointError(
            f"The file holds {count:,} records; {MAX_RECORDS:,} are the most accepted here."
        )
    if offset + size > len(data) - _END.size:
        raise CheckpointError(_DAMAGED)

    entries, position, total = [], offset, 0
    for _ in range(count):
        if position + _ENTRY.size > offset + size:
            raise CheckpointError(_DAMAGED)
        (
            magic,
            _,
            _,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            unpacked,
            name_size,
            extra,
            note,
            disk,
            _,
            _,
            header,
        ) = _ENTRY.unpack_from(data, position)
        position += _ENTRY.size
        if magic != 0x02014B50 or disk or position + name_size > offset + size:
            raise CheckpointError(_DAMAGED)
        if method != 0 or packed != unpacked or flags & _ENCRYPTED:
            raise CheckpointError(
                "The archive's records are compressed or encrypted; torch.save stores them as they are. "
                "Save the weights again with torch.save(model.state_dict(), path)."
            )
        if not 0 < name_size <= MAX_NAME:
            raise CheckpointError("A record of the file has no name or an absurdly long one.")
        name = bytes(data[position : position + name_size]).decode("utf-8", "replace")
        position += name_size + extra + note
        total += unpacked
        if header + unpacked > offset or total > len(data):
            raise CheckpointError(
                "The file's records claim more bytes than the file has: it is damaged or was made to mislead."
            )
        entries.append(_Entry(name, header, unpacked, crc))
    return entries


def _record_start(data: bytes, entry: _Entry) -> int:
    """Where a record's own bytes start, after its local header."""
    if entry.header + _LOCAL.size + entry.size > len(data):
        raise CheckpointError(_DAMAGED)
    magic, _, _, method, _, _, _, _, _, name_size, extra = _LOCAL.unpack_from(data, entry.header)
    start: int = entry.header + _LOCAL.size + name_size + extra
    if magic != 0x04034B50 or method != 0 or start + entry.size > len(data):
        raise CheckpointError(_DAMAGED)
    return start


def shown(name: object) -> str:
    """A stranger's name, safe to show in a sentence: at most 60 plain characters."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "?" for c in str(name)[:60])
