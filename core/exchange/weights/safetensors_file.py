"""The `.safetensors` format: eight bytes, a JSON header, the tensors' bytes.

The format's own package reads and writes it. What is here stands before it: how long the header may be, how
much the tensors may claim, and which of them are weights, all told before any tensor is made.
"""

import json
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from core.errors import CheckpointError
from core.exchange.weights.safe_pickle import MAX_DIMENSIONS, MAX_STRING, MAX_TENSORS
from core.text import shown

MAX_HEADER: Final = 256 * 1024  # bytes

DTYPES: Final = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}

Claims = dict[str, tuple[tuple[int, ...], torch.dtype]]
"""What tensors are said to be: shape and type by name."""


def looks_like_safetensors(data: bytes) -> bool:
    """Whether a file begins as this format does: a header's length, then an opening brace."""
    return len(data) > 8 and data[8:9] == b"{"


def read_safetensors(
    data: bytes, check: Callable[[Claims], None] = lambda claims: None
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors of a file, by name in the header's order, and the notes in its header.

    Args:
        data: The whole file.
        check: Called with what the header claims before any tensor is made; it raises to refuse.

    Raises:
        CheckpointError: The header is damaged, lies about the file, or claims what is not accepted.
    """
    header = _header(data)
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(value, str) for value in notes.values()):
        raise CheckpointError("The .safetensors file's notes are not text.")
    if len(header) > MAX_TENSORS:
        raise CheckpointError(
            f"The file holds {len(header):,} tensors; {MAX_TENSORS:,} are the most accepted here."
        )
    check({name: _claim(name, value) for name, value in header.items()})
    try:
        tensors = safetensors.torch.load(data)
    # whatever the package raises becomes this door's one sentence
    except (SafetensorError, ValueError, TypeError, KeyError, RuntimeError, OverflowError) as error:
        raise CheckpointError(
            "The .safetensors file is damaged: its header and its tensors disagree. Save or copy it again."
        ) from error
    return {name: tensors[name] for name in header}, notes


def _header(data: bytes) -> dict[str, Any]:
    """The JSON header."""
    if len(data) < 10:
        raise CheckpointError("The file is too short to be a .safetensors file.")
    (size,) = struct.unpack_from("<Q", data)
    if size > MAX_HEADER:
        raise CheckpointError(
            f"The file's header claims {size:,} bytes; a network's needs far less than {MAX_HEADER:,}."
        )
    if 8 + size > len(data):
        raise CheckpointError(
            "The .safetensors file ends in the middle of its header. Save or copy it again."
        )
    try:
        header = json.loads(data[8 : 8 + size].decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise CheckpointError("The .safetensors file's header is damaged: it is not JSON.") from error
    if not isinstance(header, dict):
        raise CheckpointError("The .safetensors file's header is not a list of tensors.")
    return header


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CheckpointError("The .safetensors file names the same tensor twice.")
    return found


def _claim(name: str, value: Any) -> tuple[tuple[int, ...], torch.dtype]:
    """The shape and type that a tensor is said to have."""
    match value:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(), int()], **rest} if not rest:
            pass
        case _:
            raise CheckpointError(
                f"The .safetensors file does not describe its tensor {shown(name)} as it should."
            )
    if kind not in DTYPES:
        raise CheckpointError(
            f"The tensor {shown(name)} has the type {shown(kind)}, which no network here has."
        )
    whole = all(type(size) is int and 0 <= size < 2**40 for size in shape)
    if len(name) > MAX_STRING or len(shape) > MAX_DIMENSIONS or not whole:
        raise CheckpointError(f"The tensor {shown(name)} has an impossible name or shape.")
    return tuple(shape), DTYPES[kind]


def to_safetensors(state: Mapping[str, Tensor], notes: Mapping[str, str] | None = None) -> bytes:
    """A `.safetensors` file of these tensors.

    Args:
        state: Tensors by name, of the types of `DTYPES`, on any device.
        notes: Text for the header, such as how the network was trained.
    """
    # copies: tied weights share their memory, which the format does not know
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in state.items()}
    return safetensors.torch.save(tensors, dict(notes) if notes else None)
