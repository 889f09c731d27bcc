"""A step that is written out is SGD's."""

import copy
import functools
from dataclasses import replace

import pytest
import torch
from torch import nn

from core.config import ModelConfig, OptimizerConfig, TrainConfig
from core.model import NeuralNetwork
from core.model.layer_text import layers_from_text
from core.training.engine import run_training
from core.training.engine.objectives import loss_function, loss_with_gradient
from core.training.engine.written_out import is_written_out, sgd_step


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(),
        TrainConfig(loss="nll", optimizer=OptimizerConfig(weight_decay=0.01)),
        TrainConfig(loss="mse"),
        TrainConfig(label_smoothing=0.1),
    ],
)
def test_ten_steps_agree_with_the_optimizer(config, random_state):
    """Losses of ten steps and the parameters after them are those of `torch.optim.SGD`, but for rounding."""
    decay = config.optimizer.weight_decay
    with torch.random.fork_rng():
        torch.manual_seed(0)
        plain = NeuralNetwork()
    written = copy.deepcopy(plain)
    layers = [layer for layer in written.modules() if isinstance(layer, nn.Linear)]
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, weight_decay=decay)
    loss_fn, with_gradient = loss_function(config), loss_with_gradient(config)
    for _ in range(10):
        x = torch.rand(16, 1, 28, 28, generator=random_state)
        y = torch.randint(0, 10, (16,), generator=random_state)
        optimizer.zero_grad()
        logits = plain(x)
        loss = loss_fn(logits, y)
        loss.backward()
        optimizer.step()
        found = sgd_step(
            layers, x.flatten(1), functools.partial(with_gradient, labels=y), rate=0.1, decay=decay
        )
        torch.testing.assert_close(found, (loss.detach(), logits.detach()), atol=1e-5, rtol=1e-4)
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(written.state_dict()[name], value, atol=1e-6, rtol=1e-5)


def test_gradients_can_be_measured(random_state):
    """Asked to, a step leaves the gradients that the optimizer would have been given."""
    layers = [nn.Linear(6, 5), nn.Linear(5, 3, bias=False)]
    plain = nn.Sequential(copy.deepcopy(layers[0]), nn.ReLU(), copy.deepcopy(layers[1]))
    x = torch.rand(4, 6, generator=random_state)
    plain(x).square().sum().backward()
    expected = [parameter.grad for parameter in plain.parameters()]
    found = []
    sgd_step(layers, x, lambda y: (y.square().sum(), 2 * y), rate=0.5, decay=0.1, gradients=found)
    assert len(found) == len(expected) == 3
    torch.testing.assert_close(nn.utils.get_total_norm(found), nn.utils.get_total_norm(expected))
    assert {tuple(g.shape) for g in found} == {tuple(g.shape) for g in expected}


@pytest.mark.parametrize("architecture", ["tutorial", "mlp"])
def test_a_run_tells_the_same_gradient_norms(architecture, small_train, small_test):
    """Written out or by autograd, the norm is of all gradients."""
    model = ModelConfig(architecture=architecture, channels=(4,), hidden=(16,))
    optimizer = OptimizerConfig(lr=0.05, weight_decay=1e-3)
    config = TrainConfig(model=model, optimizer=optimizer, epochs=2, device="cpu", threads=1)
    plain = replace(config, optimizer=replace(optimizer, clip_norm=1e6))  # never clips
    norms = [
        [
            record.gradient_norm
            for record in run_training(c, train_split=small_train, test_split=small_test).history
        ]
        for c in (config, plain)
    ]
    assert norms[0] == pytest.approx(norms[1], rel=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": OptimizerConfig(momentum=0.9)},
        {"optimizer": OptimizerConfig(clip_norm=1.0)},
        {"optimizer": OptimizerConfig(name="adam")},
        {"model": ModelConfig(architecture="cnn")},
        {"model": ModelConfig(architecture="mlp", hidden=(16,), activation="tanh")},
        {"model": ModelConfig(architecture="mlp", hidden=(16,), dropout=0.5)},
        {"model": ModelConfig(architecture="custom", layers=layers_from_text("relu-flatten-linear10"))},
        {"model": ModelConfig(architecture="custom", layers=layers_from_text("flatten-linear10-relu"))},
    ],
)
def test_only_plain_sgd_on_a_perceptron_is_written_out(change):
    """Momentum, clipping and other optimizers need the gradients; other layers need autograd."""
    plain = TrainConfig(device="cpu")
    assert is_written_out(plain)
    assert is_written_out(replace(plain, model=ModelConfig(architecture="mlp", hidden=(16, 8))))
    assert is_written_out(replace(plain, model=ModelConfig(architecture="mlp", hidden=())))
    assert not is_written_out(replace(plain, **change))
