"""How many bytes a network takes while it computes, worked out from its layers alone.

Upper bounds for float32 on a CPU, checked against measured peaks in `tests/core/training/test_footprint.py`.
Nothing is built, so a network that would not fit is refused before any memory is taken.
"""

from collections.abc import Sequence
from typing import Final

from core.model.layer_table import LayerRow

_FLOAT: Final = 4
_INDEX: Final = 8
"""Bytes per position of a maximum, which max pooling keeps as int64."""
_IN_FLIGHT: Final = 3
"""Copies of the largest layer's values at the busiest moment of a backward pass: its gradient, the gradient
before it, and the library's own reordered copy."""


def forward_bytes(rows: Sequence[LayerRow], images: int) -> int:
    """Bytes that a forward pass without gradients takes at its peak, beside the parameters.

    Args:
        rows: The network's layers, as `core.model.summary` counts them.
        images: Images in one batch.
    """
    return _FLOAT * images * _IN_FLIGHT * _largest(rows)


def backward_bytes(rows: Sequence[LayerRow], images: int) -> int:
    """Bytes that a forward and a backward pass take at their peak, beside parameters and their gradients.

    Args:
        rows: The network's layers, as `core.model.summary` counts them.
        images: Images in one batch.
    """
    saved = _FLOAT * sum(row.activations for row in rows)
    pooled = _INDEX * sum(row.activations for row in rows if row.layer.kind == "max_pool")
    return images * (saved + pooled + _FLOAT * _IN_FLIGHT * _largest(rows))


def _largest(rows: Sequence[LayerRow]) -> int:
    """Values that the widest layer gives for one image; the image itself is the least."""
    return max((row.activations for row in rows), default=0) + 28 * 28
