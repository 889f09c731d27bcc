"""Which network do these weights fit? Told from the names and shapes alone; the weights are not run.

Names that are the tutorial's, or those of a run here, say everything. Otherwise shapes say which layers there
are and how they follow each other (`chain`), and several networks may be left (`arrangements`).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from core.config import ModelConfig
from core.errors import CheckpointError, ConfigError
from core.exchange.weights.arrangements import Arrangement, arrangements
from core.exchange.weights.chain import Chain, find_chain
from core.exchange.weights.weighted_layers import in_natural_order, weighted_layers
from core.model import layers_of
from core.model.architecture import trace_shapes
from core.text import shown

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Recognition:
    """What a file's names and shapes tell of its network."""

    likeliest: Arrangement
    """The network, or the likeliest of those that fit."""
    chain: Chain | None = None
    """What others can be made of; `None` where the names leave no doubt."""


def expected_shapes(config: ModelConfig) -> Shapes:
    """The names and shapes of a network's `state_dict`, without building it.

    Raises:
        ArchitectureError: The layers do not fit each other, or the network is too large.
    """
    prefix, offset = ("linear_relu_stack.", -1) if config.architecture == "tutorial" else ("layers.", 0)
    shapes: Shapes = {}
    for row in trace_shapes(layers_of(config)):
        layer, name = row.layer, f"{prefix}{row.index + offset}."
        inputs = row.input_shape[0]
        if layer.kind in ("linear", "conv"):
            window = (layer.kernel, layer.kernel) if layer.kind == "conv" else ()
            shapes[f"{name}weight"] = (layer.size, inputs, *window)
            if layer.bias:
                shapes[f"{name}bias"] = (layer.size,)
        elif layer.kind == "batch_norm":
            for key in ("weight", "bias", "running_mean", "running_var"):
                shapes[f"{name}{key}"] = (inputs,)
            shapes[f"{name}num_batches_tracked"] = ()
    return shapes


def recognize(state: Mapping[str, Tensor], known: Iterable[ModelConfig] = ()) -> Recognition:
    """The network that these weights fit.

    Args:
        state: Tensors by name, unwrapped.
        known: Networks to try by their names, such as those of the runs here.

    Raises:
        CheckpointError: None fits; the sentence names the layer that stands in the way.
    """
    for config in (ModelConfig(), ModelConfig(bias=False), *known):
        if has_names_of(state, config):
            return Recognition(named(config))
    try:
        chain = find_chain(weighted_layers(state))
    except CheckpointError as error:
        try:  # a `.safetensors` file sorts names as text: layer 10 before layer 2
            chain = find_chain(weighted_layers(in_natural_order(state)))
        except CheckpointError:
            raise error from None
    return Recognition(next(arrangements(chain)), chain)


def has_names_of(state: Mapping[str, Tensor], config: ModelConfig) -> bool:
    """Whether weights have exactly a network's names and shapes."""
    try:
        return {name: tuple(tensor.shape) for name, tensor in state.items()} == expected_shapes(config)
    except ConfigError:
        return False


def named(config: ModelConfig) -> Arrangement:
    """A network whose layers the file calls by the network's own names."""
    owners = dict.fromkeys(name.rpartition(".")[0] for name in expected_shapes(config))
    return Arrangement(config, tuple(owners))


def fit(state: Mapping[str, Tensor], arrangement: Arrangement) -> dict[str, Tensor]:
    """The weights under the network's own names, as float32 (counters int64).

    What a batch norm without `affine=True`, or from before it counted its batches, lacks is filled in.

    Args:
        state: Tensors by the file's names.
        arrangement: From `recognize`.

    Raises:
        CheckpointError: A weight is not a floating-point number, or is too large for float32.
    """
    shapes = expected_shapes(arrangement.model)
    owners = dict.fromkeys(name.rpartition(".")[0] for name in shapes)
    sources = dict(zip(owners, arrangement.sources, strict=True))
    result = {}
    for name, shape in shapes.items():
        owner, _, key = name.rpartition(".")
        source = f"{sources[owner]}.{key}" if sources[owner] else key
        value = state.get(source)
        if value is None:
            value = torch.ones(shape) if key in ("weight", "running_var") else torch.zeros(shape)
        if key == "num_batches_tracked":
            result[name] = value.to(torch.int64)
        else:
            result[name] = _as_float32(source, value)
        if key == "running_var" and bool((result[name] < 0).any()):
            raise CheckpointError(f"The variances in {shown(source)} are negative, which no training gives.")
    return result


def _as_float32(name: str, value: Tensor) -> Tensor:
    if not value.is_floating_point():
        kind = str(value.dtype).removeprefix("torch.")
        raise CheckpointError(
            f"The tensor {shown(name)} is of type {kind}, not float: weights are floating-point numbers. If "
            "they were rounded by mistake, train again; if they are whole by intent, save them with .float()."
        )
    result = value.to(torch.float32)
    if not torch.isfinite(result).all():
        raise CheckpointError(f"The weights in {shown(name)} are larger than float32 can hold.")
    return result


def describe_network(config: ModelConfig) -> str:
    """A network in a few words, for a visitor."""
    layers = layers_of(config)
    shapes = expected_shapes(config)
    parameters = sum(math.prod(shape) for name, shape in shapes.items() if name.endswith(("weight", "bias")))
    widths = [str(layer.size) for layer in layers if layer.kind in ("linear", "conv")]
    name = {
        "tutorial": "The tutorial's network",
        "mlp": "A stack of linear layers",
        "cnn": "A small convolutional network",
        "custom": "A network built layer by layer",
    }[config.architecture]
    return f"{name}: {'-'.join(widths)}, {parameters:,} parameters"
