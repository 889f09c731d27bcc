"""Save, load, and prove that nothing was lost: files of weights in and out (the notes' section 0)."""

import streamlit as st

from core.teaching.lessons.checkpoints import LESSON
from ui.checkpoints import load, save
from ui.lesson import downloads, play, show_run
from ui.shell.frame import guard, lead, next_page, open_page

open_page(__file__)
lead(
    "Checkpoints",
    "A network with good predictions is worth keeping: a checkpoint is a file with what it has learned. "
    "Take one home, or bring your own.",
)


def steps() -> None:
    """The notes' save and load, step by step."""
    labels = [f"{number}. {step.title}" for number, step in enumerate(LESSON.steps, start=1)]
    for tab, step in zip(st.tabs(labels, key="step", bind="query-params"), LESSON.steps, strict=True):
        if tab.open:  # the others wait until they are asked for
            with tab:
                st.markdown(step.text)
                result = play(step)
                if result is not None:
                    show_run(result)
    downloads(LESSON)


SECTIONS = {
    "Take home": save.show,
    "Bring your own": load.show,
    "How it is done": steps,
}

section = st.segmented_control(
    "Section",
    list(SECTIONS),
    default="Take home",
    required=True,
    key="section",
    bind="query-params",
    label_visibility="collapsed",
)
with guard():
    SECTIONS.get(section, save.show)()  # `?section=` without a value is no section
next_page()
