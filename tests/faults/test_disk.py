"""The disk is full, read-only, damaged, or the process dies in the middle of a write or of a download.

Each test says in one sentence what the outcome is. Kills at random moments of training are in
`test_kill_training.py`; single files, renames and archives are in `tests/core/test_runs.py`,
`test_data.py`, `test_data_idx.py` and `test_data_fetch.py`.
"""

import contextlib
import errno
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.config import DataConfig, TrainConfig
from core.data import load_split
from core.data.fashion_mnist import RAW, file_names
from core.data.sources import SAMPLE_ROOT
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore
from core.training.runs import files as run_files

PROJECT = Path(__file__).resolve().parents[2]
CONFIG = TrainConfig(data=DataConfig(limit=128), epochs=3, device="cpu", batch_size=32)


@pytest.fixture
def store(tmp_path, small_train, small_test):
    """A function that starts a server's job store on `tmp_path/runs`; all are closed in the end."""
    opened = []

    def make():
        opened.append(
            TrainingService(JobQueue(), RunStore(tmp_path / "runs"), lambda name: (small_train, small_test))
        )
        return opened[-1]

    yield make
    for jobs in opened:
        jobs.close()


def weights(jobs, config):
    return run_files.read_weights(jobs.runs.folder(jobs.resolve(config).key()))


def test_a_disk_that_fills_up_during_a_run_costs_that_run_one_epoch(store, monkeypatch):
    """The run fails with a sentence that says what to do and keeps its whole epochs; with space again it goes
    on to the weights of a run that was never cut off."""
    jobs = store()
    flush, count = os.fsync, 0

    def full(descriptor):
        nonlocal count
        count += 1
        if count > 12:  # somewhere in the second epoch
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    key = jobs.submit(CONFIG).key
    failed = jobs.wait(key, 60)
    assert failed.state == "failed"
    assert "no space left on device" in failed.error
    assert "free some space" in failed.error
    kept = len(jobs.runs.load(key).history)
    assert 1 <= kept < 3
    monkeypatch.setattr(os, "fsync", flush)
    assert jobs.wait(jobs.submit(CONFIG).key, 60).state == "succeeded"
    went_on = weights(jobs, CONFIG)
    shutil.rmtree(jobs.runs.folder(key))
    fresh = store()
    assert fresh.wait(fresh.submit(CONFIG).key, 60).state == "succeeded"
    whole = weights(fresh, CONFIG)
    assert all(torch.equal(whole[name], went_on[name]) for name in whole)


