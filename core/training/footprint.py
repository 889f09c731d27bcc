"""How many bytes a run takes at its peak, worked out from its configuration before anything is tried.

Checked against measured peaks in `tests/core/training/test_footprint.py`.
"""

from typing import Final

from core.config import TrainConfig
from core.model.footprint import backward_bytes, forward_bytes
from core.model.summary import summary_of
from core.training.engine.inference import EVALUATION_BATCH

_FLOAT: Final = 4
_FIXED: Final = 24_000_000
"""Bytes that every run takes: the libraries' buffers and compiled kernels."""
_PIXELS: Final = 28 * 28
_PER_IMAGE: Final = 64
"""Bytes per training image for its ten logits, its label and its place in the epoch's order."""
_STATES: Final = 2
"""Copies of a run's state that exist at once: the last epoch's until the next one's is complete."""
_WRITING: Final = 1.5
"""Bytes per byte that is written: what goes to disk is laid out in memory first, in a buffer that grows."""

MOMENTS: Final = {"sgd": 0, "adam": 2, "adamw": 2, "rmsprop": 1}
"""Values that each optimizer keeps per parameter, momentum not counted."""


def training_bytes(config: TrainConfig, train_images: int) -> int:
    """Bytes at the peak of a run: activations, gradients, optimizer, states on their way to disk, data.

    Args:
        config: The run. On an accelerator the activations are there, and are not counted.
        train_images: Images in the training split, before the run's own limit.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    rows = summary_of(config.model).rows
    activations = max(
        backward_bytes(rows, min(config.batch_size, train_images)), forward_bytes(rows, EVALUATION_BATCH)
    )
    on_cpu = config.device in ("cpu", "auto")
    return int(
        _FIXED
        + (activations if on_cpu else 0)
        + _FLOAT * _copies(config) * sum(row.parameters for row in rows)
        + _data_bytes(config, train_images)
    )


def _copies(config: TrainConfig) -> float:
    """Values that a run holds per parameter; one of them is its value before a measured step."""
    optimizer = config.optimizer
    moments = MOMENTS[optimizer.name] + (optimizer.momentum > 0)
    average = 1 if optimizer.ema_decay else 0
    best = 1 if config.patience else 0
    state = 1 + moments + average
    written = max(1, moments + average + best)
    return 3 + moments + average + 2 * best + _STATES * state + _WRITING * written


def _data_bytes(config: TrainConfig, train_images: int) -> int:
    """A run on all images shares those that are loaded; a part of them is a copy."""
    used = min(config.data.limit or train_images, train_images)
    copied = used if used < train_images or config.data.validation or config.data.left_out else 0
    return _PIXELS * copied + _PER_IMAGE * used
