"""What every test shares: one thread, the shipped sample as the dataset, runs in a folder of their own."""

import gc
import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported; servers that tests start inherit it

import hypothesis
import pytest
import torch

from core.data import Split, load_split
from core.data.sources import SAMPLE_ROOT

torch.set_num_threads(1)

# The same examples every time, however slow the machine: a failure here is a failure there.
hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("steady")

# The tests must not depend on what this machine happens to have: the dataset is the sample everywhere.
os.environ["FASHION_MNIST_ROOT"] = str(SAMPLE_ROOT)


def pytest_configure(config: pytest.Config) -> None:
    """Keep what runs leave behind out of the project: one temporary folder a process, removed at the end."""
    folder = tempfile.TemporaryDirectory(prefix="pytorch-basics-live-")
    os.environ["PYTORCH_BASICS_RUNS"] = str(Path(folder.name, "runs"))
    config.add_cleanup(folder.cleanup)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that drive a browser among the others: two at once would wait for each other."""
    files = list(dict.fromkeys(item.path for item in items))
    browser = [path for path in files if path.parent.name == "browser"]
    others = [path for path in files if path.parent.name != "browser"]
    place = {path: at / len(group) for group in (browser, others) for at, path in enumerate(group)}
    items.sort(key=lambda item: place[item.path])


def pytest_collection_finish() -> None:
    """Leave what importing all tests has made out of later garbage collections, as the server does.

    Each finished job collects garbage; looking through these 700,000 objects again was over half of such a
    test's time.
    """
    gc.collect()
    gc.freeze()


def first(split: Split, count: int) -> Split:
    """The first `count` images of a split, as a dataset of its own."""
    images, labels = split.images[:count].clone(), split.labels[:count].clone()
    return replace(split, images=images, labels=labels, fingerprint=f"custom-{count:08x}")


@pytest.fixture(scope="session")
def sample_train() -> Split:
    """The sample's 5,000 training images."""
    return load_split(train=True, root=str(SAMPLE_ROOT))


@pytest.fixture(scope="session")
def sample_test() -> Split:
    """The sample's 1,000 test images."""
    return load_split(train=False, root=str(SAMPLE_ROOT))


@pytest.fixture(scope="session")
def small_train(sample_train: Split) -> Split:
    """512 training images: enough for several steps, quick on one core."""
    return first(sample_train, 512)


@pytest.fixture(scope="session")
def small_test(sample_test: Split) -> Split:
    """200 test images."""
    return first(sample_test, 200)


@pytest.fixture
def random_state() -> torch.Generator:
    """A generator of the test's own, seeded: nothing draws from the global one."""
    return torch.Generator().manual_seed(0)


@pytest.fixture
def machine(tmp_path):
    """A copy of what `make` reads, with a Python that only writes down what it is asked to do."""
    project = Path(__file__).resolve().parent.parent
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(project / name, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >> log\n[ "$2" = core.data ] && exit 1\nexit 0\n')
    python.chmod(0o755)

    def make(*arguments):
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        done = subprocess.run(["make", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done, log.read_text().splitlines()

    make.folder = tmp_path
    return make
