"""Thirty garments whose marks change while a network learns."""

from ui.components.learning.component import learning_view

__all__ = ["learning_view"]
