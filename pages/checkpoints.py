"""Save, load, and prove that nothing was lost: files of weights in and out (the tutorial's section 0)."""

import streamlit as st

from core.teaching.lessons.checkpoints import LESSON
from core.teaching.snippets import Step
from ui.checkpoints import load, save
from ui.foot import next_page
from ui.lesson import downloads, play, show_run, show_steps
from ui.shell.frame import guard, lead, open_page
from ui.shell.sections import choose_section

open_page(__file__)
lead(
    "Checkpoints",
    "A network with good predictions is worth keeping: a checkpoint is a file with what it has learned. "
    "Take one home, or bring your own.",
)


def show_step(step: Step) -> None:
    """A step of the tutorial's save and load."""
    st.markdown(step.text)
    result = play(step)
    if result is not None:
        show_run(result)


section, tab = choose_section(["Take home", "Bring your own", "How it is done"])
with tab, guard():
    match section:
        case "Take home":
            save.show()
        case "Bring your own":
            load.show()
        case "How it is done":
            show_steps(LESSON, show_step)
            downloads(LESSON)
next_page()
