"""Visitors share the disk evenly: nobody's runs are deleted for those of somebody who takes more."""

import json
from dataclasses import replace

import pytest

from core.config import TrainConfig
from core.training.runs import RunStore
from core.training.runs.owners import APP, read_owners

CONFIG = TrainConfig(device="cpu", threads=1)
KB = 1000


@pytest.fixture
def runs(tmp_path):
    return RunStore(tmp_path / "runs", max_bytes=130 * KB)


def leave(runs, seed, size, browser=None, address="1.1.1.1"):
    """A finished run of about `size` bytes, of a visitor or of the app."""
    config = replace(CONFIG, seed=seed)
    runs.begin(config)
    (runs.folder(config.key()) / "weights.pt").write_bytes(bytes(size))
    if browser is not None:
        runs.note_owner(config.key(), browser=browser, address=address)
    runs.finish(config.key(), "finished")
    return config.key()


def there(runs, *keys):
    return [runs.folder(key).exists() for key in keys]


@pytest.mark.parametrize("address", ["1.1.1.1", "2.2.2.2"])
def test_large_runs_of_many_tabs_leave_a_strangers_small_ones(runs, address):
    """Each tab is another browser, of the same address or of another; the stranger's runs are the oldest."""
    mine = [leave(runs, seed, 3 * KB, "me") for seed in range(3)]
    theirs = [leave(runs, 100 + seed, 40 * KB, f"tab {seed}", address) for seed in range(7)]
    assert there(runs, *mine) == [True, True, True]
    assert there(runs, *theirs)[-1]
    assert sum(there(runs, *theirs)) == 2
    assert runs.size() <= 130 * KB


def test_of_ones_own_runs_the_one_unused_for_longest_goes(runs):
    """Somebody who takes too much loses their own."""
    keys = [leave(runs, seed, 30 * KB, "me") for seed in range(4)]
    assert there(runs, *keys) == [False, True, True, True]


def test_a_run_of_two_visitors_stays_for_the_second(runs):
    """What somebody else asked for as well is not deleted on account of the first."""
    shared = leave(runs, 0, 20 * KB, "heavy")
    runs.note_owner(shared, browser="light", address="2.2.2.2")
    own = [leave(runs, seed, 35 * KB, "heavy") for seed in range(1, 4)]
    assert there(runs, shared) == [True]
    assert sum(there(runs, *own)) == 2


def test_who_somebody_is_cannot_be_read_from_the_disk(runs):
    """Addresses and browsers are kept as digests with a salt that differs from folder to folder."""
    key = leave(runs, 0, KB, "me", "203.0.113.7")
    text = (runs.folder(key) / "owners.json").read_text()
    assert "203.0.113.7" not in text
    other = RunStore(runs.root.parent / "other")
    leave(other, 0, KB, "me", "203.0.113.7")
    assert (other.folder(key) / "owners.json").read_text() != text


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", "[[1]]", "null", "[" * 100_000, json.dumps([["a", "b", "c"]])]
)
def test_a_damaged_list_of_owners_is_nobodys(runs, text):
    """The run belongs to the app then, and is listed and deleted as any other."""
    key = leave(runs, 0, KB, "me")
    (runs.folder(key) / "owners.json").write_text(text)
    assert read_owners(runs.folder(key)) == (APP,)
    runs.max_bytes = 0
    assert runs.evict() == [key]
