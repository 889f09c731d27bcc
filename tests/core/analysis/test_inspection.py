"""What the app says about parameters and neurons is what a direct computation gives."""

import math
import re
from itertools import pairwise

import pytest
import torch
from torch import nn

from core.analysis.neurons import (
    affordable,
    excitement,
    first_weights,
    follow,
    neuron_pictures,
    neuron_sum,
    silence,
    softmax,
)
from core.analysis.parameters import heat_map, init_rule, movement, parameter_rows, parameter_stats
from core.analysis.timing import time_forward
from core.config import ModelConfig
from core.data import Split
from core.model import build
from core.model.layer_text import layers_from_text
from core.teaching.lessons.model import LESSON
from core.teaching.snippets import run_step
from core.training import pretrained
from core.training.engine.batches import to_input

CNN = ModelConfig(
    architecture="custom", layers=layers_from_text("conv4k5-maxpool2-sigmoid-conv6n-relu-flatten-linear10")
)


def test_parameter_rows_are_named_parameters() -> None:
    """Names, sizes, first values, requires_grad and device in the order of `named_parameters()`."""
    module = build(ModelConfig())
    rows = parameter_rows(module)
    assert [(row.name, row.shape) for row in rows] == [
        (n, tuple(p.shape)) for n, p in module.named_parameters()
    ]
    first = module.linear_relu_stack[0].weight.flatten()[:3].tolist()  # type: ignore[index, union-attr]
    assert rows[0].first == ", ".join(f"{value:.4f}" for value in first) + ", ..."
    assert all(row.requires_grad and row.device == "cpu" for row in rows)
    assert not any(row.requires_grad for row in parameter_rows(pretrained.load().module))


def test_parameter_stats(random_state: torch.Generator) -> None:
    """Mean, spread, norm, zeros and histogram of known values; constants and single values too."""
    values = torch.randn(40, 50, generator=random_state)
    values[0] = 0
    stats = parameter_stats(values)
    flat = values.double().flatten()
    assert stats.count == 2000
    assert stats.mean == pytest.approx(flat.mean().item(), abs=1e-9)
    assert stats.std == pytest.approx(flat.std(correction=0).item(), rel=1e-5)
    assert stats.norm == pytest.approx(flat.norm().item())
    assert stats.zeros == pytest.approx(50 / 2000)
    assert sum(stats.counts) == 2000
    assert (stats.edges[0], stats.edges[-1]) == pytest.approx((stats.low, stats.high))
    assert len(stats.edges) == len(stats.counts) + 1
    for constant in (torch.zeros(7), torch.ones(1), torch.full((3, 3), -2.0)):
        stats = parameter_stats(constant)
        assert (sum(stats.counts), stats.std) == (constant.numel(), 0)
        assert stats.edges[0] < stats.edges[-1]


