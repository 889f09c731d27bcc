"""One backward pass with every number: gradients, the sums that they are, and the update of a weight."""

from core.analysis.backward.health import LayerHealth, flat_units, layer_health
from core.analysis.backward.paths import Contribution, Hop, PathSum, strongest_path, value_paths, weight_paths
from core.analysis.backward.record import MOST_IMAGES, BackwardPass, Stage, record
from core.analysis.backward.update import Averages, Update, update

__all__ = [
    "MOST_IMAGES",
    "Averages",
    "BackwardPass",
    "Contribution",
    "Hop",
    "LayerHealth",
    "PathSum",
    "Stage",
    "Update",
    "flat_units",
    "layer_health",
    "record",
    "strongest_path",
    "update",
    "value_paths",
    "weight_paths",
]
