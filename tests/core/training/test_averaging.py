"""The average of the weights: its values, and which weights a run then evaluates and keeps."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from core.config import ModelConfig, OptimizerConfig, TrainConfig
from core.model import build
from core.training.engine import evaluate, run_training
from core.training.engine.averaging import WeightAverage

DECAY = 0.9


def test_the_average_is_the_weighted_mean_of_the_weights_after_each_step():
    """After t steps it is sum d^(t-i) w_i / sum d^(t-i), for weights and running statistics alike."""
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    average = WeightAverage(model, DECAY)
    generator = torch.Generator().manual_seed(0)
    weights, means = [], []
    for step in range(1, 8):
        with torch.no_grad():
            model[0].weight.copy_(torch.rand(2, 3, generator=generator))
        model(torch.rand(4, 3, generator=generator))  # moves the running mean
        average.update(step)
        weights.append(model[0].weight.detach().clone())
        means.append(model[1].running_mean.clone())

        shares = torch.tensor([DECAY ** (step - i) for i in range(1, step + 1)])
        shares /= shares.sum()
        for found, values in (
            (average.model[0].weight, weights),
            (average.model[1].running_mean, means),
        ):
            expected = torch.einsum("i,i...->...", shares, torch.stack(values))
            torch.testing.assert_close(found.detach(), expected)
    assert average.model[1].num_batches_tracked == 7


def test_the_averaged_weights_are_those_evaluated_and_kept(small_train, small_test):
    """Training takes the same steps; figures and weights of each epoch are the average's."""
    plain = TrainConfig(
        model=ModelConfig(architecture="cnn", channels=(4,), hidden=(), batch_norm=True),
        optimizer=OptimizerConfig(lr=0.2, momentum=0.9),
        epochs=2,
        device="cpu",
        threads=1,
    )
    averaged = replace(plain, optimizer=replace(plain.optimizer, ema_decay=DECAY))
    states = {plain: [], averaged: []}
    runs = {
        config: run_training(
            config, train_split=small_train, test_split=small_test, on_checkpoint=found.append
        )
        for config, found in states.items()
    }
    for epoch, (last, mean) in enumerate(zip(states[plain], states[averaged], strict=True)):
        assert last.trained is None
        assert all(torch.equal(mean.trained[name], value) for name, value in last.model.items())
        assert any(not torch.equal(mean.model[name], value) for name, value in last.model.items())
        kept = build(averaged.model)
        kept.load_state_dict(mean.model)
        record = runs[averaged].history[epoch]
        assert record.train_loss == runs[plain].history[epoch].train_loss
        found = evaluate(kept, small_test.images, small_test.labels)
        assert (record.test_loss, record.test_accuracy) == pytest.approx((found.loss, found.accuracy))
    assert all(
        torch.equal(states[averaged][-1].model[name], value)
        for name, value in runs[averaged].state_dict.items()
    )


def test_a_written_out_update_is_averaged_too(small_train, small_test):
    """A step that is written out gives the average that an optimizer's steps give."""
    config = TrainConfig(
        optimizer=OptimizerConfig(lr=0.05, ema_decay=DECAY), epochs=1, device="cpu", threads=1
    )
    written_out = run_training(config, train_split=small_train, test_split=small_test)
    plain = run_training(
        replace(config, optimizer=replace(config.optimizer, clip_norm=1e6)),
        train_split=small_train,
        test_split=small_test,
    )
    for name, value in written_out.state_dict.items():
        torch.testing.assert_close(value, plain.state_dict[name])
