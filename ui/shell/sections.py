"""The sections of a page: tabs of which only the open one is filled, chosen by link or by click."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.shell import params


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
    return next(((each, tab) for each, tab in zip(names, tabs, strict=True) if tab.open), (names[0], tabs[0]))


def open_section(section: str, *, name: str = "section") -> None:
    """Open another section, from a callback."""
    st.session_state[name] = section


def leave_if_sent(section: str, *, name: str = "section") -> None:
    """At the start of a section's fragment: run the whole page where a callback opened another section."""
    if st.session_state.get(name, section) != section:
        st.rerun()
