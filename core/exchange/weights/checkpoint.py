"""Where the weights are in what a file describes: at its top, or inside a training checkpoint."""

from collections.abc import Iterator
from typing import Any, Final

from core.errors import CheckpointError
from core.exchange.weights.refusals import CHECKPOINT_KEYS, NOT_A_STATE_DICT, REMEDY
from core.exchange.weights.safe_pickle import MAX_TENSORS
from core.exchange.weights.tensor_info import TensorInfo
from core.text import shown

_NOT_WEIGHTS: Final = ("opt", "sched", "lr_", "callback", "loop", "scaler", "rng", "hyper", "args", "config")
"""How the names of a checkpoint's other parts begin."""
_MAX_NESTING: Final = 4

StateDict = dict[str, TensorInfo]


def find_state_dict(value: Any) -> tuple[StateDict, str]:
    """The weights in what a file describes, and the name they have there; it is empty at the top.

    `{"model_state_dict": ..., "epoch": ...}`, Lightning's `state_dict`, fastai's `model` and the like are
    training checkpoints: the weights are one of their dictionaries.

    Raises:
        CheckpointError: There are no named tensors, or several networks' worth of them.
    """
    if not isinstance(value, dict):
        raise CheckpointError(NOT_A_STATE_DICT)
    tensors = _tensors(value)
    found = [] if tensors else list(_inside(value, "", {id(value)}))
    if not tensors and not found:
        raise CheckpointError(_nothing(value))
    for key in CHECKPOINT_KEYS:
        known = [(name, state) for name, state in found if name.rpartition(".")[2] == key]
        if known:
            found = known[:1]
            break
    if len(found) > 1:
        names = ", ".join(shown(name) for name, _ in found[:3])
        raise CheckpointError(
            f"The file holds several networks, {names}: save the state_dict of one of them and upload that."
        )
    name, tensors = found[0] if found else ("", tensors)
    if len(tensors) > MAX_TENSORS:
        raise CheckpointError(f"The file holds {len(tensors):,} tensors; {MAX_TENSORS:,} are the most here.")
    return tensors, name


def _tensors(value: dict[Any, Any]) -> StateDict:
    """A dictionary's named tensors, if it is weights; a number or a word among them is passed over."""
    tensors = {key: item for key, item in value.items() if isinstance(item, TensorInfo)}
    others = [item for key, item in value.items() if key not in tensors]
    plain = all(item is None or isinstance(item, str | int | float) for item in others)
    named = all(isinstance(key, str) for key in tensors)
    return tensors if plain and named and len(tensors) > len(others) else {}


def _inside(value: dict[Any, Any], path: str, seen: set[int]) -> Iterator[tuple[str, StateDict]]:
    """The weights inside a dictionary, by the names that lead to them."""
    for key, item in value.items():
        if not isinstance(key, str) or not isinstance(item, dict) or id(item) in seen:
            continue
        if key.lower().startswith(_NOT_WEIGHTS):
            continue
        seen.add(id(item))
        name = f"{path}.{key}" if path else key
        if tensors := _tensors(item):
            yield name, tensors
        elif name.count(".") < _MAX_NESTING:
            yield from _inside(item, name, seen)


def _nothing(value: dict[Any, Any]) -> str:
    """Why there are no weights in a dictionary."""
    if not value:
        return "The file holds no tensors."
    if not all(isinstance(key, str) for key in value):
        return "The file holds a dictionary whose keys are not names, as an optimizer's state has. " + REMEDY
    key = next((key for key, item in value.items() if not isinstance(item, TensorInfo)), next(iter(value)))
    return f"Under {shown(key)} the file holds something other than a tensor. {REMEDY}"
