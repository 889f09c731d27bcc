"""A bounded queue in which visitors take turns, with one worker thread per device.

It knows its jobs' names, progress and ends, not what they do. Asking twice for a key is one job.
"""

import atexit
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from core.errors import QueueError
from core.system import memory
from core.training.jobs.job import Interrupted, Job, JobSnapshot, Progress
from core.training.jobs.record import Record
from core.training.jobs.turns import Turns, Visitor, last_of_the_most
from core.training.jobs.work import End, attempt, check_memory, close_at_exit, give_way

MAX_WAITING: Final = 8
REMEMBERED: Final = 32
"""Ended jobs that are remembered."""
PRESENT_SECONDS: Final = 5.0
"""A visitor without a connection whose page has not asked for this long is not watching any more."""
GONE_SECONDS: Final = 60.0
"""After this long without its visitors, a job that waits leaves the queue."""
PAUSE_SECONDS: Final = 30.0
"""How long all pauses of a job together may hold up those who wait."""


class JobQueue:
    """The queue and its workers.

    Args:
        max_waiting: Most jobs that may wait.
        is_connected: Whether a browser has a page open now, where somebody knows; its page need not have
            asked lately, because browsers put the timers of hidden tabs to sleep.
    """

    def __init__(
        self, max_waiting: int = MAX_WAITING, is_connected: Callable[[str], bool] = lambda browser: False
    ) -> None:
        self._max_waiting, self._is_connected = max_waiting, is_connected
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._changed = threading.Condition(threading.RLock())
        self._workers: dict[str, threading.Thread] = {}
        self._turns = Turns()
        self._seen: dict[str, float] = {}
        self._closing = False

    # ---- asking

    def submit(self, job: Job, visitor: Visitor | None = None) -> JobSnapshot:
        """Queue a job, or join it where its key is queued or running already.

        Args:
            job: The job.
            visitor: Who asks; a browser may have one job going. `None` is the app itself.

        Raises:
            QueueError: The queue is full, this visitor has a job going, or memory is short.
        """
        with self._changed:
            self.touch(visitor)
            self._dismiss_the_gone()
            record = self._records.get(job.key)
            if record is None or not record.snapshot.is_active:
                self._refuse_a_second(job.key, visitor)
                self._check_memory(job)
                self._make_room(visitor)
                record = Record(job)
                self._remember(record)
                self._ensure_worker(job.device)
            elif visitor is not None and visitor not in record.visitors:
                self._refuse_a_second(job.key, visitor)
            if visitor is not None:
                record.visitors.add(visitor)
            self._changed.notify_all()
            return self._in_line(record)

    def _refuse_a_second(self, key: str, visitor: Visitor | None) -> None:
        going = self._going(visitor) if visitor is not None else None
        if going is not None and going.job.key != key:
            raise QueueError(
                f"You have a run going already ({going.job.title}): wait for its end, or stop it."
            )

    def _check_memory(self, job: Job) -> None:
        """Refuse what would not fit even if nothing else of this queue ran."""
        running = [r for r in self._records.values() if r.snapshot.state in ("running", "paused")]
        check_memory(job.memory_bytes - sum(record.job.memory_bytes for record in running))

    def _make_room(self, visitor: Visitor | None) -> None:
        """Let a newcomer in: what gives way has lost its visitors, or is of the address with most."""
        waiting = self._waiting()
        if len(waiting) < self._max_waiting:
            return
        if visitor is not None:
            left = [record for record in waiting if not self._is_watched(record)]
            record = left[-1] if left else last_of_the_most(waiting, visitor)
            if record is not None:
                self._withdraw(record, "Others needed its place in the queue: start it again in a moment.")
                return
        raise QueueError(f"{len(waiting)} runs are waiting already: try again when one of them has started.")

    def snapshot(self, key: str) -> JobSnapshot | None:
        """The job of this name, or `None` where none is remembered."""
        with self._changed:
            record = self._records.get(key)
            return self._in_line(record) if record is not None else None

    def snapshots(self) -> tuple[JobSnapshot, ...]:
        """Every job that is remembered, in the order in which they were asked for."""
        with self._changed:
            return tuple(self._in_line(record) for record in self._records.values())

    def going(self, visitor: Visitor) -> JobSnapshot | None:
        """The job this visitor's browser has going."""
        with self._changed:
            record = self._going(visitor)
            return self._in_line(record) if record is not None else None

    def _going(self, visitor: Visitor) -> Record | None:
        for record in self._records.values():
            if record.snapshot.is_active and record.is_of(visitor):
                return record
        return None

    def wait(self, key: str, timeout: float) -> JobSnapshot | None:
        """Block until a job has ended or `timeout` seconds have passed: for command lines and tests."""
        with self._changed:
            self._changed.wait_for(
                lambda: key not in self._records or not self._records[key].snapshot.is_active, timeout
            )
        return self.snapshot(key)

    # ---- who is there

    def touch(self, visitor: Visitor | None) -> None:
        """Note that a visitor is still there: others then cannot stop what both watch."""
        with self._changed:
            now = time.monotonic()
            if visitor is not None:
                self._seen[visitor.browser] = now
            if len(self._seen) > 1000:
                self._seen = {name: when for name, when in self._seen.items() if now - when < GONE_SECONDS}

    def _is_present(self, visitor: Visitor) -> bool:
        if self._is_connected(visitor.browser):
            self.touch(visitor)
            return True
        return time.monotonic() - self._seen.get(visitor.browser, -GONE_SECONDS) < PRESENT_SECONDS

    def _is_watched(self, record: Record, but: Visitor | None = None) -> bool:
        """Whether somebody other than `but` who asked for the job is there."""
        return any(
            self._is_present(other)
            for other in list(record.visitors)
            if but is None or other.browser != but.browser
        )

    def _dismiss_the_gone(self) -> None:
        """Take out of the queue the jobs whose visitors left some time ago."""
        now = time.monotonic()
        for record in self._waiting():
            if not record.visitors or self._is_watched(record):
                continue
            if all(now - self._seen.get(v.browser, -GONE_SECONDS) >= GONE_SECONDS for v in record.visitors):
                self._withdraw(record, "Its visitors had left before it started: start it again.")

    # ---- ending and pausing

    def stop(self, key: str, visitor: Visitor | None = None) -> bool:
        """End a job within one step, or take it out of the queue.

        Returns:
            False where others watch it: then it goes on for them, and this visitor has left it.
        """
        with self._changed:
            record = self._records.get(key)
            if record is None or not record.snapshot.is_active:
                return True
            if visitor is not None and self._is_watched(record, but=visitor):
                record.leave(visitor)
                return False
            record.stopping = True
            if record.snapshot.state == "queued":
                self._withdraw(record)
            self._changed.notify_all()
            return True

    def _withdraw(self, record: Record, reason: str | None = None) -> None:
        """Take a waiting job out of the queue."""
        record.job.withdrawn()
        record.finish(End("stopped", error=reason))
        self._changed.notify_all()

    def pause(self, key: str, visitor: Visitor | None = None) -> None:
        """Halt a running job before its next step. While others wait it goes on by itself after 30 s in all.

        Raises:
            QueueError: Somebody else watches it, or others have waited long enough.
        """
        with self._changed:
            record = self._records.get(key)
            if record is None or record.snapshot.state != "running":
                return
            if visitor is not None and self._is_watched(record, but=visitor):
                raise QueueError("Somebody else watches this run too, so it cannot be paused.")
            if record.held_up >= PAUSE_SECONDS and self._waiting(record.job.device):
                raise QueueError(
                    f"This run has kept others waiting for {PAUSE_SECONDS:.0f} s: "
                    "it can be paused again when nobody waits."
                )
            record.paused = True
            record.snapshot = replace(record.snapshot, state="paused")
            self._changed.notify_all()

    def is_shared(self, key: str, visitor: Visitor) -> bool:
        """Whether somebody else watches a job too."""
        with self._changed:
            record = self._records.get(key)
            return record is not None and self._is_watched(record, but=visitor)

    def rename(self, before: str, key: str) -> None:
        """Give a job that has become other work while it runs the name of that work."""
        with self._changed:
            record = self._records.pop(before)
            record.snapshot = replace(record.snapshot, key=key, title=record.job.title)
            self._records[key] = record

    def resume(self, key: str) -> None:
        """Let a paused job go on."""
        with self._changed:
            record = self._records.get(key)
            if record is not None:
                record.paused = False
                self._changed.notify_all()

    def close(self, timeout: float = 30.0) -> None:
        """End the workers. What they were running counts as interrupted and goes on next time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for worker in self._workers.values():
            worker.join(timeout)

    # ---- the line

    def _waiting(self, device: str | None = None) -> list[Record]:
        """The jobs that wait, of one device or of all, the first come first."""
        return [
            record
            for record in self._records.values()
            if record.snapshot.state == "queued" and device in (None, record.job.device)
        ]

    def _in_line(self, record: Record) -> JobSnapshot:
        """The job's snapshot with its place in the queue, as it is now."""
        if record.snapshot.state != "queued":
            return record.snapshot
        device = record.job.device
        ordered = self._turns.in_order(self._waiting(device))
        before = [
            other
            for other in self._records.values()
            if other.snapshot.state in ("running", "paused") and other.job.device == device
        ] + ordered[: ordered.index(record)]
        waits = [other.remaining() for other in before]
        total = None if None in waits else sum(wait or 0.0 for wait in waits)
        return replace(record.snapshot, position=len(before), wait_seconds=total)

    def _remember(self, record: Record) -> None:
        self._records.pop(record.job.key, None)  # asked for again: it goes to the end
        self._records[record.job.key] = record
        ended = [key for key, other in self._records.items() if not other.snapshot.is_active]
        for key in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._records[key]

    # ---- the worker's side

    def _ensure_worker(self, device: str) -> None:
        if not self._workers:
            atexit.register(close_at_exit, weakref.WeakMethod(self.close))
        known = self._workers.get(device)
        if known is None or not known.is_alive():
            worker = threading.Thread(target=self._work, args=(device,), name=f"jobs-{device}", daemon=True)
            self._workers[device] = worker
            worker.start()

    def _work(self, device: str) -> None:
        give_way()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._waiting(device))
                if self._closing:
                    return
                self._dismiss_the_gone()
                if not (ordered := self._turns.in_order(self._waiting(device))):
                    continue
                record = ordered[0]
                self._turns.take(record)
                record.start()
                self._changed.notify_all()
            try:
                end = attempt(
                    record.job,
                    partial(self._report, record),
                    partial(self._should_stop, record),
                    partial(getattr, record, "stopping"),
                )
            except Interrupted:
                return
            with self._changed:
                record.finish(end)
                self._changed.notify_all()
            memory.give_back()

    def _report(self, record: Record, progress: Progress) -> None:
        with self._changed:
            record.report(progress)

    def _should_stop(self, record: Record) -> bool:
        if record.paused:
            self._hold(record)
        if self._closing:
            raise Interrupted
        return record.stopping

    def _hold(self, record: Record) -> None:
        """Keep a paused job where it is until it may go on."""
        since = time.monotonic()
        with self._changed:
            while record.paused and not record.stopping and not self._closing:
                before = time.monotonic()
                self._changed.wait(0.25)
                if self._waiting(record.job.device):
                    record.held_up += time.monotonic() - before
                    record.paused = record.held_up < PAUSE_SECONDS
            record.paused = False
            record.idle += time.monotonic() - since
            if not record.stopping:
                record.snapshot = replace(record.snapshot, state="running")
