"""Colours that Streamlit's theme cannot give to what is drawn inside a chart."""

from typing import Final

import streamlit as st

CLASS_COLORS: Final = (
    "#3b7dd8",
    "#d9541e",
    "#128f76",
    "#c2408f",
    "#8a6bd1",
    "#b07d12",
    "#5b8c2a",
    "#0f8fb3",
    "#7d8590",
    "#a8563a",
)
"""One colour a class, in the order of `core.data.CLASSES`; 3.4 to 1 or more on both themes' backgrounds.
Ten colours cannot all be told apart by everybody: a class is always named in words as well."""

ACCENT: Final = "#d9541e"
SECOND: Final = "#3b7dd8"
NEUTRAL: Final = "#7d8590"


def is_dark() -> bool:
    """Whether this visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def text_color() -> str:
    """The colour of text, for labels inside charts."""
    return "#e6e8e6" if is_dark() else "#101418"


def muted_color() -> str:
    """The colour of secondary text, 4.5 to 1 on the theme's background."""
    return "#a3abb3" if is_dark() else "#5b646d"
