"""Clocks that are set while a run trains, and workers that die."""

import itertools
import os
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.config import DataConfig, TrainConfig
from core.training.jobs import Job, JobQueue, TrainingService
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore
from core.training.runs import store as runs_module

CONFIG = TrainConfig(data=DataConfig(limit=128), epochs=3, device="cpu", batch_size=32)
YEAR = 365 * 86_400.0


@pytest.fixture
def jobs(tmp_path, small_train, small_test):
    jobs = TrainingService(JobQueue(), RunStore(tmp_path / "runs"), lambda name: (small_train, small_test))
    yield jobs
    jobs.close()


def test_a_clock_that_jumps_changes_no_run(jobs, monkeypatch):
    """Set back or forward by a year at each look, the clock is only used to say when: the run ends, its times
    are not negative, it is listed, and it is not evicted."""
    jumps = itertools.cycle((YEAR, -YEAR, 3600.0, -3600.0))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    key = jobs.submit(CONFIG).key
    done = jobs.wait(key, 60)
    assert done.state == "succeeded"
    assert done.seconds >= 0
    assert all(record.seconds >= 0 for record in done.history)
    folder = jobs.runs.folder(key)
    for jump in (YEAR, -YEAR):
        os.utime(folder / "status.json", (real() + jump,) * 2)
        assert [run.key for run in jobs.runs.list()] == [key]
        jobs.runs.evict(keep=(key,))
        assert jobs.runs.load(key).history == done.history


def test_a_clock_that_is_set_back_does_not_stop_the_view_of_another_servers_run(
    tmp_path, small_train, small_test, monkeypatch
):
    """Who watches a run of another process sees its progress though the later file bears an earlier time."""
    runs = RunStore(tmp_path)
    config = resolve(CONFIG, small_train)
    job = TrainingJob(config, runs, small_train, small_test)
    first, second = SimpleNamespace(losses=()), SimpleNamespace(losses=())
    told = iter([(2000.0, first), (1000.0, second), (1000.0, second)])
    monkeypatch.setattr(RunStore, "read_progress", lambda self, key: next(told, None))
    monkeypatch.setattr("core.training.jobs.training.WATCH_INTERVAL", 0.01)
    lock = runs.lock(job.key)
    seen, stop = [], threading.Event()

    def should_stop():
        return len(seen) >= 2 or stop.wait(0)

    timer = threading.Timer(20, stop.set)
    timer.start()
    with lock:
        assert job.run(seen.append, should_stop).status == "stopped"
    timer.cancel()
    assert seen == [first, second]


class Odd(Job):
    """A job that ends in a way that no job should."""

    title = "odd"

    def __init__(self, key, error):
        self.key, self.error = key, error

    def run(self, on_progress, should_stop):
        raise self.error


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), MemoryError()])
def test_a_worker_survives_whatever_a_job_raises(jobs, error):
    """The job fails in one sentence, and the next one runs."""
    jobs.queue.submit(Odd("odd", error))
    failed = jobs.queue.wait("odd", 20)
    assert failed.state == "failed"
    assert failed.error.endswith(".")
    assert jobs.wait(jobs.submit(CONFIG).key, 60).state == "succeeded"


def test_a_worker_that_died_is_replaced(jobs):
    """A dead thread in the list of workers does not leave runs waiting for ever."""
    dead = threading.Thread(target=lambda: None)
    dead.start()
    dead.join()
    jobs.queue._workers["cpu"] = dead
    assert jobs.wait(jobs.submit(replace(CONFIG, seed=2)).key, 60).state == "succeeded"


def test_touching_a_run_never_takes_the_page_down(jobs, monkeypatch):
    """Noting that a run was used fails on a read-only disk without a word."""
    key = jobs.submit(CONFIG).key
    jobs.wait(key, 60)

    def fail(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(runs_module, "TOUCH_INTERVAL", 0.0)
    monkeypatch.setattr(os, "utime", fail)
    assert jobs.runs.load(key).history
