"""A pad to draw on."""

from ui.components.pad.component import drawing_pad, read_drawing

__all__ = ["drawing_pad", "read_drawing"]
