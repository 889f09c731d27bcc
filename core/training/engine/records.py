"""What a run tells while it goes on and leaves when it ends: plain values, no device, no thread."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import torch
from torch import Tensor

from core.config import TrainConfig
from core.errors import RunError

FIXED_COUNT: Final = 8
"""How many test images, the first ones, every run predicts at each epoch."""

HISTOGRAM_BINS: Final = 40

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class WeightHistogram:
    """The distribution of one parameter's values.

    Attributes:
        low: Smallest value, the left edge of the first bin.
        high: Largest value, the right edge of the last bin.
        counts: Values in each of 40 equal bins.
    """

    low: float
    high: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, values: Tensor) -> Self:
        """Count the values (float, any shape and device)."""
        values = values.float().cpu()
        low, high = values.min().item(), values.max().item()
        if low == high:  # every value the same, as a fresh batch norm's weight
            low, high = low - 0.5, high + 0.5
        counts = torch.histc(values, HISTOGRAM_BINS, low, high)
        return cls(low=low, high=high, counts=tuple(int(count) for count in counts.tolist()))


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """One epoch, in numbers.

    Attributes:
        epoch: Counted from 1.
        train_loss: Mean over the epoch's training images of the loss at the step that used them.
        train_accuracy: Share of them predicted right at that step, in [0, 1].
        validation_loss: Mean loss per held-out training image after the epoch; `None` without a split.
        validation_accuracy: Share of them right, in [0, 1]; `None` without a split.
        test_loss: Mean loss per test image after the epoch (nats for cross-entropy and NLL).
        test_accuracy: Share of test images right, in [0, 1].
        seconds: Time spent in the epoch's training steps.
        samples_per_second: Training images over those seconds.
        gradient_norm: L2 norm of all gradients together, mean over every 50th step, before clipping.
        learning_rate: Of the epoch's last step.
        confusion: Test images by actual class (rows) and predicted class (columns), 10 x 10.
        fixed_logits: Logits of the first 8 test images, 8 x 10.
        histograms: Of each parameter after the epoch.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    test_loss: float
    test_accuracy: float
    seconds: float
    samples_per_second: float
    gradient_norm: float
    learning_rate: float
    confusion: tuple[tuple[int, ...], ...]
    fixed_logits: Matrix
    histograms: dict[str, WeightHistogram]

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Rebuild what `to_dict` gave.

        Raises:
            RunError: A field is missing or unknown, as in a record of another version.
        """
        try:
            return cls(
                **{
                    **values,
                    "confusion": tuple(tuple(map(int, row)) for row in values["confusion"]),
                    "fixed_logits": tuple(tuple(map(float, row)) for row in values["fixed_logits"]),
                    "histograms": {
                        name: WeightHistogram(**{**entry, "counts": tuple(entry["counts"])})
                        for name, entry in values["histograms"].items()
                    },
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError("An epoch's record is damaged or of another version: train again.") from error


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """Where a run is. Sent at most ten times a second, and at the end of every epoch.

    Attributes:
        epoch: The epoch in progress, counted from 1.
        epochs: Epochs asked for.
        epoch_step: Steps done in this epoch.
        epoch_steps: Steps in an epoch.
        samples_per_second: Over this epoch so far, training images.
        losses: (step in the run counted from 1, loss of that batch) of each step since the last report.
        fixed_logits: Logits of the first 8 test images now, 8 x 10.
        history: The epochs that are complete.
    """

    epoch: int
    epochs: int
    epoch_step: int
    epoch_steps: int
    samples_per_second: float
    losses: tuple[tuple[int, float], ...]
    fixed_logits: Matrix
    history: tuple[EpochRecord, ...]

    @property
    def step(self) -> int:
        """Steps done in the run."""
        return (self.epoch - 1) * self.epoch_steps + self.epoch_step

    @property
    def steps(self) -> int:
        """Steps in the run, unless it stops early."""
        return self.epochs * self.epoch_steps


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Everything a run needs to go on after an epoch as if nothing had happened. All tensors on the CPU.

    Attributes:
        config: The run.
        history: The epochs that are complete; empty before the first.
        model: The `state_dict` to use after the last of them: of averaged weights where they are averaged.
        optimizer: The optimizer's `state_dict`.
        generators: The state of each random generator (uint8), by its purpose.
        best: The `state_dict` with the lowest validation loss so far; only with early stopping.
        trained: The `state_dict` that training goes on from; `None` where that is `model`.
    """

    config: TrainConfig
    history: tuple[EpochRecord, ...]
    model: dict[str, Tensor]
    optimizer: dict[str, Any]
    generators: dict[str, Tensor]
    best: dict[str, Tensor] | None = None
    trained: dict[str, Tensor] | None = None

    @property
    def epoch(self) -> int:
        """Epochs that are complete."""
        return len(self.history)

    def to_plain(self) -> dict[str, Any]:
        """The state as dicts, lists, numbers and tensors, which `torch.load(weights_only=True)` reads."""
        return {
            "config": self.config.to_dict(),
            "history": [record.to_dict() for record in self.history],
            "model": self.model,
            "optimizer": self.optimizer,
            "generators": self.generators,
            "best": self.best,
            "trained": self.trained,
        }

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> Self:
        """Rebuild what `to_plain` gave.

        Raises:
            RunError: A part is missing or of another version.
        """
        try:
            return cls(
                **{
                    **values,
                    "config": TrainConfig.from_dict(values["config"]),
                    "history": tuple(EpochRecord.from_dict(entry) for entry in values["history"]),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RunError("A run's saved state is damaged or of another version: train again.") from error


@dataclass(frozen=True, kw_only=True)
class TrainingResult:
    """What a run ends with.

    Attributes:
        config: The run, its device and threads resolved.
        state_dict: The network's parameters on the CPU, after the last whole epoch; with early stopping,
            after the epoch with the lowest validation loss.
        history: One record an epoch.
        status: `finished`, `early` (no progress on the validation split) or `stopped` (asked to).
        seconds: Time spent in training steps.
    """

    config: TrainConfig
    state_dict: dict[str, Tensor]
    history: tuple[EpochRecord, ...]
    status: Literal["finished", "early", "stopped"]
    seconds: float = field(default=0.0)
