"""The loss around a run's weights: a plane through them, its epochs' path, and the way to another run."""

from core.analysis.landscape.job import Landscape, LandscapeJob, LandscapeProgress
from core.analysis.landscape.plane import SCALES, Layout, Plane, Scale, Track, make_plane
from core.analysis.landscape.surface import (
    SIDE,
    Line,
    Place,
    Size,
    affordable,
    grid_order,
    own_losses,
    straight_line,
)

__all__ = [
    "SCALES",
    "SIDE",
    "Landscape",
    "LandscapeJob",
    "LandscapeProgress",
    "Layout",
    "Line",
    "Place",
    "Plane",
    "Scale",
    "Size",
    "Track",
    "affordable",
    "grid_order",
    "make_plane",
    "own_losses",
    "straight_line",
]
