"""Points that move from frame to frame."""

from ui.components.moving_points.component import moving_points

__all__ = ["moving_points"]
