"""A visitor's own dataset: a zip archive of images and a CSV file of names and labels, row by row.

Every row of the CSV file is either read or has its reason; only rows that were read become samples.
Everything happens in memory, and only 28 x 28 grey images are kept.
"""

import csv
import hashlib
import io
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from core.data.fashion_mnist import CLASS_COUNT, CLASSES, SIDE
from core.data.sources import Split
from core.data.zip_archive import Archive, leads_outside, open_archive
from core.errors import DataError

MAX_CSV: Final = 2_000_000  # bytes
MAX_ROWS: Final = 10_000
MAX_CELL: Final = 300  # characters
MAX_PIXELS: Final = 16_000_000  # of one image
MAX_ALL_PIXELS: Final = (
    400_000_000  # of all images together: what is decoded takes time, however well it packs
)
MIN_SAMPLES: Final = 20
FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP")

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One line of the CSV file."""

    line: int
    """Its number, the header being line 1."""
    file: str
    """The file's name as it stands there, at most 300 characters."""
    label: str
    """The label as it stands there, at most 300 characters."""
    problem: str = ""
    """Why it was not read; empty if it was."""
    sample: int = -1
    """Position of its image among the samples, or -1."""


@dataclass(frozen=True, eq=False)
class OwnDataset:
    """A dataset that a visitor brought."""

    rows: tuple[Row, ...]
    """Every row of the CSV file, in its order."""
    images: Tensor
    """Of the rows that were read, uint8, N x 28 x 28."""
    labels: Tensor
    """int64, N, in [0, 9]."""
    unused: int
    """Images of the archive that no row names."""

    @property
    def fingerprint(self) -> str:
        """`custom-` and the SHA-256 of images and labels, 64 hexadecimal digits."""
        content = self.images.numpy().tobytes() + self.labels.numpy().tobytes()
        return f"custom-{hashlib.sha256(content).hexdigest()}"

    def splits(self, test_share: float = 0.2, seed: int = 0) -> tuple[Split, Split]:
        """Training and test images: a random share of the samples is held out for testing.

        Args:
            test_share: In [0.05, 0.5].
            seed: Of the draw.

        Raises:
            DataError: There are too few samples.
        """
        count = len(self.labels)
        if count < MIN_SAMPLES:
            raise DataError(f"{count} images were read; training needs at least {MIN_SAMPLES}.")
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
        held_out = max(1, round(count * min(max(test_share, 0.05), 0.5)))
        parts = (order[held_out:].sort().values, order[:held_out].sort().values)
        digest = hashlib.sha256(f"{self.fingerprint} {held_out} {seed}".encode()).hexdigest()
        train, test = (
            Split(
                images=self.images[part],
                labels=self.labels[part],
                classes=CLASSES,
                source=f"your own dataset, {len(part):,} of its {count:,} images",
                train=position == 0,
                fingerprint=f"custom-{digest}",
            )
            for position, part in enumerate(parts)
        )
        return train, test


def read_own_dataset(
    archive: bytes, table: bytes | None = None, *, on_progress: Callable[[float], None] | None = None
) -> OwnDataset:
    """Read a zip archive of images and its CSV file.

    Args:
        archive: The zip file.
        table: The CSV file; `None` takes the only one in the archive.
        on_progress: Called with the share of rows done, in (0, 1].

    Raises:
        DataError: The archive or the CSV file as a whole is refused; one sentence.
    """
    opened = open_archive(archive)
    base = ""
    if table is None:
        base, table = _find_table(opened)
    lines = _parse_table(table)
    reader = _Reader(opened, base)
    rows = []
    for position, (line, cells) in enumerate(lines):
        rows.append(reader.read_row(line, cells))
        if on_progress and (position % 20 == 0 or position + 1 == len(lines)):
            on_progress((position + 1) / len(lines))
    images = torch.stack(reader.images) if reader.images else torch.empty(0, SIDE, SIDE, dtype=torch.uint8)
    unused = len(reader.pictures - reader.used)
    return OwnDataset(tuple(rows), images, torch.tensor(reader.labels, dtype=torch.int64), unused)


def report_csv(rows: Sequence[Row]) -> str:
    """The rows with what became of each, as a CSV file that no spreadsheet takes for formulas."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("line", "file", "label", "result"))
    for row in rows:
        writer.writerow((row.line, _inert(row.file), _inert(row.label), _inert(row.problem or "read")))
    return file.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _find_table(archive: Archive) -> tuple[str, bytes]:
    """Folder and bytes of the archive's only CSV file."""
    names = [name for name in archive.members if name.lower().endswith(".csv")]
    if len(names) != 1:
        found = f"{len(names)} CSV files" if names else "no CSV file"
        raise DataError(f"The archive holds {found}: put exactly one in, or choose it separately.")
    if archive.members[names[0]].size > MAX_CSV:
        raise DataError(_too_large(archive.members[names[0]].size))
    try:
        return posixpath.dirname(names[0]), archive.read(names[0])
    except DataError as error:
        raise DataError(f"The CSV file cannot be read: {error}.") from error


