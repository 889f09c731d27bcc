"""Training as a service to many visitors: a queue, the runs on disk, and what was measured, put together.

Asking for a run that is going joins it, asking for one that has ended reads it from disk, asking for one
that was cut off goes on with it.
"""

import logging
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from core.config import Change, TrainConfig
from core.data import Split
from core.errors import CoreError, QueueError, RunError
from core.training.engine.records import EpochRecord, RunProgress
from core.training.jobs.estimate import Estimate, estimate_run, measure_speed
from core.training.jobs.job import JobSnapshot, State
from core.training.jobs.left_behind import MAX_STARTS, give_up, interrupted, is_held, is_left
from core.training.jobs.loss_trace import LossTrace
from core.training.jobs.queue import REMEMBERED, JobQueue
from core.training.jobs.training import TrainingJob, progress_of, resolve
from core.training.jobs.turns import Visitor
from core.training.presets import title_of
from core.training.runs import RunStore, RunSummary
from core.training.runs.files import COMPLETE, FloatArray, StoredRun

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainingSnapshot(JobSnapshot):
    """A training run at one moment, going or ended, from the queue or from disk."""

    config: TrainConfig
    """Its settings, resolved."""
    progress: RunProgress | None = None
    """What it reported last; `None` before its first report."""
    history: tuple[EpochRecord, ...] = ()
    """Its complete epochs."""
    losses: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))
    """Loss of each step so far, float32, read-only."""
    from_cache: bool = False
    """Whether it was there already when it was asked for."""
    elsewhere: bool = False
    """Whether another process trains it, which shares the folder of runs."""


@dataclass(frozen=True, eq=False)
class _Going:
    """What is known here of a run that is, or was, in the queue."""

    config: TrainConfig
    losses: LossTrace
    job: "weakref.ref[TrainingJob]"
    """The job, as long as the queue holds it."""


