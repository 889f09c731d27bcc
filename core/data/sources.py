"""Fashion-MNIST: where its files may lie, which of them are whole, and the split that comes out.

The sources, in order: the folder `FASHION_MNIST_ROOT` names, or `data/`; the Debian package; the sample that
ships with the project. Nothing is downloaded here: `python -m core.data fetch` does that, before the app
starts.
"""

import hashlib
import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self
from weakref import WeakValueDictionary

from torch import Tensor

from core.config import DataConfig
from core.data.fashion_mnist import (
    CLASS_COUNT,
    CLASSES,
    FULL_SHA256,
    FULL_SIZE,
    RAW,
    SAMPLE_SHA256,
    SIDE,
    file_names,
)  # fmt: skip
from core.data.idx import IdxFile, read_idx
from core.errors import DataError

PROJECT: Final = Path(__file__).resolve().parents[2]
DEFAULT_ROOT: Final = PROJECT / "data"
_ROOT_VARIABLE: Final = "FASHION_MNIST_ROOT"
SAMPLE_ROOT: Final = Path(__file__).resolve().parent / "sample"
_SHAPES: Final = ((SIDE, SIDE), ())  # of an image and of a label
_PUBLISHED: Final = {name: (FULL_SHA256[name], SAMPLE_SHA256[name]) for name in FULL_SHA256}
DEBIAN_DIR = Path("/usr/share/datasets/fashion-mnist")


@dataclass(frozen=True, eq=False)
class Split:
    """The training or the test images of one dataset, as they are stored: never write into the tensors."""

    images: Tensor
    """Gray values, uint8, N x 28 x 28, 0 is black."""
    labels: Tensor
    """Class of each image, int64, N, in [0, 9]."""
    classes: tuple[str, ...]
    """Names of the classes."""
    source: str
    """Where the images come from, in words."""
    train: bool
    """Whether these are training images."""
    fingerprint: str
    """`full-`, `sample-` or `custom-` and 8 hexadecimal digits of the contents' SHA-256."""
    problems: tuple[str, ...] = ()
    """Sources that were passed over, one sentence each: which file, what is wrong, what to do."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def kind(self) -> str:
        """`full`, `sample` or `custom`."""
        return DataConfig(dataset=self.fingerprint).kind

    def first(self, count: int) -> Self:
        """The first `count` images, in stored order, without a copy."""
        return replace(self, images=self.images[:count], labels=self.labels[:count])


@dataclass(frozen=True)
class _Source:
    """A folder that may hold the four files."""

    folder: Path
    """Where the files lie."""
    shown: str
    """What to call a file of it in front of strangers; `{}` stands for its name."""
    origin: str
    """How the images are said to have come from here."""
    remedy: str
    """What to do about a damaged file."""
    missing: str = ""
    """What to do about a missing file; empty where one may well be missing."""


def load_split(train: bool, root: str | None = None) -> Split:
    """Load the training or the test images from the first source that is whole.

    Args:
        train: Training images if true, test images if false.
        root: Folder that holds `FashionMNIST/raw/`; `None` takes the environment's `FASHION_MNIST_ROOT`, or
            `data/` in the project. If it holds nothing usable, the next source is tried.

    Returns:
        The split; its `problems` say which sources were passed over, and why.

    Raises:
        DataError: No source is usable, not even the sample.
    """
    problems: list[str] = []
    for source in _sources(root):
        split, found = _load_from(source, train)
        problems += found
        if split is not None:
            return replace(split, problems=tuple(problems))
    raise DataError(" ".join(problems) or "No Fashion-MNIST was found.")


_lock: Final = threading.Lock()
_in_use: "Final[WeakValueDictionary[tuple[bool, str | None], Split]]" = WeakValueDictionary()


def split_in_use(train: bool) -> Split:
    """The split that `load_split` gives without a root; the one that somebody in this process holds already.

    The 47 MB of the training images would otherwise be there twice while a second reader looks at them.

    Raises:
        DataError: As `load_split`.
    """
    key = (train, os.environ.get(_ROOT_VARIABLE))
    with _lock:
        split = _in_use.get(key)
        if split is None:
            split = _in_use[key] = load_split(train)
        return split


def _sources(root: str | None) -> list[_Source]:
    restore = "restore it with `git checkout core/data/sample`"
    shipped = _Source(SAMPLE_ROOT / RAW, "core/data/sample/{}", "that ships with the app", restore, restore)
    chosen = root or os.environ.get(_ROOT_VARIABLE)
    if chosen and Path(chosen).resolve() == SAMPLE_ROOT:
        return [shipped]
    fetch = "run `python -m core.data fetch`"
    if chosen:
        # The folder's own name stays out of every text: a server's paths are not for strangers.
        name = "the chosen folder" if root else _ROOT_VARIABLE
        fetch += f" with --root and {'that' if root else 'its'} folder"
        first = _Source(
            _raw_folder(Path(chosen)), f"{RAW.as_posix()}/{{}} in {name}", f"from {name}", fetch, fetch
        )
    else:
        first = _Source(_raw_folder(DEFAULT_ROOT), f"data/{RAW.as_posix()}/{{}}", "from data/", fetch)
    debian = _Source(
        DEBIAN_DIR,
        "The Debian package's {}",
        "from the Debian package dataset-fashion-mnist",
        "reinstall the package with `apt-get install --reinstall dataset-fashion-mnist`",
    )
    return [first, debian, shipped]


def _raw_folder(root: Path) -> Path:
    """The folder with the files: where torchvision keeps them, or where the authors' repository has them."""
    names = [f"{name}{end}" for train in (True, False) for name in file_names(train) for end in ("", ".gz")]
    for folder in (root / RAW, root / RAW.name, root, root / "fashion"):
        if any(os.path.lexists(folder / name) for name in names):
            return folder
    return root / RAW


