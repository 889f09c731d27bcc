"""Training as a service to many visitors: a queue, its worker threads, and what is known of each job."""

from core.training.jobs.records import ACTIVE, Interrupted, Job, JobSnapshot, State
from core.training.jobs.store import JobStore

__all__ = ["ACTIVE", "Interrupted", "Job", "JobSnapshot", "JobStore", "State"]
