"""The network: build it, see what is inside, follow a garment through it (the tutorial's section 4)."""

import streamlit as st

from core.teaching.lessons.model import LESSON
from ui.foot import next_page
from ui.lesson import downloads
from ui.model import architecture, backward, build, compare, forward, parameters
from ui.shell.frame import guard, lead, open_page
from ui.shell.sections import choose_section

open_page(__file__)
lead(
    "Network",
    "Transforms made each garment a tensor; a network turns it into ten numbers, one per class. "
    "It is a chain of **layers**: build one, see what is inside, and follow a garment through it.",
)

SECTIONS = {
    "Build": build.show,
    "Architecture": architecture.show,
    "Parameters": parameters.show,
    "Forward": forward.show,
    "Backward": backward.show,
    "Compare": compare.show,
}

section, tab = choose_section(list(SECTIONS))
with tab, guard():
    SECTIONS[section]()

st.divider()
downloads(LESSON)
next_page()
