"""The network: build it, see what is inside, follow a garment through it (the notes' section 4)."""

import streamlit as st

from core.lessons.model import LESSON
from ui.frame import guard, lead, next_page, open_page
from ui.lesson import downloads
from ui.model import architecture, build, compare, forward, parameters
from ui.params import choice_param

open_page(__file__)
lead(
    "Network",
    "Transforms made each garment a tensor; a network turns it into ten numbers, one a class. "
    "It is a chain of **layers**: build one, see what is inside, and follow a garment through it.",
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
choice_param("section", list(SECTIONS), "Build")  # says so if the link asks for another
tabs = st.tabs(list(SECTIONS), key="section", bind="query-params")
show, tab = next(((SECTIONS[name], tab) for name, tab in zip(SECTIONS, tabs, strict=True) if tab.open))
with tab, guard():
    show()

st.divider()
downloads(LESSON)
next_page()
