"""What a run reports while it goes on and leaves when it ends: plain values, no device, no thread."""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import torch
from torch import Tensor

from core.config import MAX_STEPS, TrainConfig
from core.data import CLASS_COUNT
from core.errors import ConfigError, RunError
from core.system.json_dataclass import dataclass_from_json

FIXED_COUNT: Final = 8
"""How many test images, the first ones, a run predicts at each report."""

KEPT_COUNT: Final = 64
"""Of how many test images, the first ones, an epoch's record keeps the answers."""

HISTOGRAM_BINS: Final = 40

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class WeightHistogram:
    """The distribution of one parameter's values."""

    low: float
    """Smallest value, the left edge of the first bin."""
    high: float
    """Largest value, the right edge of the last bin."""
    counts: tuple[int, ...]
    """Values in each of 40 equal bins."""

    @classmethod
    def of(cls, values: Tensor) -> Self:
        """Count the values (float, any shape and device)."""
        values = values.float().cpu()
        low, high = values.min().item(), values.max().item()
        if low == high:  # every value the same, as a fresh batch norm's weight
            low, high = low - 0.5, high + 0.5
        counts = torch.histc(values, HISTOGRAM_BINS, low, high)
        return cls(low=low, high=high, counts=tuple(int(count) for count in counts.tolist()))

    def is_possible(self) -> bool:
        """Whether these can be the numbers of a histogram."""
        return (
            -math.inf < self.low < self.high < math.inf
            and len(self.counts) == HISTOGRAM_BINS
            and all(0 <= count < 2**53 for count in self.counts)
        )


@dataclass(frozen=True, kw_only=True)
class RateChange:
    """The learning rate was changed while the run went on."""

    step: int
    """First step of the epoch with the new rate, counted from 0."""
    rate: float
    """The new rate."""


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """One epoch, in numbers."""

    epoch: int
    """Counted from 1."""
    train_loss: float
    """Mean over the epoch's training images of the loss at the step that used them."""
    train_accuracy: float
    """Share of them predicted right at that step, in [0, 1]."""
    validation_loss: float | None
    """Mean loss per held-out training image after the epoch; `None` without a split."""
    validation_accuracy: float | None
    """Share of them right, in [0, 1]; `None` without a split."""
    test_loss: float
    """Mean loss per test image after the epoch (nats for cross-entropy and NLL)."""
    test_accuracy: float
    """Share of test images right, in [0, 1]."""
    seconds: float
    """Time spent in the epoch's training steps."""
    samples_per_second: float
    """Training images over those seconds."""
    gradient_norm: float
    """L2 norm of all gradients together, mean over every 50th step, before clipping."""
    learning_rate: float
    """Of the epoch's last step."""
    confusion: tuple[tuple[int, ...], ...]
    """Test images by actual class (rows) and predicted class (columns), 10 x 10."""
    fixed_logits: Matrix
    """Logits of the first test images, up to 64 x 10; of 8 in runs of earlier versions."""
    histograms: dict[str, WeightHistogram]
    """Of each parameter after the epoch."""
    update_ratios: dict[str, float] = field(default_factory=dict)
    """L2 norm of a step's update of each weight over the weight's own norm, mean over every 50th step; empty
    in a record from before it was measured."""
    steps: int = 0
    """Optimizer steps in the epoch; 0 in records from before this was written down."""
    rate_changes: tuple[RateChange, ...] = ()
    """Changes of the learning rate within the epoch."""

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> Self:
        """Rebuild what `to_dict` gave.

        Raises:
            RunError: A field is missing, unknown, of another type or out of range.
        """
        try:
            record: Self = dataclass_from_json(cls, values)
        except (ConfigError, TypeError, OverflowError) as error:
            raise RunError("An epoch's record is damaged or of another version: train again.") from error
        if not record._is_possible():
            raise RunError("An epoch's record is damaged: train again.")
        return record

    def _is_possible(self) -> bool:
        """Whether these can be the numbers of an epoch, so that pages can count on them."""
        shares = (self.train_accuracy, self.test_accuracy, self.validation_accuracy or 0.0)
        counts = [count for row in self.confusion for count in row]
        return (
            all(0 <= share <= 1 for share in shares)
            and 0 <= self.seconds < math.inf
            and 0 < self.samples_per_second < math.inf
            and [len(row) for row in self.confusion] == [CLASS_COUNT] * CLASS_COUNT
            and min(counts) >= 0
            and 0 < sum(counts) < 2**53
            and all(len(row) == CLASS_COUNT for row in self.fixed_logits)
            and 0 <= self.steps <= MAX_STEPS
            and all(map(WeightHistogram.is_possible, self.histograms.values()))
            and all(0 <= ratio < math.inf for ratio in self.update_ratios.values())
        )


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """Where a run is. Sent at most ten times per second, and at the end of every epoch."""

    epoch: int
    """The epoch in progress, counted from 1."""
    epochs: int
    """Epochs asked for."""
    epoch_step: int
    """Steps done in this epoch."""
    epoch_steps: int
    """Steps in an epoch."""
    samples_per_second: float
    """Training images, over this epoch so far."""
    losses: tuple[tuple[int, float], ...]
    """(step in the run counted from 1, loss of that batch) of each step since the last report."""
    fixed_logits: Matrix
    """Logits of the first 8 test images now, 8 x 10."""
    history: tuple[EpochRecord, ...]
    """The epochs that are complete."""
    steps_before: int | None = None
    """Steps in all epochs before this one; `None` where all epochs have as many."""

    @property
    def _before(self) -> int:
        if self.steps_before is None:
            return (self.epoch - 1) * self.epoch_steps
        return self.steps_before

    @property
    def step(self) -> int:
        """Steps done in the run."""
        return self._before + self.epoch_step

    @property
    def steps(self) -> int:
        """Steps in the run, unless it stops early or is changed on the way."""
        return self._before + (self.epochs - self.epoch + 1) * self.epoch_steps


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Everything a run needs to go on after an epoch as if nothing had happened. All tensors on the CPU."""

    config: TrainConfig
    history: tuple[EpochRecord, ...]
    """The epochs that are complete; empty before the first."""
    model: dict[str, Tensor]
    """The `state_dict` to use after the last of them: of averaged weights where they are averaged."""
    optimizer: dict[str, Any]
    """The optimizer's `state_dict`."""
    generators: dict[str, Tensor]
    """The state of each random generator (uint8), by its purpose."""
    best: dict[str, Tensor] | None = None
    """The `state_dict` with the lowest validation loss so far; only with early stopping."""
    trained: dict[str, Tensor] | None = None
    """The `state_dict` that training goes on from; `None` where that is `model`."""

    @property
    def epoch(self) -> int:
        """Epochs that are complete."""
        return len(self.history)


@dataclass(frozen=True, kw_only=True)
class TrainingResult:
    """What a run ends with."""

    config: TrainConfig
    """The run, its device and threads resolved."""
    state_dict: dict[str, Tensor]
    """The network's parameters on the CPU, after the last whole epoch; with early stopping, after the epoch
    with the lowest validation loss."""
    history: tuple[EpochRecord, ...]
    """One record per epoch."""
    status: Literal["finished", "early", "stopped"]
    """`finished`, `early` (no progress on the validation split) or `stopped` (asked to)."""
    seconds: float = 0.0
    """Time spent in training steps."""
