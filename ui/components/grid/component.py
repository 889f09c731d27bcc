"""A grid of small images that can be clicked, which Streamlit does not have.

One picture of all thumbnails goes to the browser as a data URL, a few tens of kilobytes: no file is left on
the server for a visitor. Keyboard: Tab reaches the grid, arrows move, Enter or Space chooses.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st
from torch import Tensor

from ui.components.assets import register
from ui.images import sprite

MAX_IMAGES: Final = 400
"""Most thumbnails in one grid: about 200 kB."""


_mount = register("image_grid", __file__)


def image_grid(
    images: Tensor,
    captions: Sequence[str],
    *,
    key: str,
    selected: int | None = None,
    columns: int = 10,
    marks: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    label: str = "Images; arrow keys move, Enter chooses",
    least: int = 60,
    plain: bool = False,
    answer: str = "",
    on_click: Callable[[int], None] | None = None,
) -> int | None:
    """Show images in a grid and tell which one was clicked.

    Args:
        images: uint8, N x H x W, at most 400.
        captions: One a picture, a word or two; "" shows none.
        key: Unique on the page.
        selected: Position of the highlighted picture; `None` highlights none.
        columns: Most pictures in a row; narrow screens show fewer.
        marks: One a picture: "right" (a tick), "wrong" (a cross), "" or a few characters for the corner.
        names: What a screen reader and a tooltip say of each; the captions and marks if `None`.
        label: What a screen reader says of the grid.
        least: Narrowest a picture may be, pixels.
        plain: Whether these are pictures only, which nothing happens to when they are clicked.
        answer: Key of the container that a click changes: on a phone it is brought into sight.
        on_click: Called with the position before the page runs again, so that one run is enough.

    Returns:
        The position that was clicked since the last run, once; `None` otherwise.
    """
    if not (count := len(images)):
        return None
    marks = marks or [""] * count
    if not len(captions) == len(marks) == count <= MAX_IMAGES:
        raise ValueError(f"A grid shows at most {MAX_IMAGES} images, with one caption and one mark for each.")
    names = names or [_name(i, *both) for i, both in enumerate(zip(captions, marks, strict=True))]
    data = {
        **sheet(images),
        "columns": columns,
        "least": least,
        "captions": list(captions),
        "marks": list(marks),
        "names": [_with_caption(*both) for both in zip(names, captions, strict=True)],
        "selected": -1 if selected is None else selected,
        "label": label,
        "plain": plain,
        "answer": answer,
    }

    def changed() -> None:
        place = _position(st.session_state[key].clicked, count)
        if on_click is not None and place is not None:
            on_click(place)

    return _position(_mount(key=key, data=data, on_clicked_change=changed).clicked, count)


def _with_caption(name: str, caption: str) -> str:
    """The name, with what is to be read under the image: who speaks to a page says what they see."""
    caption = caption.replace("\n", " ").strip()
    return name if caption in name else f"{caption}: {name}"


def sheet(images: Tensor) -> dict[str, str | int]:
    """All images (uint8, N x H x W) in one picture, with how many stand across and down."""
    across = min(len(images), 20)
    url = "data:image/png;base64," + base64.b64encode(sprite(images, across)).decode()
    return {"sprite": url, "across": across, "down": -(-len(images) // across)}


def _position(clicked: object, count: int) -> int | None:
    """What a browser sent, which can be anything, as a position in the grid."""
    return clicked if type(clicked) is int and 0 <= clicked < count else None


def _name(position: int, caption: str, mark: str) -> str:
    return ", ".join(part for part in (caption, mark) if part) or f"Image {position + 1}"
