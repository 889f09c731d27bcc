"""Tensors: make them, look inside, index, assign, join and multiply them (section 1 of the tutorial)."""

import streamlit as st

from core.teaching.lessons import tensors as steps
from ui import lesson
from ui.foot import next_page
from ui.shell import frame
from ui.shell.sections import choose_section
from ui.tensors import drawings as draw

frame.open_page(__file__)

frame.lead(
    "Tensors",
    "The images, labels and weights of Quickstart are all **tensors**: arrays of numbers of one type. "
    "Change a value here, and the code below it changes, runs, and shows what it gives.",
)

part, tab = choose_section(
    ["Make", "Fill", "Look inside", "Index", "Assign", "Join", "Multiply", "Reduce", "NumPy", "Device"],
    name="part",
)
with tab:
    match part:
        case "Make":
            lesson.whole_step(steps.from_data)
            st.divider()
            lesson.whole_step(steps.from_array)
        case "Fill":
            lesson.whole_step(steps.from_shape)
            st.divider()
            lesson.whole_step(steps.like_another)
            st.divider()
            lesson.whole_step(steps.uniform_or_normal, draw.show_histograms)
        case "Look inside":
            lesson.whole_step(steps.attributes, draw.show_storage)
        case "Index":
            lesson.whole_step(steps.indexing, draw.show_index)
        case "Assign":
            lesson.whole_step(steps.assigning, draw.show_assignment)
        case "Join":
            lesson.whole_step(steps.joining, draw.show_join)
            st.divider()
            lesson.whole_step(steps.stacking)
        case "Multiply":
            lesson.whole_step(steps.matrix_product, draw.show_matrix_product)
            st.divider()
            lesson.whole_step(steps.element_product, draw.show_element_product)
        case "Reduce":
            lesson.whole_step(steps.one_number)
            st.divider()
            lesson.whole_step(steps.in_place)
        case "NumPy":
            lesson.whole_step(steps.tensor_to_numpy)
            st.divider()
            lesson.whole_step(steps.numpy_to_tensor)
            st.divider()
            lesson.whole_step(steps.not_shared)
        case "Device":
            lesson.whole_step(steps.moving)
            st.divider()
            lesson.whole_step(steps.moving_cost, draw.show_cost)

lesson.downloads(steps.LESSON)
next_page()
