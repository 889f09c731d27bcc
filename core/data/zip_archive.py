"""A stranger's zip archive, read in memory: nothing is ever written to disk, and nothing unpacks unbounded.

The directory is checked as a whole before a single file is unpacked: how many files, how large together,
which names, whether two share bytes. Only stored and deflated files are accepted.
"""

import posixpath
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.errors import DataError
from core.system.zip_directory import (
    DEFLATED,
    STORED,
    DamagedZipError,
    Directory,
    Entry,
    find_directory,
    read_entries,
    share_bytes,
)
from core.text import quoted

MAX_ARCHIVE: Final = 50_000_000  # bytes
MAX_UNPACKED: Final = 200_000_000  # bytes, all files together
MAX_MEMBER: Final = 25_000_000  # bytes, one file
MAX_MEMBERS: Final = 10_000
MAX_NAME: Final = 300  # bytes

_COMPANIONS: Final = (".ds_store", "thumbs.db", "desktop.ini")
_DAMAGED: Final = "The zip archive is damaged or was cut short: make it again and upload it once more."
_MISLEADING: Final = "The zip archive contradicts itself, as archives made to mislead do: make it again."


@dataclass(frozen=True, eq=False)
class Archive:
    """A checked archive."""

    data: bytes
    """The whole file."""
    members: dict[str, Entry]
    """Its files by name, in the directory's order, without folders and what systems add by themselves."""

    def read(self, name: str) -> bytes:
        """Unpack one file: never more bytes than its directory entry claims.

        Raises:
            DataError: The file is damaged. The text is a clause, such as "it is damaged".
        """
        member = self.members[name]
        packed = memoryview(self.data)[member.start : member.start + member.packed]
        if member.method == STORED:
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
    members: dict[str, Entry] = {}
    entries = []
    total = 0
    try:
        for entry in read_entries(data, _directory(data)):
            total += entry.size
            if total > MAX_UNPACKED:
                limit = MAX_UNPACKED // 1_000_000
                raise DataError(f"The archive unpacks to more than {limit} MB, the most accepted here.")
            name = _checked_name(entry)
            entries.append(entry)
            if name.endswith("/") or _is_companion(name):
                continue
            if entry.size > MAX_MEMBER:
                sizes = (
                    f"{entry.size / 1e6:.0f} MB; {MAX_MEMBER // 1_000_000} MB are the most a file may have"
                )
                raise DataError(f"{quoted(name, 60)} unpacks to {sizes}.")
            if name in members:
                raise DataError(f"The archive holds two files named {quoted(name, 60)}: rename one of them.")
            members[name] = entry
    except DamagedZipError as error:
        raise DataError(_DAMAGED) from error
    if share_bytes(entries):
        raise DataError(_MISLEADING)
    return Archive(data, members)


def leads_outside(path: str) -> bool:
    """Whether a path would lead out of the folder it is in."""
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in path


def _is_companion(name: str) -> bool:
    """Whether a file is one that macOS or Windows adds to a folder by itself."""
    last = name.rpartition("/")[2].lower()
    return name.startswith("__MACOSX/") or last.startswith("._") or last in _COMPANIONS


def _directory(data: bytes) -> Directory:
    found = find_directory(data) if data.startswith(b"PK") else None
    if found is None:
        if data[:4] == b"PK\x03\x04":
            raise DataError(_DAMAGED)
        raise DataError("This is not a zip archive: choose a file that was made by zipping a folder.")
    if found.count == 0xFFFF or 0xFFFFFFFF in (found.size, found.offset):
        raise DataError(f"The archive says it holds 65,535 files or more; {MAX_MEMBERS:,} are accepted here.")
    if found.count == 0:
        raise DataError("The zip archive is empty.")
    if found.count > MAX_MEMBERS:
        raise DataError(
            f"The archive holds {found.count:,} files; {MAX_MEMBERS:,} are the most accepted here."
        )
    if found.offset + found.size != found.at:
        raise DataError(_MISLEADING)
    return found


def _checked_name(entry: Entry) -> str:
    """The entry's path without detours, if the entry is one we unpack."""
    if not 0 < entry.name_size <= MAX_NAME:
        raise DataError(f"A file in the archive has no name, or one of more than {MAX_NAME} bytes.")
    if leads_outside(entry.name):
        raise DataError(
            f"The archive holds {quoted(entry.name, 60)}, a path that leads out of it: nothing was unpacked."
        )
    # some programs on Windows write backslashes where the format has slashes
    parts = entry.name.replace("\\", "/").split("/")
    name = "/".join(part for part in parts if part != ".").replace("//", "/")
    if entry.is_encrypted:
        raise DataError("The archive is encrypted: make it again without a password.")
    if entry.method not in (STORED, DEFLATED):
        raise DataError(
            f"{quoted(name, 60)} is compressed in an unusual way: make the archive with plain zip."
        )
    if entry.method == STORED and entry.packed != entry.size:
        raise DataError(_MISLEADING)
    return name


_OTHER_FORMS: Final = {
    (".xlsx", ".xls", ".ods"): "a spreadsheet: save its table as “CSV UTF-8” and put that in",
    ("idx3-ubyte", "idx1-ubyte"): (
        "a file of a dataset in MNIST's own form: save the images as PNG files and their labels as a CSV file"
    ),
    (".zip", ".7z", ".rar", ".tar", ".tgz"): "an archive in the archive: unpack it, and zip the folder in it",
    (".npy", ".npz", ".parquet", ".h5", ".mat", ".pkl"): (
        "neither a picture nor a CSV file: save the images as PNG files and their labels as a CSV file"
    ),
}
"""How names of files end that people have in place of a table or of pictures, and what to do."""


def what_is_inside(names: Iterable[str]) -> str:
    """One sentence on an archive that holds a dataset in another form; empty where nothing speaks of one.

    Args:
        names: The paths in it.
    """
    for name in names:
        file = posixpath.basename(name).lower()
        if file == "workbook.xml":
            return "The file is a spreadsheet, not an archive of images: save its table as “CSV UTF-8”."
        for endings, cure in _OTHER_FORMS.items():
            if file.removesuffix(".gz").endswith(endings):
                return f"The archive holds {quoted(name, 60)}, {cure}."
    return ""
