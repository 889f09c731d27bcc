"""The sample that ships with the project: chosen from the full dataset, the same images each time."""

import gzip
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from core.data.fashion_mnist import CLASS_COUNT, RAW, file_names
from core.data.idx import idx_bytes, write_whole
from core.data.sources import Split
from core.errors import DataError

PER_CLASS: Final = {True: 500, False: 100}
"""Images of each class in the sample's training set (`True`) and test set (`False`)."""


def sample_indices(labels: Tensor, per_class: int) -> Tensor:
    """Positions of the first `per_class` images of each class, in stored order.

    The published order is already random, so the first ones are as good a draw
    as any, and nothing needs a seed.

    Args:
        labels: int64, N.
        per_class: Images to take of each class.

    Returns:
        int64, `10 * per_class`, rising.

    Raises:
        DataError: A class has fewer images than that.
    """
    chosen = [torch.nonzero(labels == label).flatten()[:per_class] for label in range(CLASS_COUNT)]
    if any(len(positions) < per_class for positions in chosen):
        raise DataError(f"The sample needs {per_class} images of each class: start from the full dataset.")
    return torch.cat(chosen).sort().values


def write_sample(split: Split, folder: Path) -> int:
    """Write the sample of a split below `folder`, as gzipped IDX files laid out as torchvision does.

    Args:
        split: The full training or test images.
        folder: Root of the sample.

    Returns:
        Bytes written.

    Raises:
        DataError: The split is not the full one, or the folder cannot be written to.
    """
    if split.kind != "full":
        raise DataError("The sample is made from the full dataset: run `python -m core.data fetch` first.")
    positions = sample_indices(split.labels, PER_CLASS[split.train])
    written = 0
    for name, values in zip(file_names(split.train), (split.images, split.labels.byte()), strict=True):
        data = gzip.compress(idx_bytes(values[positions]), compresslevel=9, mtime=0)
        write_whole(folder / RAW / f"{name}.gz", data)
        written += len(data)
    return written
