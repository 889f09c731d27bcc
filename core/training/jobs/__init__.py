"""Jobs for many visitors: a queue with its workers, and training as a service on top of it."""

from core.training.jobs.job import ACTIVE, Interrupted, Job, JobSnapshot, Outcome, Progress, State, share_done
from core.training.jobs.queue import JobQueue
from core.training.jobs.service import TrainingService, TrainingSnapshot
from core.training.jobs.turns import Visitor

__all__ = [
    "ACTIVE",
    "Interrupted",
    "Job",
    "JobQueue",
    "JobSnapshot",
    "Outcome",
    "Progress",
    "State",
    "TrainingService",
    "TrainingSnapshot",
    "Visitor",
    "share_done",
]