@pytest.mark.parametrize("name", ["layers.0.weight", "layers.0.bias", "layers.3.weight", "layers.6.bias"])
def test_init_rule_is_what_pytorch_draws(name: str) -> None:
    """The stated spread is that of the values which PyTorch's own constructor draws."""
    module = build(CNN)
    rule = init_rule(module, name)
    owner = module.get_submodule(name.rpartition(".")[0])
    drawn = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for _ in range(max(1, 4000 // owner.get_parameter(name.rpartition(".")[2]).numel())):
            owner.reset_parameters()  # type: ignore[operator]
            drawn.append(owner.get_parameter(name.rpartition(".")[2]).detach().flatten().clone())
    values = torch.cat(drawn)
    assert values.std().item() == pytest.approx(rule.std, rel=0.05)
    bound = rule.std * math.sqrt(3)
    assert values.abs().max().item() == pytest.approx(bound, rel=0.05)
    assert f"{bound:.4f}" in rule.words


def test_init_rule_of_a_batch_norm() -> None:
    """Its weights start at 1 and its biases at 0, as `reset_parameters` sets them."""
    module = build(ModelConfig(architecture="mlp", batch_norm=True))
    assert init_rule(module, "layers.2.weight").formula == "1"
    assert init_rule(module, "layers.2.bias").formula == "0"


def test_movement(random_state: torch.Generator) -> None:
    """Distance, share, mean change and cosine against direct formulas, over several pieces."""
    a = torch.randn(3_000_000, generator=random_state)
    b = a + 0.5 * torch.randn(3_000_000, generator=random_state)
    moved = movement(a, b)
    assert moved.distance == pytest.approx((b - a).double().norm().item(), rel=1e-5)
    assert moved.relative == pytest.approx(moved.distance / a.double().norm().item())
    assert moved.mean_change == pytest.approx((b - a).abs().double().mean().item(), rel=1e-5)
    assert moved.cosine == pytest.approx(torch.cosine_similarity(a.double(), b.double(), 0).item())
    assert movement(a, a).distance == 0
    assert movement(torch.zeros(4), torch.ones(4)).relative == math.inf


@pytest.mark.parametrize("shape", [(5,), (2048,), (100_352,), (10, 512), (512, 784), (6, 4, 3, 3), (1, 1)])
def test_heat_map_keeps_within_bounds(shape: tuple[int, ...]) -> None:
    """No side is longer than 128 cells, whatever the parameter, and small ones are shown value by value."""
    values = torch.rand(shape)
    picture = heat_map(values)
    assert picture.ndim == 2
    assert max(picture.shape) <= 128
    if values.ndim == 2 and max(shape) <= 128:
        assert torch.equal(picture, values)


@pytest.mark.parametrize("config", [ModelConfig(), CNN], ids=["tutorial", "cnn"])
def test_follow_ends_at_the_logits(config: ModelConfig, sample_test: Split) -> None:
    """The last stage is the network's answer, and each stage's input is the output before it."""
    module = build(config).eval()
    x = to_input(sample_test.images[:3])
    stages = follow(module, x)
    assert torch.equal(stages[-1].output, module(x))
    assert all(torch.equal(a.output, b.input) for a, b in pairwise(stages))


def test_a_neuron_written_out_adds_up(sample_test: Split) -> None:
    """Listed terms, the rest and the bias sum to the neuron's value; each term is input times weight."""
    stage = follow(pretrained.load().module, to_input(sample_test.images[:1]))[1]
    written = neuron_sum(stage, (7,), most=5)
    assert written is not None
    assert (written.count, len(written.terms)) == (784, 5)
    total = math.fsum(term.product for term in written.terms) + written.rest + written.bias
    assert total == pytest.approx(stage.output[0, 7].item(), abs=1e-6)
    layer = stage.layer
    assert isinstance(layer, nn.Linear)
    products = (layer.weight[7] * stage.input[0]).abs()
    for rank, term in enumerate(written.terms):
        (index,) = term.index
        assert term.product == pytest.approx(term.input * term.weight)
        assert term.weight == layer.weight[7, index].item()
        assert abs(term.product) == pytest.approx(products.sort(descending=True).values[rank].item())


@pytest.mark.parametrize("spot", [(0, 0, 0), (2, 5, 7), (5, 13, 13)])
def test_a_convolution_written_out_adds_up(spot: tuple[int, int, int], sample_test: Split) -> None:
    """The same for a window, at the borders too: indices name channel, row and column of the input."""
    stage = follow(build(CNN).eval(), to_input(sample_test.images[5:6]))[3]
    written = neuron_sum(stage, spot, most=36)
    assert written is not None
    assert (written.count, written.bias) == (36, 0)
    total = math.fsum(term.product for term in written.terms) + written.rest
    assert total == pytest.approx(stage.output[0][spot].item(), abs=1e-6)
    for term in written.terms:
        channel, row, column = term.index
        inside = 0 <= row < 14 and 0 <= column < 14
        assert term.input == (stage.input[0, channel, row, column].item() if inside else 0)


@pytest.mark.parametrize("spot", [(0, 0, 0), (3, 1, 8), (2, 13, 13)])
def test_a_convolution_with_a_stride_adds_up(spot: tuple[int, int, int], sample_test: Split) -> None:
    """Padding and stride move the window, and an image's borders are zeros."""
    layers = layers_from_text("conv4k5p2s2-relu-flatten-linear10")
    module = build(ModelConfig(architecture="custom", layers=layers)).eval()
    stage = follow(module, to_input(sample_test.images[5:6]))[0]
    written = neuron_sum(stage, spot, most=25)
    assert written is not None
    assert math.fsum(term.product for term in written.terms) + written.bias == pytest.approx(
        stage.output[0][spot].item(), abs=1e-6
    )
    for term in written.terms:
        _, row, column = term.index
        inside = 0 <= row < 28 and 0 <= column < 28
        assert term.input == (stage.input[0, 0, row, column].item() if inside else 0)


def test_only_weighted_sums_are_written_out(sample_test: Split) -> None:
    stages = follow(build(CNN).eval(), to_input(sample_test.images[:1]))
    assert [neuron_sum(stage, (0,) * (stage.output.ndim - 1)) is None for stage in stages] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("config", [ModelConfig(), CNN], ids=["tutorial", "cnn"])
def test_excitement_orders_by_the_first_layer(config: ModelConfig, small_test: Split) -> None:
    """Values are those of the layer itself (their largest over positions), strongest image first."""
    module = build(config).eval()
    found = first_weights(module)
    assert found is not None
    stage = follow(module, to_input(small_test.images, "fashion_mnist"))[found[0]]
    direct = stage.output[:, 3] if stage.output.ndim == 2 else stage.output[:, 3].amax((1, 2))
    excited = excitement(module, small_test.images, 3, "fashion_mnist")
    assert excited is not None
    assert torch.allclose(excited.values, direct, atol=1e-5)
    assert torch.equal(excited.values[excited.order], excited.values.sort(descending=True).values)


def test_silencing_is_cutting_the_neuron_off(small_test: Split) -> None:
    """Holding a neuron at 0 is what the next layer's ignoring it gives; the module is unchanged."""
    model = pretrained.load()
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    plain, silenced = silence(model.module, small_test.images, 11)
    other = build(model.model).eval()
    other.load_state_dict(before)
    with torch.no_grad():
        other.linear_relu_stack[2].weight[:, 11] = 0  # type: ignore[index, union-attr]
        expected = other(to_input(small_test.images))
    assert torch.allclose(silenced, expected, atol=1e-5)
    assert not torch.allclose(silenced, plain, atol=1e-3)
    with torch.no_grad():
        assert torch.allclose(plain, model.module(to_input(small_test.images)), atol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in model.module.state_dict().items())


def test_silencing_waits_for_the_activation(small_test: Split) -> None:
    """A filter before pooling and a sigmoid is 0 after them, not 0.5."""
    module = build(CNN).eval()
    other = build(CNN).eval()
    with torch.no_grad():
        other.layers[3].weight[:, 2] = 0  # type: ignore[index, union-attr]
        expected = other(to_input(small_test.images))
    assert torch.allclose(silence(module, small_test.images, 2)[1], expected, atol=1e-5)


def test_neuron_pictures() -> None:
    """Zero is middle gray, the largest weight white or black; layers that see no picture have none."""
    layer = nn.Linear(784, 3, bias=False)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, 30] = 2
        layer.weight[1, 0] = -1
    pictures = neuron_pictures(layer)
    assert pictures is not None
    assert pictures.shape == (3, 28, 28)
    assert pictures.dtype == torch.uint8
    assert (int(pictures[0, 1, 2]), int(pictures[1, 0, 0]), int(pictures[2, 5, 5])) == (255, 0, 128)
    assert neuron_pictures(nn.Linear(785, 3)) is None
    assert neuron_pictures(nn.Conv2d(2, 3, 3)) is None


def test_work_of_one_click_is_bounded() -> None:
    """The tutorial's network may see 1,000 images, the costliest allowed only 16."""
    assert affordable(build(ModelConfig()), 10_000) == 1000
    assert affordable(build(ModelConfig()), 50) == 50
    costly = layers_from_text("conv128k9-conv15k9-maxpool4-flatten-linear10")
    assert affordable(build(ModelConfig(architecture="custom", layers=costly)), 10_000) == 16


def test_softmax_with_a_temperature() -> None:
    """Shares sum to 1; a low temperature is bolder, a high one flatter, and the winner stays."""
    logits = torch.tensor([1.0, 2.0, 4.0])
    assert torch.allclose(softmax(logits), torch.softmax(logits, 0))
    low, high = softmax(logits, 0.1), softmax(logits, 10)
    assert low.max() > 0.99 > 0.5 > high.max()
    assert low.argmax() == high.argmax() == 2
    assert high.sum().item() == pytest.approx(1)


def test_measure() -> None:
    """At least three passes, a positive time, and the module stays as it was."""
    timing = time_forward(build(ModelConfig()).eval(), 4, budget=0.0)
    assert (timing.images, timing.passes) == (4, 3)
    assert timing.seconds > 0


def test_the_lesson_runs_and_prints_the_same_twice() -> None:
    """Every step of the lesson, with its first values, without an error; measured times are left out."""
    for step in LESSON.steps:
        first, second = run_step(step), run_step(step, fresh=True)
        assert first.error is None
        said = [re.sub(r"[\d.]+ ms", "ms", result.stdout) for result in (first, second)]
        assert said[0] == said[1]
        assert (said[0] != first.stdout) == bool(step.varies)
        assert first.stdout
