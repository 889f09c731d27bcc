"""Predictions: click through test images, see what a network makes of each and why (the notes' section 0)."""

import streamlit as st

from core.lessons.predictions import LESSON
from ui import (
    params,
    predictions,
    predictions_browse,
    predictions_code,
    predictions_mistakes,
    predictions_own,
    predictions_pair,
)
from ui.frame import guard, lead, next_page, open_page
from ui.lesson import downloads
from ui.models import pick_model

open_page(__file__)
lead(
    "Predictions",
    "Click through garments that the network has not seen in training: what it says, how sure it is, and "
    "why. See where it fails, and try your own picture.",
)

RUN = {
    "Test images": predictions_browse.section,
    "Mistakes": predictions_mistakes.section,
    "Two networks": predictions_pair.section,
    "Your own picture": predictions_own.section,
    "Code": predictions_code.section,
}

choice, score = st.columns([2, 3], gap="large", vertical_alignment="bottom")
with choice:
    model = pick_model()
with guard():
    view = predictions.view_of(model)
    with score:
        st.markdown(predictions_mistakes.accuracy_text(view))
    params.choice_param(predictions.SECTION, predictions.SECTIONS, predictions.SECTIONS[0])
    section = st.segmented_control(
        "Section",
        predictions.SECTIONS,
        default=predictions.SECTIONS[0],
        required=True,
        key=predictions.SECTION,
        bind="query-params",
        label_visibility="collapsed",
    )
    RUN[section](view)

downloads(LESSON)
next_page()
