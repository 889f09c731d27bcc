"""Reads a visitor's own dataset: pictures with a label each, from a zip archive, row by row.

Labels come from a CSV file that names the pictures, from one that holds their pixels (as Kaggle's does), or
from folders named after the classes. Every row is either read or has its reason; only rows that were read
become samples. Everything happens in memory, and only 28 x 28 gray images are kept.
"""

import posixpath
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import torch
from torch import Tensor

from core.data.class_names import class_of, counts_from_one, is_class
from core.data.fashion_mnist import CLASS_COUNT, CLASSES, SIDE
from core.data.file_names import FileNames
from core.data.label_table import PIXELS, Columns, LabelTable, find_columns, marked, read_table
from core.data.own_dataset import OwnDataset, Row
from core.data.pictures import prepare, scale_down
from core.data.pictures.decoding import decode_picture
from core.data.zip_archive import Archive, open_archive, what_is_inside
from core.errors import DataError, ImageError
from core.system.door import door

MAX_ALL_PIXELS: Final = 400_000_000
"""Of all pictures together: what is decoded takes time, however well it packs."""
MAX_PREPARED: Final = 4_000
"""Pictures that are cut out and inverted as needed: about 15 ms each."""
_DETAIL: Final = 64  # pixels of a picture's side that are looked at: twice what an image here has
_WHITE: Final = 192  # a border brighter than this is no background of Fashion-MNIST's kind


@dataclass(frozen=True, eq=False)
class DatasetFiles:
    """What a visitor brought, opened and looked at; no row is read yet."""

    archive: Archive
    table: LabelTable | None
    """`None` where folders are named after the classes."""
    names: FileNames
    pictures: frozenset[str]
    """Files of the archive that are no CSV."""
    columns: Columns | None
    """How the table is read; `None` where there is none, or where it has to be chosen."""
    doubt: str
    """Why it has to be chosen, in a sentence."""
    is_prepared: bool
    """Whether the pictures already look like Fashion-MNIST's: 28 x 28, not on white."""

    def rows(self, columns: Columns | None) -> Iterator[tuple[int, str, str, list[str]]]:
        """Line, file and label of each row as they stand there, and its cells.

        Raises:
            DataError: The table cannot be read to its end; one sentence.
        """
        if self.table is None or columns is None:
            for line, path in enumerate(sorted(self.pictures), 1):
                yield line, path, posixpath.basename(posixpath.dirname(path)), []
            return
        for line, cells in self.table.lines(columns):
            label = _cell(cells, columns.label)
            if columns.one_hot:
                try:
                    label = self.table.first[marked(cells, columns.one_hot)]
                except DataError:
                    label = " ".join(_cell(cells, column) for column in columns.one_hot)
            yield (
                line,
                _cell(cells, columns.file) if columns.file is not None else f"line {line}",
                label,
                cells,
            )


def open_dataset(archive: bytes | None, table: bytes | None = None) -> DatasetFiles:
    """Open a zip archive and look at its CSV file.

    Args:
        archive: The zip file; `None` where the table holds the pixels.
        table: The CSV file; `None` takes the only one in the archive, or its folders' names.

    Raises:
        DataError: The archive or the CSV file as a whole is refused; one sentence.
    """
    with door(DataError, "The dataset cannot be read: make the archive and its CSV file again."):
        return _open(archive, table)


def _open(archive: bytes | None, table: bytes | None) -> DatasetFiles:
    opened = open_archive(archive) if archive is not None else Archive(b"", {})
    pictures = frozenset(name for name in opened.members if not name.lower().endswith(".csv"))
    base = ""
    if table is None:
        base, table = _find_table(opened, pictures)
    names = FileNames(pictures, base)
    labels = read_table(table) if table is not None else None
    columns, doubt = None, ""
    if archive is None and not (labels is not None and labels.holds_pixels):
        raise DataError("This CSV file names pictures: choose the zip archive with the pictures as well.")
    if labels is not None:
        try:
            columns = find_columns(labels, names)
        except DataError as error:
            doubt = str(error)
            if labels.holds_pixels:
                raise
    return DatasetFiles(opened, labels, names, pictures, columns, doubt, _is_prepared(opened, pictures))


