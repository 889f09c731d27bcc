"""Forks: the shared epochs are the run's own, to the bit; what is changed holds from there on alone."""

import json
import shutil
import threading
from dataclasses import replace

import pytest
import torch

from core.config import Change, DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.errors import ConfigError, QueueError
from core.training.engine import run_training
from core.training.jobs import JobQueue, TrainingService, Visitor
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore
from core.training.runs import files as run_files
from core.training.runs.branches import begin_fork
from core.training.runs.family import family
from core.training.runs.link import from_query, to_query

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,), dropout=0.2),
    data=DataConfig(shift=1),
    optimizer=OptimizerConfig(lr=0.05, momentum=0.9),
    epochs=3,
    device="cpu",
    threads=1,
)
ALL = Change(
    epoch=2, lr=0.01, optimizer="adam", batch_size=50, label_smoothing=0.1, shift=2, flip=True, erase=3,
    shuffle_seed=7, of_epochs=2,
)  # fmt: skip


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def figures(history):
    return [(r.train_loss, r.test_loss, r.train_accuracy, r.gradient_norm, r.learning_rate) for r in history]


@pytest.fixture
def splits(small_train, small_test):
    return small_train, small_test


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def train(store, config, splits, progress=lambda p: None):
    TrainingJob(config, store, *splits).run(progress, lambda: False)
    return store.load(config.key())


def weights(store, config, epoch=None):
    return run_files.read_weights(store.folder(config.key()), epoch)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_run_that_goes_on_in_parts_is_the_run_that_was_never_interrupted(splits, schedule):
    """A fork that sets what was set already, or nothing that matters: every number and weight is the same."""
    config = replace(CONFIG, optimizer=replace(CONFIG.optimizer, schedule=schedule))
    whole = run_training(config, train_split=splits[0], test_split=splits[1])
    change = Change(epoch=1, shift=1) if schedule == "cosine" else Change(epoch=1, lr=0.05, batch_size=64)
    fork = run_training(replace(config, changes=(change,)), train_split=splits[0], test_split=splits[1])
    assert figures(fork.history) == figures(whole.history)
    assert same(fork.state_dict, whole.state_dict)


def test_a_fork_from_a_kept_epoch_is_the_fork_trained_from_the_beginning(store, splits):
    """Everything is changed at once; shared epochs are linked, not trained; the run of before stays."""
    config = resolve(replace(CONFIG, epochs=2), splits[0])
    before = train(store, config, splits)
    kept = weights(store, config)
    fork = replace(config, epochs=4, changes=(ALL,))
    assert fork.parent == config
    reported = []
    stored = train(store, fork, splits, reported.append)
    assert min(progress.epoch for progress in reported if progress.epoch_step) >= 2
    assert figures(stored.history[:2]) == figures(before.history)
    assert (weights(store, fork, 1)["layers.1.weight"] == weights(store, config, 1)["layers.1.weight"]).all()
    expected = run_training(fork, train_split=splits[0], test_split=splits[1])
    assert figures(stored.history) == figures(expected.history)
    assert same(weights(store, fork), expected.state_dict)
    assert [record.steps for record in stored.history] == [8, 8, 11, 11]
    assert len(stored.losses) == 8 + 8 + 11 + 11
    assert reported[-1].step == reported[-1].steps == 38
    assert same(weights(store, config), kept)
    assert figures(store.load(config.key()).history) == figures(before.history)


def test_what_was_not_kept_is_trained_again_with_the_same_result(store, splits):
    """A run of before forks were, which kept no states, and a fork whose runs are gone."""
    config = resolve(CONFIG, splits[0])
    train(store, config, splits)
    fork = replace(config, changes=(Change(epoch=2, lr=0.2),))
    first = train(store, fork, splits)
    for state in store.folder(config.key()).glob("state-*.pt"):
        state.unlink()
    store.delete(fork.key())
    assert begin_fork(store, fork) == 0
    assert figures(train(store, fork, splits).history) == figures(first.history)
    of_fork = replace(fork, changes=(*fork.changes, Change(epoch=1 + 1, step=3, lr=0.1)))
    shutil.rmtree(store.folder(config.key()))
    assert begin_fork(store, of_fork) == 2  # from the fork itself
    with pytest.raises(ConfigError, match="follow each other"):
        replace(fork, changes=tuple(reversed(of_fork.changes)))


def test_a_history_from_before_steps_were_written_down_still_loads_and_forks(store, splits):
    config = resolve(CONFIG, splits[0])
    train(store, config, splits)
    path = store.folder(config.key()) / "history.json"
    records = json.loads(path.read_text())
    for record in records:
        del record["steps"], record["rate_changes"]
    path.write_text(json.dumps(records))
    assert len(store.load(config.key()).losses) == 24
    fork = train(store, replace(config, changes=(Change(epoch=2, lr=0.2),)), splits)
    assert len(fork.losses) == 24


@pytest.fixture
def service(store, splits):
    service = TrainingService(JobQueue(), store, lambda name: splits)
    yield service
    service.close()


