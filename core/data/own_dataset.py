"""A visitor's own dataset, once it is read: its rows, its images, and the splits that a run takes of it."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.data.fashion_mnist import CLASSES
from core.data.sources import Split
from core.errors import DataError

MIN_SAMPLES: Final = 20
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
