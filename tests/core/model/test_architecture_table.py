"""Layer tables agree with modules, torchinfo and PyTorch's flop counter; misfits are explained and fixed."""

import math
import random
import typing
from dataclasses import replace

import pytest
import torch
import torchinfo
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from core.config import MAX_LAYERS, MAX_PARAMETERS, LayerConfig, LayerKind, ModelConfig
from core.errors import ArchitectureError, ConfigError
from core.model import build, layers_of, skeleton
from core.model.architecture import find_problem, trace_shapes
from core.model.class_code import class_code
from core.model.layer_table import MAX_ACTIVATIONS, MAX_MULTIPLY_ADDS
from core.model.layer_text import layers_from_text, layers_to_text
from core.model.summary import leaf_layers, summarize_network

KINDS = typing.get_args(LayerKind)


def random_layer(rng: random.Random, small: bool = True) -> LayerConfig:
    kind = rng.choice([*KINDS, "linear", "conv", "linear"])
    sizes = {"linear": 64 if small else 2048, "conv": 8 if small else 128, "max_pool": 4, "avg_pool": 4}
    return LayerConfig(
        kind=kind,
        size=rng.randint(1, sizes[kind]) if kind in sizes else 0,
        inputs=rng.choice([0, 0, 0, 10, 256, 784]) if kind in ("linear", "conv", "batch_norm") else 0,
        kernel=rng.choice([1, 3, 5]) if kind == "conv" else 3,
        padding=rng.choice([None, None, 0, 1, 4]) if kind == "conv" else None,
        stride=rng.choice([1, 1, 1, 2, 3]) if kind == "conv" else 1,
        p=round(rng.random() * 0.9, 3) if kind == "dropout" else 0.0,
        bias=rng.random() < 0.7 if kind in ("linear", "conv") else True,
    )


def random_layers(rng: random.Random, small: bool = True) -> tuple[LayerConfig, ...]:
    return tuple(random_layer(rng, small) for _ in range(rng.randint(1, 14)))


def repaired(layers: tuple[LayerConfig, ...]) -> tuple[LayerConfig, ...]:
    for _ in range(120):
        problem = find_problem(layers)
        if problem is None:
            return layers
        assert problem.fix.layers != layers, problem
        layers = problem.fix.layers
    raise AssertionError(f"fixes do not end: {layers_to_text(layers)}")


def valid_networks(count: int, seed: int) -> list[tuple[LayerConfig, ...]]:
    rng = random.Random(seed)
    return [repaired(random_layers(rng)) for _ in range(count)]


def custom(layers: tuple[LayerConfig, ...]) -> ModelConfig:
    return ModelConfig(architecture="custom", layers=layers)


TEN = [
    ModelConfig(),
    ModelConfig(bias=False),
    ModelConfig(architecture="mlp", hidden=()),
    ModelConfig(architecture="mlp", hidden=(300, 100), activation="gelu", dropout=0.3),
    ModelConfig(architecture="mlp", hidden=(128,) * 6, activation="tanh", batch_norm=True),
    ModelConfig(architecture="cnn"),
    ModelConfig(architecture="cnn", channels=(8, 16, 32, 64), hidden=(40,), batch_norm=True),
    custom(layers_from_text("conv8k5n-silu-avgpool2-conv16k1-maxpool3-flatten-linear33-sigmoid-linear10")),
    custom(layers_from_text("conv6k5p2-tanh-avgpool2-conv16k5p0-tanh-avgpool2-flatten-linear120-linear10")),
    custom(layers_from_text("conv8p0s2-relu-conv8k7p8-relu-conv16k1s3n-flatten-linear10")),
    custom(layers_from_text("batchnorm-conv4k9-flatten-batchnorm-linear10n-softmax")),
    custom(layers_from_text("maxpool7-flatten-linear2048-leakyrelu-dropout0.5-linear10")),
]