def _find_table(archive: Archive, pictures: frozenset[str]) -> tuple[str, bytes | None]:
    """Folder and bytes of the archive's only CSV file; no bytes where folders are named after the classes."""
    tables = [name for name in archive.members if name not in pictures]
    if not tables:
        folders = [posixpath.basename(posixpath.dirname(name)) for name in pictures]
        if 2 * sum(map(is_class, folders)) >= max(1, len(folders)):
            return "", None
        raise DataError(
            what_is_inside(archive.members)
            or "The archive holds no CSV file, and its folders are not named after the classes: "
            "put a CSV file in, or choose it separately."
        )
    if len(tables) > 1:
        raise DataError(
            f"The archive holds {len(tables)} CSV files: put exactly one in, or choose it separately."
        )
    try:
        return posixpath.dirname(tables[0]), archive.read(tables[0])
    except DataError as error:
        raise DataError(f"The CSV file cannot be read: {error}.") from error


def _is_prepared(archive: Archive, pictures: frozenset[str]) -> bool:
    """Whether the first pictures are 28 x 28 and not on white, told without decoding larger ones."""

    def allow(pixels: int) -> None:
        if pixels != PIXELS:
            raise ImageError("larger")

    for name in islice(sorted(pictures), 12):
        try:
            image = scale_down(decode_picture(archive.read(name), allow=allow))
        except DataError:
            continue
        except ImageError as error:
            if str(error) == "larger":
                return False
            continue
        border = torch.cat([image[0], image[-1], image[:, 0], image[:, -1]])
        if int(border.median()) > _WHITE:
            return False
    return True


class DatasetReader:
    """Reads rows one after the other, within bounds that hold for all of them together.

    Args:
        files: What `open_dataset` gave.
        columns: How the table is read; `None` takes what was found.
        prepare_pictures: Whether to cut pictures to the garment and make it light on black, as Fashion-MNIST
            was made; `None` does so unless they look so already.

    Raises:
        DataError: The columns have to be chosen; one sentence.
    """

    def __init__(
        self, files: DatasetFiles, columns: Columns | None = None, prepare_pictures: bool | None = None
    ) -> None:
        self.columns = columns or files.columns
        if files.table is not None and self.columns is None:
            raise DataError(files.doubt)
        self.prepares = not files.is_prepared if prepare_pictures is None else prepare_pictures
        self._files = files
        self._pending = files.rows(self.columns)
        self._total = max(1, len(files.pictures) if files.table is None else files.table.data.count(b"\n"))
        self._rows: list[Row] = []
        self._images: list[Tensor] = []
        self._labels: list[int] = []
        self._lines: dict[str, int] = {}
        self._used: set[str] = set()
        self._pixels = self._prepared = 0

    @property
    def share(self) -> float:
        """Rows done, in [0, 1]: an estimate."""
        return min(1.0, len(self._rows) / self._total)

    def advance(self, seconds: float) -> bool:
        """Read rows for about so many seconds; whether all are read.

        Raises:
            DataError: The table cannot be read to its end; one sentence.
        """
        end = time.monotonic() + seconds
        for line, file, label, cells in self._pending:
            self._rows.append(self._read(line, file, label, cells))
            if time.monotonic() > end:
                return False
        if not self._rows:
            raise DataError("The CSV file has a header and no rows.")
        if counts_from_one(row.label for row in self._rows):
            raise DataError(
                f"The labels count from 1 to {CLASS_COUNT}, and here classes are numbered from 0 to "
                f"{CLASS_COUNT - 1}: subtract 1 from each, or write the names of the classes."
            )
        return True

    def result(self) -> OwnDataset:
        """What was read so far."""
        images = torch.stack(self._images) if self._images else torch.empty(0, SIDE, SIDE, dtype=torch.uint8)
        unused = len(self._files.pictures - self._used)
        return OwnDataset(tuple(self._rows), images, torch.tensor(self._labels, dtype=torch.int64), unused)

    def _read(self, line: int, file: str, label: str, cells: list[str]) -> Row:
        """The row with its sample, or with its problem."""
        try:
            if self.columns is not None and self.columns.one_hot:
                marked(cells, self.columns.one_hot)
            with door(DataError, "it cannot be read"):
                member = "" if _holds_pixels(self.columns) else self._files.names.find(file)
                self._used.add(member)
                target = class_of(label)
                image = self._picture(line, member) if member else self._pixels_of(cells)
        except (DataError, ImageError) as error:
            return Row(line, file, label, str(error).rstrip("."))
        self._images.append(image)
        self._labels.append(target)
        return Row(line, file, label, sample=len(self._labels) - 1)

    def _picture(self, line: int, member: str) -> Tensor:
        if member in self._lines:
            raise DataError(f"the same file stands in line {self._lines[member]} already")
        if self.prepares and self._prepared == MAX_PREPARED:
            raise DataError(f"{MAX_PREPARED:,} pictures are prepared at most; upload the others scaled down")
        picture = decode_picture(self._files.archive.read(member), side=_DETAIL, allow=self._allow)
        self._lines[member] = line
        self._prepared += self.prepares
        return prepare(picture).pixels if self.prepares else scale_down(picture)

    def _allow(self, pixels: int) -> None:
        if self._pixels + pixels > MAX_ALL_PIXELS:
            raise ImageError(
                f"The pictures before it have {MAX_ALL_PIXELS // 10**6} million pixels together, the most."
            )
        self._pixels += pixels

    def _pixels_of(self, cells: list[str]) -> Tensor:
        """A row of a table of pixels, without its label."""
        label = self.columns.label if self.columns is not None else None
        if len(cells) != PIXELS + 1:
            raise DataError(f"the row has {len(cells)} columns instead of {PIXELS + 1}")
        try:
            values = [int(float(cell)) for number, cell in enumerate(cells) if number != label]
        except (ValueError, OverflowError):
            values = [-1]
        if not 0 <= min(values) <= max(values) <= 255:
            raise DataError("a pixel is not a whole number from 0 to 255")
        return torch.tensor(values, dtype=torch.uint8).view(SIDE, SIDE)


