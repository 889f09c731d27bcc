"""What a run takes along from one part to the next, and whom it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.config import TrainConfig
from core.training.engine.records import Matrix, RunProgress, TrainingState


@dataclass(frozen=True)
class Hooks:
    """Whom a run tells and asks, as `run_training` describes each."""

    on_progress: Callable[[RunProgress], None] | None
    should_stop: Callable[[], bool] | None
    on_checkpoint: Callable[[TrainingState], None] | None
    capture: bool
    new_rate: Callable[[], float | None] | None
    on_change: Callable[[TrainConfig], bool] | None


def copy_to_cpu(value: Any) -> Any:
    """Copy a nest of dicts, lists and tensors, so that what training does next cannot change it."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
    if isinstance(value, dict):
        return {key: copy_to_cpu(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(copy_to_cpu(item) for item in value)
    return value


def rows(logits: Tensor) -> Matrix:
    """Logits (N x 10) as plain numbers."""
    return tuple(tuple(row) for row in logits.tolist())