@pytest.mark.parametrize("config", TEN, ids=lambda config: layers_to_text(layers_of(config))[:60])
def test_summary_agrees_with_torchinfo(config: ModelConfig) -> None:
    """Shapes, parameters and multiply-adds of ten networks, layer by layer.

    Multiply-adds of batch norms apart: there torchinfo counts a parameter once however large the image is.
    """
    module = build(config).eval()
    rows = summarize_network(module).rows
    info = torchinfo.summary(module, input_size=(1, 1, 28, 28), verbose=0)
    theirs = [layer for layer in info.summary_list if layer.is_leaf_layer]
    assert [tuple(layer.output_size[1:]) for layer in theirs] == [row.output_shape for row in rows]
    assert [tuple(layer.input_size[1:]) for layer in theirs] == [row.input_shape for row in rows]
    assert [layer.num_params for layer in theirs] == [row.parameters for row in rows]
    assert info.total_params == summarize_network(module).parameters
    assert info.total_param_bytes == summarize_network(module).parameter_bytes
    for layer, row in zip(theirs, rows, strict=True):
        if not row.type_name.startswith("BatchNorm"):
            assert layer.macs == row.multiply_adds, row


@pytest.mark.parametrize("layers", valid_networks(20, seed=1), ids=layers_to_text)
def test_random_networks_agree_with_hooks_and_a_count(layers: tuple[LayerConfig, ...]) -> None:
    """Twenty random valid networks: description, module, hooks and PyTorch's flop counter agree."""
    module = build(custom(layers)).eval()
    seen: list[tuple[tuple[int, ...], tuple[int, ...], int]] = []

    def hook(layer: nn.Module, args: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        count = sum(parameter.numel() for parameter in layer.parameters())
        seen.append((tuple(args[0].shape[1:]), tuple(out.shape[1:]), count))

    for layer in module.layers:  # type: ignore[union-attr]
        layer.register_forward_hook(hook)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.rand(1, 1, 28, 28))
    hooked = list(seen)  # the summaries below pass through the hooks again
    table, summary = trace_shapes(layers), summarize_network(skeleton(custom(layers)))
    assert [(row.input_shape, row.output_shape, row.parameters) for row in table] == hooked
    assert [(row.input_shape, row.output_shape, row.parameters) for row in summary.rows] == hooked
    assert summarize_network(module) == summary
    assert [(row.type_name, row.weights) for row in table] == [
        (type(layer).__name__, layer.weight.numel() if hasattr(layer, "weight") else 0)
        for layer in module.layers  # type: ignore[union-attr]
    ]
    assert [row.activation_bytes for row in table if row.layer.kind != "flatten"] == [
        4 * math.prod(out)
        for (_, out, _), row in zip(hooked, table, strict=True)
        if row.layer.kind != "flatten"
    ]
    biases = norms = 0
    for layer, (_, out, _) in zip(module.layers, hooked, strict=True):  # type: ignore[arg-type]
        values = torch.Size(out).numel()
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            norms += values
        elif getattr(layer, "bias", None) is not None:
            biases += values
    assert sum(row.multiply_adds for row in table) == counter.get_total_flops() // 2 + biases + norms


def invalid_networks(count: int, seed: int) -> list[tuple[LayerConfig, ...]]:
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        layers = random_layers(rng, small=rng.random() < 0.5)
        if find_problem(layers) is not None:
            found.append(layers)
    return found


@pytest.mark.parametrize("layers", invalid_networks(50, seed=2), ids=layers_to_text)
def test_an_invalid_network_gives_one_sentence(layers: tuple[LayerConfig, ...]) -> None:
    """Fifty random invalid networks: one sentence each, the same from every door, and fixes that end well."""
    problem = find_problem(layers)
    assert problem is not None
    assert f"ayer {problem.layer}" in problem.sentence
    assert problem.sentence.endswith(".")
    assert problem.sentence.count(". ") == 0
    assert "\n" not in problem.sentence
    assert 0 <= problem.layer < max(1, len(layers))
    with pytest.raises(ArchitectureError) as raised:
        build(custom(layers))
    assert str(raised.value) == problem.sentence
    assert raised.value.layer == problem.layer
    assert trace_shapes(repaired(layers))[-1].output_shape == (10,)