def _load_from(source: _Source, train: bool) -> tuple[Split | None, list[str]]:
    """The split a source holds, or `None`, and a sentence for each thing wrong with it."""
    problems: list[str] = []
    parts: list[IdxFile] = []
    for name, shape in zip(file_names(train), _SHAPES, strict=True):
        part, found = _read_part(source, name, shape)
        problems += found
        if part is None:
            return None, problems
        parts.append(part)
    images, labels = parts
    if len(images.values) != len(labels.values):
        counts = f"{len(images.values):,} images and {len(labels.values):,} labels"
        problems.append(_sentence(source, file_names(train)[1], f"there are {counts}"))
        return None, problems
    split = _split(source, train, images, labels)
    if problem := _half_of_a_pair(source, split):
        return None, [*problems, problem]
    return split, problems


def _half_of_a_pair(source: _Source, split: Split) -> str:
    """A sentence if the folder's other split is missing, or of another dataset: labels tell; else empty.

    A network trained on images of one's own would be tested on Fashion-MNIST's.
    """
    names = file_names(not split.train)
    labels, _ = _read_part(source, names[1], ())
    if labels is not None and (labels.sha256 in _PUBLISHED[names[1]]) == (split.kind == "custom"):
        clause = "the training and the test images there are of two datasets"
        return _sentence(source, file_names(split.train)[0], clause)
    if split.kind == "custom" and (labels is None or _read_part(source, names[0], _SHAPES[0])[0] is None):
        other = "test" if split.train else "training"
        return (
            f"{source.shown.format(file_names(split.train)[0])} was passed over because the {other} images "
            f"that belong to it are missing or damaged: put {names[0]} and {names[1]} beside it."
        )
    return ""


def _read_part(source: _Source, name: str, shape: tuple[int, ...]) -> tuple[IdxFile | None, list[str]]:
    problems: list[str] = []
    for file_name in (name, f"{name}.gz"):
        path = source.folder / file_name
        try:
            path.lstat()
            part = read_idx(path, item_shape=shape)
            _check_contents(part, name, shipped=source.folder == SAMPLE_ROOT / RAW)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problems.append(_sentence(source, file_name, f"it cannot be read ({error.strerror})"))
        except DataError as error:
            problems.append(_sentence(source, file_name, str(error)))
        else:
            return part, problems
    if source.missing and not problems:
        problems.append(f"{source.shown.format(name)} is not there: {source.missing}.")
    return None, problems


def _check_contents(part: IdxFile, name: str, *, shipped: bool) -> None:
    """Refuse labels that are no classes, and files of a known size that are not the known files."""
    if part.sha256 in _PUBLISHED[name]:
        return
    if part.values.ndim == 1 and int(part.values.max()) >= CLASS_COUNT:
        raise DataError(f"it has the label {int(part.values.max())}, and labels end at {CLASS_COUNT - 1}")
    if shipped or len(part.values) == FULL_SIZE[name.startswith("train")]:
        raise DataError("its contents are not the published ones (SHA-256 differs)")


def _sentence(source: _Source, file_name: str, clause: str) -> str:
    return f"{source.shown.format(file_name)} was passed over because {clause}: {source.remedy}."


def _split(source: _Source, train: bool, images: IdxFile, labels: IdxFile) -> Split:
    digests = dict(zip(file_names(train), (images.sha256, labels.sha256), strict=True))
    total = f"{FULL_SIZE[train]:,} {'training' if train else 'test'} images"
    count = f"{len(labels.values):,}"
    if digests.items() <= FULL_SHA256.items():
        kind, words = "full", f"Fashion-MNIST, all {total}, {source.origin}"
    elif digests.items() <= SAMPLE_SHA256.items():
        kind, words = "sample", f"the sample {source.origin}, {count} of Fashion-MNIST's {total}"
    else:
        kind, words = "custom", f"{count} {'training' if train else 'test'} images {source.origin}"
    fingerprint = hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:8]
    return Split(images.values, labels.values.long(), CLASSES, words, train, f"{kind}-{fingerprint}")
