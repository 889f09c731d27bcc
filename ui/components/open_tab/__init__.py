"""Brings the open tab into view where a bar of tabs is wider than the screen."""

from ui.components.open_tab.component import bring_into_view

__all__ = ["bring_into_view"]
