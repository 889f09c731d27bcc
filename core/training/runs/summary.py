"""One line about a run, for lists, tables and time estimates."""

from dataclasses import dataclass

from core.config import TrainConfig
from core.model.summary import summary_of
from core.training.presets import title_of
from core.training.runs.files import Status, StoredRun


@dataclass(frozen=True)
class RunSummary:
    """One line about a run."""

    key: str
    title: str
    config: TrainConfig
    status: Status
    epochs_done: int
    """Epochs that are complete."""
    test_accuracy: float | None
    """After the last of them, in [0, 1]; `None` before the first."""
    best_test_accuracy: float | None
    """After the epoch with the lowest validation loss; without validation, the highest of them."""
    validated: bool
    """Whether validation images chose that epoch; otherwise the test images did, which flatters."""
    seconds: float
    """Spent in training steps."""
    samples_per_second: float | None
    """Training images, median over the epochs."""
    parameters: int
    """Of the network."""
    saved: float
    """When it was last written, seconds since 1970."""
    starts: int = 0
    """How often it has begun since its last complete epoch, without an end."""


def summarize(run: StoredRun) -> RunSummary:
    """One line about a run."""
    history = run.history
    validated = bool(history) and all(record.validation_loss is not None for record in history)
    best = max(
        history,
        key=lambda record: -(record.validation_loss or 0.0) if validated else record.test_accuracy,
        default=None,
    )
    speeds = sorted(record.samples_per_second for record in history)
    return RunSummary(
        key=run.key,
        title=title_of(run.config),
        config=run.config,
        status=run.status,
        epochs_done=len(history),
        test_accuracy=history[-1].test_accuracy if history else None,
        best_test_accuracy=best.test_accuracy if best is not None else None,
        validated=validated,
        seconds=sum(record.seconds for record in history),
        samples_per_second=speeds[len(speeds) // 2] if speeds else None,
        parameters=summary_of(run.config.model).parameters,
        saved=run.saved,
        starts=run.starts,
    )
