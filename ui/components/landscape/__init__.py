"""A landscape of losses with a point that can be dragged."""

from ui.components.landscape.component import landscape_view

__all__ = ["landscape_view"]
