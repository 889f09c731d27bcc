"""The foot of every page: what to try, questions on it, and where to go next."""

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
            label = f"Skip to {entry.title}" if entry else "Back to the start"
            if entry and entry.title in shown.names:  # a section of Line by line is called so as well
                label = f"Skip to the page {entry.title}"
        else:
            label = f"Next: {entry.title}" if entry else "Back to the start"
        entry = entry or navigation.available()[0]
        st.page_link(entry.path, label=label, icon=":material/arrow_forward:")
        st.caption(entry.about, width="content")
