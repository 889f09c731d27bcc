"""Where snippets find the images: `data` where that is true, else a copy that is what it says."""

import tracemalloc

from core.data import sources, split_in_use
from core.teaching.snippets.dataset_root import dataset_root, own_root, root_of, write_root
from core.teaching.tracer import images


def test_a_snippet_says_data_where_the_images_in_use_lie_there(
    tmp_path, monkeypatch, sample_train, sample_test
):
    """Beside the app, unpacked and the same: then no server's path is in the code."""
    splits = (sample_train, sample_test)
    monkeypatch.chdir(tmp_path)
    assert own_root(splits) == ""
    write_root(tmp_path / "data", splits)
    assert own_root(splits) == "data"


def test_other_images_in_data_are_not_taken_for_those_in_use(
    tmp_path, monkeypatch, sample_train, sample_test
):
    """One byte is enough, in a file of the right length; the copy is then written anew."""
    splits = (sample_train, sample_test)
    write_root(tmp_path / "data", splits)
    path = tmp_path / "data" / "FashionMNIST" / "raw" / "t10k-labels-idx1-ubyte"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    monkeypatch.chdir(tmp_path)
    assert own_root(splits) == ""
    write_root(tmp_path / "data", splits)
    assert path.read_bytes() == whole


def test_finding_the_folder_takes_no_second_copy_of_the_images(
    tmp_path, monkeypatch, sample_train, sample_test
):
    """Neither of the split, nor of the file that is compared: on the full dataset that took 140 MB."""
    held = split_in_use(True), split_in_use(False)
    monkeypatch.setattr(sources, "load_split", lambda *_: 1 / 0)
    assert images.images_root.__wrapped__() == dataset_root.__wrapped__() == root_of(held)
    splits = (sample_train, sample_test)
    write_root(tmp_path / "data", splits)
    monkeypatch.chdir(tmp_path)
    tracemalloc.start()
    assert own_root(splits) == "data"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < sample_train.images.numel() / 2
