"""Which layers a file has weights of, told from names and shapes; what no network here has is named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from torch import Tensor

from core.errors import CheckpointError
from core.text import shown

Kind = Literal["linear", "conv", "batch_norm"]

_WRAPPERS: Final = re.compile(r"\b(?:module|_orig_mod)\.")
"""What DataParallel, DistributedDataParallel, AveragedModel and torch.compile put before names."""
_COUNTERS: Final = ("n_averaged", "num_batches_tracked")
_NORM_KEYS: Final = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}
_MAX_KERNEL: Final = 9


@dataclass(frozen=True)
class WeightedLayer:
    """A layer with weights, as a file has them."""

    name: str
    """What comes before `.weight`; empty where nothing does."""
    kind: Kind
    inputs: int
    """Features or channels that it takes."""
    outputs: int
    """Features or channels that it gives."""
    kernel: int = 0
    """Side of a convolution's window, pixels."""
    bias: bool = True

    @property
    def title(self) -> str:
        """Its name in a sentence."""
        return shown(self.name) if self.name else "the only layer"


def unwrap(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors without what wrappers put before every name, in any nesting, and without their counts.

    `DistributedDataParallel` and `AveragedModel` say `module.`, `torch.compile` says `_orig_mod.`, around a
    network or around its parts; `AveragedModel` counts in `n_averaged`.
    """
    names = {_WRAPPERS.sub("", name): tensor for name, tensor in state.items()}
    if len(names) != len(state):  # two names became one: they were names, not wrappers
        names = dict(state)
    return {name: tensor for name, tensor in names.items() if name.rpartition(".")[2] != "n_averaged"}


def in_natural_order(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By name, numbers as numbers: what `.safetensors` files sort as text, in the order it was written."""

    def key(name: str) -> list[tuple[int, int, str]]:
        parts = re.split(r"(\d+)", name.rpartition(".")[0])
        return [(0, int(part[:9]), "") if part.isdigit() else (1, 0, part) for part in parts]

    return {name: state[name] for name in sorted(state, key=key)}


def weighted_layers(state: Mapping[str, Tensor]) -> list[WeightedLayer]:
    """The layers that a file has weights of, in its order.

    Args:
        state: Tensors by name, unwrapped.

    Raises:
        CheckpointError: A layer is of a kind that no network here has; the sentence names it.
    """
    owners: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, tensor in state.items():
        owner, _, key = name.rpartition(".")
        owners.setdefault(owner, {})[key] = tuple(tensor.shape)
    return [_layer(owner, keys) for owner, keys in owners.items()]


def _layer(name: str, keys: Mapping[str, tuple[int, ...]]) -> WeightedLayer:
    weight = keys.get("weight", keys.get("running_mean"))
    if weight is None or set(keys) - _NORM_KEYS:
        raise CheckpointError(f"{_in_the_way(name)}: {_unusual(keys)}.")
    if len(weight) == 1:
        if "running_mean" not in keys:
            raise CheckpointError(
                f"{_in_the_way(name)}: its weight has one dimension and no running mean, as a layer norm, a "
                "group norm and a PReLU have."
            )
        return WeightedLayer(name, "batch_norm", weight[0], weight[0])
    bias = "bias" in keys
    if len(weight) == 2:
        return WeightedLayer(name, "linear", weight[1], weight[0], bias=bias)
    if len(weight) == 4:
        if weight[2] != weight[3] or weight[2] % 2 == 0 or weight[2] > _MAX_KERNEL:
            raise CheckpointError(
                f"{_in_the_way(name)}: its window is {weight[2]} × {weight[3]}, and windows of convolutions "
                f"here are square and odd, at most {_MAX_KERNEL} × {_MAX_KERNEL}."
            )
        return WeightedLayer(name, "conv", weight[1], weight[0], weight[2], bias)
    raise CheckpointError(
        f"{_in_the_way(name)}: its weight has {len(weight)} dimensions; those of linear layers have 2, "
        "those of convolutions over images 4."
    )


def _in_the_way(name: str) -> str:
    layer = f"The layer {shown(name)}" if name else "A parameter outside any layer"
    return f"{layer} is of a kind that no network here has"


def _unusual(keys: Mapping[str, tuple[int, ...]]) -> str:
    """What parameters other than a weight and a bias speak of."""
    key = next((key for key in keys if key not in _NORM_KEYS), "bias")
    if key.startswith("weight_ih"):
        return "it is recurrent (RNN, LSTM or GRU)"
    if key.startswith("in_proj"):
        return "it is attention"
    if key in ("weight_g", "weight_v") or key.startswith("original"):
        return "its weight is parametrized; remove that before saving"
    if key in ("weight_orig", "weight_mask"):
        return "it is pruned; torch.nn.utils.prune.remove makes it an ordinary one"
    return f"it has a parameter {shown(key)}"
