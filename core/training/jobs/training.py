"""Training as a job: what is asked for made exact, checked against the limits, run and kept on disk.

Where another process trains the same run already, this one watches it, and takes over if that process dies.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.config import MAX_STEPS, TrainConfig
from core.data import Split
from core.errors import ConfigError, CoreError, DivergedError, ResumeError, RunError, TrainingError
from core.model.summary import summary_of
from core.system import device as devices
from core.system.files import Lock
from core.text import quoted
from core.training.batch_checks import check_batches
from core.training.engine import run_training, threads_for
from core.training.engine.records import EpochRecord, RunProgress, TrainingResult, TrainingState
from core.training.footprint import training_bytes
from core.training.jobs.job import Job, ShouldStop
from core.training.jobs.loss_trace import LossTrace
from core.training.jobs.rate_request import RateRequest
from core.training.presets import title_of
from core.training.runs import RunStore
from core.training.runs.branches import begin_fork
from core.training.runs.files import COMPLETE, StoredRun

MAX_WORK: Final = 5e13
"""Multiply-adds of all forward passes of a run: an hour or two on two cores."""

WATCH_INTERVAL: Final = 0.25
"""Seconds between two looks at a run that another process trains."""
PROGRESS_INTERVAL: Final = 1.0
"""Seconds between two notes for other processes of how far a run has come."""


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended."""

    status: Literal["finished", "early", "stopped"]
    """As in `TrainingResult`."""
    history: tuple[EpochRecord, ...]
    """The epochs that are complete."""


def resolve(config: TrainConfig, train_split: Split) -> TrainConfig:
    """Write into a configuration what this machine and this dataset decide, so that its key is a run's name.

    Raises:
        ConfigError: This machine has no such device, the run was made on other data, its layers do not fit
            each other, it is larger than allowed, or it has too few images for its settings.
    """
    wanted = config.data.dataset
    if wanted not in ("auto", train_split.fingerprint):
        raise ConfigError(
            f"This run is of the dataset {quoted(wanted)}, but the one in use here is "
            f"{train_split.fingerprint}."
        )
    mended = [*config.data.left_out, *(index for index, _ in config.data.relabeled)]
    if mended and max(mended) >= len(train_split):
        raise ConfigError(
            f"This run mends training image {max(mended):,}, but those in use here are numbered "
            f"0 to {len(train_split) - 1:,}."
        )
    limit = config.data.limit
    if limit is not None and limit >= len(train_split):
        limit = None
    resolved = replace(
        config,
        device=devices.resolve(config.device),
        data=replace(config.data, dataset=train_split.fingerprint, limit=limit),
    )
    resolved = replace(resolved, threads=config.threads or threads_for(resolved))
    _check_size(resolved, len(train_split))
    for settings in settings_of(resolved):
        check_batches(settings, train_split.labels)
    return resolved


def settings_of(config: TrainConfig) -> list[TrainConfig]:
    """The settings that a run has one after the other, each as a run without changes."""
    return [config.settings_after(epoch) for epoch in (0, *(change.epoch for change in config.changes))]


def train_count(config: TrainConfig, available: int) -> int:
    """Images a run trains on, of `available`: what limit, validation and images left out leave."""
    images = min(config.data.limit or available, available)
    left_out = sum(index < images for index in config.data.left_out)
    return max(1, images - round(config.data.validation * images) - left_out)


