"""Autograd: the graph behind a result, and the gradients that flow back (section 5 of the tutorial)."""

import streamlit as st

from core.teaching.lessons import autograd as steps
from ui import lesson
from ui.autograd import drawings as draw
from ui.foot import next_page
from ui.shell import frame
from ui.shell.sections import choose_section

frame.open_page(__file__)
frame.lead(
    "Autograd",
    "The network on the last page guesses until its weights improve, so training must know how each weight "
    "changes the **loss** (how wrong the answers are). PyTorch records every operation and walks the record "
    "backward to find out.",
)

part, tab = choose_section(
    [
        "Expressions",
        "Graph",
        "Network",
        "Backward",
        "Leaves",
        "Adding up",
        "Dynamic",
        "Not tracking",
        "Frozen",
        "Checking",
        "Vectors",
    ],
    name="part",
)
with tab:
    match part:
        case "Graph":
            lesson.whole_step(steps.one_layer, draw.show_graph)
            st.divider()
            lesson.whole_step(steps.walking)
        case "Expressions":
            lesson.whole_step(steps.expression, draw.show_graph)
        case "Network":
            lesson.whole_step(steps.network_loss, draw.show_graph)
        case "Backward":
            lesson.whole_step(steps.backward, draw.show_backward)
            st.divider()
            lesson.whole_step(steps.backward_twice)
            st.divider()
            lesson.whole_step(steps.logging_backward)
        case "Leaves":
            lesson.whole_step(steps.leaves)
        case "Adding up":
            lesson.whole_step(steps.adding_up, draw.show_gradients)
        case "Dynamic":
            lesson.whole_step(steps.dynamic, draw.show_graph)
        case "Not tracking":
            lesson.whole_step(steps.no_tracking)
            st.divider()
            lesson.whole_step(steps.tracking_cost, draw.show_tracking)
        case "Frozen":
            lesson.whole_step(steps.freezing, draw.show_moved)
        case "Checking":
            lesson.whole_step(steps.finite_differences, draw.show_errors)
        case "Vectors":
            lesson.whole_step(steps.vector_jacobian, draw.show_jacobian)

lesson.downloads(steps.LESSON)
next_page()
