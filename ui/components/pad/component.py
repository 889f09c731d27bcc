"""A pad to draw on, which Streamlit does not have: with mouse, pen, finger or keys; buttons clear and undo.

The drawing goes to the server as a PNG data URL of 280 x 280 pixels after each stroke.
"""

import base64
import binascii
from typing import Final

import streamlit as st

from ui.components.assets import register

SIDE: Final = 280  # pixels
MAX_URL: Final = 400_000
"""Longest data URL that is taken: a full pad of 280 x 280 pixels has far less."""

_PREFIX: Final = "data:image/png;base64,"


_mount = register("drawing_pad", __file__)


def drawing_pad(*, key: str) -> bytes | None:
    """Show the pad and give what is drawn on it.

    Args:
        key: Unique on the page.

    Returns:
        A PNG file as the browser made it, 280 x 280 pixels, light on black: check it as any stranger's file.
        `None` while nothing is drawn.
    """
    drawn = st.session_state.get(key, {}).get("drawing") or ""
    result = _mount(
        key=key,
        data={"drawing": drawn},
        default={"drawing": ""},
        on_drawing_change=lambda: None,
        height="content",
    )
    return read_drawing(result.drawing)


def read_drawing(drawing: object) -> bytes | None:
    """The file in a data URL that a browser sent; `None` where there is none, or it is something else."""
    if not isinstance(drawing, str) or not drawing.startswith(_PREFIX) or len(drawing) > MAX_URL:
        return None
    try:
        return base64.b64decode(drawing[len(_PREFIX) :], validate=True)
    except binascii.Error:
        return None
