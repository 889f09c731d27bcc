"""Fashion-MNIST: where its files may lie, which of them are whole, and the split that comes out.

The sources, in order: the folder `FASHION_MNIST_ROOT` names, or `data/`; the Debian package; the sample that
ships with the project. Nothing is downloaded here: `python -m core.data fetch` does that, before the app
starts.
"""

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from torch import Tensor

from core.data.idx import IdxFile, read_idx
from core.errors import DataError

CLASSES: Final = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Names of the ten classes; the label of an image is a position in this tuple."""

PROJECT: Final = Path(__file__).resolve().parents[2]
DEFAULT_ROOT: Final = PROJECT / "data"
SAMPLE_ROOT: Final = Path(__file__).resolve().parent / "sample"
DEBIAN_DIR = Path("/usr/share/datasets/fashion-mnist")

RAW: Final = Path("FashionMNIST", "raw")
"""Where torchvision keeps the files, below its root."""

FULL_SIZE: Final = {True: 60_000, False: 10_000}
"""Images in the full training set (`True`) and test set (`False`)."""

FULL_SHA256: Final = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
"""SHA-256 of the unpacked files of the full dataset; packed, they differ between distributors."""

SAMPLE_SHA256: Final = {
    "train-images-idx3-ubyte": "444ed5f7ce17397f236f5eba17dd507d3f6912f04edd3e4f1701cdf82f2cc0c5",
    "train-labels-idx1-ubyte": "35d691216f65485d010cc635af5574a9dc04aa5060de9be64ab6e5cb5ead38e9",
    "t10k-images-idx3-ubyte": "7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef",
    "t10k-labels-idx1-ubyte": "3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909",
}
"""SHA-256 of the unpacked files of the sample."""


@dataclass(frozen=True, eq=False)
class Split:
    """The training or the test images of one dataset, as they are stored: never write into the tensors.

    Attributes:
        images: Grey values, uint8, N x 28 x 28, 0 is black.
        labels: Class of each image, int64, N, in [0, 9].
        classes: Names of the classes.
        source: Where the images come from, in words.
        train: Whether these are training images.
        fingerprint: `full-`, `sample-` or `custom-` and 8 hexadecimal digits of the contents' SHA-256.
        problems: Sources that were passed over, one sentence each: which file, what is wrong, what to do.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    source: str
    train: bool
    fingerprint: str
    problems: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def kind(self) -> str:
        """`full`, `sample` or `custom`."""
        return self.fingerprint.partition("-")[0]


@dataclass(frozen=True)
class _Source:
    """A folder that may hold the four files.

    Attributes:
        folder: Where the files lie.
        shown: What to call a file of it in front of strangers; `{}` stands for its name.
        origin: How the images are said to have come from here.
        remedy: What to do about a damaged file.
        missing: What to do about a missing file; empty where one may well be missing.
    """

    folder: Path
    shown: str
    origin: str
    remedy: str
    missing: str = ""


def file_names(train: bool) -> tuple[str, str]:
    """The unpacked files of a split: images, labels."""
    prefix = "train" if train else "t10k"
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"


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


def _sources(root: str | None) -> list[_Source]:
    restore = "restore it with `git checkout core/data/sample`"
    shipped = _Source(SAMPLE_ROOT / RAW, "core/data/sample/{}", "that ships with the app", restore, restore)
    chosen = root or os.environ.get("FASHION_MNIST_ROOT")
    if chosen and Path(chosen).resolve() == SAMPLE_ROOT:
        return [shipped]
    fetch = "run `python -m core.data fetch`"
    if chosen:
        # The folder's own name stays out of every text: a server's paths are not for strangers.
        name = "the chosen folder" if root else "FASHION_MNIST_ROOT"
        fetch += f" with --root and {'that' if root else 'its'} folder"
        first = _Source(Path(chosen, RAW), f"{RAW.as_posix()}/{{}} in {name}", f"from {name}", fetch, fetch)
    else:
        first = _Source(DEFAULT_ROOT / RAW, f"data/{RAW.as_posix()}/{{}}", "from data/", fetch)
    debian = _Source(
        DEBIAN_DIR,
        "The Debian package's {}",
        "from the Debian package dataset-fashion-mnist",
        "reinstall the package with `apt-get install --reinstall dataset-fashion-mnist`",
    )
    return [first, debian, shipped]


def _load_from(source: _Source, train: bool) -> tuple[Split | None, list[str]]:
    """The split a source holds, or `None`, and a sentence for each thing wrong with it."""
    problems: list[str] = []
    parts: list[IdxFile] = []
    for name, shape in zip(file_names(train), ((28, 28), ()), strict=True):
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
    return _split(source, train, images, labels), problems


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
    if part.sha256 in (FULL_SHA256[name], SAMPLE_SHA256[name]):
        return
    if part.values.ndim == 1 and int(part.values.max()) >= len(CLASSES):
        raise DataError(f"it has the label {int(part.values.max())}, and labels end at {len(CLASSES) - 1}")
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
