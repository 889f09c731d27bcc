"""Transforms: a catalogue, the pipelines built from it, and a pipeline as a program."""

from core.teaching.transforms.catalogue import CATALOGUE, LAMBDAS, Number
from core.teaching.transforms.pipeline import (
    DEFAULT_PIPELINE,
    MAX_STAGES,
    PRESETS,
    Pipeline,
    TransformStep,
    read_pipeline,
    to_training,
    write_pipeline,
)

__all__ = [
    "CATALOGUE",
    "DEFAULT_PIPELINE",
    "LAMBDAS",
    "MAX_STAGES",
    "PRESETS",
    "Number",
    "Pipeline",
    "TransformStep",
    "read_pipeline",
    "to_training",
    "write_pipeline",
]
