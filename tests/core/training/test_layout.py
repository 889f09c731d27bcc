"""Channels last: for convolutional networks only, in both directions, and without a change of numbers."""

import copy

import torch
from torch import nn

from core.config import ModelConfig
from core.model import build
from core.training.engine.layout import lay_out

CNN = ModelConfig(architecture="cnn", channels=(4, 8), hidden=(16,), batch_norm=True)


def gradients(network: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    """Of every parameter."""
    network.zero_grad()
    network(x).square().sum().backward()
    return [parameter.grad for parameter in network.parameters() if parameter.grad is not None]


def test_a_convolutional_network_gives_the_same_numbers(random_state):
    """Outputs and gradients are those of the network as it was."""
    plain = build(CNN).double()  # so that no rounding is left to tell apart
    ours = lay_out(copy.deepcopy(plain))
    x = torch.rand(5, 1, 28, 28, generator=random_state, dtype=torch.float64)
    torch.testing.assert_close(ours(x), plain(x))
    for found, expected in zip(gradients(ours, x), gradients(plain, x), strict=True):
        torch.testing.assert_close(found, expected)


def test_maps_and_their_gradients_are_channels_last(random_state):
    """What enters the flattening layer, and the gradient that leaves it."""
    network = lay_out(build(CNN))
    (flatten,) = (layer for layer in network.modules() if isinstance(layer, nn.Flatten))
    seen = []

    def watch(layer: nn.Module, given: tuple[torch.Tensor]) -> None:
        seen.append(given[0])
        given[0].register_hook(seen.append)

    flatten.register_forward_pre_hook(watch)
    gradients(network, torch.rand(5, 1, 28, 28, generator=random_state))
    assert [tuple(tensor.shape) for tensor in seen] == [(5, 8, 7, 7)] * 2
    assert all(tensor.is_contiguous(memory_format=torch.channels_last) for tensor in seen)


def test_a_perceptron_is_left_alone():
    """No hook, no other order."""
    network = build(ModelConfig())
    assert lay_out(network) is network
    assert not any(layer._backward_hooks for layer in network.modules())
