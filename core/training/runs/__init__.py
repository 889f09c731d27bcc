"""What runs leave on disk: found by key, listed, linked to, compared and taken home."""

from core.training.runs.store import DEFAULT_RUNS, RUNS_VARIABLE, RunStore, RunSummary, StoredRun

__all__ = ["DEFAULT_RUNS", "RUNS_VARIABLE", "RunStore", "RunSummary", "StoredRun"]
