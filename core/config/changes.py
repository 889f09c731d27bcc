"""What is changed in the middle of a run: from there on it is another run, a fork of the one before."""

from dataclasses import dataclass, fields
from typing import Final, Self

from core.config.checks import in_range, require
from core.config.parts import MAX_STEPS, OptimizerName

MAX_CHANGES: Final = 16
"""Most changes of one run."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Settings that hold from one place of a run on; what is `None` stays as it was."""

    epoch: int
    """Complete epochs before it."""
    step: int = 0
    """Steps of the next epoch before it; above 0 only the learning rate can change."""
    lr: float | None = None
    """Learning rate, constant from here on."""
    optimizer: OptimizerName | None = None
    """Another optimizer, which begins with nothing remembered and without momentum."""
    batch_size: int | None = None
    """Images per step."""
    label_smoothing: float | None = None
    """Share of each label spread over all classes."""
    shift: int | None = None
    """Largest random shift of a training image, pixels."""
    flip: bool | None = None
    """Whether to mirror at random."""
    erase: int | None = None
    """Side of the random black square, pixels."""
    shuffle_seed: int | None = None
    """The order of the images is drawn anew from this seed."""
    of_epochs: int = 0
    """Epochs of the run that is forked; 0 where they are as many as now."""

    def __post_init__(self) -> None:
        in_range("The epoch of a change", self.epoch, 0, 60)
        require(self.epoch > 0 or self.step > 0, "A run is forked after an epoch, not before its first.")
        in_range("The step of a change", self.step, 0, MAX_STEPS)
        in_range("The epochs of the run that is forked", self.of_epochs, 0, 60)
        require(
            self.step == 0 or (set(self.values()) <= {"lr"} and not self.of_epochs),
            "Within an epoch only the learning rate can change.",
        )
        require(
            self.lr is not None or self.optimizer is None,
            "Another optimizer needs a learning rate of its own.",
        )
        if self.lr is not None:
            require(0 < self.lr <= 1000, "The learning rate must be above 0 and at most 1,000.")

    def values(self) -> dict[str, object]:
        """The settings that it changes, by name."""
        pairs = ((entry.name, getattr(self, entry.name)) for entry in fields(self))
        return {
            name: value
            for name, value in pairs
            if value is not None and name not in ("epoch", "step", "of_epochs")
        }

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the run."""
        return self.epoch, self.step

    def is_before(self, other: Self) -> bool:
        """Whether it comes before another."""
        return self.place < other.place