def multiply_adds(config: TrainConfig) -> int:
    """Multiply-adds of one image's way through the network.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    return summary_of(config.model).multiply_adds


def _check_size(config: TrainConfig, available: int) -> None:
    images = train_count(config, available)
    batches = [-(-images // settings.batch_size) for settings in settings_of(config)]
    places = [0, *(change.epoch for change in config.changes), config.epochs]
    steps = sum(
        (end - start) * count for start, end, count in zip(places[:-1], places[1:], batches, strict=True)
    )
    if steps > MAX_STEPS:
        raise ConfigError(
            f"This run has {steps:,} steps, above the limit of {MAX_STEPS:,}: "
            "choose fewer epochs, fewer images or a larger batch."
        )
    work = multiply_adds(config) * images * config.epochs
    if work > MAX_WORK:
        raise ConfigError(
            f"This run is {work / MAX_WORK:.1f} times as much work as is allowed here: "
            "choose fewer epochs, fewer images or a smaller network."
        )


class TrainingJob(Job):
    """One run.

    Args:
        config: As `resolve` gave it.
        runs: Where it is kept.
        train_split: Training images.
        test_split: Test images.
        losses: Takes the loss of each step as it comes.
        expected_seconds: How long the run will take, where that is known.
    """

    def __init__(
        self,
        config: TrainConfig,
        runs: RunStore,
        train_split: Split,
        test_split: Split,
        *,
        losses: LossTrace | None = None,
        expected_seconds: float | None = None,
    ) -> None:
        self.config, self.runs = config, runs
        self.splits = (train_split, test_split)
        self.losses = losses or LossTrace()
        self.expected_seconds = expected_seconds
        self.key, self.title, self.device = config.key(), title_of(config), config.device
        self.memory_bytes = max(training_bytes(each, len(train_split)) for each in settings_of(config))
        self.rate = RateRequest()
        self.on_renamed: Callable[[str, TrainConfig], None] = lambda before, config: None
        """Called when a new learning rate has made another run of this one, with the name it had."""
        self._held = contextlib.ExitStack()  # the run's lock

    def run(self, on_progress: Callable[[RunProgress], None], should_stop: ShouldStop) -> RunOutcome:
        """Train, or go on where an earlier attempt was cut off, or watch whoever is training it.

        Raises:
            TrainingError: The run diverged, or could not go on.
            RunError: It cannot be saved.
        """

        def report(progress: RunProgress) -> None:
            self.losses.add(progress.losses)
            on_progress(progress)

        lock = self._wait_for_lock(report, should_stop)
        if lock is None:
            return RunOutcome("stopped", ())
        with self._held:
            self._held.enter_context(lock)
            stored = self._stored()
            if self.config.changes and (stored is None or not stored.history):
                begin_fork(self.runs, self.config)
                stored = self._stored()
            if stored is not None and stored.status in COMPLETE:
                return _stored_outcome(stored, report)
            try:
                return self._train(stored, report, should_stop)
            except CoreError as error:
                self._keep_failure(error)
                raise

    def withdrawn(self) -> None:
        """Take back the mark that the run waits; one that has complete epochs keeps them."""
        try:
            stored = self.runs.load(self.key)
            lock = self.runs.lock(self.key) if stored is not None else None
        except RunError:
            return
        if stored is None or lock is None:
            return
        with lock:
            if stored.history:
                self.runs.finish(stored.key, "stopped")
            else:
                self.runs.delete(stored.key)

    def _wait_for_lock(
        self, on_progress: Callable[[RunProgress], None], should_stop: ShouldStop
    ) -> Lock | None:
        seen = -1.0
        while (lock := self.runs.lock(self.key)) is None:
            if should_stop():
                return None
            found = self.runs.read_progress(self.key)
            if found is not None and found[0] != seen:  # not later: clocks are set back
                seen = found[0]
                on_progress(found[1])
            time.sleep(WATCH_INTERVAL)
        return lock

    def _stored(self) -> StoredRun | None:
        try:
            return self.runs.load(self.key)
        except RunError:
            self.runs.set_aside(self.key)
            return None

    def _state(self) -> TrainingState | None:
        try:
            return self.runs.load_state(self.key)
        except RunError:
            self.runs.set_aside(self.key)
            return None

    def _train(
        self, stored: StoredRun | None, on_progress: Callable[[RunProgress], None], should_stop: ShouldStop
    ) -> RunOutcome:
        state = self._state()
        self.runs.begin(self.config)
        self.losses.clear()  # of what was watched before
        if state is not None and stored is not None:
            on_progress(progress_of(stored))
        written = 0.0

        def report(progress: RunProgress) -> None:
            nonlocal written
            on_progress(progress)
            now = time.monotonic()
            if now - written >= PROGRESS_INTERVAL:
                written = now
                self.runs.write_progress(self.key, progress)

        try:
            result = run_training(
                self.config,
                train_split=self.splits[0],
                test_split=self.splits[1],
                on_progress=report,
                should_stop=should_stop,
                on_checkpoint=lambda state: self.runs.save_epoch(state, self.losses.view()),
                resume=state,
                new_rate=self.rate.take,
                on_change=self._become,
            )
            self._keep(result)
        except ResumeError:
            self.runs.set_aside(self.key)
            return self._train(None, on_progress, should_stop)
        return RunOutcome(result.status, result.history)

    def _become(self, config: TrainConfig) -> bool:
        """Go on as the run that a new learning rate makes of this one, which is left after its last epoch."""
        key, before = config.key(), self.key
        lock = self.runs.lock(key)
        if lock is None or self.runs.folder(key).exists():
            self.rate.answer(None)
            return False
        begin_fork(self.runs, config)
        self.runs.begin(config)
        stored = self._stored()
        if stored is not None and stored.history:
            self.runs.finish(before, "stopped")
        else:
            self.runs.delete(before)
        self._held.close()
        self._held.enter_context(lock)
        self.config, self.key, self.title = config, key, title_of(config)
        self.on_renamed(before, config)
        self.rate.answer(config)
        return True

    def _keep(self, result: TrainingResult) -> None:
        if result.status != "stopped":
            self.runs.finish(self.key, result.status, weights=result.state_dict)
        elif result.history:
            self.runs.finish(self.key, "stopped")
        else:
            self.runs.delete(self.key)

    def _keep_failure(self, error: CoreError) -> None:
        try:
            if isinstance(error, DivergedError):
                self.runs.finish(self.key, "diverged", error=str(error), losses=self.losses.view())
            else:
                self.runs.finish(self.key, "failed", error=str(error))
        except RunError:
            self.runs.fail(self.key, str(error))


def _stored_outcome(stored: StoredRun, on_progress: Callable[[RunProgress], None]) -> RunOutcome:
    """How a run that is complete on disk ended."""
    on_progress(progress_of(stored))
    if stored.status == "diverged":
        raise TrainingError(stored.error or "The loss stopped being a finite number.")
    return RunOutcome("early" if stored.status == "early" else "finished", stored.history)


def progress_of(stored: StoredRun) -> RunProgress:
    """Where a run on disk stands, as if it had just reported it."""
    count, epochs = len(stored.history), stored.config.epochs
    last = stored.history[-1] if stored.history else None
    ended = count == epochs or stored.status == "early"
    uniform = len(stored.losses) // count if count else len(stored.losses)
    steps = (last.steps if last else 0) or uniform
    complete = sum(record.steps or uniform for record in stored.history)
    return RunProgress(
        epoch=count if ended else count + 1,
        epochs=epochs,
        epoch_step=steps if ended or not count else 0,
        epoch_steps=steps,
        samples_per_second=last.samples_per_second if last else 0.0,
        losses=tuple(enumerate(stored.losses.tolist(), 1)),
        fixed_logits=last.fixed_logits if last else (),
        history=stored.history,
        steps_before=complete - steps if ended else complete,
    )
