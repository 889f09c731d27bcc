"""A grid of small images that can be clicked."""

from ui.components.grid.component import MAX_IMAGES, image_grid, sheet

__all__ = ["MAX_IMAGES", "image_grid", "sheet"]
