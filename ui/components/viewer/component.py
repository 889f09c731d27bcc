"""The click-through: one test image large with its prediction, beside a grid of others.

Streamlit draws a page anew for each click, which takes a browser a tenth of a second and more. So the numbers
of all images in the grid go to the browser at once, a click shows its image in the next frame, and the server
is told at the same time: it answers with the same choice, and with whatever else follows it.

Keyboard: left and right go through the images; Tab reaches the grid, where all four arrows move and Enter
chooses.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import streamlit as st
from torch import Tensor

from ui.components.assets import register
from ui.components.grid import sheet
from ui.theme import CLASS_COLORS


@dataclass(frozen=True)
class Item:
    """What the viewer says of one image."""

    index: int
    """Its number."""
    actual: int
    """Its class."""
    predicted: int
    """The class that the network names."""
    probabilities: tuple[float, ...]
    """One a class, in [0, 1]."""
    loss: float
    """Cross-entropy, nats."""
    rank: int
    """Place of its class by probability, 1 is the first."""


@dataclass(frozen=True)
class Choice:
    """What a visitor did."""

    action: str
    """"choose" the image `index`, or go from it to the "next", the "previous" or a "random" one."""
    index: int
    """The image's number."""
    count: int
    """How many choices this tab has made: which of them an answer belongs to."""


_ACTIONS: Final = ("choose", "next", "previous", "random")
_mount = register("viewer", __file__)


def viewer(
    images: Tensor,
    items: Sequence[Item],
    *,
    selected: int,
    grid: int,
    classes: Sequence[str],
    start: int,
    matching: int,
    key: str,
    on_choice: Callable[[Choice], None],
) -> None:
    """Show the viewer.

    Args:
        images: uint8, N x 28 x 28: those of the grid, then any others that may be shown large.
        items: One an image, in the same order.
        selected: Position of the image to show large.
        grid: How many of the images, from the first, are in the grid.
        classes: Names of the classes.
        start: How many images of the filtered order come before those of the grid.
        matching: How many images the filter lets pass.
        key: Unique on the page.
        on_choice: Called with what the visitor did, before the page runs again.
    """
    numbers = {item.index for item in items}

    def changed() -> None:
        choice = read_choice(st.session_state[key].choice, numbers)
        if choice is not None:
            st.session_state[f"{key}_count"] = choice.count
            on_choice(choice)

    data = {
        **sheet(images),
        "items": [asdict(item) for item in items],
        "selected": selected,
        "grid": grid,
        "classes": list(classes),
        "colors": list(CLASS_COLORS),
        "start": start,
        "matching": matching,
        "count": st.session_state.get(f"{key}_count", 0),
    }
    _mount(key=key, data=data, on_choice_change=changed)


def read_choice(value: Any, numbers: set[int]) -> Choice | None:
    """What a browser sent, which can be anything; `None` where it is no choice among these images."""
    if not isinstance(value, dict) or value.get("action") not in _ACTIONS:
        return None
    index, count = value.get("index"), value.get("count")
    if type(index) is not int or index not in numbers or type(count) is not int or not 0 <= count < 2**40:
        return None
    return Choice(value["action"], index, count)
