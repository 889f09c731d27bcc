"""Which training images pushed a prediction, and whose loss stays high: what a run's kept epochs tell."""

from core.analysis.influence.job import LISTED, InfluenceJob, InfluenceOutcome, TracedImage
from core.analysis.influence.measured import Measured, measured
from core.analysis.influence.tracin import Influence, influence, passes

__all__ = [
    "LISTED",
    "Influence",
    "InfluenceJob",
    "InfluenceOutcome",
    "Measured",
    "TracedImage",
    "influence",
    "measured",
    "passes",
]
