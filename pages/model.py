"""The network: build it, see what is inside, follow a garment through it (the notes' section 4)."""

import streamlit as st

from core.lessons.model import LESSON
from ui.frame import guard, lead, next_page, open_page
from ui.lesson import downloads
from ui.model import architecture, build, compare, forward, parameters

open_page(__file__)
lead(
    "Network",
    "A network is a chain of layers: each takes numbers in one shape and gives numbers in another. "
    "Build one here, see what is inside, and follow a garment through it.",
)

SECTIONS = {
    "Build": build.show,
    "Architecture": architecture.show,
    "Parameters": parameters.show,
    "Forward": forward.show,
    "Compare": compare.show,
}

if "next_section" in st.session_state:  # another section sends the visitor here
    st.session_state["section"] = st.session_state.pop("next_section")
section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default="Build",
    required=True,
    key="section",
    bind="query-params",
    label_visibility="collapsed",
)
with guard():
    SECTIONS[section]()

st.divider()
downloads(LESSON)
next_page()
