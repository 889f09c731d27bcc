"""Files of weights, in and out.

`read_state_dict` is the one door for weights from outside. Nothing in a file is run, and nothing is allocated
that the file does not hold: `safe_archive` and `safe_pickle`, beside this, say how, and SECURITY.md why
`torch.load` is not enough. Which network the weights fit is asked of `recognition`.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from core.errors import CheckpointError
from core.exchange.weights.safe_archive import read_archive
from core.exchange.weights.safe_pickle import TensorInfo, read_pickle
from core.exchange.weights.safetensors_file import looks_like_safetensors, read_safetensors, write_safetensors
from core.text import shown

MAX_FILE: Final = 64 * 1024 * 1024  # bytes
MAX_ELEMENTS: Final = 10_000_000

WEIGHT_TYPES: Final = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64)
"""What a network's parameters and counters may be."""

_SAVE_AGAIN: Final = 'torch.save(model.state_dict(), "model.pth")'


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
    if data[:4] == b"PK\x03\x04":
        state, kind = _read_torch(data), "a state_dict from torch.save"
    elif looks_like_safetensors(data):
        (state, notes), kind = _read_safetensors(data), "a .safetensors file"
    else:
        raise CheckpointError(_what_it_is(data))
    if not state:
        raise CheckpointError("The file holds no tensors.")
    for name, tensor in state.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"The weights in {shown(name)} are not all finite numbers: the run that made them diverged."
            )
    return WeightFile(state, kind, notes)


def _what_it_is(data: bytes) -> str:
    """Why a file of neither format is not read."""
    if not data:
        return "The file is empty."
    if data[:1] == b"\x80" or data[:2] in (b"(d", b"(l"):
        return (
            "The file is a bare pickle, the format before PyTorch 1.6 or another program's, and is not "
            f"opened: save the weights again with {_SAVE_AGAIN}."
        )
    return (
        "The file is neither what torch.save writes nor a .safetensors file: "
        f"save the weights with {_SAVE_AGAIN} and upload that."
    )


def _read_torch(data: bytes) -> dict[str, Tensor]:
    records = read_archive(data)
    pickles = [name for name in records if name.endswith("/data.pkl") and name.count("/") == 1]
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in records):
        raise CheckpointError(
            "The file is a TorchScript archive, which holds code, so it is not opened: "
            f"save the weights with {_SAVE_AGAIN}."
        )
    if len(pickles) != 1:
        raise CheckpointError(
            "The file is a zip archive, but not one that torch.save wrote: "
            f"save the weights with {_SAVE_AGAIN}."
        )
    folder = pickles[0].removesuffix("data.pkl")
    if bytes(records.get(f"{folder}byteorder", b"little")) != b"little":
        raise CheckpointError("The file was saved on a big-endian machine, which is not supported here.")
    tensors = read_pickle(bytes(records[pickles[0]]))
    _check_types(tensors)
    _check_total({name: (info.shape, info.dtype) for name, info in tensors.items()})
    return {
        name: _tensor(name, info, records.get(f"{folder}data/{info.storage}"))
        for name, info in tensors.items()
    }


def _check_types(tensors: Mapping[str, TensorInfo]) -> None:
    """Refuse a record that two tensors read as two types: PyTorch reads both as the type it met first."""
    types: dict[str, torch.dtype] = {}
    for name, info in tensors.items():
        if types.setdefault(info.storage, info.dtype) != info.dtype:
            raise CheckpointError(
                f"The tensor {shown(name)} shares its values with another one of another type: "
                f"save the weights again with {_SAVE_AGAIN}."
            )


def _tensor(name: str, info: TensorInfo, record: memoryview | None) -> Tensor:
    """The tensor that `info` describes, its values copied out of its record."""
    if record is None:
        raise CheckpointError(f"The values of {shown(name)} are missing from the file.")
    size, count = info.dtype.itemsize, math.prod(info.shape)
    if info.offset < 0 or info.offset + count > info.elements or info.elements * size > len(record):
        raise CheckpointError(f"The tensor {shown(name)} claims more values than the file holds.")
    step = 1
    for length, stride in zip(reversed(info.shape), reversed(info.stride), strict=True):
        if length > 1 and stride != step:
            raise CheckpointError(
                f"The tensor {shown(name)} is a strided view of other values: "
                "save a copy of it, made with .contiguous()."
            )
        step *= length
    start = info.offset * size
    return _copy(record[start : start + count * size], info.dtype, info.shape)


def _read_safetensors(data: bytes) -> tuple[dict[str, Tensor], dict[str, str]]:
    entries, notes = read_safetensors(data)
    _check_total({name: (entry.shape, entry.dtype) for name, entry in entries.items()})
    return {name: _copy(entry.values, entry.dtype, entry.shape) for name, entry in entries.items()}, notes


def _check_total(claims: Mapping[str, tuple[tuple[int, ...], torch.dtype]]) -> None:
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


def _copy(values: memoryview, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    # a bytearray: torch warns about, and could write into, memory that is read-only
    return torch.frombuffer(bytearray(values), dtype=dtype).reshape(shape)


def to_pth(state: Mapping[str, Tensor]) -> bytes:
    """A `state_dict` as `torch.save` writes it: `torch.load(path, weights_only=True)` reads it anywhere."""
    buffer = io.BytesIO()
    torch.save({name: tensor.detach().cpu().clone() for name, tensor in state.items()}, buffer)
    return buffer.getvalue()


def to_safetensors(state: Mapping[str, Tensor], notes: Mapping[str, str] | None = None) -> bytes:
    """The same weights as `.safetensors`, with `notes` (text) in the header."""
    return write_safetensors(state, notes)
