"""What loading costs, measured in a process of its own."""

import pytest

from core.analysis import loading_cost as loading
from core.errors import DataError
from core.teaching.snippets.dataset_root import write_root


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


def test_two_at_once_are_refused(root):
    """They would measure each other."""
    with loading._measuring, pytest.raises(DataError, match="Another visitor"):
        loading.measure_loading(root, count=10, batch_size=5)
