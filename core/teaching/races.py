"""Optimizers side by side: on the real images, as a job of the queue, and the height lines of a surface."""

import hashlib
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import torch
from matplotlib.figure import Figure

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.errors import ConfigError, DivergedError
from core.teaching.lessons import optimization_rates
from core.training.engine import run_training
from core.training.footprint import training_bytes
from core.training.jobs import Job

SEEDS: Final = (0, 1, 2)
"""Each optimizer runs once with each seed: a single run could be luck."""
EPOCHS: Final = 3
TRAIN_IMAGES: Final = 2_000
TEST_IMAGES: Final = 1_000
BATCH: Final = 64

CONTENDERS: Final[Mapping[str, OptimizerConfig]] = {
    "SGD": OptimizerConfig(name="sgd", lr=0.1),
    "SGD, momentum 0.9": OptimizerConfig(name="sgd", lr=0.03, momentum=0.9),
    "RMSprop": OptimizerConfig(name="rmsprop", lr=0.001),
    "Adam": OptimizerConfig(name="adam", lr=0.003),
    "AdamW, decay 0.01": OptimizerConfig(name="adamw", lr=0.003, weight_decay=0.01),
}
"""Who races, each with a rate at which it does well on this task."""

_COMMON: Final[Mapping[str, float]] = {"0.001 for all": 0.001, "0.1 for all": 0.1}
RATES: Final = ("each its own", *_COMMON)


@dataclass(frozen=True, kw_only=True)
class Lap:
    """One optimizer with one seed."""

    name: str
    """A key of `CONTENDERS`."""
    rate: float
    """Its learning rate."""
    seed: int
    """The run's seed: weights and order."""
    losses: tuple[float, ...]
    """Loss of each step, mean of a batch, nats."""
    accuracy: float | None
    """Share of the test images right at the end, in [0, 1]; `None` where the loss became infinite."""
    diverged: int = 0
    """Step at which it did, counted from 1; 0 where it never did."""


@dataclass(frozen=True, kw_only=True)
class RaceProgress:
    """Where a race is."""

    step: int
    """Runs done."""
    steps: int
    """Runs in all."""
    laps: tuple[Lap, ...]
    """Those that are done."""


@dataclass(frozen=True, kw_only=True)
class RaceResult:
    """All runs of a race."""

    laps: tuple[Lap, ...]
    """Seed after seed, in the order of `CONTENDERS`."""
    train_images: int
    """How many each trained on."""
    test_images: int
    """How many the accuracy is of."""
    status: Literal["finished", "stopped"] = "finished"
    """`finished`, or `stopped` where it was asked to."""

    def accuracies(self, name: str) -> list[float]:
        """The test accuracies of one optimizer, of the seeds with which it did not diverge."""
        return [lap.accuracy for lap in self.laps if lap.name == name and lap.accuracy is not None]


class RaceJob(Job):
    """The same network, images, order and seeds, five times over with another optimizer.

    Args:
        train: Training images; the first 2,000 are used.
        test: Test images; the first 1,000 are used.
        rates: One of `RATES`.
        seeds: Each optimizer runs once with each.

    Raises:
        ConfigError: `rates` is none of them.

    Its `key` names the race: configurations and images.
    """

    def __init__(
        self, train: Split, test: Split, *, rates: str = RATES[0], seeds: tuple[int, ...] = SEEDS
    ) -> None:
        if rates not in RATES:
            raise ConfigError(f"The rates of a race must be one of {', '.join(RATES)}.")
        self._train, self._test = train, test.first(TEST_IMAGES)
        self.title = f"Optimizer race, learning rate {rates}"
        self.runs = [(name, race_config(name, rates, seed)) for seed in seeds for name in CONTENDERS]
        self.memory_bytes = max(training_bytes(config, len(train)) for _, config in self.runs)
        texts = [config.key() for _, config in self.runs]
        texts += [train.fingerprint, test.fingerprint, "race 1"]
        self.key = hashlib.sha256("".join(texts).encode()).hexdigest()

    def run(self, on_progress: Callable[[RaceProgress], None], should_stop: Callable[[], bool]) -> RaceResult:
        """Run all, seed after seed."""
        laps: list[Lap] = []
        status: Literal["finished", "stopped"] = "finished"
        for name, config in self.runs:
            lap = _lap(name, config, self._train, self._test, should_stop)
            if lap is None:
                status = "stopped"
                break
            laps.append(lap)
            on_progress(RaceProgress(step=len(laps), steps=len(self.runs), laps=tuple(laps)))
        return RaceResult(
            laps=tuple(laps),
            train_images=min(TRAIN_IMAGES, len(self._train)),
            test_images=len(self._test),
            status=status,
        )


