"""A CSV file of labels: its lines, its header, and which of its columns hold what.

Columns are told by what is in them: names of files in the archive, names of classes. Where that leaves a
doubt, the header decides; where it does not, nothing is guessed, and the caller has to choose.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.data.class_names import class_of, is_class
from core.data.fashion_mnist import SIDE
from core.data.file_names import FileNames
from core.errors import DataError
from core.text import quoted

MAX_CSV: Final = 2_000_000
"""Bytes of a table that names files."""
MAX_PIXEL_CSV: Final = 25_000_000
"""Bytes of a table of pixels: 10,000 rows of 785 numbers."""
MAX_ROWS: Final = 10_000
MAX_CELL: Final = 300
"""Characters of a cell; the rest is cut off."""
MAX_COLUMNS: Final = 1_000
MAX_ROW: Final = 100_000
"""Characters of a row: 785 numbers with a hundred digits each."""

PIXELS: Final = SIDE * SIDE
_PIECE: Final = 1 << 20  # bytes decoded at a time
_LOOKED_AT: Final = 200  # rows from which columns are told
_FILE_NAMES: Final = (
    "file", "filename", "file_name", "image", "image_name", "image_path", "image_id", "img", "path",
    "filepath", "file_path", "picture", "id",
)  # fmt: skip
_LABEL_NAMES: Final = ("label", "labels", "class", "class_name", "category", "target", "y")
_TRUTH: Final = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True}


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are read, counted from 0."""

    header: bool
    """Whether the first line names the columns."""
    file: int | None = None
    """The file's name; `None` where the table holds the pixels themselves."""
    label: int | None = None
    """The label; `None` where `one_hot` has it."""
    one_hot: tuple[int, ...] = ()
    """Columns named after a class, of which one is 1 in each row."""


@dataclass(frozen=True, eq=False)
class LabelTable:
    """A CSV file, not yet read to its end."""

    data: bytes
    encoding: str
    delimiter: str
    first: tuple[str, ...]
    """Cells of the first line."""
    sample: tuple[tuple[str, ...], ...]
    """Cells of up to 200 lines after it."""

    @property
    def holds_pixels(self) -> bool:
        """Whether a row is a label and 784 pixels."""
        return len(self.first) >= PIXELS

    def name(self, column: int, columns: Columns) -> str:
        """What to call a column: its number, and its name where it has one."""
        text = self.first[column] if columns.header and column < len(self.first) else ""
        return f"column {column + 1}" + (f", {quoted(text)}" if text else "")

    def lines(self, columns: Columns) -> Iterator[tuple[int, list[str]]]:
        """Line numbers and cells after the header, one line at a time.

        Raises:
            DataError: A line cannot be read, or there are too many; one sentence.
        """
        rows = _rows(self.data, self.encoding, self.delimiter)
        if columns.header:
            next(rows, None)
        count = 0
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise DataError(f"The CSV file has more than {MAX_ROWS:,} rows, the most accepted here.")
            yield line, [cell[:MAX_CELL].strip() for cell in cells[:MAX_COLUMNS]]


def read_table(data: bytes) -> LabelTable:
    """Look at a CSV file's encoding, delimiter and first lines.

    Raises:
        DataError: It is too large or no CSV file; one sentence.
    """
    if len(data) > MAX_PIXEL_CSV:
        raise DataError(_too_large(len(data), MAX_PIXEL_CSV))
    if not data:
        raise DataError("The CSV file is empty.")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()
    pieces = range(0, len(data), _PIECE)  # the whole text is never in memory
    try:
        texts = (decoder.decode(data[at : at + _PIECE], at + _PIECE >= len(data)) for at in pieces)
        head = next(texts)
        if "\0" in head or any("\0" in text for text in texts):
            raise DataError("The CSV file is not text: save it again as “CSV UTF-8”.")
    except UnicodeDecodeError:
        raise DataError("The CSV file is not text in UTF-8: save it again as “CSV UTF-8”.") from None
    head = head.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    if len(data) > MAX_CSV and head.count(delimiter) < PIXELS - 1:
        raise DataError(_too_large(len(data), MAX_CSV))
    rows = islice(_rows(data, encoding, delimiter), _LOOKED_AT + 1)
    lines = [tuple(cell[:MAX_CELL].strip() for cell in cells) for _, cells in rows]
    lines = [cells for cells in lines if any(cells)]
    if not lines or len(lines[0]) < 2:
        raise DataError("The CSV file's first line must have two columns or more, such as file,label.")
    if len(lines[0]) > MAX_COLUMNS:
        raise DataError(
            f"The CSV file has {len(lines[0]):,} columns; {MAX_COLUMNS:,} are the most accepted here."
        )
    return LabelTable(data, encoding, delimiter, lines[0], tuple(lines[1:]))


