"""Brings the open tab into view where a bar of tabs is wider than the screen.

A link opens a tab by its name; on a phone Streamlit leaves the bar at its start, so the name of what is shown
may be out of sight.
"""

from ui.components.assets import register

_mount = register("open_tab", __file__)


def bring_into_view() -> None:
    """Do so for every bar of tabs on the page; call it after them."""
    _mount(key="open_tab", height="content")
