"""Networks: what they are made of, whether their layers fit, and what is inside them."""

from core.model.networks import (
    CLASS_COUNT,
    Dropout,
    NeuralNetwork,
    StackedNetwork,
    build,
    count_parameters,
    initialize,
    skeleton,
    specs,
)

__all__ = [
    "CLASS_COUNT",
    "Dropout",
    "NeuralNetwork",
    "StackedNetwork",
    "build",
    "count_parameters",
    "initialize",
    "skeleton",
    "specs",
]