def race_config(name: str, rates: str, seed: int) -> TrainConfig:
    """One run of a race: 784-64-10, 2,000 images, 3 epochs.

    Args:
        name: A key of `CONTENDERS`.
        rates: One of `RATES`.
        seed: Of weights and order.
    """
    values = {**vars(CONTENDERS[name])}
    values["lr"] = _COMMON.get(rates, values["lr"])
    return TrainConfig(
        model=ModelConfig(architecture="mlp", hidden=(64,)),
        data=DataConfig(limit=TRAIN_IMAGES),
        optimizer=OptimizerConfig(**values),
        epochs=EPOCHS,
        batch_size=BATCH,
        seed=seed,
        device="cpu",
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one optimizer did over all seeds; test accuracies are shares in [0, 1]."""

    name: str
    """A key of `CONTENDERS`."""
    accuracies: tuple[float, ...]
    """One per run that did not diverge, in the order of the seeds."""

    @property
    def finished(self) -> bool:
        """Whether at least one run did not diverge; only then are there a mean, a lowest and a highest."""
        return bool(self.accuracies)

    @property
    def mean(self) -> float:
        """The mean test accuracy."""
        return statistics.mean(self.accuracies)


def ranking(result: RaceResult) -> list[Standing]:
    """The optimizers that ran, the best mean first; those all of whose runs diverged come last."""
    ran = {lap.name for lap in result.laps}
    standings = [
        Standing(name=name, accuracies=tuple(result.accuracies(name))) for name in CONTENDERS if name in ran
    ]
    return sorted(standings, key=lambda entry: -entry.mean if entry.finished else 1.0)


def summary(result: RaceResult) -> str:
    """What the race showed, with its numbers: how many runs, which seeds, how many images."""
    standings = ranking(result)
    seeds = sorted({lap.seed for lap in result.laps})
    count = f"{len(seeds)} runs of each, seeds {', '.join(map(str, seeds))}"
    best, last = standings[0], standings[-1]
    if not best.finished:
        return f"Measured here, {count}: every run diverged; their losses are no longer numbers."
    ending = (
        f"last {last.name} with {last.mean:.1%}"
        if last.finished
        else f"while the loss of {last.name} diverged and is no longer a number"
    )
    text = (
        f"Measured here, {count}, {result.train_images:,} training images: first {best.name} with "
        f"{best.mean:.1%} of {result.test_images:,} test images right after {EPOCHS} epochs, {ending}."
    )
    second = standings[1] if len(standings) > 1 else best
    if second is not best and second.finished and max(second.accuracies) >= min(best.accuracies):
        text += (
            f" The first two cannot be told apart: {second.name} reached {max(second.accuracies):.1%} with "
            f"one seed, {best.name} only {min(best.accuracies):.1%} with another."
        )
    return text


def _lap(
    name: str, config: TrainConfig, train: Split, test: Split, should_stop: Callable[[], bool]
) -> Lap | None:
    """One run; `None` where it was asked to stop."""
    losses: list[float] = []

    def collect(progress: Any) -> None:
        losses.extend(loss for _, loss in progress.losses)

    rate, seed = config.optimizer.lr, config.seed
    try:
        result = run_training(
            config, train_split=train, test_split=test, on_progress=collect, should_stop=should_stop
        )
    except DivergedError as error:
        return Lap(name=name, rate=rate, seed=seed, losses=tuple(losses), accuracy=None, diverged=error.step)
    if result.status == "stopped":
        return None
    accuracy = result.history[-1].test_accuracy
    return Lap(name=name, rate=rate, seed=seed, losses=tuple(losses), accuracy=accuracy)


Line = tuple[float, list[tuple[float, float]]]

EXTENT: Final = 2.0
"""A surface is drawn for both parameters in [-2, 2]."""


@lru_cache(maxsize=8)
def height_lines(surface: str, count: int = 12) -> tuple[Line, ...]:
    """Lines of equal height of one of the lesson's surfaces, closer together near its lowest point.

    Args:
        surface: `ravine`, `valley` or `saddle`.
        count: How many heights.

    Returns:
        Pairs of a height and a line's points (x, y).
    """
    axis = torch.linspace(-EXTENT, EXTENT, 161)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    heights = getattr(optimization_rates, surface)(x, y)
    top = float(heights.max())
    levels = [top * ((i + 1) / (count + 1)) ** 3 for i in range(count)]
    drawn = Figure().subplots().contour(x.numpy(), y.numpy(), heights.numpy(), levels)
    return tuple(
        (float(level), [(float(a), float(b)) for a, b in line])
        for level, lines in zip(drawn.levels, drawn.allsegs, strict=True)
        for line in lines
        if len(line) > 1
    )
