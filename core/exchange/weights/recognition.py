"""Which network do these weights fit? Told from the names and shapes alone; the weights are not run.

Weights do not say everything. A ReLU and a tanh have none, so two networks can have the same file: what
cannot be told is asked of the visitor (`core.exchange.weights.uploads`).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.config import ModelConfig
from core.errors import CheckpointError, ConfigError
from core.model import layers_of
from core.model.architecture import trace_shapes
from core.text import shown

_WRAPPERS: Final = ("module.", "_orig_mod.")
"""What DistributedDataParallel and torch.compile put before every name."""
_MAX_LISTED: Final = 3
_NORM_KEYS: Final = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Comparison:
    """A file's names and shapes beside those of a network."""

    missing: tuple[str, ...]
    """Names that the network has and the file lacks."""
    unexpected: tuple[str, ...]
    """Names that only the file has."""
    different: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    """Names in both whose shapes differ: (name, in the file, in the network)."""

    @property
    def fits(self) -> bool:
        """Whether the weights can be loaded as they are."""
        return not (self.missing or self.unexpected or self.different)


def expected(config: ModelConfig) -> Shapes:
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


def compare(state: Mapping[str, Tensor], config: ModelConfig) -> Comparison:
    """Set a file's names and shapes beside those of a network."""
    wanted, found = expected(config), {name: tuple(tensor.shape) for name, tensor in state.items()}
    return Comparison(
        missing=tuple(name for name in wanted if name not in found),
        unexpected=tuple(name for name in found if name not in wanted),
        different=tuple(
            (name, found[name], wanted[name])
            for name in wanted
            if name in found and found[name] != wanted[name]
        ),
    )


def recognise(state: Mapping[str, Tensor], known: Iterable[ModelConfig] = ()) -> ModelConfig:
    """The network that these weights fit.

    The tutorial's own, a stack of linear layers, or the small convolutional network, under whatever names the
    file has; or one of `known`, under its own names.

    Args:
        state: Tensors by name, in the order of the network.
        known: Networks to try first, such as those of the runs here.

    Raises:
        CheckpointError: None fits; the sentence names what is missing and what is too much.
    """
    state = unwrap(state)
    for config in (ModelConfig(), ModelConfig(bias=False), *known):
        if compare(state, config).fits:
            return config
    stack = _from_shapes(state)
    if stack is not None and _in_order(state, stack) is not None:
        return stack
    raise CheckpointError(explain(state, ModelConfig()))


def explain(state: Mapping[str, Tensor], config: ModelConfig) -> str:
    """One sentence on why weights do not fit a network: what is missing, unexpected, or of another shape."""
    found = compare(unwrap(state), config)
    name = "the tutorial's network" if config.architecture == "tutorial" else "this network"
    parts = []
    if found.missing:
        parts.append(f"missing {_listed(found.missing)}")
    if found.unexpected:
        parts.append(f"unexpected {_listed(found.unexpected)}")
    if found.different:
        key, has, wants = found.different[0]
        more = f" and {len(found.different) - 1} more" if len(found.different) > 1 else ""
        parts.append(f"{shown(key)} is {_size(has)} instead of {_size(wants)}{more}")
    return f"These weights fit no network known here; compared with {name}: {'; '.join(parts)}."


def fit(state: Mapping[str, Tensor], config: ModelConfig) -> dict[str, Tensor]:
    """The weights under the network's own names, as float32 (counters int64).

    Raises:
        CheckpointError: They do not fit, or a value is too large for float32.
    """
    state = unwrap(state)
    fitted = dict(state) if compare(state, config).fits else _in_order(state, config)
    if fitted is None:
        raise CheckpointError(explain(state, config))
    result = {}
    for name in expected(config):
        value = fitted[name]
        if name.endswith("num_batches_tracked"):
            result[name] = value.to(torch.int64)
            continue
        result[name] = value.to(torch.float32)
        if not value.is_floating_point() or not torch.isfinite(result[name]).all():
            raise CheckpointError(f"The weights in {shown(name)} are not numbers that float32 can hold.")
        if name.endswith("running_var") and bool((result[name] < 0).any()):
            raise CheckpointError(f"The variances in {shown(name)} are negative, which no training gives.")
    return result


def unwrap(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors without what DistributedDataParallel or torch.compile put before every name."""
    names = dict(state)
    for prefix in _WRAPPERS * 2:
        if names and all(name.startswith(prefix) for name in names):
            names = {name.removeprefix(prefix): tensor for name, tensor in names.items()}
    return names


def _from_shapes(state: Mapping[str, Tensor]) -> ModelConfig | None:
    """The stack of layers that the shapes tell of, or `None`."""
    layers: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, tensor in state.items():
        owner, _, key = name.rpartition(".")
        layers.setdefault(owner, {})[key] = tuple(tensor.shape)
    channels: list[int] = []
    hidden: list[int] = []
    norms, biases = 0, set()
    for keys in layers.values():
        weight = keys.get("weight", ())
        if set(keys) == _NORM_KEYS:
            norms += 1
        elif set(keys) - {"bias"} != {"weight"}:
            return None
        elif len(weight) == 4 and not hidden:
            channels.append(weight[0])
        elif len(weight) == 2:
            hidden.append(weight[0])
            biases.add("bias" in keys)
        else:
            return None
    if not hidden or len(biases) != 1:
        return None
    try:
        return ModelConfig(
            architecture="cnn" if channels else "mlp",
            hidden=tuple(hidden[:-1]),
            channels=tuple(channels) or (32, 64),
            batch_norm=norms > 0,
            bias=biases.pop(),
        )
    except ConfigError:
        return None


def _in_order(state: Mapping[str, Tensor], config: ModelConfig) -> dict[str, Tensor] | None:
    """The tensors under the network's names, matched by their order; `None` where a shape differs."""
    try:
        wanted = expected(config)
    except ConfigError:
        return None
    pairs = list(zip(wanted.items(), state.items(), strict=False))
    if len(wanted) != len(state) or any(
        shape != tuple(tensor.shape) or name.rpartition(".")[2] != key.rpartition(".")[2]
        for (name, shape), (key, tensor) in pairs
    ):
        return None
    return {name: tensor for (name, _), (_, tensor) in pairs}


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return ", ".join(shown(name) for name in names[:_MAX_LISTED]) + more


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "a single number"


def describe_network(config: ModelConfig) -> str:
    """A network in a few words, for a visitor."""
    layers = layers_of(config)
    parameters = sum(math.prod(s) for n, s in expected(config).items() if n.endswith(("weight", "bias")))
    widths = [str(layer.size) for layer in layers if layer.kind in ("linear", "conv")]
    name = {
        "tutorial": "The tutorial's network",
        "mlp": "A stack of linear layers",
        "cnn": "A small convolutional network",
        "custom": "A network composed here",
    }[config.architecture]
    return f"{name}: {'-'.join(widths)}, {parameters:,} parameters"