def read_own_dataset(
    archive: bytes,
    table: bytes | None = None,
    *,
    columns: Columns | None = None,
    prepare_pictures: bool | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> OwnDataset:
    """Read a zip archive of images and its labels, all at once.

    Args:
        archive: The zip file.
        table: The CSV file; `None` takes the only one in the archive, or its folders' names.
        columns: How the CSV file is read; `None` tells it from what is in it.
        prepare_pictures: As in `DatasetReader`.
        on_progress: Called with the share of rows done, in (0, 1].

    Raises:
        DataError: The archive or the CSV file as a whole is refused, or its columns have to be chosen; one
            sentence.
    """
    reader = DatasetReader(open_dataset(archive, table), columns, prepare_pictures)
    while not reader.advance(0.2):
        if on_progress:
            on_progress(reader.share)
    if on_progress:
        on_progress(1.0)
    return reader.result()


@dataclass(frozen=True, eq=False)
class RowPreview:
    """One row as it was understood, before any is taken into the dataset."""

    file: str
    label: str
    meaning: str
    """The class that the label names; or what is wrong with the row."""
    scaled: Tensor | None = None
    """uint8, 28 x 28: the picture as it is."""
    prepared: Tensor | None = None
    """uint8, 28 x 28: the picture as Fashion-MNIST's were made."""
    source: Tensor | None = None
    """uint8, H x W x 3: the picture itself, small."""


def preview(files: DatasetFiles, columns: Columns | None, count: int = 3) -> tuple[RowPreview, ...]:
    """The first rows as they would be read.

    Raises:
        DataError: The table cannot be read; one sentence.
    """
    return tuple(_preview(files, columns, row) for row in islice(files.rows(columns), count))


def _preview(
    files: DatasetFiles, columns: Columns | None, row: tuple[int, str, str, list[str]]
) -> RowPreview:
    _, file, label, cells = row
    reader = DatasetReader(files, columns, False)
    try:
        if _holds_pixels(columns):
            image = reader._pixels_of(cells)
            return RowPreview(file, label, CLASSES[class_of(label)], image, image)
        picture = decode_picture(files.archive.read(files.names.find(file)), side=_DETAIL)
        source = prepare(picture).steps[0].image.mul(255).byte()
        meaning = CLASSES[class_of(label)]
        return RowPreview(file, label, meaning, scale_down(picture), prepare(picture).pixels, source)
    except (DataError, ImageError) as error:
        return RowPreview(file, label, str(error).rstrip("."))


def _holds_pixels(columns: Columns | None) -> bool:
    return columns is not None and columns.file is None


def _cell(cells: Sequence[str], column: int | None) -> str:
    return cells[column] if column is not None and column < len(cells) else ""
