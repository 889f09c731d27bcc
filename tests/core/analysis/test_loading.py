"""What loading costs, measured in a process of its own."""

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.analysis import loading_cost as loading
from core.errors import DataError
from core.teaching.snippets.dataset_root import write_root
from core.training.jobs import JobQueue


@pytest.fixture(scope="module")
def root(sample_train, sample_test, tmp_path_factory):
    """The sample as torchvision wants it."""
    return write_root(tmp_path_factory.mktemp("root"), (sample_train, sample_test))


def family(process):
    """A process and all that it has started, as far as they still live."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += [member for child in task.read_text().split() for member in family(child)]
    return found


def taken(processes):
    """Bytes of their own, shared ones counted once."""
    kilobytes = 0
    for process in processes:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            kilobytes += sum(map(int, re.findall(r"^Pss_(?:Anon|Shmem):\s+(\d+)", text, re.MULTILINE)))
    return 1024 * kilobytes


def test_every_way_is_measured_and_told(root):
    """In memory first, then one measurement a number of workers; memory is faster."""
    told = []
    found = loading.measure_loading(root, count=300, batch_size=64, workers=(0, 1), on_progress=told.append)
    assert [m.workers for m in found] == [-1, 0, 1]
    assert told == found
    assert all(m.count == 300 and 0 < m.first <= m.seconds for m in found)
    assert found[0].seconds < found[1].seconds


def test_a_measurement_that_takes_too_long_is_ended(root):
    """With a sentence, and the process is gone."""
    with pytest.raises(DataError, match="fewer images"):
        loading.measure_loading(root, count=5000, batch_size=1, timeout=0.2)


def test_as_a_job_it_takes_its_turn_tells_each_way_and_takes_what_it_has_reserved(root, monkeypatch):
    """The queue runs one at a time, so that two do not measure each other."""
    started, peak = [], 0

    class Noted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self.pid)

    monkeypatch.setattr(loading.subprocess, "Popen", Noted)
    queue = JobQueue()
    job = loading.LoadingJob(root, count=5_000, batch_size=1_000)
    assert queue.submit(job).key == queue.submit(loading.LoadingJob(root, count=5_000, batch_size=1_000)).key
    while queue.wait(job.key, 0.05).is_active:
        with contextlib.suppress(OSError):
            peak = max(peak, taken(family(started[0])) if started else 0)
    done = queue.snapshot(job.key)
    assert done.state == "succeeded", done.error
    assert [m.workers for m in done.outcome.measurements] == [-1, *loading.WORKERS]
    assert (done.progress.step, done.progress.steps) == (4, 4)
    if sys.platform.startswith("linux"):
        assert job.memory_bytes / 5 < peak < job.memory_bytes
    queue.close()


def test_large_batches_count():
    """The number of images in a batch decides, up to all of them, in each worker and ready for use."""
    small, large = (loading.loading_bytes(60_000, size, (0, 1, 2)) for size in (256, 60_000))
    assert small < 700_000_000
    assert large - small > 3 * 60_000 * 28 * 28 * 4 * 0.9


@pytest.mark.parametrize(
    ("count", "batch_size", "workers"),
    [(0, 1, ()), (60_001, 64, ()), (100, 0, ()), (100, 64, (9,)), (100, 64, (-1,))],
)
def test_limits_are_checked_before_a_process_starts(root, monkeypatch, count, batch_size, workers):
    """What the docstring promises."""
    monkeypatch.setattr(loading.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    with pytest.raises(DataError, match="Loading is measured with"):
        loading.measure_loading(root, count=count, batch_size=batch_size, workers=workers)
