"""IDX files: what is written comes back, anything else is a sentence, no file is half there."""

import gzip
import hashlib
import os
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.data.idx import idx_bytes, parse_idx, read_idx, write_whole
from core.data.sources import PROJECT
from core.errors import DataError


@given(st.binary(min_size=1, max_size=200))
def test_labels_come_back_as_written(values):
    file = parse_idx(idx_bytes(torch.tensor(list(values), dtype=torch.uint8)), item_shape=())
    assert bytes(file.values.tolist()) == values


def test_images_come_back_as_written_and_may_be_written_to(tmp_path):
    """In memory of their own: no buffer of Python's, which would be read-only, lies below."""
    images = torch.randint(0, 256, (7, 28, 28), generator=torch.Generator().manual_seed(0)).byte()
    data = idx_bytes(images)
    (tmp_path / "a.gz").write_bytes(gzip.compress(data))
    file = read_idx(tmp_path / "a.gz", item_shape=(28, 28))
    assert torch.equal(file.values, images)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    file.values[0, 0, 0] = 1


@given(st.binary(max_size=64) | st.binary(max_size=64).map(lambda tail: bytes((0, 0, 8, 1)) + tail))
def test_any_bytes_are_a_file_or_a_sentence(data):
    try:
        file = parse_idx(data, item_shape=())
    except DataError:
        return
    assert idx_bytes(file.values) == data


@given(st.binary(max_size=80), st.integers(0, 60))
def test_any_damage_to_a_gzip_is_a_sentence(tmp_path_factory, noise, position):
    path = tmp_path_factory.mktemp("idx") / "labels.gz"
    whole = gzip.compress(idx_bytes(torch.arange(40).byte()))
    path.write_bytes(whole[:position] + noise)
    try:
        file = read_idx(path, item_shape=())
    except DataError:
        return
    assert file.values.tolist() == list(range(40))


def test_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="not a file"):
        read_idx(tmp_path / "pipe", item_shape=())


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_kill_while_writing_leaves_no_file_of_that_name(tmp_path, call):
    """The process dies just before the data reach the disk, and just before the name is given."""
    script = (
        "import os, pathlib, sys; from core.data.idx import write_whole\n"
        f"{'os.fsync' if call == 'fsync' else 'pathlib.Path.replace'} = lambda *_: os._exit(9)\n"
        "write_whole(pathlib.Path(sys.argv[1]), b'x' * 100_000)"
    )
    target = tmp_path / "raw" / "file"
    done = subprocess.run([sys.executable, "-c", script, str(target)], cwd=PROJECT, check=False)
    assert done.returncode == 9
    assert not target.exists()


def test_failure_while_writing_leaves_nothing_and_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "file"
    write_whole(target, b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        write_whole(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_bytes() == b"old"
