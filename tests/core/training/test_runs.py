"""Runs on disk: whole after any interruption, found again, never in each other's way."""

import contextlib
import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.errors import RunError
from core.system import files
from core.training.engine import run_training
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore
from core.training.runs import files as run_files

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,), dropout=0.2),
    data=DataConfig(shift=1),
    optimizer=OptimizerConfig(name="adam", lr=1e-3),
    epochs=3,
    device="cpu",
)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def config(small_train):
    return resolve(CONFIG, small_train)


def train(store, config, splits, stop_after=None):
    """Train through the store; with `stop_after`, die after that many epochs as a killed process would."""

    class Killed(BaseException):
        pass

    def on_progress(progress):
        if stop_after is not None and len(progress.history) >= stop_after:
            raise Killed

    job = TrainingJob(config, store, *splits)
    try:
        return job.run(on_progress, lambda: False)
    except Killed:
        return None


@pytest.fixture
def splits(small_train, small_test):
    return small_train, small_test


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_a_finished_run_is_read_back_as_it_was(store, config, splits):
    """History, losses, final weights and every epoch's weights come back, bit for bit."""
    result = run_training(config, train_split=splits[0], test_split=splits[1])
    train(store, config, splits)
    stored = store.load(config.key())
    assert stored.status == "finished"
    assert stored.config == config
    assert [r.test_loss for r in stored.history] == [r.test_loss for r in result.history]
    assert len(stored.losses) == 3 * 8
    assert same(run_files.read_weights(store.folder(config.key())), result.state_dict)
    assert store.kept_epochs(config.key()) == (1, 2, 3)
    assert same(run_files.read_weights(store.folder(config.key()), 3), result.state_dict)
    model = store.trained_model(config.key(), 2)
    assert len(model.history) == 2
    assert "2 of 3 epochs" in model.about


@pytest.mark.parametrize("epochs", [1, 2])
def test_an_interrupted_run_goes_on_to_the_same_weights(epochs, store, config, splits):
    """Dropout, augmentation, shuffling and Adam's moments all go on as if nothing had happened."""
    expected = run_training(config, train_split=splits[0], test_split=splits[1])
    train(store, config, splits, stop_after=epochs)
    assert store.load(config.key()).status == "running"
    assert len(store.load(config.key()).history) == epochs
    outcome = train(store, config, splits)
    assert outcome.status == "finished"
    assert same(run_files.read_weights(store.folder(config.key())), expected.state_dict)
    assert len(store.load(config.key()).losses) == 3 * 8


def test_a_write_that_fails_half_way_leaves_the_old_contents(tmp_path):
    """A full disk in the middle of a write: the file is as before, and nothing else is left."""
    path = tmp_path / "weights.pt"
    files.write_bytes(path, b"old")

    def write(file):
        file.write(b"ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.write_with(path, write)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["weights.pt"]


def test_each_write_of_an_epoch_may_be_the_last_one(store, config, splits, monkeypatch):
    """Whatever rename a kill comes before, the run on disk is the last whole epoch or the one before."""
    train(store, config, splits, stop_after=1)
    folder = store.folder(config.key())
    before = run_files.read_state(folder)
    for allowed in range(6):
        count = 0
        original = files.Path.replace

        def limited(self, target, *, allowed=allowed, original=original):
            nonlocal count
            count += 1
            if count > allowed:
                raise KeyboardInterrupt
            return original(self, target)

        monkeypatch.setattr(files.Path, "replace", limited)
        with contextlib.suppress(KeyboardInterrupt):
            train(store, config, splits, stop_after=2)
        monkeypatch.setattr(files.Path, "replace", original)
        state = run_files.read_state(folder)
        assert state.epoch in (1, 2)
        if state.epoch == 1:
            assert same(state.model, before.model)
        stored = store.load(config.key())
        assert len(stored.losses) == 8 * state.epoch
        assert not list(folder.glob(f"{files.TEMPORARY}*"))


def test_a_full_disk_is_a_sentence(store, config, splits, monkeypatch):
    """The run fails with what to do; what was saved before is still whole."""

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_files, "save_epoch", fail)
    with pytest.raises(RunError, match=r"no space left on device.*free some space"):
        train(store, config, splits)
    assert store.load(config.key()).history == ()


@pytest.mark.parametrize("name", ["status.json", "config.json", "history.json", "losses.pt"])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 0}', b"\x80\x04junk"])
def test_damaged_files_are_one_sentence(name, damage, store, config, splits):
    """A torn, foreign or older file is a RunError; the list leaves the run out and training starts anew."""
    train(store, replace(config, epochs=1), splits)
    key = replace(config, epochs=1).key()
    path = store.folder(key) / name
    path.write_bytes(damage)
    if name == "history.json" and damage == b"[]":
        assert store.load(key).history == ()
        return
    with pytest.raises(RunError, match="train again"):
        store.load(key)
    assert [run for run in store.list() if run.key == key] == []
    assert train(store, replace(config, epochs=1), splits).status == "finished"
    assert store.load(key).status == "finished"


def test_damaged_state_means_starting_again(store, config, splits):
    """An optimizer state that cannot be read costs the epochs before it, not the run."""
    train(store, config, splits, stop_after=2)
    next(store.folder(config.key()).glob("state-*.pt")).write_bytes(b"torn")
    assert train(store, config, splits).status == "finished"