def _too_large(size: int) -> str:
    return f"The CSV file has {size / 1e6:.0f} MB; {MAX_CSV // 1_000_000} MB are the most accepted here."


def _parse_table(table: bytes) -> list[tuple[int, list[str]]]:
    """Line numbers and cells of the rows after the header; the file's name first, the label second."""
    if len(table) > MAX_CSV:
        raise DataError(_too_large(len(table)))
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("The CSV file is not text in UTF-8: save it again as “CSV UTF-8”.") from None
    if "\0" in text:
        raise DataError("The CSV file is not text: save it again as “CSV UTF-8”.")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, list[str]]] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if len(header) < 2:
            raise DataError(
                "The CSV file's first line must be a header with two columns, such as file,label."
            )
        file = _column(header, ("file", "filename", "file_name", "image", "path"), 0)
        label = _column(header, ("label", "class", "target"), 1 if file != 1 else 0)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(lines) == MAX_ROWS:
                raise DataError(f"The CSV file has more than {MAX_ROWS:,} rows, the most accepted here.")
            picked = [cells[i][:MAX_CELL].strip() if i < len(cells) else "" for i in (file, label)]
            lines.append((reader.line_num, picked))
    except csv.Error as error:
        raise DataError(f"The CSV file cannot be read at line {reader.line_num}: {error}.") from None
    if not lines:
        raise DataError("The CSV file has a header and no rows.")
    return lines


def _column(header: list[str], names: tuple[str, ...], default: int) -> int:
    return next((i for i, cell in enumerate(header) if cell in names), default)


class _Reader:
    """Reads rows one after the other, within bounds that hold for all of them together."""

    def __init__(self, archive: Archive, base: str) -> None:
        self.archive = archive
        self.images: list[Tensor] = []
        self.labels: list[int] = []
        self.used: set[str] = set()
        self.pictures = {name for name in archive.members if not name.lower().endswith(".csv")}
        self._lines: dict[str, int] = {}
        self._pixels = 0
        folders = {posixpath.dirname(name) for name in self.pictures}
        # A name is looked up as it stands, beside the CSV file, and in the images' folder if there is one.
        self._folders = dict.fromkeys(["", base, *(folders if len(folders) == 1 else ())])

    def read_row(self, line: int, cells: list[str]) -> Row:
        """The row with its sample, or with its problem."""
        file, label = cells
        try:
            member, target = self._find(file), _label(label)
            self.used.add(member)
            if member in self._lines:
                raise DataError(f"the same file stands in line {self._lines[member]} already")
            image = self._decode(self.archive.read(member))
        except DataError as error:
            return Row(line, file, label, str(error))
        self._lines[member] = line
        self.images.append(image)
        self.labels.append(target)
        return Row(line, file, label, sample=len(self.labels) - 1)

    def _find(self, file: str) -> str:
        if not file:
            raise DataError("the file's name is missing")
        if leads_outside(file):
            raise DataError("its path leads out of the archive")
        name = posixpath.normpath(file.replace("\\", "/"))
        for folder in self._folders:
            path = posixpath.join(folder, name)
            if path in self.pictures:
                return path
        raise DataError("the archive holds no such file")

    def _decode(self, data: bytes) -> Tensor:
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                self._allow(*picture.size)
                return _to_grey(picture)
        except DataError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise DataError(f"it has more than {MAX_PIXELS // 10**6} million pixels") from None
        except Exception as error:  # a decoder fed with a stranger's bytes raises whatever it likes
            raise DataError(f"it is no readable image ({', '.join(FORMATS)})") from error

    def _allow(self, width: int, height: int) -> None:
        if width * height > MAX_PIXELS:
            size = f"{width:,} × {height:,} pixels"
            raise DataError(f"it has {size}; {MAX_PIXELS // 10**6} million are the most accepted here")
        if self._pixels + width * height > MAX_ALL_PIXELS:
            raise DataError(
                f"the images before it have {MAX_ALL_PIXELS // 10**6} million pixels together, the most"
            )
        self._pixels += width * height


def _to_grey(picture: Image.Image) -> Tensor:
    """28 x 28 grey pixels: transparent becomes black, other shapes are fitted in with black around them."""
    picture.seek(0)
    if picture.format == "JPEG":
        picture.draft("L", (SIDE * 4, SIDE * 4))  # decodes at a fraction of the size
        picture = ImageOps.exif_transpose(picture)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", rgba.size, "black"), rgba)
    grey = picture.convert("L")
    if grey.size != (SIDE, SIDE):
        grey = ImageOps.pad(grey, (SIDE, SIDE), method=Image.Resampling.BOX, color=0)
    return torch.from_numpy(np.array(grey, dtype=np.uint8))


def _label(text: str) -> int:
    names = {name.lower(): i for i, name in enumerate(CLASSES)}
    if text.lower() in names:
        return names[text.lower()]
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) < CLASS_COUNT:
        return int(text)
    if not text:
        raise DataError("the label is missing")
    raise DataError(f"unknown label: use 0 to {CLASS_COUNT - 1} or a name such as {CLASSES[1]}")
