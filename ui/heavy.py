"""What takes longer than a moment: in a process of its own, by turns, ended when its visitor leaves."""

import os
import threading
import time
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.system import apart, memory
from core.system.turns import Turns
from ui.server import visitors
from ui.server.pace import Paces

SHOWN_AFTER: Final = 0.4
"""Seconds after which a page says that something is being computed."""
PATIENCE: Final = 5.0
"""Seconds that work waits for memory which others have reserved."""

SHORT: Final = (4.0, 0.1)
"""Seconds of work with the priority of a page that a person has at once, and per second after that: whoever
asks for heavy work again and again gives way to others from the first moment."""

_short: Final = Paces(*SHORT)
_short_lock: Final = threading.Lock()
TURNS: Final = Turns(max(1, min(3, os.cpu_count() or 1)))


class Waiting:
    """Tells the visitor what they wait for, and lets Streamlit end the page's run meanwhile.

    A page's run is ended when its visitor clicks on or leaves, at the next call of Streamlit: this makes one,
    ten times a second. What was waited for is then ended too.

    Args:
        text: What is being done.
    """

    def __init__(self, text: str) -> None:
        self._text, self._since = text, time.monotonic()
        self._place: DeltaGenerator = st.empty()

    def __call__(self, share: float = 0.0) -> None:
        """Look whether anybody still waits, and show how far it is."""
        if time.monotonic() - self._since > SHOWN_AFTER:
            self._place.progress(min(max(share, 0.0), 1.0), text=self._text)
        else:
            self._place.empty()

    def done(self) -> None:
        """Take the words away."""
        self._place.empty()


def compute(target: str, text: str, size: int, *, light: bool = False, **arguments: Any) -> Any:
    """Call a function of `core` apart from the server, and wait for it: see `core.system.apart.run`.

    Args:
        target: The function, as `module:name`.
        text: What is being done, in words.
        size: Bytes that it takes at its peak, here and there: reserved before it begins.
        light: Whether it is over in well under a second, so that the page computes it by itself.
        **arguments: What to call it with.

    Raises:
        QueueError: The server has too little memory for it now.
        TooMuchError: It took more time or memory than one visitor may take.
        CoreError: What it raised.
    """
    waiting = Waiting(text)
    try:
        if light:
            with memory.reserve(size, patience=PATIENCE, meanwhile=waiting):
                return apart.here(target, waiting, **arguments)
        with (
            TURNS.turn(visitors.person(), waiting),
            memory.reserve(size, patience=PATIENCE, meanwhile=waiting),
        ):
            return apart.run(target, waiting, _short_seconds(), **arguments)
    finally:
        waiting.done()


def _short_seconds() -> float:
    """For how long this person's next work has the priority of a page."""
    with _short_lock:
        return apart.SHORT if _short.take_if_there(visitors.person(), apart.SHORT) else 0.0
