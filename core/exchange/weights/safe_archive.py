"""The directory of a zip archive from a stranger, checked before anything in it is read.

Only what `torch.save` writes is accepted: records stored as they are (nothing unpacks), each name once, no
two records sharing bytes, everything inside the file. Nothing is copied: a record is a view of the file.
"""

import zlib
from typing import Final

from core.errors import CheckpointError
from core.exchange.weights.other_files import SAVE_AGAIN, what_archive
from core.system.zip_directory import (
    STORED,
    DamagedZipError,
    Entry,
    find_directory,
    read_entries,
    share_bytes,
)
from core.text import shown

MAX_RECORDS: Final = 2_000
MAX_NAME: Final = 200  # bytes

_DAMAGED: Final = (
    "The file ends too early or is damaged: it starts like a file from torch.save, but its directory "
    "of records cannot be read. Save or copy it again."
)


def read_archive(data: bytes) -> dict[str, memoryview]:
    """The records of a zip archive by name, as views of `data`.

    Args:
        data: The whole file.

    Raises:
        CheckpointError: The archive is damaged, or is not of the kind that `torch.save` writes.
    """
    try:
        entries = _entries(data)
    except DamagedZipError as error:
        raise CheckpointError(_DAMAGED) from error
    records: dict[str, memoryview] = {}
    for entry in entries:
        record = memoryview(data)[entry.start : entry.start + entry.size]
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
    if share_bytes(entries):
        raise CheckpointError("Two records of the file share the same bytes, which torch.save never writes.")
    return records


def _entries(data: bytes) -> list[Entry]:
    """The directory's entries: few, stored, named, together no larger than the file."""
    directory = find_directory(data)
    if directory is None or directory.comment:
        raise DamagedZipError
    if directory.count > MAX_RECORDS:
        raise CheckpointError(
            f"The file holds {directory.count:,} records; {MAX_RECORDS:,} are the most accepted here."
        )
    entries, total = list(read_entries(data, directory)), 0
    if known := what_archive([entry.name for entry in entries]):
        raise CheckpointError(known)
    for entry in entries:
        if entry.method != STORED or entry.packed != entry.size or entry.is_encrypted:
            raise CheckpointError(
                "The archive's records are compressed or encrypted; torch.save stores them as they are. "
                f"Save the weights again with {SAVE_AGAIN}."
            )
        if not 0 < entry.name_size <= MAX_NAME:
            raise CheckpointError("A record of the file has no name or an absurdly long one.")
        total += entry.size
        if total > len(data):
            raise CheckpointError(
                "The file's records claim more bytes than the file has: it is damaged or was made to mislead."
            )
    return entries
