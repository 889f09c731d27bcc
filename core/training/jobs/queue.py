"""A bounded first-come queue with one worker thread a device. What its jobs do is none of its business.

Worker threads know nothing of screens. Asking twice for the same key is one job.
"""

import contextlib
import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from core.config import TrainConfig
from core.errors import CoreError, QueueError
from core.system import memory
from core.training.jobs.records import Ended, Interrupted, Job, JobSnapshot, Record, share_of

MAX_WAITING: Final = 8
KEPT: Final = 32  # ended jobs that are remembered
PRESENT_SECONDS: Final = 5.0
"""A visitor whose page has not asked for this long is not watching any more."""
PAUSE_SECONDS: Final = 30.0
"""How long a paused run may hold up those who wait."""
NICENESS: Final = 10
"""How much a worker gives way where cores are short: about nine parts in ten to whoever draws a page."""

_log = logging.getLogger(__name__)


class JobQueue:
    """The queue and its workers.

    Args:
        max_waiting: Most jobs that may wait.
    """

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self._max_waiting = max_waiting
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._changed = threading.Condition(threading.RLock())
        self._workers: dict[str, threading.Thread] = {}
        self._seen: dict[str, float] = {}
        self._closing = False

    def submit_job(self, job: Job, visitor: str = "", *, config: TrainConfig | None = None) -> JobSnapshot:
        """Queue a job, or join it where its key is queued or running already.

        Raises:
            QueueError: The queue is full, or this visitor has a job going.
        """
        with self._changed:
            self.touch(visitor)
            record = self._records.get(job.key)
            if record is None or not record.snapshot.is_active:
                self._admit(job.key, visitor)
                record = Record(
                    job,
                    JobSnapshot(
                        key=job.key, title=job.title, device=job.device, state="queued", config=config
                    ),
                )
                self._keep(record)
                self._ensure_worker(job.device)
            elif visitor and visitor not in record.visitors:
                self._admit(job.key, visitor, joins=True)
            if visitor:
                record.visitors.add(visitor)
            self._changed.notify_all()
            return self._placed(record)

    def _admit(self, key: str, visitor: str, *, joins: bool = False) -> None:
        active = [record for record in self._records.values() if record.snapshot.is_active]
        for record in active:
            if visitor and visitor in record.visitors and record.job.key != key:
                raise QueueError(
                    f"You have a run going already ({record.job.title}): wait for its end, or stop it."
                )
        waiting = sum(record.snapshot.state == "queued" for record in active)
        if not joins and waiting >= self._max_waiting:
            raise QueueError(f"{waiting} runs are waiting already: try again when one of them has started.")

    def snapshot(self, key: str) -> JobSnapshot | None:
        """The job of this name, or `None` where none is remembered."""
        with self._changed:
            record = self._records.get(key)
            if record is not None:
                return self._placed(record)
        return None

    def snapshots(self) -> tuple[JobSnapshot, ...]:
        """Every job that is remembered, in the order in which they were asked for."""
        with self._changed:
            return tuple(self._placed(record) for record in self._records.values())

    def going(self, visitor: str) -> JobSnapshot | None:
        """The job this visitor has going."""
        with self._changed:
            for record in self._records.values():
                if record.snapshot.is_active and visitor in record.visitors:
                    return self._placed(record)
        return None

    def touch(self, visitor: str) -> None:
        """Say that a visitor is still there: others then cannot stop what both watch."""
        now = time.monotonic()
        with self._changed:
            if visitor:
                self._seen[visitor] = now
            if len(self._seen) > 1000:
                self._seen = {name: when for name, when in self._seen.items() if now - when < PRESENT_SECONDS}

    def stop(self, key: str, visitor: str = "") -> bool:
        """End a job within one step, or take it out of the queue.

        Returns:
            False where others watch it: then it goes on for them, and this visitor has left it.
        """
        with self._changed:
            record = self._records.get(key)
            if record is None or not record.snapshot.is_active:
                return True
            if self._others(record, visitor):
                record.visitors.discard(visitor)
                return False
            record.stopping = True
            if record.snapshot.state == "queued":
                record.snapshot = replace(record.snapshot, state="stopped")
                self._dropped(record)
                record.job = Ended(record.snapshot)
            self._changed.notify_all()
            return True

    def _dropped(self, record: Record) -> None:
        """A waiting job was taken out of the queue: a subclass may have to clean up."""

    def pause(self, key: str, visitor: str = "") -> None:
        """Halt a running job before its next step. While others wait it goes on by itself after 30 s.

        Raises:
            QueueError: Somebody else watches it.
        """
        with self._changed:
            record = self._records.get(key)
            if record is None or record.snapshot.state != "running":
                return
            if self._others(record, visitor):
                raise QueueError("Somebody else watches this run too, so it cannot be paused.")
            record.paused = True
            record.snapshot = replace(record.snapshot, state="paused")
            self._changed.notify_all()

    def resume(self, key: str) -> None:
        """Let a paused job go on."""
        with self._changed:
            record = self._records.get(key)
            if record is not None:
                record.paused = False
                self._changed.notify_all()

    def wait(self, key: str, timeout: float) -> JobSnapshot | None:
        """Block until a job has ended or `timeout` seconds have passed: for command lines and tests."""
        with self._changed:
            self._changed.wait_for(
                lambda: key not in self._records or not self._records[key].snapshot.is_active, timeout
            )
        return self.snapshot(key)

    def close(self, timeout: float = 30.0) -> None:
        """End the workers. What they were running counts as interrupted and goes on next time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for worker in self._workers.values():
            worker.join(timeout)

    def _others(self, record: Record, visitor: str) -> bool:
        """Whether somebody but `visitor` watches the job now. Without a visitor nobody is asked."""
        now = time.monotonic()
        return bool(visitor) and any(
            now - self._seen.get(other, -PRESENT_SECONDS) < PRESENT_SECONDS
            for other in record.visitors - {visitor}
        )

    def _placed(self, record: Record) -> JobSnapshot:
        """The job's snapshot with its place in the queue, as it is now."""
        if record.snapshot.state != "queued":
            return record.snapshot
        before = []
        for other in self._records.values():
            if other is record:
                break
            if other.snapshot.is_active and other.job.device == record.job.device:
                before.append(other)
        waits = [other.remaining() for other in before]
        total = None if None in waits else sum(wait or 0.0 for wait in waits)
        return replace(record.snapshot, position=len(before), wait_seconds=total)

    def _keep(self, record: Record) -> None:
        self._records.pop(record.job.key, None)  # asked for again: it goes to the end
        self._records[record.job.key] = record
        ended = [key for key, other in self._records.items() if not other.snapshot.is_active]
        for key in ended[: max(0, len(ended) - KEPT)]:
            del self._records[key]

    # ---- the worker's side

    def _ensure_worker(self, device: str) -> None:
        known = self._workers.get(device)
        if known is None or not known.is_alive():
            worker = threading.Thread(target=self._work, args=(device,), name=f"jobs-{device}", daemon=True)
            self._workers[device] = worker
            worker.start()

    def _next(self, device: str) -> Record | None:
        for record in self._records.values():
            if record.snapshot.state == "queued" and record.job.device == device:
                return record
        return None

    def _work(self, device: str) -> None:
        _give_way()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._next(device) is not None)
                record = self._next(device)
                if self._closing or record is None:
                    return
                record.started = time.monotonic()
                record.snapshot = replace(record.snapshot, state="running")
                self._changed.notify_all()
            try:
                end = self._attempt(record)
            except Interrupted:
                return
            with self._changed:
                seconds = record.clock()
                record.snapshot = replace(record.snapshot, seconds=seconds, **end)
                record.job = Ended(record.snapshot)  # its images and its network are not kept
                self._changed.notify_all()
            memory.give_back()

    def _attempt(self, record: Record) -> dict[str, Any]:
        """Run a job; gives what its snapshot ends with. Nothing that a job does ends the worker."""
        try:
            result = record.job.run(
                lambda progress: self._progressed(record, progress), lambda: self._should_stop(record)
            )
        except Interrupted:
            raise
        except CoreError as error:
            return {"state": "failed", "error": str(error)}
        except BaseException as error:  # SystemExit too: a worker that dies leaves its job running for ever
            _log.exception("a job failed: %s", record.job.title)
            if isinstance(error, MemoryError) or "allocate memory" in str(error):
                return {
                    "state": "failed",
                    "error": "There is too little memory: choose a smaller batch or network.",
                }
            name = type(error).__name__
            return {
                "state": "failed",
                "error": f"This failed by a fault of the app ({name}); its log says more.",
            }
        stopped = record.stopping and getattr(result, "status", "stopped") == "stopped"
        return {"state": "stopped" if stopped else "succeeded", "result": result}

    def _progressed(self, record: Record, progress: Any) -> None:
        record.trace.add(getattr(progress, "losses", ()))
        with self._changed:
            if record.first is None:
                record.first = share_of(progress), record.clock()
            record.snapshot = replace(
                record.snapshot,
                progress=progress,
                history=getattr(progress, "history", ()),
                losses=record.trace.view(),
                seconds=record.clock(),
            )

    def _should_stop(self, record: Record) -> bool:
        if record.paused:
            self._hold(record)
        if self._closing:
            raise Interrupted
        return record.stopping

    def _hold(self, record: Record) -> None:
        """Keep a paused job where it is until it may go on."""
        since = time.monotonic()
        held_up = 0.0
        with self._changed:
            while record.paused and not record.stopping and not self._closing:
                before = time.monotonic()
                self._changed.wait(0.25)
                if self._next(record.job.device) is not None:
                    held_up += time.monotonic() - before
                    record.paused = held_up < PAUSE_SECONDS
            record.paused = False
            record.idle += time.monotonic() - since
            if not record.stopping:
                record.snapshot = replace(record.snapshot, state="running")


def _give_way() -> None:
    """Lower the priority of this thread and of those that PyTorch starts from it."""
    if sys.platform.startswith("linux"):  # elsewhere it would be that of the whole process
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
