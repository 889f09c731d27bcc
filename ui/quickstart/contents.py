"""Every page, with what one finds there."""

import streamlit as st

from core.text import shown
from ui.shell import navigation, progress


def resume() -> None:
    """A link to where the last visit ended, for who comes back."""
    last = progress.resume()
    entry = next((each for each in navigation.available() if last and each.stem == last.page), None)
    if last is None or entry is None or entry.stem == "quickstart":
        return
    place = f"{entry.title}: {shown(last.section)}" if last.section else entry.title
    st.page_link(
        entry.path,
        label=f"Welcome back. Continue with {place}",
        icon=":material/resume:",
        query_params=last.query,
    )


def show() -> None:
    """All pages by section."""
    st.header("All pages", anchor=False)
    for section in dict.fromkeys(entry.section for entry in navigation.available()):
        st.markdown(f"**{section}**")
        for entry in navigation.available():
            if entry.section == section:
                link, about = st.columns([1, 4], gap="xxsmall", vertical_alignment="center")
                link.page_link(entry.path, icon=f":material/{entry.icon}:")
                about.caption(entry.about)
