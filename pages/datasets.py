"""Datasets and loaders: look at the garments, bring your own, see how batches come (notes, section 2)."""

import streamlit as st

from ui import explore, explore_classes, explore_loader, explore_upload, frame, lesson

frame.open_page(__file__)

frame.lead(
    "Datasets and loaders",
    "A dataset stores samples and their labels; a data loader hands them out in batches. "
    "Look at what a network will learn from before it learns.",
)

part, tab = lesson.parts(
    "Browse", "Load", "Classes", "Neighbours", "Map", "Your own", "Batches", "Loading time"
)
with tab, frame.guard():
    match part:
        case "Browse":
            explore.browse()
        case "Classes":
            explore_classes.classes()
        case "Neighbours":
            explore.neighbours()
        case "Map":
            explore_classes.map_of_images()
        case "Your own":
            explore_upload.upload()
            st.divider()
        case "Loading time":
            explore_loader.loading_cost()

# Importing torchvision takes seconds on a cold server: the pictures above do not wait for it.
from core.lessons import datasets as steps  # noqa: E402

with tab, frame.guard():
    match part:
        case "Load":
            lesson.whole_step(steps.loading)
            st.divider()
            lesson.whole_step(steps.nine, explore.show_nine)
        case "Your own":
            lesson.whole_step(steps.custom)
        case "Batches":
            lesson.whole_step(steps.first_batch, explore_loader.show_batch)
            st.divider()
            lesson.whole_step(steps.order, explore_loader.show_order)

lesson.downloads(steps.LESSON)
frame.next_page()
