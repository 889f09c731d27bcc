"""Thirty garments whose marks change while a network learns, which Streamlit does not have.

What the network said at each kept moment goes to the browser, which shows the moments one after another: as
they come while a run goes on, and again whenever somebody asks for a replay.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import streamlit as st
from torch import Tensor

from core.teaching.first_run import Moment
from ui.components.assets import register
from ui.components.grid import sheet
from ui.theme import CLASS_COLORS

_mount = register("learning", __file__)


def learning_view(
    images: Tensor,
    labels: Sequence[int],
    moments: Sequence[Moment],
    *,
    classes: Sequence[str],
    tested: int,
    steps: int,
    expected: int,
    selected: int,
    run: str,
    playing: bool,
    done: bool,
    key: str,
    on_click: Callable[[int], None],
) -> None:
    """Show the garments, the chosen one large, and the accuracy so far.

    Args:
        images: uint8, N x 28 x 28.
        labels: Their classes, N.
        moments: What is known so far, at least the first moment.
        classes: Names of the classes.
        tested: How many images the accuracy is of.
        steps: Training steps of the whole run.
        expected: How many moments the whole run has.
        selected: Position of the large image.
        run: Names the run: another one begins at its first moment.
        playing: Whether a run that is new to the browser is shown from its first moment, or at its last.
        done: Whether these are all its moments.
        key: Unique on the page.
        on_click: Called with the position of a clicked image, before the page runs again.
    """

    def changed() -> None:
        clicked = st.session_state[key].clicked
        if type(clicked) is int and 0 <= clicked < len(labels):  # what comes from a browser can be anything
            on_click(clicked)

    data = {
        **sheet(images),
        "labels": list(labels),
        "classes": list(classes),
        "colors": list(CLASS_COLORS),
        "moments": [asdict(moment) for moment in moments],
        "tested": tested,
        "steps": steps,
        "expected": expected,
        "selected": selected,
        "run": run,
        "playing": playing,
        "done": done,
    }
    _mount(key=key, data=data, on_clicked_change=changed)
