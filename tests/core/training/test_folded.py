"""SGD folded into the backward pass is SGD."""

import copy
from dataclasses import replace

import pytest
import torch
from torch import nn

from core.config import ModelConfig, OptimizerConfig, TrainConfig
from core.model import NeuralNetwork
from core.training.engine import run_training
from core.training.engine.folded import can_fold, fold_updates


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_ten_steps_agree_with_the_optimizer(decay, random_state):
    """Parameters after ten steps differ from those of `torch.optim.SGD` by rounding alone."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        plain = NeuralNetwork()
    folded = NeuralNetwork()
    folded.load_state_dict(plain.state_dict())
    layers = fold_updates(folded, decay)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, weight_decay=decay)
    for _ in range(10):
        x = torch.rand(16, 1, 28, 28, generator=random_state)
        y = torch.randint(0, 10, (16,), generator=random_state)
        optimizer.zero_grad()
        nn.functional.cross_entropy(plain(x), y).backward()
        optimizer.step()
        for layer in layers:
            layer.rate = 0.1
        nn.functional.cross_entropy(folded(x), y).backward()
    assert len(layers) == 3
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(folded.state_dict()[name], value, atol=1e-6, rtol=1e-5)


def test_gradients_can_be_measured(random_state):
    """Asked to, the backward pass leaves the gradients that the optimizer would have been given."""
    plain = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3, bias=False))
    folded = copy.deepcopy(plain)
    found = []
    for layer in fold_updates(folded, 0.1):
        layer.rate, layer.gradients = 0.5, found
    x = torch.rand(4, 6, generator=random_state)
    for network in (plain, folded):
        network(x).square().sum().backward()
    expected = [parameter.grad for parameter in plain.parameters()]
    assert len(found) == len(expected) == 3
    torch.testing.assert_close(nn.utils.get_total_norm(found), nn.utils.get_total_norm(expected))
    assert {tuple(g.shape) for g in found} == {tuple(g.shape) for g in expected}


@pytest.mark.parametrize("architecture", ["tutorial", "cnn"])
def test_a_run_tells_the_same_gradient_norms(architecture, small_train, small_test):
    """Layers that update themselves, beside convolutions that do not: the norm is of all gradients."""
    model = ModelConfig(architecture=architecture, channels=(4,), hidden=(16,))
    optimizer = OptimizerConfig(lr=0.05, weight_decay=1e-3)
    config = TrainConfig(model=model, optimizer=optimizer, epochs=2, device="cpu", threads=1)
    unfolded = replace(config, optimizer=replace(optimizer, clip_norm=1e6))  # never clips
    norms = [
        [
            record.gradient_norm
            for record in run_training(c, train_split=small_train, test_split=small_test).history
        ]
        for c in (config, unfolded)
    ]
    assert norms[0] == pytest.approx(norms[1], rel=1e-3)


def test_without_a_rate_it_is_a_linear_layer(random_state):
    """With no rate set, gradients are left where the optimizer looks for them, and nothing is updated."""
    model = nn.Sequential(nn.Linear(4, 3, bias=False))
    weight = model[0].weight.detach().clone()
    (layer,) = fold_updates(model, 0.0)
    model(torch.rand(2, 4, generator=random_state)).sum().backward()
    assert layer.weight.grad is not None
    assert torch.equal(layer.weight, weight)


@pytest.mark.parametrize(
    "optimizer", [OptimizerConfig(momentum=0.9), OptimizerConfig(clip_norm=1.0), OptimizerConfig(name="adam")]
)
def test_only_plain_sgd_is_folded(optimizer):
    """Momentum, clipping and other optimizers need the gradients, so their updates are not folded."""
    assert can_fold(TrainConfig(device="cpu"))
    assert not can_fold(TrainConfig(optimizer=optimizer, device="cpu"))
