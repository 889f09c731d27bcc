"""Runs whose JSON says odd things: each is absent or whole, and the other runs stay listed."""

import contextlib
import copy
import json
import random

import pytest
import torch

from core.config import DataConfig, ModelConfig, TrainConfig
from core.errors import CoreError
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(8,)), data=DataConfig(limit=64), epochs=2, device="cpu"
)
ODD = [0, None, True, "x", "", -1, float("inf"), float("nan"), [], {}, [[]], 10**400, "1", [1], {"a": 1}, 2.5]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, small_train, small_test):
    """A folder with two finished runs; gives its service and the first one's folder."""
    queue = JobQueue()
    runs = RunStore(tmp_path_factory.mktemp("runs"))
    service = TrainingService(queue, runs, lambda name: (small_train, small_test))
    keys = [
        service.submit(config).key
        for config in (CONFIG, CONFIG.__class__.from_dict({**CONFIG.to_dict(), "seed": 1}))
    ]
    for key in keys:
        assert service.wait(key, 60).state == "succeeded"
    queue.close()
    return runs, keys


def changed(value, random_state):
    """The value with one thing in it replaced or left out."""
    if isinstance(value, dict) and value and random_state.random() < 0.85:
        value, key = dict(value), random_state.choice(list(value))
        if random_state.random() < 0.15:
            del value[key]
        else:
            value[key] = changed(value[key], random_state)
        return value
    if isinstance(value, list) and value and random_state.random() < 0.85:
        place = random_state.randrange(len(value))
        return [changed(item, random_state) if i == place else item for i, item in enumerate(value)]
    return random_state.choice(ODD)


@pytest.mark.parametrize("name", ["history.json", "status.json", "config.json", "progress.json"])
def test_odd_json_takes_nothing_down(name, trained, small_train, small_test):
    """Whatever is in a file, reading gives a sentence or numbers that pages can count on."""
    runs, (odd, other) = trained
    path = runs.folder(odd) / name
    if name == "progress.json":
        whole = {"epoch": 1, "epochs": 2, "epoch_step": 1, "epoch_steps": 4, "samples_per_second": 1.0}
        whole["fixed_logits"] = [[0.0] * 10] * 8
        before = None
    else:
        before = path.read_text()
        whole = json.loads(before)
    random_state = random.Random(0)
    for _ in range(150):
        text = json.dumps(changed(copy.deepcopy(whole), random_state))
        path.write_text(text)
        service = TrainingService(JobQueue(), RunStore(runs.root), lambda name: (small_train, small_test))
        listed = {run.key: run for run in service.runs.list()}
        assert other in listed
        for run in listed.values():
            assert f"{run.test_accuracy or 0:.1%} {run.seconds:.1f} {run.title}", text
        snapshot = service.snapshot(odd)
        for record in snapshot.history if snapshot is not None else ():
            assert 0 <= record.test_accuracy <= 1, text
            assert sum(map(sum, record.confusion)) > 0, text
        service.runs.read_progress(odd)
        for read in (service.runs.load_state, service.runs.trained_model):
            with contextlib.suppress(CoreError):
                read(odd)
    path.unlink() if before is None else path.write_text(before)


def test_json_without_a_bottom_counts_as_damage(trained):
    """A hundred thousand brackets end in a sentence, not in the recursion's limit."""
    runs, (odd, other) = trained
    path = runs.folder(odd) / "history.json"
    before = path.read_text()
    path.write_text("[" * 100_000)
    assert [run.key for run in RunStore(runs.root).list()] == [other]
    path.write_text(before)


@pytest.mark.parametrize("contents", [1, None, [], {"a": 1}, {1: 2}, {}, {"layers.1.weight": torch.zeros(3)}])
@pytest.mark.parametrize("name", ["weights.pt", "epochs/0001.pt", "losses.pt"])
def test_tensors_of_another_kind_are_a_sentence(name, contents, trained):
    """Files that PyTorch reads but that hold something else than a run's tensors."""
    runs, (odd, other) = trained
    path = runs.folder(odd) / name
    before = path.read_bytes()
    path.unlink()  # another name of the same file must not change with it
    torch.save(contents, path)
    again = RunStore(runs.root)
    with pytest.raises(CoreError, match="train again"):
        again.trained_model(odd, 1 if name.startswith("epochs") else None)
    assert other in [run.key for run in again.list()]
    path.write_bytes(before)
