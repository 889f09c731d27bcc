"""The foot of every page: what to try, questions on it, and where to go next."""

from pathlib import Path

import streamlit as st

from ui import puzzles
from ui.line_by_line import back
from ui.questions import check_yourself
from ui.shell import navigation, sections, share
from ui.shell.frame import page_stem


def next_page() -> None:
    """The tutorial's lines, puzzles and questions on the page, and where to go next, at its foot."""
    stem = page_stem()
    back.show(stem)
    puzzles.show(stem)
    check_yourself(stem)
    share.fill()  # here, since a page may stop after this
    if share.hides("next"):
        return
    entry = navigation.after(stem)
    label = f"Next: {entry.title}" if entry else "Back to the start"
    entry = entry or navigation.available()[0]
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = sections.shown()
        if shown is not None and shown.following is not None:
            st.button(
                f"Next: {shown.following}",
                icon=":material/arrow_forward:",
                on_click=sections.open_following,
                args=(shown.following, shown.parameter),
                key="next_section",
            )
            # a section of Line by line may be called as the page after it
            start = "Skip to the page" if entry.title in shown.names else "Skip to"
            skip = label.replace("Next:", start)
            st.page_link(entry.path, label=skip, icon=":material/arrow_forward:")
        else:
            with st.container(width="content"):  # a fragment alone would fill the line
                _to_page(entry.path, label)
        st.caption(entry.about, width="content")


@st.fragment
def _to_page(path: Path, label: str) -> None:
    """The way to the next page: it looks, and is reached by keyboard, as the way to the next section."""
    if st.button(label, icon=":material/arrow_forward:", key="next_page"):
        st.switch_page(path, query_params={})  # without it, parameters that tabs are bound to are an error
