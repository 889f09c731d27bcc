"""Training: the engine, runs on disk, jobs for many visitors, presets, and the model that ships with it."""

from core.training.engine import run_training

__all__ = ["run_training"]
