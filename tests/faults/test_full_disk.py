"""A disk that is really full: a small file system of its own, filled up while a run is saved."""

import json
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from core.config import DataConfig, TrainConfig
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore

CONFIG = TrainConfig(epochs=3, data=DataConfig(limit=500), device="cpu", threads=1)
SIZE = 12_000_000


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 12 MB, unmounted in the end."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a file system of its own needs Linux and root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def serve(small_train, small_test):
    """A function that starts a service on a folder of runs, as a server would."""
    made = []

    def start(folder):
        made.append(TrainingService(JobQueue(), RunStore(folder), lambda name: (small_train, small_test)))
        return made[-1]

    yield start
    for service in made:
        service.close()


def fill(disk, left):
    """Take all but `left` bytes of the disk."""
    with (disk / "fill").open("wb") as file:
        while (free := shutil.disk_usage(disk).free - left) > 0:
            file.write(bytes(min(free, 1_000_000)))
            file.flush()


@pytest.mark.parametrize("left", [0, 100_000, 2_000_000, 2_750_000, 3_000_000, 5_600_000, 8_300_000])
def test_a_full_disk_is_one_sentence_at_every_level(left, small_disk, serve, caplog):
    """Nothing torn, no fault of the app, no traceback in the log, and not resumed into the same wall."""
    caplog.set_level(logging.ERROR)
    service = serve(small_disk / "runs")
    key = service.resolve(CONFIG).key()
    service.runs.begin(service.resolve(CONFIG), "queued")
    fill(small_disk, left)
    done = service.wait(service.submit(CONFIG).key, 60)
    assert done.state == "failed"
    assert "cannot be saved (no space left on device)" in done.error
    assert not [record for record in caplog.records if record.exc_info]
    assert not list(service.runs.root.rglob(".tmp-*"))
    stored = service.runs.load(key)
    assert (stored.status, stored.error) == ("failed", done.error)
    assert serve(small_disk / "runs").resume_interrupted() == 0

    (small_disk / "fill").unlink()
    other = serve(small_disk / "runs")
    again = other.wait(other.submit(CONFIG).key, 60)
    assert again.state == "succeeded"
    assert len(again.history) == 3


def test_a_disk_without_room_for_a_run_says_so(small_disk, serve):
    """Not even its folder can be made."""
    service = serve(small_disk / "runs")
    (small_disk / "runs").mkdir()
    fill(small_disk, 0)
    done = service.wait(service.submit(replace(CONFIG, seed=1)).key, 60)
    assert done.state == "failed"
    assert "cannot be saved" in done.error


def test_the_status_that_says_so_is_readable(small_disk, serve):
    """Written over the old one where there is no room for a new file."""
    service = serve(small_disk / "runs")
    config = service.resolve(CONFIG)
    service.runs.begin(config)
    fill(small_disk, 0)
    service.runs.fail(config.key(), "The disk is full.")
    status = json.loads((service.runs.folder(config.key()) / "status.json").read_text())
    assert status == {"schema": 1, "status": "failed", "error": "The disk is full."}
