"""Every page, with what one finds there."""

import streamlit as st

from ui.shell import navigation


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
