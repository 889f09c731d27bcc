"""The captured step: what can be tested of it without a GPU, and all of it where there is one."""

from dataclasses import replace

import pytest
import torch

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.model import build
from core.training.engine import run_training
from core.training.engine import step as steps
from core.training.engine.step import WARM_UP, TrainingStep

SGD = TrainConfig(device="cpu", batch_size=16, optimizer=OptimizerConfig(lr=0.05, momentum=0.9))


class ReplayOnTheCpu:
    """Stands where a CUDA graph would: the same static inputs, the body run at every replay."""

    def __init__(self, run, images, labels, generators):
        self.images, self.labels, self.run = images.clone(), labels.clone(), run
        self.replays = 0

    def __call__(self, images, labels):
        self.images.copy_(images)
        self.labels.copy_(labels)
        self.replays += 1
        return self.run(self.images, self.labels, True)


def run(training_step, split, count):
    outcomes = []
    for number in range(count):
        batch = slice(16 * number, 16 * number + 16)
        outcomes.append(
            training_step(split.images[batch], split.labels[batch], 0.05, wants_norm=False).loss.item()
        )
    return outcomes


def make(config, capture):
    generators = {name: torch.Generator().manual_seed(1) for name in ("augment", "dropout")}
    return TrainingStep(config, build(config.model), generators, capture=capture)


def test_capture_starts_after_the_warm_up_and_changes_no_loss(small_train, monkeypatch):
    """Warm-up steps, replayed steps and a smaller last batch give the losses of plain steps."""
    monkeypatch.setattr(steps, "_can_capture", lambda config: True)
    monkeypatch.setattr(steps, "_CapturedStep", ReplayOnTheCpu)
    monkeypatch.setattr(steps, "_on_a_side_stream", lambda body: body())
    captured = make(replace(SGD, device="cpu"), capture=True)
    expected = run(make(SGD, capture=False), small_train, 8)
    assert run(captured, small_train, 8) == pytest.approx(expected, abs=1e-6)
    assert captured._captured.replays == 8 - WARM_UP
    small = captured(small_train.images[:5], small_train.labels[:5], 0.05, wants_norm=False)
    assert small.gradient_norm is None, "a batch of another size is not replayed"


def test_what_cannot_be_captured_still_trains(small_train, monkeypatch):
    """A capture that fails leaves plain steps, with the same losses."""

    def fails(*args):
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(steps, "_can_capture", lambda config: True)
    monkeypatch.setattr(steps, "_CapturedStep", fails)
    monkeypatch.setattr(steps, "_on_a_side_stream", lambda body: body())
    assert run(make(SGD, capture=True), small_train, 6) == pytest.approx(
        run(make(SGD, False), small_train, 6), abs=1e-6
    )


def test_the_optimizers_state_survives_with_its_rate_a_number(small_train):
    """A learning rate held as a tensor is written as a number and is a tensor again after reading."""
    first = make(SGD, capture=False)
    for group in first.optimizer.param_groups:
        group["lr"] = torch.tensor(0.05)
    run(first, small_train, 2)
    state = first.optimizer_state()
    assert type(state["param_groups"][0]["lr"]) is float
    first.load_optimizer_state(state)
    assert isinstance(first.optimizer.param_groups[0]["lr"], torch.Tensor)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device: a graph is captured on it")
@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_on_a_gpu_captured_and_plain_losses_agree(name, small_train, small_test):
    """The captured step trains as the plain one does, augmentation and dropout included."""
    config = TrainConfig(
        model=ModelConfig(architecture="cnn", channels=(8, 16), hidden=(32,), dropout=0.1, batch_norm=True),
        data=DataConfig(shift=1, flip=True),
        optimizer=OptimizerConfig(name=name, lr=1e-2, schedule="one_cycle"),
        epochs=3,
        device="cuda",
    )
    captured, plain = (
        run_training(config, train_split=small_train, test_split=small_test, capture=capture)
        for capture in (True, False)
    )
    for one, other in zip(captured.history, plain.history, strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-3)
