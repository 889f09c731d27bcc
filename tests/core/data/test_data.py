"""The splits: what they hold, which source they come from, and what happens when a source is damaged."""

import gc
import gzip
import shutil
import weakref
from pathlib import Path

import pytest
import torch

from core.data import CLASSES, MEAN, STD, load_split, mean_and_std, sources, split_in_use
from core.data.fashion_mnist import RAW, SAMPLE_SHA256
from core.data.idx import idx_bytes, read_idx
from core.data.shipped_sample import sample_indices, write_sample
from core.data.sources import DEBIAN_DIR, SAMPLE_ROOT
from core.errors import DataError

IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"
needs_full_data = pytest.mark.skipif(
    not (DEBIAN_DIR / f"{IMAGES}.gz").exists(), reason="the full dataset is not on this machine"
)


@pytest.fixture
def only_sample(monkeypatch, tmp_path):
    """A machine with no dataset but the shipped sample."""
    monkeypatch.delenv("FASHION_MNIST_ROOT")
    monkeypatch.setattr(sources, "DEFAULT_ROOT", tmp_path / "data")
    monkeypatch.setattr(sources, "DEBIAN_DIR", tmp_path / "debian")


def put(root: Path, images=None, *, packed=False) -> Path:
    """Training images of our own below `root`, 20 unless told otherwise, and the same as test images."""
    folder = root / RAW
    folder.mkdir(parents=True)
    if images is None:
        images = torch.arange(20 * 784).remainder(256).byte().view(20, 28, 28)
    labels = torch.arange(len(images)).remainder(10).byte()
    values_by_name = {
        f"{half}-{kind}": values
        for half in ("train", "t10k")
        for kind, values in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels))
    }
    for name, values in values_by_name.items():
        data = idx_bytes(values)
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(data) if packed else data)
    return folder


@pytest.mark.parametrize(("train", "per_class"), [(True, 500), (False, 100)])
def test_sample_is_balanced_and_typed_as_promised(only_sample, train, per_class):
    split = load_split(train)
    assert split.images.dtype == torch.uint8
    assert split.images.shape == (10 * per_class, 28, 28)
    assert split.labels.dtype == torch.int64
    assert split.labels.shape == (len(split),)
    assert split.labels.bincount().tolist() == [per_class] * 10
    assert split.classes == CLASSES
    assert split.train is train
    assert split.kind == "sample"
    assert "sample" in split.source
    assert split.problems == ()


def test_sample_files_are_the_published_selection():
    """The shipped files hold what `make-sample` made, carry their license, and are small."""
    for name, digest in SAMPLE_SHA256.items():
        shape = (28, 28) if "images" in name else ()
        assert read_idx(SAMPLE_ROOT / RAW / f"{name}.gz", item_shape=shape).sha256 == digest
    assert sum(path.stat().st_size for path in (SAMPLE_ROOT / RAW).iterdir()) < 2_700_000
    assert "Zalando SE" in (SAMPLE_ROOT / "LICENSE").read_text()


def test_fingerprints_of_the_sample_never_change(sample_train, sample_test):
    """Runs are named by them: another value would orphan every run made so far."""
    assert (sample_train.fingerprint, sample_test.fingerprint) == ("sample-d850ad61", "sample-a59224b5")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_chosen_folder_comes_first(only_sample, tmp_path, packed):
    put(tmp_path / "mine", packed=packed)
    split = load_split(True, str(tmp_path / "mine"))
    assert (len(split), split.kind, split.problems) == (20, "custom", ())
    assert split.images[1, 0, 3] == (784 + 3) % 256


def test_environment_variable_comes_before_the_default_folder(only_sample, tmp_path, monkeypatch):
    put(tmp_path / "data")
    assert load_split(True).source == "20 training images from data/"
    put(tmp_path / "other", torch.zeros(3, 28, 28, dtype=torch.uint8))
    monkeypatch.setenv("FASHION_MNIST_ROOT", str(tmp_path / "other"))
    assert load_split(True).source == "3 training images from FASHION_MNIST_ROOT"


