"""The class is the experiment: each phone owns one setting, and all of them are trained in one job.

The runs are ordinary ones, kept on disk like any other, so that a comparison can open them afterward. A
setting that several phones own is trained once.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.errors import ClassroomError, CoreError
from core.teaching.classroom.prompts import Prompt
from core.training.jobs import Job
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore

Setting = Literal["learning_rate", "batch_size", "seed"]

VALUES: Final[dict[Setting, tuple[float, ...]]] = {
    "learning_rate": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
    "batch_size": (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2000),
    "seed": tuple(range(24)),
}
"""What phones can own: few enough that a class fills the chart, and that the job takes seconds."""
NAMES: Final[dict[Setting, str]] = {
    "learning_rate": "learning rate",
    "batch_size": "batch size",
    "seed": "seed",
}
IMAGES: Final = 2_000
"""Training images of each run."""
BASE: Final = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(64,)),
    data=DataConfig(limit=IMAGES),
    optimizer=OptimizerConfig(name="sgd", lr=0.1),
    epochs=2,
    batch_size=64,
)
"""The run that every phone changes in one place."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """What one setting's run came to."""

    place: int
    """Position of the setting in `VALUES`."""
    key: str
    """The run's name."""
    accuracy: float
    """Test accuracy after the last epoch, in [0, 1]; 0.1 is a guess."""
    has_diverged: bool
    """Whether the loss stopped being a number; the accuracy is then that of guessing."""


@dataclass(frozen=True, kw_only=True)
class ExperimentProgress:
    """Where the job is."""

    step: int
    """Runs done."""
    steps: int
    """Runs in all."""


@dataclass(frozen=True, kw_only=True)
class ExperimentOutcome:
    """How the job ended."""

    status: Literal["finished", "stopped"]


def experiment(setting: Setting) -> Prompt:
    """Let each phone own one value of a setting."""
    return Prompt(
        kind="experiment",
        source=f"experiment:{setting}",
        ask=f"The class is the experiment: which {NAMES[setting]} is yours?",
        options=tuple(f"{value:g}" for value in VALUES[setting]),
    )


def setting_of(prompt: Prompt) -> Setting:
    """Which setting a prompt is about.

    Raises:
        ClassroomError: None that is known here.
    """
    name = prompt.source.partition(":")[2]
    for setting in VALUES:
        if setting == name:
            return setting
    raise ClassroomError("This experiment is no longer offered: ask the room another one.")


def config_of(setting: Setting, place: int) -> TrainConfig:
    """The run of one value."""
    value = VALUES[setting][place]
    if setting == "learning_rate":
        return replace(BASE, optimizer=replace(BASE.optimizer, lr=value))
    if setting == "batch_size":
        return replace(BASE, batch_size=int(value))
    return replace(BASE, seed=int(value))


class ExperimentJob(Job):
    """The runs of a room's settings, one after the other.

    Args:
        name: Names the job: the same name is the same job.
        setting: What the phones own.
        places: Positions in `VALUES`, each once.
        runs: Where runs are kept.
        splits: Training and test images.
        on_point: Called with each run's end, in the worker's thread.
    """

    def __init__(
        self,
        name: str,
        setting: Setting,
        places: Sequence[int],
        runs: RunStore,
        splits: tuple[Split, Split],
        on_point: Callable[[Point], None],
    ) -> None:
        self.key = hashlib.sha256(f"experiment {name}".encode()).hexdigest()
        self.title = f"A class's experiment: {NAMES[setting]}"
        self._runs, self._splits, self._on_point = runs, splits, on_point
        train = splits[0]
        self._configs = {place: resolve(config_of(setting, place), train) for place in sorted(set(places))}
        self.device = next(iter(self._configs.values()), BASE).device
        self.memory_bytes = max(
            (TrainingJob(config, runs, *splits).memory_bytes for config in self._configs.values()), default=0
        )

    def run(
        self, on_progress: Callable[[ExperimentProgress], None], should_stop: Callable[[], bool]
    ) -> ExperimentOutcome:
        """Train what has not been trained before, and tell each run's end."""
        for done, (place, config) in enumerate(self._configs.items()):
            on_progress(ExperimentProgress(step=done, steps=len(self._configs)))
            job, has_diverged = TrainingJob(config, self._runs, *self._splits), False
            try:
                outcome = job.run(lambda _: None, should_stop)
            except CoreError:  # it diverged, and says so on its own page
                has_diverged = True
            else:
                if outcome.status == "stopped":
                    return ExperimentOutcome(status="stopped")
            last = 0.1 if has_diverged or not outcome.history else outcome.history[-1].test_accuracy
            self._on_point(Point(place=place, key=config.key(), accuracy=last, has_diverged=has_diverged))
        return ExperimentOutcome(status="finished")