def test_a_learning_rate_changed_while_it_trains_is_recorded_and_replayed(service, splits):
    """The run goes on as another one; what it was is left, and goes on later as if nothing had been."""
    visitor, config = Visitor("me"), resolve(replace(CONFIG, epochs=8, batch_size=8), splits[0])
    key = service.submit(config, visitor).key
    while not (snapshot := service.snapshot(key)).history:
        assert snapshot.is_active
    changed = service.change_rate(key, 0.002, visitor)
    change = changed.changes[-1]
    assert change.lr == 0.002
    assert change.step > 0
    assert service.snapshot(changed.key()).is_active
    assert service.snapshot(key).state == "stopped"
    with pytest.raises(QueueError, match="while the run goes on"):
        service.change_rate(key, 0.1, visitor)
    ended = service.wait(changed.key(), 60)
    assert ended.state == "succeeded"
    record = ended.history[change.epoch]
    assert [(each.step, each.rate) for each in record.rate_changes] == [(change.step, 0.002)]
    expected = run_training(changed, train_split=splits[0], test_split=splits[1])
    assert figures(ended.history) == figures(expected.history)
    assert service.runs.load(changed.key()).losses.tolist() == pytest.approx(ended.losses.tolist())
    assert service.submit(config, visitor).is_active  # the ghost is trained to its end
    ghost = service.wait(key, 60)
    untouched = run_training(config, train_split=splits[0], test_split=splits[1])
    assert figures(ghost.history) == figures(untouched.history)
    assert same(weights(service.runs, config), untouched.state_dict)


def test_a_rate_is_not_changed_for_somebody_else_who_watches(service, splits):
    config = resolve(replace(CONFIG, epochs=40), splits[0])
    mine, other = Visitor("me"), Visitor("you")
    key = service.submit(config, mine).key
    service.submit(config, other)
    while service.snapshot(key).state != "running":
        threading.Event().wait(0.01)
    with pytest.raises(QueueError, match="Somebody else watches"):
        service.change_rate(key, 0.1, mine)
    with pytest.raises(ConfigError):
        service.change_rate(key, -1.0, mine)
    service.queue.stop(key)


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 1},
        {"epoch": 3, "lr": 0.1},
        {"epoch": 0, "lr": 0.1},
        {"epoch": 1, "optimizer": "adam"},
        {"epoch": 1, "step": 4, "batch_size": 8},
        {"epoch": 1, "batch_size": 5000},
        {"epoch": 1, "label_smoothing": 1.5},
        {"epoch": 1, "lr": float("nan")},
        {"epoch": 2, "lr": 0.1, "of_epochs": 1},
    ],
)
def test_changes_that_make_no_sense_are_refused(change):
    with pytest.raises(ConfigError):
        replace(CONFIG, changes=(Change(**change),))


def test_a_rate_that_follows_a_curve_needs_a_constant_one_for_another_number_of_steps():
    curve = replace(CONFIG, optimizer=OptimizerConfig(schedule="one_cycle"))
    with pytest.raises(ConfigError, match="follows a curve"):
        replace(curve, changes=(Change(epoch=1, batch_size=32),))
    assert replace(curve, changes=(Change(epoch=1, batch_size=32, lr=0.1),))


def test_a_fork_has_a_name_a_link_and_its_parents_and_other_runs_keep_theirs():
    assert "changes" not in CONFIG.canonical_json()
    fork = replace(CONFIG, epochs=5, changes=(Change(epoch=1, step=9, lr=0.5), replace(ALL, of_epochs=3)))
    assert TrainConfig.from_dict(json.loads(json.dumps(fork.to_dict()))) == fork
    again, problems = from_query(to_query(fork))
    assert not problems
    assert (again.changes, again.epochs) == (fork.changes, 5)
    assert fork.parent.epochs == 3
    assert fork.root == CONFIG
    assert len({fork.key(), fork.parent.key(), CONFIG.key()}) == 3
    for text in ("e1", "e1_q3", "x", "e1_r1e999", "e1_r0.1-" * 40):
        found, problems = from_query({"then": text})
        assert found.changes == ()
        assert problems


def test_the_tree_of_runs_has_every_fork_after_what_it_leaves(store, splits):
    """A run in between that is gone is still drawn; runs of other settings are not."""
    root = resolve(CONFIG, splits[0])
    first = replace(root, changes=(Change(epoch=1, lr=0.2),))
    second = replace(root, changes=(Change(epoch=2, batch_size=50),))
    deep = replace(first, changes=(*first.changes, Change(epoch=2, flip=True)))
    for config in (root, replace(root, seed=5), second, deep):
        train(store, config, splits)
    branches = family(second, store.list())
    assert [branch.config for branch in branches] == [root, first, deep, second]
    assert [branch.parent for branch in branches] == [None, 0, 1, 0]
    assert [branch.summary is None for branch in branches] == [False, True, False, False]
    assert branches[2].difference == "after epoch 2: mirror"
    assert branches[0].start == 0
    assert len(family(second, store.list(), most=2)) == 2


def test_a_fork_of_somebody_s_own_images_is_of_their_images(splits):
    """Whose a run is, its dataset's name says, which a fork shares."""
    config = resolve(CONFIG, splits[0])
    fork = replace(config, changes=(Change(epoch=1, lr=0.1),))
    assert fork.data.dataset == config.data.dataset
    assert fork.data.kind == "custom"
    with pytest.raises(ConfigError, match="steps, above the limit"):
        resolve(
            replace(CONFIG, epochs=60, changes=(Change(epoch=1, batch_size=1),)),
            replace(splits[0], images=splits[0].images.repeat(8, 1, 1), labels=splits[0].labels.repeat(8)),
        )
