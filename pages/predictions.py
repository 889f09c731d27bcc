"""Predictions: click through test images, what a network makes of each and why (the tutorial's section 0)."""

import streamlit as st

from core.teaching.lessons.predictions import LESSON
from ui.foot import next_page
from ui.lesson import downloads
from ui.models import pick_model
from ui.predictions import browse, own, pair, report, state
from ui.predictions import code as predictions_code
from ui.shell.frame import guard, lead, open_page
from ui.shell.sections import choose_section

open_page(__file__)
lead(
    "Predictions",
    "Compare says how often a network is right; here you see on which garments, how sure it is, and why. "
    "Then try your own picture.",
)

SHOW = {
    "Test images": browse.show,
    "Mistakes": report.show,
    "Two networks": pair.show,
    "Your own picture": own.show,
    "Code": predictions_code.show,
}

choice, score = st.columns([2, 3], vertical_alignment="bottom")
with choice:
    model = pick_model()
with guard():
    view = state.view_of(model)
    with score:
        st.markdown(report.accuracy_text(view), help=report.ACCURACY_HELP)
    section, tab = choose_section(list(SHOW))
    with tab:
        SHOW[section](view)

downloads(LESSON)
next_page()
