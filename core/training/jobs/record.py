"""What the queue knows of one job; guarded by the queue's lock."""

import time
from dataclasses import replace

from core.training.jobs.job import Job, JobSnapshot, OnProgress, Outcome, Progress, ShouldStop, share_done
from core.training.jobs.turns import Visitor
from core.training.jobs.work import End


class Record:
    """A job, who waits for it, and where it stands."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.snapshot = JobSnapshot(key=job.key, title=job.title, device=job.device, state="queued")
        self.visitors: set[Visitor] = set()
        """Who asked for it; nobody where the app itself did."""
        self.stopping = self.paused = False
        self.started = 0.0
        self.idle = 0.0
        """Seconds that it was paused."""
        self.held_up = 0.0
        """Seconds of these in which others waited."""
        self._first: tuple[float, float] | None = None  # share done and clock at its first report

    def is_of(self, visitor: Visitor) -> bool:
        """Whether this browser asked for it, wherever the browser was then."""
        return any(other.browser == visitor.browser for other in self.visitors)

    def leave(self, visitor: Visitor) -> None:
        """This browser does not wait for it any more."""
        self.visitors = {other for other in self.visitors if other.browser != visitor.browser}

    def start(self) -> None:
        """It runs from now on."""
        self.started = time.monotonic()
        self.snapshot = replace(self.snapshot, state="running")

    def report(self, progress: Progress) -> None:
        """Take what the job reports."""
        if self._first is None:
            self._first = share_done(progress), self.clock()
        self.snapshot = replace(self.snapshot, progress=progress, seconds=self.clock())

    def finish(self, end: End) -> None:
        """It has ended; its data is let go."""
        seconds = self.clock() if self.started else 0.0
        self.snapshot = replace(
            self.snapshot, state=end.state, outcome=end.outcome, error=end.error, seconds=seconds
        )
        self.job = _Ended(self.job)

    def clock(self) -> float:
        """Seconds since it started, pauses not counted."""
        return time.monotonic() - self.started - self.idle

    def remaining(self) -> float | None:
        """Seconds it still takes: measured on itself once it runs, otherwise what was expected."""
        share = share_done(self.snapshot.progress)
        if self.snapshot.state == "queued" or self._first is None or share <= self._first[0] + 0.01:
            return self.job.expected_seconds
        first_share, first_clock = self._first
        return (self.clock() - first_clock) * (1 - share) / (share - first_share)


class _Ended(Job):
    """Stands for a job that has ended, and holds none of its data."""

    def __init__(self, job: Job) -> None:
        self.key, self.title, self.device = job.key, job.title, job.device

    def run(self, on_progress: OnProgress, should_stop: ShouldStop) -> Outcome:
        raise AssertionError("this job has ended")
