"""What loading costs, measured in a process of its own."""

import pytest

from core.analysis import loading_cost as loading
from core.errors import DataError
from core.teaching.snippets.dataset_root import write_root
from core.training.jobs import JobQueue


@pytest.fixture(scope="module")
def root(sample_train, sample_test, tmp_path_factory):
    """The sample as torchvision wants it."""
    return write_root(tmp_path_factory.mktemp("root"), (sample_train, sample_test))


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


def test_as_a_job_it_takes_its_turn_and_tells_each_way(root):
    """The queue runs one at a time, so that two do not measure each other."""
    queue = JobQueue()
    job = loading.LoadingJob(root, count=300, batch_size=64)
    assert queue.submit(job).key == queue.submit(loading.LoadingJob(root, count=300, batch_size=64)).key
    done = queue.wait(job.key, 120)
    assert done.state == "succeeded", done.error
    assert [m.workers for m in done.outcome.measurements] == [-1, *loading.WORKERS]
    assert (done.progress.step, done.progress.steps) == (4, 4)
    queue.close()


@pytest.mark.parametrize(
    ("count", "batch_size", "workers"),
    [(0, 1, ()), (60_001, 64, ()), (100, 0, ()), (100, 64, (9,)), (100, 64, (-1,))],
)
def test_limits_are_checked_before_a_process_starts(root, monkeypatch, count, batch_size, workers):
    """What the docstring promises."""
    monkeypatch.setattr(loading.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    with pytest.raises(DataError, match="Loading is measured with"):
        loading.measure_loading(root, count=count, batch_size=batch_size, workers=workers)
