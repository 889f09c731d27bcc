"""One backward pass in numbers: what is listed adds up to autograd's gradient, and updates are PyTorch's."""

import random

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.analysis.backward import (
    MOST_IMAGES,
    Averages,
    layer_health,
    record,
    strongest_path,
    update,
    value_paths,
    weight_paths,
)
from core.config import ModelConfig, OptimizerConfig
from core.model import build
from core.model.layer_text import layers_from_text
from core.training.engine.objectives import make_optimizer

STACKS = (
    "conv8-batchnorm-relu-maxpool2-conv8k5s2-gelu-avgpool2-flatten-dropout0.3-linear10",
    "maxpool2-flatten-linear32-batchnorm-tanh-dropout0.2-linear10-softmax",
    "conv4-leakyrelu-maxpool2-dropout0.1-flatten-linear16n-sigmoid-linear10",
)
NETWORKS = (
    ModelConfig(),
    ModelConfig(architecture="cnn"),
    *(ModelConfig(architecture="custom", layers=layers_from_text(text)) for text in STACKS),
)


def passed(config, images=3):
    """A network whose batch norms have seen data, with a recorded pass and the gradients autograd gives."""
    generator = torch.Generator().manual_seed(1)
    module = build(config, generator).eval()
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.running_mean.normal_(generator=generator)
            layer.running_var.uniform_(0.5, 2, generator=generator)
            nn.init.uniform_(layer.weight, 0.5, 1.5, generator=generator)
    x = torch.rand(images, 1, 28, 28, generator=generator)
    labels = torch.arange(images)
    done = record(module, x, labels, F.cross_entropy)
    assert all(parameter.grad is None for parameter in module.parameters())
    x = x.requires_grad_()
    F.cross_entropy(module(x), labels).backward()
    return module, x, done


@pytest.mark.parametrize("config", NETWORKS, ids=["tutorial", "cnn", *STACKS])
def test_what_is_shown_of_200_weights_adds_up_to_autograd_s_gradient(config):
    """1,000 random weights over the five networks, and 40 random values of each on top."""
    module, x, done = passed(config)
    rng = random.Random(0)
    parameters = dict(module.named_parameters())
    places = [(i, s, name) for i, s in enumerate(done.stages) for name in s.gradients]
    for _ in range(200):
        number, stage, name = rng.choice(places)
        gradient = parameters[f"{stage.name}.{name}"].grad
        at = tuple(rng.randrange(side) for side in gradient.shape)
        paths = weight_paths(done, number, name, at)
        assert paths.shown == pytest.approx(gradient[at].item(), abs=1e-5)
        assert paths.gradient == pytest.approx(gradient[at].item(), abs=1e-6)
        assert paths.value == parameters[f"{stage.name}.{name}"][at].item()
    for _ in range(40):
        depth = rng.randrange(len(done.stages) + 1)
        at = tuple(rng.randrange(side) for side in done.values(depth).shape)
        paths = value_paths(done, depth, at)
        assert paths.shown == pytest.approx(done.gradients(depth)[at].item(), abs=1e-5)
    assert torch.allclose(done.gradients(0), x.grad, atol=1e-6)


OPTIMIZERS = (
    OptimizerConfig(lr=0.1),
    OptimizerConfig(lr=0.1, momentum=0.9, weight_decay=0.01),
    OptimizerConfig(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    OptimizerConfig(name="adam", lr=0.01, weight_decay=0.1),
    OptimizerConfig(name="adamw", lr=0.01, weight_decay=0.1),
    OptimizerConfig(name="rmsprop", lr=0.01, momentum=0.5, weight_decay=0.1),
    OptimizerConfig(name="rmsprop", lr=0.01),
)


@pytest.mark.parametrize("config", OPTIMIZERS, ids=str)
def test_the_update_is_the_optimizer_s(config):
    """Five steps in a row of 200 weights: the first starts from nothing, the others remember."""
    weights = torch.randn(200, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    optimizer = make_optimizer(config, [weights])
    known = [Averages()] * 200
    for step in range(5):
        before = weights.tolist()
        weights.grad = torch.randn(200, generator=torch.Generator().manual_seed(step), dtype=torch.float64)
        optimizer.step()
        for i, (old, after) in enumerate(zip(before, weights.tolist(), strict=True)):
            made = update(config, old, weights.grad[i].item(), known[i])
            assert made.after == pytest.approx(after, abs=1e-10)
            assert made.change == pytest.approx(after - old, abs=1e-10)
            known[i] = made.averages


def test_the_strongest_path_ends_at_the_loss_or_where_nothing_comes_back():
    _, _, done = passed(ModelConfig())
    live = int(done.stages[2].output[0].argmax())
    hops = strongest_path(done, 1 + 1, (0, live))
    assert hops[0].depth == 2
    assert hops[-1].depth == len(done.stages)
    dead = int(done.stages[2].output[0].argmin())
    assert done.stages[2].output[0, dead] == 0
    stopped = strongest_path(done, 2, (0, dead))
    assert len(stopped) == 1
    assert stopped[0].gradient == 0


def test_dead_and_saturated_units_and_vanishing_gradients_are_told():
    deep = "flatten-" + "linear16-sigmoid-" * 6 + "linear10"
    config = ModelConfig(architecture="custom", layers=layers_from_text(deep))
    health = layer_health(passed(config)[2])
    assert health[0].state == "vanishing"
    assert health[-1].state == "ok"
    module = build(ModelConfig(architecture="mlp", hidden=(8,))).eval()
    with torch.no_grad():
        module.layers[1].bias[:3] = -1000
    x, labels = torch.rand(2, 1, 28, 28), torch.tensor([0, 1])
    relu = layer_health(record(module, x, labels, F.cross_entropy))[2]
    assert (relu.kind, relu.units) == ("ReLU", 8)
    assert 3 <= relu.dead < 8
    module.layers[2] = nn.Sigmoid()
    sigmoid = layer_health(record(module, x, labels, F.cross_entropy))[2]
    assert sigmoid.saturated == 3
    assert sigmoid.dead == 0


def test_more_images_than_a_pass_holds_are_refused():
    module = build(ModelConfig(architecture="mlp", hidden=()))
    count = MOST_IMAGES + 1
    with pytest.raises(ValueError, match="1 to 8 images"):
        record(module, torch.rand(count, 1, 28, 28), torch.zeros(count, dtype=torch.int64), F.cross_entropy)
