"""Whether a run has images enough for its settings: checked before it starts, where PyTorch would stop it."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from core.config import MAX_BATCH, TrainConfig
from core.data import CLASSES
from core.errors import ConfigError
from core.model.summary import summary_of
from core.training.engine import SEED_OFFSETS
from core.training.engine.batches import split_indices


def check_batches(config: TrainConfig, labels: Tensor) -> None:
    """Refuse a validation split without an image of some class, and a batch norm over a single value.

    Args:
        config: The run.
        labels: int64, N: of the training images.

    Raises:
        ConfigError: One sentence that says what would work.
    """
    sizes = torch.bincount(labels[: config.data.limit]).tolist()
    if config.data.validation:
        _check_validation(config.data.validation, sizes)
    generator = torch.Generator().manual_seed(config.seed + SEED_OFFSETS["validation"])
    images = len(split_indices(config.data, labels, generator)[0])
    if not images:
        raise ConfigError("No training image is left: leave out fewer of them.")
    last = images % config.batch_size or min(images, config.batch_size)
    if last == 1 and _normalizes_single_values(config):
        works = [size for size in range(2, MAX_BATCH + 1) if images % size != 1]
        nearest = sorted(sorted(works, key=lambda size: abs(size - config.batch_size))[:2])
        raise ConfigError(
            "Batch norm takes means over the images of a batch, and the last batch here has only one: "
            f"{images:,} images in batches of {config.batch_size:,}. Choose another batch size, "
            f"such as {' or '.join(map(str, nearest))}."
        )


def _check_validation(share: float, sizes: Sequence[int]) -> None:
    for name, size in zip(CLASSES, sizes, strict=False):
        if size and round(share * size) == 0:
            needed = math.floor(50 / size) + 1  # per cent; half an image is rounded down
            advice = f"set the share to {needed}% or more" if needed <= 50 else "set the share to 0"
            raise ConfigError(
                f"A validation share of {share:.3g} holds out none of the {size} training "
                f"image{'s' if size > 1 else ''} of class {name}: {advice}, or train on more images."
            )


def _normalizes_single_values(config: TrainConfig) -> bool:
    """Whether a batch norm has one value per image and channel, so that a batch of one image is one value."""
    rows = summary_of(config.model).rows
    return any(row.layer.kind == "batch_norm" and math.prod(row.output_shape[1:]) == 1 for row in rows)
