"""Tensors as a file describes them, before anything about them is checked or made."""

from dataclasses import dataclass
from typing import Final

import torch

STORAGES: Final = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


@dataclass(frozen=True)
class Storage:
    """Where the values of tensors lie, as the file describes it."""

    record: str
    dtype: torch.dtype
    elements: int


@dataclass(frozen=True)
class TensorInfo:
    """A tensor as the file describes it; nothing is checked against its storage yet."""

    storage: str
    """Name of the record its values lie in."""
    dtype: torch.dtype
    """Type of the storage's elements."""
    elements: int
    """Elements the storage is said to have."""
    offset: int
    """Where the tensor starts, elements."""
    shape: tuple[int, ...]
    """Its shape."""
    stride: tuple[int, ...]
    """Elements between neighbors along each dimension."""
