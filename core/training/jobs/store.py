"""Training as a service to many visitors: the queue, what is on disk, and what was measured, put together.

One store for the whole process. Asking for a run that is going joins it, asking for one that has ended reads
it from disk, asking for one that was cut off goes on with it. Any other kind of job can be queued as well.
"""

import logging
from collections.abc import Callable

from core.config import TrainConfig
from core.data import Split
from core.errors import CoreError, RunError
from core.system import memory
from core.training.footprint import training_bytes
from core.training.jobs.estimate import Estimate, estimate, measure
from core.training.jobs.queue import MAX_WAITING, JobQueue
from core.training.jobs.records import Ended, JobSnapshot, Record, State
from core.training.jobs.training import TrainingJob, progress_of, resolve
from core.training.presets import title_of
from core.training.runs import RunStore
from core.training.runs.files import COMPLETE, StoredRun

_log = logging.getLogger(__name__)


class JobStore(JobQueue):
    """All jobs of the process.

    Args:
        runs: Where training runs are kept.
        provider: Gives the training and the test images for a dataset's name ("auto": those in use here).
        max_waiting: Most jobs that may wait.
    """

    def __init__(
        self,
        runs: RunStore,
        provider: Callable[[str], tuple[Split, Split]],
        *,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        super().__init__(max_waiting)
        self.runs, self._provider = runs, provider

    def resolve(self, config: TrainConfig) -> TrainConfig:
        """The run that `config` is on this machine and this dataset.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
        """
        return resolve(config, self._provider(config.data.dataset)[0])

    def submit(self, config: TrainConfig, visitor: str = "") -> JobSnapshot:
        """Ask for a training run. It is queued, joined where it is going already, or read from disk.

        Args:
            config: The run; what it leaves open is resolved.
            visitor: Who asks; one visitor may have one job going. Empty is the house itself.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
            QueueError: The queue is full, this visitor has a job going, or memory is short.
        """
        train, test = self._provider(config.data.dataset)
        config = resolve(config, train)
        key = config.key()
        with self._changed:
            record = self._records.get(key)
            if record is not None and record.snapshot.is_active:
                return self.submit_job(record.job, visitor)
            stored = self._stored(key)
            if stored is not None and stored.status in COMPLETE:
                return self._remember(stored)
            memory.check(
                training_bytes(config, len(train)),
                "this run",
                advice="try again later, or choose a smaller network or batch",
            )
            expected = estimate(config, self.runs.list(), train_images=len(train), test_images=len(test))
            job = TrainingJob(
                config, self.runs, train, test, expected_seconds=expected.seconds if expected else None
            )
            snapshot = self.submit_job(job, visitor, config=config)
            self._note_waiting(config)
            return snapshot

    def _note_waiting(self, config: TrainConfig) -> None:
        """Leave a mark of a waiting run on disk, so that it is not lost when the server restarts."""
        try:
            lock = self.runs.lock(config.key())
            if lock is not None:
                with lock:
                    self.runs.begin(config, "queued")
        except RunError as error:  # it will be told when the run cannot save its first epoch
            _log.warning("a waiting run could not be noted: %s", error)

    def resume_interrupted(self) -> int:
        """Queue again what was running or waiting when the server ended; gives how many."""
        found = sorted(self.runs.list(), key=lambda run: (run.status != "running", run.saved))
        count = 0
        for run in found:
            if run.status in ("running", "queued") and not self.runs.is_locked(run.key):
                try:
                    self.submit(run.config)
                    count += 1
                except CoreError as error:
                    _log.info("an interrupted run is not resumed: %s", error)
        return count

    def _stored(self, key: str) -> StoredRun | None:
        try:
            return self.runs.load(key)
        except RunError as error:
            _log.info("a run on disk counts as absent: %s", error)
            return None

    def _remember(self, stored: StoredRun) -> JobSnapshot:
        """Show a run from disk as a job that has ended."""
        snapshot = _snapshot_of(stored)
        record = self._records.get(stored.key)
        if record is None or not record.snapshot.is_active:
            self._keep(Record(Ended(snapshot), snapshot))
        return snapshot

    def snapshot(self, key: str) -> JobSnapshot | None:
        """The job of this name, from memory or from disk; `None` where there is none."""
        found = super().snapshot(key)
        if found is not None:
            return found
        stored = self._stored(key)
        if stored is None or not (stored.history or stored.status in COMPLETE):
            return None
        with self._changed:
            return self._remember(stored)

    def estimate(self, config: TrainConfig) -> Estimate | None:
        """How long a run would take; tries a few steps where nothing is known and nothing else runs.

        Raises:
            ConfigError: It cannot be run here, or is larger than allowed.
        """
        train, test = self._provider(config.data.dataset)
        config = resolve(config, train)
        sizes = {"train_images": len(train), "test_images": len(test)}
        found = estimate(config, self.runs.list(), **sizes)
        if (found is None or found.is_rough) and not any(job.is_active for job in self.snapshots()):
            measure(config, train, test)
            found = estimate(config, self.runs.list(), **sizes)
        return found

    def _dropped(self, record: Record) -> None:
        """Take back the mark that a run waits; one that has complete epochs keeps them."""
        config = record.snapshot.config
        stored = self._stored(record.job.key) if config is not None else None
        lock = self.runs.lock(record.job.key) if stored is not None else None
        if stored is None or lock is None:
            return
        with lock:
            if stored.history:
                self.runs.finish(stored.key, "stopped")
            else:
                self.runs.delete(stored.key)


def _snapshot_of(stored: StoredRun) -> JobSnapshot:
    progress = progress_of(stored)
    states: dict[str, State] = {
        "finished": "succeeded", "early": "succeeded", "diverged": "failed", "failed": "failed",
    }  # fmt: skip
    return JobSnapshot(
        key=stored.key,
        title=title_of(stored.config),
        device=stored.config.device,
        state=states.get(stored.status, "stopped"),
        progress=progress,
        history=stored.history,
        losses=stored.losses,
        error=stored.error,
        from_cache=True,
        config=stored.config,
        seconds=sum(record.seconds for record in stored.history),
    )
