"""Runs the fragment it stands in when something in a room has changed."""

from ui.components.room_signal.component import room_signal

__all__ = ["room_signal"]
