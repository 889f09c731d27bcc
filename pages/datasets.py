"""Datasets and loaders: garments, files of your own, and how batches come (section 2 of the tutorial)."""

import streamlit as st

from ui import lesson
from ui.datasets import browse, classes, image_map, loading_cost, neighbors, upload
from ui.datasets import drawings as draw
from ui.foot import next_page
from ui.shell import frame
from ui.shell.sections import choose_section

frame.open_page(__file__)

frame.lead(
    "Datasets and loaders",
    "Tensors hold the pixels; a **dataset** pairs them with labels, and a **data loader** hands them out in "
    "batches. Look at what a network learns from before it learns.",
)

part, tab = choose_section(
    ["Browse", "Load", "Classes", "Neighbors", "Map", "Your own", "Batches", "Loading time"], name="part"
)
with tab, frame.guard():
    match part:
        case "Browse":
            browse.show()
        case "Classes":
            classes.show()
        case "Neighbors":
            neighbors.show()
        case "Map":
            image_map.show()
        case "Your own":
            upload.show()
            st.divider()
        case "Loading time":
            loading_cost.show()

# Importing torchvision takes seconds on a cold server: the pictures above do not wait for it.
from core.teaching.lessons import datasets as steps  # noqa: E402

with tab, frame.guard():
    match part:
        case "Load":
            loaded = lesson.whole_step(steps.loading)
            st.divider()
            lesson.whole_step(steps.nine, browse.show_nine, beside=loaded)
        case "Your own":
            lesson.whole_step(steps.custom)
        case "Batches":
            lesson.whole_step(steps.first_batch, draw.show_batch)
            st.divider()
            lesson.whole_step(steps.order, draw.show_order)
            st.divider()
            lesson.whole_step(steps.samplers)

lesson.downloads(steps.LESSON)
next_page()