class TrainingService:
    """All training runs of the process.

    Args:
        queue: Where they run, beside jobs of other kinds.
        runs: Where they are kept.
        provider: Gives the training and the test images for a dataset's name ("auto": those in use here).
    """

    def __init__(
        self, queue: JobQueue, runs: RunStore, provider: Callable[[str], tuple[Split, Split]]
    ) -> None:
        self.queue, self.runs, self._provider = queue, runs, provider
        self._guard = threading.RLock()
        self._going: OrderedDict[str, _Going] = OrderedDict()
        self._stored: OrderedDict[str, tuple[object, TrainingSnapshot]] = OrderedDict()
        self._refused: set[str] = set()

    def resolve(self, config: TrainConfig) -> TrainConfig:
        """The run that `config` is on this machine and this dataset.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
        """
        return resolve(config, self._provider(config.data.dataset)[0])

    def submit(self, config: TrainConfig, visitor: Visitor | None = None) -> TrainingSnapshot:
        """Ask for a training run. It is queued, joined where it is going already, or read from disk.

        Args:
            config: The run; what it leaves open is resolved.
            visitor: Who asks; `None` is the app itself.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
            QueueError: The queue is full, this visitor has a job going, or memory is short.
        """
        train, test = self._provider(config.data.dataset)
        config = resolve(config, train)
        key = config.key()
        with self._guard:
            going = self.queue.snapshot(key)
            if going is None or not going.is_active:
                stored = self._load(key)
                if stored is not None and stored.status in COMPLETE:
                    self._note_owner(key, visitor)
                    self._going.pop(key, None)
                    return self._from_disk(stored)
            losses = LossTrace()
            expected = self._estimate(config, train, test)
            job = TrainingJob(
                config,
                self.runs,
                train,
                test,
                losses=losses,
                expected_seconds=expected.seconds if expected is not None else None,
            )
            job.on_renamed = self._renamed
            self.queue.submit(job, visitor)
            if going is None or not going.is_active:
                self._remember(key, _Going(config, losses, weakref.ref(job)))
                self._note_waiting(config)
            self._note_owner(key, visitor)
        found = self.snapshot(key)
        assert found is not None  # it was queued just now, or was there
        return found

    def _remember(self, key: str, going: _Going) -> None:
        self._going.pop(key, None)
        self._going[key] = going
        for other in list(self._going):
            if len(self._going) > REMEMBERED and self.queue.snapshot(other) is None:
                del self._going[other]

    def change_rate(self, key: str, rate: float, visitor: Visitor) -> TrainConfig:
        """Give a run that goes on another learning rate from its next step on, without stopping it.

        It is another run from there on, a fork; the run that it was is left after its last whole epoch.

        Args:
            key: Of the run.
            rate: The new learning rate.
            visitor: Who asks.

        Returns:
            The run that it has become.

        Raises:
            ConfigError: There is no such learning rate.
            QueueError: The run does not go on just now, or somebody else watches it too.
        """
        Change(epoch=1, lr=rate)  # which refuses what is none
        with self._guard:
            going, known = self.queue.snapshot(key), self._going.get(key)
            job = known.job() if known is not None else None
        if job is None or going is None or going.state != "running":
            raise QueueError("The learning rate can be changed while the run goes on.")
        if self.queue.is_shared(key, visitor):
            raise QueueError("Somebody else watches this run too: fork it after its end instead.")
        config = job.rate.ask(rate)
        self._note_owner(config.key(), visitor)
        return config

    def _renamed(self, before: str, config: TrainConfig) -> None:
        """A running job has become another run."""
        with self._guard:
            going = self._going.pop(before)
            self.queue.rename(before, config.key())
            self._remember(config.key(), replace(going, config=config))

    def _note_waiting(self, config: TrainConfig) -> None:
        """Leave a mark of a waiting run on disk, so that it is not lost when the server restarts."""
        try:
            lock = self.runs.lock(config.key())
            if lock is not None:
                with lock:
                    self.runs.begin(config, "queued")
        except RunError as error:  # the visitor reads it when the run cannot save its first epoch
            _log.warning("a waiting run could not be noted: %s", error)

    def _note_owner(self, key: str, visitor: Visitor | None) -> None:
        if visitor is not None:
            self.runs.note_owner(key, browser=visitor.browser, address=visitor.address)

    def resume_interrupted(self) -> int:
        """Queue again what was running or waiting when the server ended; returns how many.

        A run that was begun twice without a new epoch may be what ended the server: it fails instead.
        """
        return sum(self._resume(run) for run in interrupted(self.runs))

    def resume_left(self) -> int:
        """While nothing else is to be done, go on with runs that another server left; returns how many."""
        if any(job.is_active for job in self.queue.snapshots()):
            return 0
        return sum(self._resume(run) for run in self.runs.list() if is_left(self.runs, run))

    def watch(self, key: str) -> TrainingSnapshot | None:
        """The run of this name, as `snapshot` gives it; one that was left by its server goes on first."""
        run = self.runs.summary(key)
        if run is not None and is_left(self.runs, run):
            self._resume(run)
        return self.snapshot(key)

    def _resume(self, run: RunSummary) -> bool:
        """Queue a run that was cut off, if it may go on; what has failed here is not tried again."""
        known = self.queue.snapshot(run.key)
        if run.key in self._refused or (known is not None and (known.is_active or known.state == "failed")):
            return False
        try:
            if run.starts >= MAX_STARTS:
                give_up(self.runs, run.key)
                return False
            self.submit(run.config)
        except CoreError as error:
            if not isinstance(error, QueueError):  # a full queue or short memory will pass
                self._refused.add(run.key)
                _log.info("an interrupted run is not resumed: %s", error)
            return False
        return True

    def snapshot(self, key: str) -> TrainingSnapshot | None:
        """The run of this name, from the queue or from disk; `None` where there is none."""
        with self._guard:
            job, going = self.queue.snapshot(key), self._going.get(key)
            if job is not None and going is not None and (job.is_active or not self._is_elsewhere(key)):
                progress = job.progress if isinstance(job.progress, RunProgress) else None
                return TrainingSnapshot(
                    **{**vars(job), "progress": progress},
                    config=going.config,
                    history=progress.history if progress is not None else (),
                    losses=going.losses.view(),
                )
            stamp = self.runs.stamp(key)
            known = self._stored.get(key)
            if known is not None and known[0] == stamp:
                return known[1]
            stored = self._load(key)
            if stored is not None and self._is_elsewhere(key):
                return self._from_elsewhere(stored)
            if stored is None or not (stored.history or stored.status in COMPLETE):
                return None
            return self._from_disk(stored)

    def _is_elsewhere(self, key: str) -> bool:
        """Whether another process trains a run that is not going here."""
        run = self.runs.summary(key)
        return run is not None and run.status == "running" and is_held(self.runs, key)

    def config_of(self, key: str) -> TrainConfig | None:
        """The settings of a job of the queue, where it is a training run."""
        with self._guard:
            going = self._going.get(key)
            return going.config if going is not None else None

    def wait(self, key: str, timeout: float) -> TrainingSnapshot | None:
        """Block until a run has ended or `timeout` seconds have passed: for command lines and tests."""
        self.queue.wait(key, timeout)
        return self.snapshot(key)

    def close(self, timeout: float = 30.0) -> None:
        """End the queue's workers. What they were running goes on next time."""
        self.queue.close(timeout)

    def _load(self, key: str) -> StoredRun | None:
        try:
            return self.runs.load(key)
        except RunError as error:
            _log.info("a run on disk counts as absent: %s", error)
            return None

    def _from_disk(self, stored: StoredRun) -> TrainingSnapshot:
        snapshot = _snapshot_of(stored)
        self._stored.pop(stored.key, None)
        self._stored[stored.key] = self.runs.stamp(stored.key), snapshot
        while len(self._stored) > REMEMBERED:
            self._stored.popitem(last=False)
        return snapshot

    def _from_elsewhere(self, stored: StoredRun) -> TrainingSnapshot:
        """A run as the process that trains it reported it last."""
        snapshot, reported = _snapshot_of(stored), self.runs.read_progress(stored.key)
        progress = reported[1] if reported is not None else snapshot.progress
        return replace(
            snapshot,
            state="running",
            progress=progress if reported is not None or stored.history else None,
            from_cache=False,
            elsewhere=True,
        )

    def estimate(self, config: TrainConfig) -> Estimate | None:
        """How long a run will take, from what was measured before; nothing is computed.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
        """
        train, test = self._provider(config.data.dataset)
        return self._estimate(resolve(config, train), train, test)

    def _estimate(self, config: TrainConfig, train: Split, test: Split) -> Estimate | None:
        return estimate_run(config, self.runs.list(), train_images=len(train), test_images=len(test))

    def measure(self, config: TrainConfig) -> None:
        """Try a few steps of a run, at most about a second, so that `estimate` knows its speed.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
            QueueError: A run is going, which would disturb the measurement, or memory is short.
        """
        train, test = self._provider(config.data.dataset)
        config = resolve(config, train)
        measure_speed(config, train, test, busy=any(job.is_active for job in self.queue.snapshots()))


def _snapshot_of(stored: StoredRun) -> TrainingSnapshot:
    states: dict[str, State] = {
        "finished": "succeeded", "early": "succeeded", "diverged": "failed", "failed": "failed",
    }  # fmt: skip
    return TrainingSnapshot(
        key=stored.key,
        title=title_of(stored.config),
        device=stored.config.device,
        state=states.get(stored.status, "stopped"),
        progress=progress_of(stored),
        history=stored.history,
        losses=stored.losses,
        error=stored.error,
        from_cache=True,
        config=stored.config,
        seconds=sum(record.seconds for record in stored.history),
    )
