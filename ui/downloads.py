"""Buttons that make a file when they are clicked, not before."""

import functools
import threading
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from core.errors import QueueError
from core.exchange.bundle import curves_png, history_csv
from core.system import memory
from core.training.engine.records import EpochRecord

PATIENCE: Final = 10.0
"""Seconds that a large file waits for those that others have asked for."""
_COPIES: Final = 3
"""Of a large file while it is made: the file, the buffer that it grows in, and what Streamlit keeps."""
_large: Final = threading.Lock()


def file_button(
    label: str,
    make: Callable[[], str | bytes],
    *,
    file_name: str,
    mime: str = "application/octet-stream",
    key: str,
    help: str | None = None,  # noqa: A002
    icon: str = ":material/download:",
    primary: bool = False,
    size: int = 0,
) -> None:
    """A button that downloads what `make` gives.

    Args:
        label: The button's text.
        make: Called in a thread of its own when the button is clicked; it must not call Streamlit.
        file_name: The file's name at the visitor's.
        mime: Its type.
        key: Unique on the page.
        help: What the tooltip says.
        icon: Before the label.
        primary: Whether this is the page's main button.
        size: About how many bytes it has, where it is large: such files are made one at a time.
    """
    st.download_button(
        label,
        functools.partial(made_alone, make, size) if size else make,
        file_name=file_name,
        mime=mime,
        icon=icon,
        on_click="ignore",
        key=key,
        help=help,
        type="primary" if primary else "secondary",
    )


def made_alone(make: Callable[[], str | bytes], size: int) -> str | bytes:
    """What `make` gives, made while no other large file is, with its memory reserved.

    A browser may ask for a file as often as it likes, without a page being drawn.

    Raises:
        QueueError: Too many ask, or there is too little memory.
    """
    if not _large.acquire(timeout=PATIENCE):
        raise QueueError("Others are downloading large files: try again in a moment.")
    try:
        with memory.reserve(_COPIES * size, "this file"):
            return make()
    finally:
        _large.release()


def table_button(make: Callable[[], str], *, file_name: str, key: str, label: str = "Table (CSV)") -> None:
    """A button that downloads a table as CSV (`make` gives its text)."""
    file_button(label, make, file_name=file_name, mime="text/csv", key=key, icon=":material/table:")


def picture_button(
    make: Callable[[], bytes], *, file_name: str, key: str, label: str = "Picture (PNG)"
) -> None:
    """A button that downloads a picture (`make` gives a PNG file)."""
    file_button(label, make, file_name=file_name, mime="image/png", key=key, icon=":material/image:")


def curve_buttons(history: Sequence[EpochRecord], *, title: str, loss: str, key: str) -> None:
    """Buttons for a run's epochs as a table and its curves as a picture.

    Args:
        history: At least one epoch.
        title: What the run is called: it stands above the curves.
        loss: The run's loss, for the axis.
        key: Unique on the page.
    """
    with st.container(horizontal=True):
        table_button(lambda: history_csv(history), file_name="metrics.csv", key=f"{key}_csv")
        picture_button(
            lambda: curves_png(history, title=title, loss=loss), file_name="curves.png", key=f"{key}_png"
        )
