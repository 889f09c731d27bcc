"""The images and the optimizer of a run."""

from dataclasses import dataclass
from typing import Final, Literal

from core.config.checks import in_range, number, one_of, require, reset

MAX_EPOCHS: Final = 60
MIN_BATCH: Final = 1
MAX_BATCH: Final = 4096
MAX_STEPS: Final = 200_000
MAX_SEED: Final = 2**31 - 1
MAX_MENDED: Final = 200
"""Training images that a run may leave out or give another label, together."""
_CLASSES: Final = 10

OptimizerName = Literal["sgd", "adam", "adamw", "rmsprop"]
Schedule = Literal["constant", "step", "cosine", "one_cycle"]
Loss = Literal["cross_entropy", "nll", "mse"]
Precision = Literal["float32", "bfloat16"]
Normalization = Literal["none", "fashion_mnist", "half", "mnist", "imagenet"]


_UNUSED_BY_SCHEDULE: Final[dict[str, tuple[str, ...]]] = {
    "constant": ("step_epochs", "gamma", "warmup"),
    "step": ("warmup",),
    "cosine": ("step_epochs", "gamma", "warmup"),
    "one_cycle": ("step_epochs", "gamma"),
}


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which images a run sees, and how."""

    dataset: str = "auto"
    """`auto` until the run is submitted, then the fingerprint of the split in use: a run on the shipped
    sample is another run than one on the full data."""
    limit: int | None = None
    """Train on the first `limit` training images only; `None` takes all."""
    validation: float = 0.0
    """Share of the training images held out for validation, in [0, 0.5]; 0 holds out none."""
    normalize: Normalization = "none"
    """What is done to pixels in [0, 1]; the numbers are in `core.data.statistics`."""
    shift: int = 0
    """Largest random shift of a training image in each direction, pixels."""
    flip: bool = False
    """Whether to mirror each training image with probability 1/2."""
    erase: int = 0
    """Side of a random square set to black in each training image, pixels; 0 erases nothing."""
    left_out: tuple[int, ...] = ()
    """Training images that are left out, by their index in the dataset; kept in order."""
    relabeled: tuple[tuple[int, int], ...] = ()
    """Training images with a label of this run's own: (index in the dataset, class); kept in order."""

    def __post_init__(self) -> None:
        require(0 < len(self.dataset) <= 80, "The dataset's name must have 1 to 80 characters.")
        if self.limit is not None:
            in_range("The number of training images", self.limit, 10, 60_000)
        in_range("The validation share", self.validation, 0, 0.5)
        one_of("The normalization", self.normalize, Normalization)
        in_range("The shift, in pixels,", self.shift, 0, 8)
        in_range("The erased square's side, in pixels,", self.erase, 0, 20)
        self._check_mended()

    def _check_mended(self) -> None:
        """Put what is mended in order, so that equal runs have one name."""
        object.__setattr__(self, "left_out", tuple(sorted(set(self.left_out))))
        object.__setattr__(self, "relabeled", tuple(sorted(set(self.relabeled))))
        require(
            all(len(pair) == 2 for pair in self.relabeled), "A label of your own is an index and a class."
        )
        indices = [*self.left_out, *(index for index, _ in self.relabeled)]
        in_range("The number of training images left out or relabeled", len(indices), 0, MAX_MENDED)
        for index in indices:
            in_range("A training image's index", index, 0, 59_999)
        for _, label in self.relabeled:
            in_range("A class", label, 0, _CLASSES - 1)
        require(
            len(set(indices)) == len(indices),
            "A training image is left out or has one other label, not both.",
        )

    @property
    def kind(self) -> str:
        """Which data: `auto`, `full`, `sample`, or `custom` for a visitor's own images."""
        return self.dataset.partition("-")[0]

    @property
    def is_mended(self) -> bool:
        """Whether training images are left out or have labels of the run's own."""
        return bool(self.left_out or self.relabeled)

    @property
    def augments(self) -> bool:
        """Whether training images are changed at random."""
        return self.shift > 0 or self.flip or self.erase > 0


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How parameters are updated."""

    name: OptimizerName = "sgd"
    """`sgd`, `adam`, `adamw` or `rmsprop`, as in `torch.optim`."""
    lr: float = 1e-3
    """Learning rate: the constant one, the first (`step`, `cosine`) or the peak (`one_cycle`)."""
    momentum: float = 0.0
    """Momentum of `sgd` and `rmsprop`, in [0, 1)."""
    nesterov: bool = False
    """Nesterov's form of momentum, `sgd` only."""
    weight_decay: float = 0.0
    """L2 penalty; decoupled for `adamw`."""
    schedule: Schedule = "constant"
    """How the learning rate changes during the run."""
    step_epochs: int = 1
    """Epochs between two drops of the `step` schedule."""
    gamma: float = 0.5
    """Factor of each drop of the `step` schedule, in (0, 1]."""
    warmup: float = 0.3
    """Share of the steps that `one_cycle` spends rising, in (0, 1)."""
    clip_norm: float | None = None
    """Largest L2 norm of all gradients together; `None` does not clip."""
    ema_decay: float = 0.0
    """Decay per step of an exponential moving average of the weights, in [0, 1). Above 0 it is the averaged
    weights that are evaluated and kept."""

    def __post_init__(self) -> None:
        one_of("The optimizer", self.name, OptimizerName)
        one_of("The schedule", self.schedule, Schedule)
        require(
            0 < self.lr <= 1000,
            f"The learning rate must be above 0 and at most 1,000, not {number(self.lr)}.",
        )
        require(0 <= self.momentum < 1, f"Momentum must be in [0, 1), not {number(self.momentum)}.")
        require(
            not self.nesterov or (self.name == "sgd" and self.momentum > 0),
            "Nesterov momentum needs SGD with a momentum above 0.",
        )
        in_range("Weight decay", self.weight_decay, 0, 1)
        in_range("The epochs between drops", self.step_epochs, 1, MAX_EPOCHS)
        require(0 < self.gamma <= 1, f"Gamma must be in (0, 1], not {number(self.gamma)}.")
        require(0 < self.warmup < 1, f"The warm-up share must be in (0, 1), not {number(self.warmup)}.")
        if self.clip_norm is not None:
            in_range("The largest gradient norm", self.clip_norm, 1e-6, 1e6)
        require(
            0 <= self.ema_decay < 1,
            f"The decay of the average must be in [0, 1), not {number(self.ema_decay)}.",
        )
        reset(self, () if self.name in ("sgd", "rmsprop") else ("momentum",))
        reset(self, _UNUSED_BY_SCHEDULE[self.schedule])
