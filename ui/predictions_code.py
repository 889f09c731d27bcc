"""The predictions page's code: the notes' prediction and its neighbours, run as shown."""

import streamlit as st

from core.lessons.predictions import LESSON
from ui.lesson import whole_step
from ui.predictions import View


def section(view: View) -> None:
    """The section "Code": each step runs when the section is open; the sample is the page's own."""
    for number, step in enumerate(LESSON.steps, start=1):
        with st.container(border=True):
            st.caption(f"Step {number} of {len(LESSON.steps)}")
            if "index" in step.params:
                whole_step(step, index=view.sample)
            else:
                whole_step(step)
