"""Predictions: click through test images, see what a network makes of each and why (the notes' section 0)."""

import streamlit as st

from core.teaching.lessons.predictions import LESSON
from ui.lesson import downloads
from ui.models import pick_model
from ui.predictions import browse, mistakes, own, pair, state
from ui.predictions import code as predictions_code
from ui.shell import params
from ui.shell.frame import guard, lead, next_page, open_page

open_page(__file__)
lead(
    "Predictions",
    "Compare says how often a network is right; here you see on which garments, how sure it is, and why. "
    "Then try your own picture.",
)

RUN = {
    "Test images": browse.section,
    "Mistakes": mistakes.section,
    "Two networks": pair.section,
    "Your own picture": own.section,
    "Code": predictions_code.section,
}

choice, score = st.columns([2, 3], vertical_alignment="bottom")
with choice:
    model = pick_model()
with guard():
    view = state.view_of(model)
    with score:
        st.markdown(mistakes.accuracy_text(view), help=mistakes.ACCURACY_HELP)
    params.choice_param(state.SECTION, state.SECTIONS, state.SECTIONS[0])
    section = st.segmented_control(
        "Section",
        state.SECTIONS,
        default=state.SECTIONS[0],
        required=True,
        key=state.SECTION,
        bind="query-params",
        label_visibility="collapsed",
    )
    RUN[section](view)

downloads(LESSON)
next_page()