def test_a_read_only_runs_folder_refuses_runs_and_shows_those_that_are_there(store, monkeypatch):
    """Runs that are on disk can be read; a new one fails with one sentence; the queue goes on."""
    jobs = store()
    key = jobs.submit(CONFIG).key
    assert jobs.wait(key, 60).state == "succeeded"
    opened = Path.open

    def read_only(self, mode="r", *arguments, **options):
        if jobs.runs.root in self.parents and set(mode) & set("wax+"):
            raise OSError(errno.EROFS, "Read-only file system", str(self))
        return opened(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", read_only)
    other = store()
    assert other.snapshot(key).history
    assert [run.key for run in other.runs.list()] == [key]
    refused = other.wait(other.submit(replace(CONFIG, seed=1)).key, 60)
    assert refused.state == "failed"
    assert "read-only file system" in refused.error
    assert str(jobs.runs.root) not in refused.error
    monkeypatch.setattr(Path, "open", opened)
    assert other.wait(other.submit(replace(CONFIG, seed=1)).key, 60).state == "succeeded"


@pytest.mark.parametrize("place", ["head", "middle", "end"])
@pytest.mark.parametrize("name", [name for train in (True, False) for name in file_names(train)])
def test_a_damaged_data_file_is_named_and_the_shipped_sample_is_used(name, place, tmp_path, monkeypatch):
    """Wherever one of the four files is damaged, one sentence names it and another source takes its place."""
    monkeypatch.setattr("core.data.sources.DEBIAN_DIR", tmp_path / "none")
    folder = tmp_path / RAW
    shutil.copytree(SAMPLE_ROOT / RAW, folder)
    path = folder / f"{name}.gz"
    data = bytearray(path.read_bytes())
    at = {"head": 0, "middle": len(data) // 2, "end": len(data) - 6}[place]
    data[at : at + 4] = bytes(byte ^ 0xFF for byte in data[at : at + 4])
    path.write_bytes(data)
    split = load_split(train=name.startswith("train"), root=str(tmp_path))
    assert split.kind == "sample"
    assert len(split.problems) == 1
    assert name in split.problems[0]
    assert str(tmp_path) not in split.problems[0]


DOWNLOAD = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from core.data import fetch, sources
fetch.FULL_SHA256 = sources.SAMPLE_SHA256
fetch.DEBIAN_DIR = pathlib.Path("/none")
fetch.shutil.which = lambda name: None
fetch.MIRRORS = (sys.argv[3],)
fetch.fetch(pathlib.Path(sys.argv[2]))
"""


def test_a_download_that_is_killed_leaves_no_file_that_is_taken_for_a_whole_one(tmp_path):
    """Killed in the middle of a file: what arrived whole stays, the rest is fetched by the next attempt."""
    import http.server
    import threading

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            data = (SAMPLE_ROOT / RAW / self.path.rpartition("/")[2]).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            self.wfile.write(data[:half])
            self.wfile.flush()
            if self.server.slow and "images" in self.path:
                self.server.reached.set()
                self.server.go.wait(30)
            self.wfile.write(data[half:])

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except OSError:  # the one who asked is dead
                self.close_connection = True

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.slow, server.reached, server.go = True, threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    command = [sys.executable, "-c", DOWNLOAD, str(PROJECT), str(tmp_path),
               f"http://127.0.0.1:{server.server_port}/"]  # fmt: skip
    try:
        environment = {**os.environ, "no_proxy": "127.0.0.1"}
        child = subprocess.Popen(command, env=environment)
        assert server.reached.wait(60)
        time.sleep(0.2)
        child.kill()
        child.wait()
        server.slow = False
        server.go.set()
        images = {name for train in (True, False) for name in file_names(train) if "images" in name}
        left = {path.name for path in (tmp_path / RAW).glob("*")} if (tmp_path / RAW).exists() else set()
        assert not left & (images | {f"{name}.gz" for name in images})
        subprocess.run(command, env=environment, check=True, timeout=60)
    finally:
        server.go.set()
        server.shutdown()
        thread.join()
        server.server_close()
    split = load_split(train=True, root=str(tmp_path))
    assert not split.problems
    assert len(split) == 5000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_each_flush_of_a_checkpoint_loses_no_whole_epoch(tmp_path):
    """Killed before every flush in turn, the run goes on to the weights of one that was never killed."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "tests" / "faults" / "kill_saving.py"), str(tmp_path)],
        capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("the same weights\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs kill -9")
def test_of_three_processes_one_trains_the_others_watch_and_one_takes_over(tmp_path):
    """`python -m core.train` three times: whoever holds the lock trains, and is killed half-way.

    Halted first, so that both others have seen its epochs before it dies; they end with the same whole run.
    """
    epochs, runs = 24, tmp_path / "runs"
    command = [sys.executable, "-m", "core.train", "--preset", "tutorial", "--epochs", str(epochs),
               "--limit", "640", "--device", "cpu", "--runs", str(runs)]  # fmt: skip
    with contextlib.ExitStack() as stack:

        def start(name):
            said = stack.enter_context((tmp_path / name).open("w"))
            process = subprocess.Popen(command, cwd=PROJECT, stdout=said, stderr=said)
            stack.callback(process.kill)
            return process

        def until(holds):
            deadline = time.monotonic() + 100
            while not holds():
                assert time.monotonic() < deadline
                time.sleep(0.005)

        first = start("first")
        until(lambda: list(runs.glob("*/history.json")))
        os.kill(first.pid, signal.SIGSTOP)
        others = [start("second"), start("third")]
        until(lambda: all("epoch " in (tmp_path / name).read_text() for name in ("second", "third")))
        [folder] = [path for path in runs.iterdir() if not path.name.startswith(".")]
        before = len(RunStore(runs).load(folder.name).history)
        assert before < epochs
        first.kill()
        assert [other.wait(timeout=100) for other in others] == [0, 0]
    assert [(tmp_path / name).read_text().splitlines()[-1] for name in ("second", "third")] == [
        str(folder)
    ] * 2
    stored = RunStore(runs).load(folder.name)
    assert stored.status == "finished"
    assert [record.epoch for record in stored.history] == list(range(1, epochs + 1))


def test_a_run_folder_of_an_older_schema_counts_as_absent(store):
    """A whole run that another version left is not listed, not shown and not overwritten blindly: asked for
    again, it is trained anew."""
    jobs = store()
    key = jobs.submit(CONFIG).key
    jobs.wait(key, 60)
    status = jobs.runs.folder(key) / "status.json"
    status.write_text(status.read_text().replace(f'"schema": {run_files.SCHEMA}', '"schema": 0'))
    other = store()
    assert other.runs.list() == []
    assert other.snapshot(key) is None
    again = other.wait(other.submit(CONFIG).key, 60)
    assert again.state == "succeeded"
    assert not again.from_cache
    assert [run.key for run in other.runs.list()] == [key]


def test_what_is_not_a_file_of_ours_in_the_runs_folder_is_left_alone(store):
    """Foreign files, empty folders and folders of other names are neither read nor removed."""
    jobs = store()
    root = jobs.runs.root
    root.mkdir(parents=True)
    (root / "notes.txt").write_text("mine")
    (root / ("a" * 64)).mkdir()
    (root / "other").mkdir()
    (root / ("b" * 64)).write_bytes(io.BytesIO(b"x").getvalue())
    key = jobs.submit(CONFIG).key
    assert jobs.wait(key, 60).state == "succeeded"
    assert [run.key for run in jobs.runs.list()] == [key]
    assert {"notes.txt", "other", "a" * 64, "b" * 64} <= {path.name for path in root.iterdir()}
