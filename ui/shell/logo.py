"""The app's mark: a T-shirt of 8 x 8 pixels, as a network would see it, and the name."""

from typing import Final

import streamlit as st
from PIL import Image

from ui.theme import is_dark, text_color

_SHIRT: Final = (
    ".XX..XX.",
    "XXXXXXXX",
    "XXXXXXXX",
    "X.XXXX.X",
    "..XXXX..",
    "..XXXX..",
    "..XXXX..",
    "..XXXX..",
)

_NAME_WIDTH: Final = 166  # pixels


def favicon() -> Image.Image:
    """The shirt for the browser's tab, 64 x 64 pixels."""
    image = Image.new("RGBA", (8, 8))
    for y, row in enumerate(_SHIRT):
        for x, pixel in enumerate(row):
            if pixel == "X":
                image.putpixel((x, y), (208, 82, 32, 255))
    return image.resize((64, 64), Image.Resampling.NEAREST)


def show_logo() -> None:
    """Put the mark above the navigation, and the shirt alone where the sidebar is closed."""
    st.logo(_svg(named=True), size="large", icon_image=_svg(named=False))


def _svg(*, named: bool) -> str:
    shirt = "#f0764a" if is_dark() else "#b83d0b"
    squares = "".join(
        f'<rect x="{x * 4}" y="{y * 4}" width="3.5" height="3.5" rx="0.6" fill="{shirt}"/>'
        for y, row in enumerate(_SHIRT)
        for x, pixel in enumerate(row)
        if pixel == "X"
    )
    name = (
        f'<text x="42" y="22" fill="{text_color()}" font-family="Source Sans, Source Sans Pro, sans-serif" '
        # a picture has no web fonts: whatever font is there, the name keeps its length
        f'font-size="17" font-weight="600" textLength="{_NAME_WIDTH}" lengthAdjust="spacingAndGlyphs">'
        "PyTorch Basics, Live</text>"
    )
    width = 42 + _NAME_WIDTH + 4 if named else 32
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="32" viewBox="0 0 {width} 32" '
        f'role="img" aria-label="PyTorch Basics, Live">{squares}{name if named else ""}</svg>'
    )
