"""The example archive for the custom dataset: real garments as PNG files, and their labels as CSV."""

import csv
import io
import zipfile

import numpy as np
import torch
from PIL import Image

from core.data.fashion_mnist import CLASS_COUNT
from core.data.sources import Split

MISTAKES = (
    ("images/not-there.png", "Bag"),
    ("images/0001.png", "Bag"),
    ("images/0000.png", "Umbrella"),
    ("images/words.png", "Coat"),
    ("images/huge.png", "Dress"),
    ("=HYPERLINK(1)", "=1+1"),
)
"""Rows of the example with mistakes: each fails for another reason."""


def make_example(split: Split, per_class: int = 20, *, mistakes: bool = False) -> bytes:
    """A zip archive with `labels.csv` and `images/`, the same bytes each time.

    Args:
        split: Where the garments come from: the first `per_class` of each class.
        per_class: Garments of each class.
        mistakes: Add rows that cannot be read, to see what is said about each.
    """
    chosen = [torch.nonzero(split.labels == label).flatten()[:per_class] for label in range(CLASS_COUNT)]
    order = torch.cat(chosen).sort().values.tolist()
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("file", "label"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, position in enumerate(order):
            name = f"images/{number:04}.png"
            _add(archive, name, _png(split.images[position].numpy()))
            writer.writerow((name, int(split.labels[position])))
        if mistakes:
            writer.writerows(MISTAKES)
            _add(archive, "images/words.png", b"These are words, whatever the name says.\n")
            _add(archive, "images/huge.png", _png(np.zeros((5000, 5000), dtype=np.uint8)))
        _add(archive, "labels.csv", table.getvalue().encode())
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=(2017, 8, 25, 0, 0, 0))  # a fixed date: the same bytes each time
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()