def test_empty_environment_variable_counts_as_unset(only_sample, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_ROOT", "")
    assert load_split(True).problems == ()


def test_debian_package_comes_before_the_sample(only_sample, tmp_path):
    shutil.move(put(tmp_path / "package", packed=True), tmp_path / "debian")
    assert load_split(True).source == "20 training images from the Debian package dataset-fashion-mnist"


PLAIN = idx_bytes(torch.zeros(20, 28, 28, dtype=torch.uint8))
PACKED = gzip.compress(PLAIN)
DAMAGED = {
    "empty": (IMAGES, b"", "cut short"),
    "half": (IMAGES, PLAIN[: len(PLAIN) // 2], "cut short"),
    "longer": (IMAGES, PLAIN + b"x", "longer than its header"),
    "a web page": (IMAGES, b"<!DOCTYPE html><title>404</title>", "does not begin as an IDX file"),
    "huge claim": (IMAGES, PLAIN[:4] + b"\xff" * 4 + PLAIN[8:], "claims 4,294,967,295 items"),
    "no images": (IMAGES, PLAIN[:4] + bytes(4) + PLAIN[8:16], "claims 0 items"),
    "32 pixels": (IMAGES, PLAIN[:8] + bytes((0, 0, 0, 32)) * 2, "32 × 32 pixels instead of 28 × 28"),
    "half of gz": (f"{IMAGES}.gz", PACKED[: len(PACKED) // 2], "cut short"),
    "wrong checksum": (f"{IMAGES}.gz", PACKED[:-6] + bytes((PACKED[-6] ^ 255,)) + PACKED[-5:], "compression"),
    "not gz": (f"{IMAGES}.gz", PLAIN, "compression is damaged"),
    "labels as images": (IMAGES, idx_bytes(torch.zeros(20, dtype=torch.uint8)), "does not begin"),
    "label 10": (LABELS, idx_bytes(torch.full((20,), 10, dtype=torch.uint8)), "label 10"),
    "19 labels": (LABELS, idx_bytes(torch.zeros(19, dtype=torch.uint8)), "20 images and 19 labels"),
    "60,000 others": (LABELS, idx_bytes(torch.zeros(60_000, dtype=torch.uint8)), "not the published ones"),
}


@pytest.mark.parametrize(("name", "data", "reason"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_file_is_named_and_the_next_source_is_used(only_sample, tmp_path, name, data, reason):
    """One sentence says which file, why, and what to do; a server's paths are not in it."""
    folder = put(tmp_path / "secret-home")
    (folder / name.removesuffix(".gz")).unlink()
    (folder / name).write_bytes(data)
    split = load_split(True, str(tmp_path / "secret-home"))
    assert split.kind == "sample"
    (problem,) = split.problems
    assert name in problem
    assert reason in problem
    assert "python -m core.data fetch" in problem
    assert problem.endswith(".")
    assert "secret-home" not in problem


def test_unreadable_things_are_passed_over(only_sample, tmp_path, monkeypatch):
    """A folder where a file should be, and a folder that may not be looked into."""
    folder = put(tmp_path / "data")
    (folder / IMAGES).unlink()
    (folder / IMAGES).mkdir()
    (problem,) = load_split(True).problems
    assert problem.startswith(f"data/FashionMNIST/raw/{IMAGES} was passed over because it is not a file")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "lstat", refuse)
    with pytest.raises(DataError, match="Permission denied"):  # then not even the sample can be read
        load_split(True)


def test_whole_gzip_beside_a_damaged_plain_file_is_used(only_sample, tmp_path):
    folder = put(tmp_path / "data", packed=True)
    (folder / IMAGES).write_bytes(b"half")
    split = load_split(True)
    assert len(split) == 20
    assert "cut short" in split.problems[0]


def test_chosen_folder_that_is_empty_is_worth_a_sentence(only_sample, tmp_path):
    split = load_split(False, str(tmp_path / "nowhere"))
    assert split.kind == "sample"
    (problem,) = split.problems
    assert problem.startswith("FashionMNIST/raw/t10k-images-idx3-ubyte in the chosen folder is not there")


def test_no_source_at_all_is_one_error(only_sample, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "SAMPLE_ROOT", tmp_path / "gone")
    with pytest.raises(DataError, match="core/data/sample"):
        load_split(True)


def test_other_images_in_the_sample_s_place_are_refused(only_sample, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "SAMPLE_ROOT", tmp_path / "shipped")
    put(tmp_path / "shipped")
    with pytest.raises(DataError, match="not the published ones"):
        load_split(True)


def test_the_split_in_use_is_there_once(only_sample, tmp_path, monkeypatch):
    """As long as somebody holds it; another folder is another split, and what nobody holds is read again."""
    monkeypatch.setattr(sources, "_in_use", weakref.WeakValueDictionary())
    held = split_in_use(False)
    assert split_in_use(False) is held
    assert held.kind == "sample"
    monkeypatch.setenv("FASHION_MNIST_ROOT", str(tmp_path))
    assert split_in_use(False) is not held
    monkeypatch.delenv("FASHION_MNIST_ROOT")
    gone = weakref.ref(held)
    del held
    gc.collect()
    assert gone() is None
    assert split_in_use(False).kind == "sample"


def test_mean_and_std_are_those_of_torch(sample_train):
    mean, std = mean_and_std(sample_train.images)
    pixels = sample_train.images.double() / 255
    assert mean == pytest.approx(float(pixels.mean()), abs=1e-9)
    assert std == pytest.approx(float(pixels.std(correction=0)), abs=1e-9)
    assert (mean, std) == pytest.approx((MEAN, STD), abs=2e-3)  # 5,000 images are close to 60,000


def test_sample_takes_the_first_of_each_class_in_stored_order():
    labels = torch.tensor([0, 0, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 9])
    assert sample_indices(labels, 1).tolist() == [0, 2, 4, 5, 6, 7, 8, 9, 10, 11]
    with pytest.raises(DataError):
        sample_indices(labels, 2)


def test_sample_is_made_from_the_full_dataset_only(sample_test, tmp_path):
    with pytest.raises(DataError, match="fetch"):
        write_sample(sample_test, tmp_path)


@needs_full_data
def test_full_dataset_is_recognized_and_the_sample_can_be_made_again(monkeypatch, tmp_path):
    """Where the full dataset is: its published statistics hold, and `make-sample` gives what ships."""
    monkeypatch.delenv("FASHION_MNIST_ROOT")
    monkeypatch.setattr(sources, "DEFAULT_ROOT", tmp_path / "data")
    train, test = load_split(True), load_split(False)
    assert (len(train), len(test), train.kind, test.kind) == (60_000, 10_000, "full", "full")
    assert [round(value, 4) for value in mean_and_std(train.images)] == [MEAN, STD]
    assert write_sample(train, tmp_path) + write_sample(test, tmp_path) < 2_700_000
    for path in sorted((SAMPLE_ROOT / RAW).iterdir()):
        made = (tmp_path / RAW / path.name).read_bytes()
        assert gzip.decompress(made) == gzip.decompress(path.read_bytes()), path.name


def test_a_folder_of_two_datasets_is_passed_over(only_sample, tmp_path):
    """Another dataset's training images beside Fashion-MNIST's test images: neither is used."""
    folder = put(tmp_path / "data")
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (folder / name).unlink()
        shutil.copy(SAMPLE_ROOT / RAW / f"{name}.gz", folder)
    for train in (True, False):
        split = load_split(train)
        assert split.kind == "sample"
        assert "that ships with the app" in split.source
        assert "of two datasets" in split.problems[0]


@pytest.mark.parametrize("place", ["", "raw", "fashion", "FashionMNIST/raw"])
def test_a_folder_is_found_however_its_files_lie(only_sample, tmp_path, place):
    """The folder itself, its `raw/`, the authors' `data/fashion`, or as torchvision has them."""
    folder = put(tmp_path / "elsewhere")
    (tmp_path / "chosen" / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, tmp_path / "chosen" / place)
    split = load_split(True, str(tmp_path / "chosen"))
    assert (len(split), split.problems) == (20, ())


@pytest.mark.parametrize(
    "lost", ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte"]
)
def test_half_a_dataset_of_ones_own_is_passed_over(only_sample, tmp_path, lost):
    """Training images without their test images would be tested on Fashion-MNIST's: neither is used."""
    folder = put(tmp_path / "data")
    (folder / lost).unlink()
    splits = [load_split(train) for train in (True, False)]
    assert {split.kind for split in splits} == {"sample"}
    assert any("missing or damaged: put" in problem for split in splits for problem in split.problems)
