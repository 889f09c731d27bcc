"""A stranger's zip archive, read in memory: nothing is ever written to disk, and nothing unpacks unbounded.

The directory is checked as a whole before a single file is unpacked: how many files, how large together,
which names, whether two share bytes. Only stored and deflated files are accepted. Python's own `zipfile`
would make an object of each of a million entries before one could count them.
"""

import itertools
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from core.errors import DataError

MAX_ARCHIVE: Final = 50_000_000  # bytes
MAX_UNPACKED: Final = 200_000_000  # bytes, all files together
MAX_MEMBER: Final = 20_000_000  # bytes, one file
MAX_MEMBERS: Final = 10_000
MAX_NAME: Final = 300  # bytes

_END: Final = struct.Struct("<IHHHHIIH")
_ENTRY: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_STORED: Final = 0
_DEFLATED: Final = 8
_DAMAGED: Final = "The zip archive is damaged or was cut short: make it again and upload it once more."
_MISLEADING: Final = "The zip archive contradicts itself, as archives made to mislead do: make it again."


@dataclass(frozen=True)
class Member:
    """One file of the archive, as its directory describes it.

    Attributes:
        name: Path with forward slashes, inside the archive.
        method: 0 is stored, 8 is deflated.
        packed: Bytes in the archive.
        size: Bytes unpacked.
        crc: CRC-32 of the unpacked bytes.
        start: Where the packed bytes begin.
    """

    name: str
    method: int
    packed: int
    size: int
    crc: int
    start: int


@dataclass(frozen=True, eq=False)
class Archive:
    """A checked archive.

    Attributes:
        data: The whole file.
        members: Its files by name, in the directory's order, without folders and what macOS adds.
    """

    data: bytes
    members: dict[str, Member]

    def read(self, name: str) -> bytes:
        """Unpack one file: never more bytes than its directory entry claims.

        Raises:
            DataError: The file is damaged. The text is a clause, such as "it is damaged".
        """
        member = self.members[name]
        packed = memoryview(self.data)[member.start : member.start + member.packed]
        if member.method == _STORED:
            unpacked = bytes(packed)
        else:
            worker = zlib.decompressobj(-15)
            try:
                unpacked = worker.decompress(packed, member.size + 1)
            except zlib.error as error:
                raise DataError("its compression is damaged") from error
        if len(unpacked) != member.size or zlib.crc32(unpacked) != member.crc:
            raise DataError("it is damaged in the archive")
        return unpacked


def open_archive(data: bytes) -> Archive:
    """Check a zip archive's directory.

    Args:
        data: The whole file.

    Raises:
        DataError: The archive is refused; one sentence.
    """
    if len(data) > MAX_ARCHIVE:
        limit = MAX_ARCHIVE // 1_000_000
        raise DataError(f"The archive has {len(data) / 1e6:.0f} MB; {limit} MB are the most accepted here.")
    count, offset, size = _find_directory(data)
    if count > MAX_MEMBERS:
        raise DataError(f"The archive holds {count:,} files; {MAX_MEMBERS:,} are the most accepted here.")
    members: dict[str, Member] = {}
    spans = []
    total, position = 0, offset
    for _ in range(count):
        member, position = _read_entry(data, position, offset + size)
        total += member.size
        if total > MAX_UNPACKED:
            limit = MAX_UNPACKED // 1_000_000
            raise DataError(f"The archive unpacks to more than {limit} MB, the most accepted here.")
        spans.append((member.start, member.start + member.packed))
        if member.name.endswith("/") or member.name.startswith("__MACOSX/"):
            continue
        if member.size > MAX_MEMBER:
            sizes = f"{member.size / 1e6:.0f} MB; {MAX_MEMBER // 1_000_000} MB are the most a file may have"
            raise DataError(f"{shown(member.name)} unpacks to {sizes}.")
        if member.name in members:
            raise DataError(f"The archive holds two files named {shown(member.name)}: rename one of them.")
        members[member.name] = member
    spans.sort()
    if any(end > start for (_, end), (start, _) in itertools.pairwise(spans)):
        raise DataError(_MISLEADING)
    return Archive(data, members)


def shown(name: str) -> str:
    """A stranger's name, safe to put into a sentence: at most 60 plain characters."""
    plain = "".join(c if c.isalnum() or c in "./- " else "_" if c == "_" else "?" for c in name[:60])
    return f"“{plain}{'...' if len(name) > 60 else ''}”"


def leaves(path: str) -> bool:
    """Whether a path would lead out of the folder it is in."""
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in path


def _find_directory(data: bytes) -> tuple[int, int, int]:
    """Number of entries, offset and size in bytes of the directory."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 65_535))
    if not data.startswith(b"PK") or at < 0 or at + _END.size > len(data):
        if data[:4] == b"PK\x03\x04":
            raise DataError(_DAMAGED)
        raise DataError("This is not a zip archive: choose a file that was made by zipping a folder.")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(data, at)
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        raise DataError(f"The archive says it holds 65,535 files or more; {MAX_MEMBERS:,} are accepted here.")
    if disk or first_disk or here != count or at + _END.size + comment != len(data):
        raise DataError(_DAMAGED)
    if offset + size != at or size < count * _ENTRY.size:
        raise DataError(_MISLEADING if count else "The zip archive is empty.")
    if count == 0:
        raise DataError("The zip archive is empty.")
    return count, offset, size


def _read_entry(data: bytes, position: int, end: int) -> tuple[Member, int]:
    """The entry at `position` of the directory, and where the next one begins."""
    if position + _ENTRY.size > end:
        raise DataError(_DAMAGED)
    (magic, _, _, flags, method, _, _, crc, packed, size, length, extra, note, _, _, _, header) = (
        _ENTRY.unpack_from(data, position)
    )
    following = position + _ENTRY.size + length + extra + note
    if magic != 0x02014B50 or following > end:
        raise DataError(_DAMAGED)
    if not 0 < length <= MAX_NAME:
        raise DataError(f"A file in the archive has no name, or one of more than {MAX_NAME} bytes.")
    raw = data[position + _ENTRY.size : position + _ENTRY.size + length]
    name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    if leaves(name):
        raise DataError(
            f"The archive holds {shown(name)}, a path that leads out of it: nothing was unpacked."
        )
    name = "/".join(part for part in name.split("/") if part != ".").replace("//", "/")
    if flags & 0x1:
        raise DataError("The archive is encrypted: make it again without a password.")
    if method not in (_STORED, _DEFLATED):
        raise DataError(f"{shown(name)} is compressed in an unusual way: make the archive with plain zip.")
    if header + _LOCAL.size > len(data):
        raise DataError(_DAMAGED)
    local = _LOCAL.unpack_from(data, header)
    start = header + _LOCAL.size + local[9] + local[10]
    if local[0] != 0x04034B50 or start + packed > len(data):
        raise DataError(_DAMAGED)
    if local[3] != method or (method == _STORED and packed != size):
        raise DataError(_MISLEADING)
    return Member(name, method, packed, size, crc, start), following
