"""Transforms: a catalogue, the pipelines built from it, and a pipeline as a program."""

from core.teaching.transforms.catalogue import CATALOGUE, LAMBDAS, Number
from core.teaching.transforms.pipeline import (
    DEFAULT_SPEC,
    MAX_STAGES,
    PRESETS,
    Pipeline,
    Stage,
    parse_spec,
    to_spec,
    to_training,
)

__all__ = [
    "CATALOGUE",
    "DEFAULT_SPEC",
    "LAMBDAS",
    "MAX_STAGES",
    "PRESETS",
    "Number",
    "Pipeline",
    "Stage",
    "parse_spec",
    "to_spec",
    "to_training",
]
