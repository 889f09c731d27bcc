"""One test image large with its prediction, beside a grid of others."""

from ui.components.viewer.component import Choice, Item, read_choice, viewer

__all__ = ["Choice", "Item", "read_choice", "viewer"]
