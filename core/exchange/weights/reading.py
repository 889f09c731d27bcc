"""Files of weights, in and out.

`read_state_dict` is the one door for weights from outside. Nothing in a file is run, and nothing is allocated
that the file does not hold: `safe_archive` and `safe_pickle`, beside this, say how, and SECURITY.md why
`torch.load` is not enough. Which network the weights fit is asked of `recognition`.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor

from core.errors import CheckpointError
from core.exchange.weights.checkpoint import find_state_dict
from core.exchange.weights.legacy_file import looks_legacy, read_legacy
from core.exchange.weights.other_files import SAVE_AGAIN, what_it_is
from core.exchange.weights.safe_archive import read_archive
from core.exchange.weights.safe_pickle import read_pickle
from core.exchange.weights.safetensors_file import Claims, looks_like_safetensors, read_safetensors
from core.exchange.weights.tensor_info import TensorInfo
from core.text import shown

MAX_FILE: Final = 64 * 1024 * 1024  # bytes
MAX_ELEMENTS: Final = 10_000_000

WEIGHT_TYPES: Final = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64)
"""What a network's parameters and counters may be."""

_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, eq=False)
class WeightFile:
    """A file of weights that passed every check."""

    state_dict: dict[str, Tensor]
    """Tensors by name, on the CPU, of the types in `WEIGHT_TYPES`, all values finite."""
    kind: str
    """What the file is, in words."""
    notes: dict[str, str] = field(default_factory=dict)
    """Text that a `.safetensors` file carries; a stranger's, to be checked before use."""


def read_state_dict(data: bytes) -> dict[str, Tensor]:
    """The tensors of a `.pth`, `.pt` or `.safetensors` file from anywhere.

    Args:
        data: The whole file, at most 64 MB with at most 10 million elements.

    Returns:
        Tensors by name, on the CPU, contiguous, finite.

    Raises:
        CheckpointError: The file is refused, for the reason in its text.
    """
    return read_weight_file(data).state_dict


def read_weight_file(data: bytes) -> WeightFile:
    """As `read_state_dict`, with what kind of file it was and the notes it carries.

    Raises:
        CheckpointError: The file is refused, for the reason in its text.
    """
    if len(data) > MAX_FILE:
        raise CheckpointError(
            f"The file has {len(data) / 2**20:.0f} MB; {MAX_FILE // 2**20} MB are the most accepted here."
        )
    notes: dict[str, str] = {}
    if data.startswith(_ZIP):
        state, kind = _read_zip(data)
    elif looks_legacy(data):
        state, kind = _read_described(*read_legacy(data))
        kind += ", in the format before PyTorch 1.6"
    elif looks_like_safetensors(data):
        (state, notes), kind = read_safetensors(data, _check_claims), "a .safetensors file"
    else:
        raise CheckpointError(what_it_is(data))
    if not state:
        raise CheckpointError("The file holds no tensors.")
    for name, tensor in state.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"The weights in {shown(name)} are not all finite numbers: the run that made them diverged."
            )
    return WeightFile(state, kind, notes)


def _read_zip(data: bytes) -> tuple[dict[str, Tensor], str]:
    records = read_archive(data)
    pickles = [name for name in records if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(pickles) != 1:
        raise CheckpointError(
            "The file is a zip archive, but not one that torch.save wrote: "
            f"save the weights with {SAVE_AGAIN}."
        )
    folder = pickles[0].removesuffix("data.pkl")
    if bytes(records.get(f"{folder}byteorder", b"little")) != b"little":
        raise CheckpointError("The file was saved on a big-endian machine, which is not supported here.")
    described = read_pickle(bytes(records[pickles[0]])).value
    values = {name.removeprefix(f"{folder}data/"): record for name, record in records.items()}
    return _read_described(described, values)


def _read_described(value: Any, records: Mapping[str, memoryview]) -> tuple[dict[str, Tensor], str]:
    """The weights in what a pickle describes, made from their records, and what the file is, in words."""
    tensors, name = find_state_dict(value)
    _check_claims({key: (info.shape, info.dtype) for key, info in tensors.items()})
    kind = f"a training checkpoint, its {shown(name)}" if name else "a state_dict from torch.save"
    return {key: _tensor(key, info, records.get(info.storage)) for key, info in tensors.items()}, kind


def _tensor(name: str, info: TensorInfo, record: memoryview | None) -> Tensor:
    """The tensor that `info` describes, its values copied out of its record."""
    if record is None:
        raise CheckpointError(f"The values of {shown(name)} are missing from the file.")
    size, count = info.dtype.itemsize, math.prod(info.shape)
    if info.offset < 0 or info.offset + count > info.elements or info.elements * size > len(record):
        raise CheckpointError(f"The tensor {shown(name)} claims more values than the file holds.")
    # dense in any order: in that of the strides the values lie one after the other
    order = sorted(range(len(info.shape)), key=lambda place: (-info.stride[place], place))
    step = 1
    for place in reversed(order):
        if info.shape[place] > 1:
            if info.stride[place] != step:
                raise CheckpointError(
                    f"The tensor {shown(name)} is a view of some of the values of another: "
                    "save a copy of it, made with .clone()."
                )
            step *= info.shape[place]
    start = info.offset * size
    values = _copy(record[start : start + count * size], info.dtype)
    stored = values.reshape([info.shape[place] for place in order])
    return stored.permute([order.index(place) for place in range(len(order))]).contiguous()


def _check_claims(claims: Claims) -> None:
    """Refuse what is too much, or not weights, before any of it is made."""
    total = 0
    for name, (shape, dtype) in claims.items():
        if dtype not in WEIGHT_TYPES:
            kind = str(dtype).removeprefix("torch.")
            raise CheckpointError(
                f"The tensor {shown(name)} is of type {kind}; weights are floating-point numbers."
            )
        if 0 in shape:
            raise CheckpointError(f"The tensor {shown(name)} is empty.")
        total += math.prod(shape)
    if total > MAX_ELEMENTS:
        raise CheckpointError(
            f"The file's tensors have {total:,} elements; {MAX_ELEMENTS:,} are the most accepted here."
        )


def _copy(values: memoryview, dtype: torch.dtype) -> Tensor:
    # a bytearray: torch warns about, and could write into, memory that is read-only
    return torch.frombuffer(bytearray(values), dtype=dtype)


def to_pth(state: Mapping[str, Tensor]) -> bytes:
    """A `state_dict` as `torch.save` writes it: `torch.load(path, weights_only=True)` reads it anywhere."""
    buffer = io.BytesIO()
    torch.save({name: tensor.detach().cpu().clone() for name, tensor in state.items()}, buffer)
    return buffer.getvalue()
