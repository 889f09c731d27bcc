"""The sections of a page: tabs of which only the open one is filled, chosen by link or by click."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell import params

_SHOWN: Final = "sections_shown"
JUMP: Final = "sections_jump"
"""Key in the session state: rises whenever a section is opened from the foot of the page."""


@dataclass(frozen=True)
class Sections:
    """The sections that a page shows."""

    names: tuple[str, ...]
    """In the order in which they are read."""
    chosen: str
    """The open one."""
    parameter: str
    """What the link calls it."""

    @property
    def following(self) -> str | None:
        """The section after the open one; `None` after the last."""
        at = self.names.index(self.chosen) + 1
        return self.names[at] if at < len(self.names) else None


def choose_section(names: Sequence[str], *, name: str = "section") -> tuple[str, DeltaGenerator]:
    """Show a tab per section; the open one is in the link.

    Args:
        names: The sections, in the order in which they are read.
        name: The link's parameter.

    Returns:
        The open section, and its tab to write into.
    """
    params.choice_param(name, names, names[0])  # says so if the link asks for another
    tabs = st.tabs(names, key=name, bind="query-params")
    chosen, tab = next(
        ((each, tab) for each, tab in zip(names, tabs, strict=True) if tab.open), (names[0], tabs[0])
    )
    if name != "step":  # the steps of a program are one reading
        st.session_state[_SHOWN] = Sections(tuple(names), chosen, name)
    return chosen, tab


def shown() -> Sections | None:
    """The sections of the page that is being drawn, the outermost ones; `None` where it has none."""
    return st.session_state.get(_SHOWN)


def forget() -> None:
    """At the start of a page, which may have none."""
    st.session_state.pop(_SHOWN, None)


def open_section(section: str, *, name: str = "section") -> None:
    """Open another section, from a callback."""
    st.session_state[name] = section


def open_following(section: str, name: str) -> None:
    """Open the next section and show the page from its top, from a callback."""
    open_section(section, name=name)
    st.session_state[JUMP] = st.session_state.get(JUMP, 0) + 1


def leave_if_sent(section: str, *, name: str = "section") -> None:
    """At the start of a section's fragment: run the whole page where a callback opened another section."""
    if st.session_state.get(name, section) != section:
        st.rerun()