def test_damaged_weights_are_one_sentence(store, config, splits):
    """Looking at such a run says what to do."""
    train(store, config, splits)
    (store.folder(config.key()) / "weights.pt").write_bytes(b"PK\x03\x04torn")
    with pytest.raises(RunError, match="damaged"):
        store.trained_model(config.key())


@pytest.mark.parametrize("key", ["..", "../x", "a" * 63, "A" * 64, "", "a" * 64 + "\n"])
def test_names_that_are_no_run_are_refused(key, store):
    """A name from a link never becomes another path."""
    with pytest.raises(RunError, match="no run of this name"):
        store.load(key)


def test_absent_is_none(store):
    """Asking for a run that was never made is no error."""
    assert store.load("0" * 64) is None
    assert store.list() == []
    with pytest.raises(RunError, match="no longer there"):
        store.trained_model("0" * 64)


def test_the_lock_is_one(store, config):
    """A second taker gets nothing until the first lets go."""
    with store.lock(config.key()) as lock:
        assert lock is not None
        assert store.lock(config.key()) is None
        assert store.is_locked(config.key())
    assert not store.is_locked(config.key())


def test_eviction_takes_the_unused_and_spares_those_in_use(tmp_path, config, splits):
    """Above the limit the run unused for longest goes; a locked one and one just asked for stay."""
    store = RunStore(tmp_path / "runs")
    configs = [replace(config, seed=seed, epochs=1) for seed in range(4)]
    for number, each in enumerate(configs):
        train(store, each, splits)
        for name in ("config.json", "status.json"):
            os.utime(store.folder(each.key()) / name, (1e9 + number, 1e9 + number))
    one = store.size() / 4
    store.max_bytes = 1.5 * one
    with store.lock(configs[0].key()):
        deleted = store.evict(keep=[configs[2].key()])
    assert set(deleted) == {configs[1].key(), configs[3].key()}
    assert {run.key for run in store.list()} == {configs[0].key(), configs[2].key()}
    store.evict()
    assert [run.key for run in store.list()] == [configs[2].key()]
    assert {path.name for path in (store.root / ".locks").iterdir()} <= {configs[2].key()}


def test_reading_a_run_counts_as_use(tmp_path, config, splits):
    """What somebody looked at is evicted after what nobody did."""
    store = RunStore(tmp_path / "runs")
    first, second = (replace(config, seed=seed, epochs=1) for seed in range(2))
    for each in (first, second):
        train(store, each, splits)
        for name in ("config.json", "status.json"):
            os.utime(store.folder(each.key()) / name, (1e9, 1e9 + (each is second)))
    RunStore(tmp_path / "runs").load(first.key())
    store.max_bytes = store.size() * 0.6
    assert store.evict() == [second.key()]


def test_long_runs_of_large_networks_keep_some_epochs():
    """The weights of all epochs stay within the bound; the first and last are always kept."""
    size = 5_000_000
    kept = [epoch for epoch in range(1, 61) if run_files.is_kept(epoch, 60, size)]
    assert kept[0] == 1
    assert kept[-1] == 60
    assert len(kept) * size < 1.2 * run_files.EPOCHS_BYTES


def test_thinning_happens_as_the_run_goes_on(store, config, splits, monkeypatch):
    """An epoch that is not kept goes when the next is there."""
    monkeypatch.setattr(run_files, "EPOCHS_BYTES", 1)
    train(store, config, splits)
    assert store.kept_epochs(config.key()) == (1, 3)
    with pytest.raises(RunError, match="not kept"):
        store.trained_model(config.key(), 2)


def test_diverged_runs_keep_their_history_and_reason(store, config, splits):
    """What led to the end can be looked at, and the run is not repeated."""
    wild = replace(config, optimizer=OptimizerConfig(lr=1e3, momentum=0.9), loss="mse", epochs=2)
    with pytest.raises(Exception, match="lower the learning rate"):
        train(store, wild, splits)
    stored = store.load(wild.key())
    assert stored.status == "diverged"
    assert "step" in stored.error
    with pytest.raises(Exception, match="lower the learning rate"):
        train(store, wild, splits)


def test_losses_of_an_epoch_that_never_counted_are_left_out(store, config, splits):
    """A kill between the losses' file and the history leaves losses of one epoch too many."""
    train(store, config, splits, stop_after=2)
    folder = store.folder(config.key())
    history = json.loads((folder / "history.json").read_text())
    (folder / "history.json").write_text(json.dumps(history[:1]))
    stored = store.load(config.key())
    assert len(stored.history) == 1
    assert len(stored.losses) == 8
    assert stored.losses.dtype == np.float32


def test_the_list_is_cheap_when_nothing_changed(store, config, splits, monkeypatch):
    """Every page asks for it, so files are read only when they changed."""
    train(store, config, splits)
    first = store.list()
    monkeypatch.setattr(run_files, "read", lambda _: pytest.fail("read again"))
    start = time.perf_counter()
    assert store.list() == first
    assert time.perf_counter() - start < 0.1
    assert first[0].title.startswith("Perceptron")
    assert first[0].epochs_done == 3
