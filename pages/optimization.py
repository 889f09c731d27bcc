"""Optimization: hyperparameters, losses, the steps of the loop, optimizers (section 6 of the tutorial)."""

import streamlit as st

from core.teaching.lessons import optimization as steps
from ui import lesson
from ui.foot import next_page
from ui.optimization import debugger, race
from ui.optimization import drawings as draw
from ui.shell import frame
from ui.shell.sections import choose_section

frame.open_page(__file__)
frame.lead(
    "Optimization",
    "Autograd gives the gradients; training uses them, in a loop of a few lines. "
    "Run the lines one by one, in any order, and see what each is for.",
)

part, tab = choose_section(
    [
        "Step by step",
        "Hyperparameters",
        "Losses",
        "Optimizer",
        "Full loop",
        "Race",
        "Surface",
        "Learning rate",
        "Validation",
    ],
    name="part",
)
body = tab.container()
with tab, st.spinner("Running the code"), body:  # the spinner stands below what is there already
    match part:
        case "Step by step":
            debugger.show()
            st.divider()
            lesson.whole_step(steps.three_steps)
        case "Hyperparameters":
            first = lesson.whole_step(steps.prerequisites)
            st.divider()
            lesson.whole_step(steps.hyperparameters, beside=first)
        case "Losses":
            lesson.whole_step(steps.losses, draw.show_losses)
            st.divider()
            lesson.whole_step(steps.regression)
        case "Optimizer":
            lesson.whole_step(steps.choices)
        case "Full loop":
            first = lesson.whole_step(steps.full_loop)
            st.divider()
            lesson.whole_step(steps.one_round, beside=first)
        case "Race":
            race.show()
        case "Surface":
            lesson.whole_step(steps.downhill, draw.show_paths)
        case "Learning rate":
            lesson.whole_step(steps.range_test, draw.show_range)
        case "Validation":
            first = lesson.whole_step(steps.validation)
            st.divider()
            lesson.whole_step(steps.outer_loop, beside=first)

lesson.downloads(steps.LESSON)
next_page()
