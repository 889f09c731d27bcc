"""Where a snippet's `datasets.FashionMNIST(root=...)` finds its files without a network.

torchvision wants `<root>/FashionMNIST/raw/` with the four IDX files unpacked. That is `data`, as in the
tutorial, where the app was started beside a `data/` that holds them. But `core.data` may have read them from
elsewhere: a folder of the operator's, packed files of the system, or the sample that ships with the project.
Then this module writes the splits in use to a temporary folder, once, and compares what lies there byte by
byte: the sample is never mistaken for the full dataset.
"""

import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from core.data import Split, split_in_use
from core.data.fashion_mnist import RAW, file_names
from core.data.idx import idx_parts, write_whole

DOWNLOAD_ROOT: Final = "data"
"""The folder that downloaded scripts and notebooks name, as the tutorial does."""

_CHUNK: Final = 1 << 20  # bytes compared at a time


@lru_cache(maxsize=1)
def dataset_root() -> str:
    """The folder whose `FashionMNIST/raw/` holds the splits in use.

    `data`, relative to where the app was started, if they lie there; else a temporary folder, made on first
    use (55 MB at most).
    """
    return root_of((split_in_use(True), split_in_use(False)))


def root_of(splits: tuple[Split, Split]) -> str:
    """The same for other splits (train, test)."""
    return own_root(splits) or write_root(Path(tempfile.gettempdir()) / _name(splits), splits)


def own_root(splits: tuple[Split, Split]) -> str:
    """`data`, if `splits` (train, test) lie unpacked in the working directory's `data/`; else nothing."""
    raw = Path(DOWNLOAD_ROOT) / RAW
    holds = all(_holds(raw / name, *parts) for split in splits for name, parts in _files(split))
    return DOWNLOAD_ROOT if holds else ""


def write_root(folder: Path, splits: tuple[Split, Split]) -> str:
    """Write `splits` (train, test) under `folder` as torchvision lays them out, and give the folder.

    A file that is there with the right contents is kept; others appear whole or not at all.
    """
    raw = folder / RAW
    raw.mkdir(parents=True, exist_ok=True, mode=0o700)
    for split in splits:
        for name, parts in _files(split):
            if not _holds(raw / name, *parts):
                write_whole(raw / name, b"".join(parts))
    return str(folder)


def _name(splits: tuple[Split, Split]) -> str:
    """Of the temporary folder: one for each pair of splits and each user of the machine."""
    kinds = {split.kind for split in splits}
    known = kinds in ({"full"}, {"sample"})  # of these there is one each
    contents = splits[0].kind if known else "-".join(split.fingerprint for split in splits)
    owner = os.getuid() if hasattr(os, "getuid") else 0
    return f"fashion-mnist-{contents}-{owner}"


def _files(split: Split) -> Iterator[tuple[str, tuple[bytes, memoryview]]]:
    """The split's two IDX files, one after the other: name, and the parts of its contents."""
    for name, values in zip(file_names(split.train), (split.images, split.labels.byte()), strict=True):
        yield name, idx_parts(values)


def _holds(path: Path, header: bytes, values: memoryview) -> bool:
    """Whether the file has exactly these contents, without a copy of all of it."""
    if not path.is_file() or path.stat().st_size != len(header) + len(values):
        return False
    with path.open("rb") as file:
        return file.read(len(header)) == header and all(
            file.read(_CHUNK) == values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)
        )
