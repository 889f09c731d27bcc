"""A run from the inside, below its time machine: its weights, its test images, its landscape."""

from typing import Final

import streamlit as st

from core.teaching.lessons.inside_run import LESSON
from core.training.jobs import TrainingSnapshot
from ui.lesson import in_code
from ui.resources import splits_of
from ui.shell.frame import guard
from ui.shell.params import choice_param
from ui.training import landscape, weights

PARTS: Final = ("Weights", "Test images", "Landscape")
_STEPS: Final = dict(zip(PARTS, ("weights", "images", "landscape"), strict=True))


def show(job: TrainingSnapshot) -> None:
    """The whole section; nothing is computed until a part is asked for."""
    st.header("Inside this run", anchor=False)
    choice_param("inside", ("", *PARTS), "", sentence="A run has no such part: choose one below.")
    part = st.segmented_control(
        "Part", PARTS, key="inside", bind="query-params", label_visibility="collapsed"
    )
    if part is None:
        st.caption(
            "What training did to the weights, how the test images moved through the last hidden layer, and "
            "the loss around the way that the weights went."
        )
        return
    train, test = splits_of(job.config.data.dataset)
    if train.fingerprint != job.config.data.dataset:
        st.info("The images of this run are no longer here; only its numbers are.", icon=":material/info:")
        return
    with guard():
        if part == "Weights":
            weights.show(job, test)
        elif part == "Test images":
            weights.show_points(job, test)
        else:
            landscape.show([job.key], ["This run"], test)
    in_code(LESSON, _STEPS[part])
