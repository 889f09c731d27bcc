"""The `.safetensors` format, read with care and written: eight bytes, a JSON header, the tensors' bytes.

The header says of each tensor its type, its shape and where its bytes are; there is nothing to run. What can
still be wrong is checked before any tensor is made.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from core.errors import CheckpointError
from core.exchange.weights.safe_pickle import MAX_DIMENSIONS, MAX_STRING, MAX_TENSORS
from core.text import shown

MAX_HEADER: Final = 256 * 1024  # bytes
_ALIGNMENT: Final = 8  # bytes: where the tensors' bytes begin

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
_NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True)
class SafetensorsEntry:
    """One tensor of the file."""

    dtype: torch.dtype
    """Type of its elements."""
    shape: tuple[int, ...]
    """Its shape."""
    values: memoryview
    """Its bytes, a view of the file."""


def looks_like_safetensors(data: bytes) -> bool:
    """Whether a file begins as this format does: a header's length, then an opening brace."""
    return len(data) > 8 and data[8:9] == b"{"


def read_safetensors(data: bytes) -> tuple[dict[str, SafetensorsEntry], dict[str, str]]:
    """The tensors of a file, by name, and the notes in its header.

    Args:
        data: The whole file.

    Raises:
        CheckpointError: The header is damaged, or lies about the file.
    """
    header, start = _header(data)
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(value, str) for value in notes.values()):
        raise CheckpointError("The .safetensors file's notes are not text.")
    if len(header) > MAX_TENSORS:
        raise CheckpointError(
            f"The file holds {len(header):,} tensors; {MAX_TENSORS:,} are the most accepted here."
        )
    body = memoryview(data)[start:]
    entries, end = {}, 0
    for name, (begin, entry) in sorted(
        ((name, _entry(name, value, body)) for name, value in header.items()), key=lambda item: item[1][0]
    ):
        if begin != end:
            raise CheckpointError("The .safetensors file's tensors overlap or leave gaps: it is damaged.")
        end = begin + len(entry.values)
        entries[name] = entry
    if end != len(body):
        raise CheckpointError("The .safetensors file holds bytes that belong to no tensor: it is damaged.")
    return {name: entries[name] for name in header}, notes


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """The JSON header, and where the tensors' bytes start."""
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
    return header, 8 + size


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CheckpointError("The .safetensors file names the same tensor twice.")
    return found


def _entry(name: str, value: Any, body: memoryview) -> tuple[int, SafetensorsEntry]:
    """Where a tensor's bytes begin, and the tensor, checked against the bytes that are there."""
    match value:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(begin), int(end)], **rest} if (
            not rest
        ):
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
    count = 1
    for size in shape:
        count *= size
    if not 0 <= begin <= end <= len(body) or end - begin != count * DTYPES[kind].itemsize:
        raise CheckpointError(
            f"The tensor {shown(name)} claims bytes that the file does not have: it is cut short or damaged."
        )
    return begin, SafetensorsEntry(DTYPES[kind], tuple(shape), body[begin:end])


def write_safetensors(state: Mapping[str, Tensor], notes: Mapping[str, str] | None = None) -> bytes:
    """A `.safetensors` file of these tensors.

    Args:
        state: Tensors by name, of the types of `DTYPES`, on any device.
        notes: Text for the header, such as how the network was trained.
    """
    header: dict[str, Any] = {"__metadata__": dict(notes)} if notes else {}
    parts, position = [], 0
    for name, tensor in state.items():
        values = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [position, position + len(values)],
        }
        parts.append(values)
        position += len(values)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])
