"""Where a snippet's `datasets.FashionMNIST(root=...)` finds its files without a network.

torchvision wants `<root>/FashionMNIST/raw/` with the four IDX files unpacked. `core.data` may have read them
from elsewhere (packed files of the system, or the sample that ships with the project), so this module
writes the splits in use to such a folder, once, and names it after their fingerprint: the sample can
never be mistaken for the full dataset by a later program.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from core.data import Split, load_split

DOWNLOAD_ROOT: Final = "data"
"""The folder that downloaded scripts and notebooks name, as the tutorial does."""

_FILES: Final = {
    True: ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    False: ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


@lru_cache(maxsize=1)
def dataset_root() -> str:
    """The folder whose `FashionMNIST/raw/` holds the splits in use, made on first use (55 MB at most)."""
    splits = (load_split(True), load_split(False))
    owner = os.getuid() if hasattr(os, "getuid") else 0
    name = f"fashion-mnist-{splits[0].fingerprint}-{splits[1].fingerprint}-{owner}"
    return write_root(Path(tempfile.gettempdir()) / name, splits)


def write_root(folder: Path, splits: tuple[Split, Split]) -> str:
    """Write `splits` (train, test) under `folder` as torchvision lays them out, and give the folder.

    A file that is there with the right length is kept; others appear whole or not at all.
    """
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True, mode=0o700)
    for split in splits:
        images, labels = _FILES[split.train]
        _write(raw / images, 0x00000803, split.images.numpy())
        _write(raw / labels, 0x00000801, split.labels.numpy().astype(np.uint8))
    return str(folder)


def _write(path: Path, magic: int, values: np.ndarray) -> None:
    """Write an IDX file: a big-endian magic number and sizes, then the bytes."""
    data = np.array([magic, *values.shape], dtype=">i4").tobytes() + values.tobytes()
    if path.exists() and path.stat().st_size == len(data):
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(data)
    partial.replace(path)
