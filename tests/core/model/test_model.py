"""The networks: the tutorial's names, its initial values, and chance from one generator alone."""

import pytest
import torch
from torch import nn

from core.config import LayerConfig, ModelConfig
from core.model import Dropout, NeuralNetwork, build, count_parameters, layers_of

CONFIGS = [
    ModelConfig(),
    ModelConfig(bias=False),
    ModelConfig(architecture="mlp", hidden=()),
    ModelConfig(architecture="mlp", hidden=(64, 32, 16), activation="gelu", dropout=0.1, batch_norm=True),
    ModelConfig(architecture="cnn", channels=(4,), hidden=()),
    ModelConfig(architecture="cnn", channels=(4, 8, 8), hidden=(16,), batch_norm=True, activation="silu"),
    ModelConfig(
        architecture="custom",
        layers=(
            LayerConfig(kind="conv", size=3, kernel=5),
            LayerConfig(kind="leaky_relu"),
            LayerConfig(kind="avg_pool", size=4),
            LayerConfig(kind="flatten"),
            LayerConfig(kind="tanh"),
            LayerConfig(kind="linear", size=10),
            LayerConfig(kind="softmax"),
        ),
    ),
]


def test_the_tutorials_keys():
    """A `model.pth` of the tutorial has exactly these names, in this order."""
    assert list(NeuralNetwork().state_dict()) == [
        f"linear_relu_stack.{i}.{kind}" for i in (0, 2, 4) for kind in ("weight", "bias")
    ]
    assert count_parameters(NeuralNetwork()) == 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10


def test_it_prints_as_in_the_tutorial():
    """`print(model)` shows the layers as PyTorch shows those of the tutorial's class."""
    assert str(build(ModelConfig())).splitlines()[0] == "NeuralNetwork("
    assert "(0): Linear(in_features=784, out_features=512, bias=True)" in str(build(ModelConfig()))
    assert "Dropout(p=0.1, inplace=False)" in str(build(CONFIGS[3]))


def test_initial_values_are_the_constructors():
    """A generator seeded with s gives what `torch.manual_seed(s)` and the constructor give."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = NeuralNetwork().state_dict()
    found = build(ModelConfig(), torch.Generator().manual_seed(3)).state_dict()
    assert all(torch.equal(expected[name], value) for name, value in found.items())


@pytest.mark.parametrize("config", CONFIGS, ids=lambda c: f"{c.architecture}-{len(layers_of(c))}")
def test_every_network_gives_ten_logits(config, random_state):
    """Images N x 1 x 28 x 28 become N x 10, all finite, and the global generator is not touched."""
    before = torch.get_rng_state()
    model = build(config, torch.Generator().manual_seed(0)).eval()
    logits = model(torch.rand(3, 1, 28, 28, generator=random_state))
    assert logits.shape == (3, 10)
    assert logits.isfinite().all()
    assert torch.equal(before, torch.get_rng_state())


def test_dropout_draws_pytorchs_mask_from_its_own_generator(random_state):
    """Seeded alike, the mask is that of `nn.Dropout`, and nothing is drawn from the global generator."""
    x = torch.rand(50, 20, generator=random_state)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        expected = nn.Dropout(0.3)(x)
    layer = Dropout(0.3)
    layer.generator = torch.Generator().manual_seed(5)
    before = torch.get_rng_state()
    assert torch.equal(layer(x), expected)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(layer.eval()(x), x)