def find_columns(table: LabelTable, files: FileNames) -> Columns:
    """Tell the columns by what is in them, and by their names.

    Raises:
        DataError: More than one column could be the label, or none is; one sentence.
    """
    if table.holds_pixels:
        return _pixel_columns(table)
    header = not (any(_is_file(cell, files) for cell in table.first) and any(map(is_class, table.first)))
    rows = table.sample if header else (table.first, *table.sample)
    if not rows:
        raise DataError("The CSV file has a header and no rows.")
    names = [cell.lower().replace(" ", "_") if header else "" for cell in table.first]
    width = range(len(table.first))
    cells = {column: [row[column] if column < len(row) else "" for row in rows] for column in width}
    file = _file_column(cells, names, files)
    others = [column for column in width if column != file]
    labels = _distinct([column for column in others if _is_label(cells[column])], cells)
    named = _distinct([column for column in others if names[column] in _LABEL_NAMES], cells)
    one_hot = tuple(c for c in others if header and is_class(table.first[c]) and _is_truth(cells[c]))
    words = [c for c in labels if not any(text[:1].isdigit() for text in cells[c])]  # numbers may be anything
    for choice in ([c for c in named if c in labels], named, words, [] if len(one_hot) > 1 else labels):
        if len(choice) == 1:
            return Columns(header, file, choice[0])
    if len(one_hot) > 1 and not named:
        return Columns(header, file, one_hot=one_hot)
    if not labels:
        raise DataError(
            "No column of the CSV file holds labels: put 0 to 9 or the names of the classes into a column "
            "named label."
        )
    columns = Columns(header, file)
    found = " and ".join(table.name(column, columns) for column in (named or labels)[:3])
    raise DataError(f"More than one column of the CSV file could be the label: {found}. Choose one.")


def _pixel_columns(table: LabelTable) -> Columns:
    header = not all(cell.replace(".", "").isdigit() for cell in table.first)
    if len(table.first) != PIXELS + 1:
        raise DataError(
            f"The CSV file has {len(table.first)} columns; a table of pixels has {PIXELS + 1}: "
            f"the label and {PIXELS} pixels."
        )
    names = [cell.lower() for cell in table.first] if header else []
    return Columns(header, label=next((i for i, name in enumerate(names) if name in _LABEL_NAMES), 0))


def _file_column(cells: dict[int, list[str]], names: Sequence[str], files: FileNames) -> int:
    """The column that names the most different files; among equals, the one that is called so."""
    found = {
        column: len({cell for cell in texts if _is_file(cell, files)}) for column, texts in cells.items()
    }
    return max(
        cells,
        key=lambda c: (found[c], names[c] in _FILE_NAMES, any("." in text for text in cells[c]), -c),
    )


def _is_file(text: str, files: FileNames) -> bool:
    try:
        return bool(files.find(text))
    except DataError:
        return False


def _is_label(texts: Sequence[str]) -> bool:
    """Whether nearly all of a column's cells name classes."""
    return sum(map(is_class, texts)) >= 0.8 * len(texts)


def _distinct(columns: Sequence[int], cells: dict[int, list[str]]) -> list[int]:
    """The columns without those that say the same as one before, such as a class's name beside its number."""
    known: dict[tuple[int | str, ...], int] = {}
    for column in columns:
        known.setdefault(tuple(class_of(text) if is_class(text) else text for text in cells[column]), column)
    return list(known.values())


def _is_truth(texts: Sequence[str]) -> bool:
    return all(text.lower() in _TRUTH for text in texts if text)


def marked(cells: Sequence[str], one_hot: Sequence[int]) -> int:
    """The column of a row that is 1.

    Raises:
        DataError: None is, or several are. The text is a clause.
    """
    ones = [c for c in one_hot if c < len(cells) and _TRUTH.get(cells[c].lower(), False)]
    if len(ones) != 1:
        raise DataError(f"{len(ones)} classes are marked with a 1; one is expected")
    return ones[0]


class _BoundedText:
    """The lines of a text, no more than `MAX_ROW` characters for each row: a row is whole in memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.line = self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_ROW + 1)
        self.line += 1
        self.taken += len(line)
        if self.taken > MAX_ROW:
            reason = f"a row has more than {MAX_ROW:,} characters"
            raise DataError(f"The CSV file cannot be read at line {self.line}: {reason}.")
        if not line:
            raise StopIteration
        return line


def _rows(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row.

    Raises:
        DataError: A row cannot be read; one sentence.
    """
    text = _BoundedText(io.TextIOWrapper(io.BytesIO(data), encoding, newline=""))
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            text.taken = 0
            yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(f"The CSV file cannot be read at line {reader.line_num}: {error}.") from None


def _too_large(size: int, limit: int) -> str:
    return f"The CSV file has {size / 1e6:.0f} MB; {limit // 1_000_000} MB are the most accepted here."
