"""Networks: what they are made of, whether their layers fit, and what is inside them."""

from core.model.networks import (
    Dropout,
    NeuralNetwork,
    StackedNetwork,
    build,
    count_parameters,
    initialize,
    layers_of,
    skeleton,
)

__all__ = [
    "Dropout",
    "NeuralNetwork",
    "StackedNetwork",
    "build",
    "count_parameters",
    "initialize",
    "layers_of",
    "skeleton",
]