@pytest.mark.parametrize(
    ("spec", "layer", "words", "fixed"),
    [
        ("linear10", 0, "add a flatten layer", "flatten-linear10"),
        ("flatten-linear9-linear10i6", 2, "takes 6 features but is given 9", "flatten-linear9-linear10i9"),
        ("flatten-conv8-linear10", 1, "move it before the flatten layer", "conv8-flatten-linear10"),
        ("flatten-linear64", 1, "set its outputs to 10", "flatten-linear10"),
        ("flatten-linear64-relu", 2, "add a linear layer", "flatten-linear64-relu-linear10"),
        ("maxpool14-maxpool3", 1, "set its window to 2", "maxpool14-maxpool2"),
        ("maxpool14-maxpool2-maxpool2-flatten", 2, "nothing left", "maxpool14-maxpool2-flatten"),
        ("conv3-batchnormi7-flatten-linear10", 1, "takes 7 channels", "conv3-batchnormi3-flatten-linear10"),
    ],
)  # fmt: skip
def test_the_fix_changes_what_is_wrong_and_nothing_else(
    spec: str, layer: int, words: str, fixed: str
) -> None:
    problem = find_problem(layers_from_text(spec))
    assert problem is not None
    assert (problem.layer, layers_to_text(problem.fix.layers)) == (layer, fixed)
    assert words in problem.sentence


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("flatten-" + "linear2048-" * 6 + "linear10", "parameters"),
        ("conv128k1-" + "relu-" * 9 + "flatten-linear10", "activations"),
        ("conv128k9-" * 2 + "flatten-linear10", "multiply_adds"),
        ("conv128-flatten-linear2048-linear10", "parameters"),
    ],
)
def test_bounds_are_held_before_anything_is_allocated(spec: str, reason: str) -> None:
    """A network too large in any way is refused from its description; the fixes bring it within bounds."""
    problem = find_problem(layers_from_text(spec))
    assert problem is not None
    assert problem.reason == reason
    rows = trace_shapes(repaired(layers_from_text(spec)))
    assert sum(row.parameters for row in rows) <= MAX_PARAMETERS
    assert sum(row.activations for row in rows) <= MAX_ACTIVATIONS
    assert sum(row.multiply_adds for row in rows) <= MAX_MULTIPLY_ADDS


def test_no_network_is_longer_than_the_limit() -> None:
    """Forty-ninth layers and empty networks are named, and repaired."""
    long = (LayerConfig(kind="relu"),) * (MAX_LAYERS + 1)
    problem = find_problem(long)
    assert problem is not None
    assert (problem.layer, problem.reason) == (MAX_LAYERS, "count")
    assert len(repaired(long)) <= MAX_LAYERS
    assert len(repaired(())) == 2
    with pytest.raises(ConfigError, match=f"Layer {MAX_LAYERS} "):
        layers_from_text("-".join(["relu"] * 49))


def test_spec_round_trip() -> None:
    """What `layers_to_text` writes, `layers_from_text` reads back, for 200 random stacks."""
    rng = random.Random(3)
    for _ in range(200):
        layers = random_layers(rng, small=False)
        assert layers_from_text(layers_to_text(layers)) == layers
    tiny = (replace(layers[0], kind="dropout", p=1e-7, size=0, inputs=0, kernel=3, bias=True),)
    assert layers_from_text(layers_to_text(tiny)) == tiny


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "linear", "linear0", "linear99999", "linear5x", "relu5", "conv8k4", "conv8k11",
        "dropout1", "dropout.", "dropout1.2.3", "linear8k3", "relun", "flatteni5", "flatten--linear10",
        "linear10-", "linear٣", "conv8k0", "maxpool15", "l" * 2000, "__import__('os')", "linear1e3",
        "dropout-0.5", "\x00", "linear8i9999999", "linear8.5",
    ],
)  # fmt: skip
def test_a_bogus_spec_gives_one_sentence(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        layers_from_text(text)
    assert str(raised.value).endswith(".")
    assert "ayer" in str(raised.value)


@pytest.mark.parametrize("config", TEN, ids=lambda config: layers_to_text(layers_of(config))[:60])
def test_the_class_written_out_is_the_module(config: ModelConfig) -> None:
    """The shown program runs, prints what the module prints, and its weights load."""
    printed: list[str] = []
    scope = {"print": lambda value: printed.append(str(value)), "__name__": "shown"}
    with torch.random.fork_rng(devices=[]):
        exec(class_code(config), scope)
    module = build(config).eval()
    assert printed == [repr(module)]
    theirs = typing.cast(nn.Module, scope["model"])
    theirs.load_state_dict(module.state_dict())
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(theirs(x), module(x))
    assert typing.cast(torch.Tensor, scope["logits"]).shape == (3, 10)


def test_layers_are_applied_in_the_order_of_leaves() -> None:
    """Going layer by layer gives what the whole network gives, for both classes of network."""
    x = torch.rand(2, 1, 28, 28)
    for config in (TEN[0], TEN[6]):
        module = build(config).eval()
        out = x
        with torch.no_grad():
            for _, layer in leaf_layers(module):
                out = layer(out)
            assert torch.equal(out, module(x))
