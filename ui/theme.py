"""Colors that Streamlit's theme cannot give to what is drawn inside a chart."""

from typing import Final

import streamlit as st

CLASS_COLORS: Final = (
    "#0e67d9",
    "#c7304d",
    "#10a1a9",
    "#905172",
    "#9b3aa2",
    "#af8e00",
    "#4a6e00",
    "#139ae0",
    "#938f7e",
    "#d4794c",
)
"""One color a class, in the order of `core.data.CLASSES`.

Each has 3 to 1 or more on both themes' backgrounds. Any two differ by 18 or more (CIE76) for people who see
all colors and for those without red or without green cones; a class is always named in words as well.
"""

ON_CLASS_COLORS: Final = (
    "#ffffff",
    "#ffffff",
    "#000000",
    "#ffffff",
    "#ffffff",
    "#000000",
    "#ffffff",
    "#000000",
    "#000000",
    "#000000",
)
"""Of black and white, the one that is easier to read on each class color: 4.5 to 1 or more."""

ACCENT: Final = "#d9541e"
SECOND: Final = "#3b7dd8"
NEUTRAL: Final = "#7d8590"


def is_wall() -> bool:
    """Whether the page is on a projector, alone, where all text is larger."""
    return st.query_params.get("view") == "wall"


def is_dark() -> bool:
    """Whether this visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def text_color() -> str:
    """The color of text, for labels inside charts."""
    return "#e6e8e6" if is_dark() else "#101418"


def muted_color() -> str:
    """The color of secondary text, 4.5 to 1 on the theme's background."""
    return "#a3abb3" if is_dark() else "#5b646d"
