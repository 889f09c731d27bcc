"""Transforms: from stored pictures and labels to what a network takes (section 3 of the tutorial)."""

import streamlit as st

from core.teaching.lessons import transforms as steps
from ui import lesson
from ui.foot import next_page
from ui.shell import frame
from ui.shell.sections import choose_section
from ui.transforms import builder

frame.open_page(__file__)

frame.lead(
    "Transforms",
    "The dataset gave pictures and labels; a network takes tensors of floats. **Transforms** get from one "
    "to the other: chain them into a **pipeline** and see what each stage does to the numbers.",
)

part, tab = choose_section(["Build a pipeline", "ToTensor", "Labels", "Raw data", "Statistics"], name="part")
with tab, frame.guard():
    match part:
        case "Build a pipeline":
            builder.show()
        case "ToTensor":
            first = lesson.whole_step(steps.picture_and_label)
            st.divider()
            lesson.whole_step(steps.to_tensor, beside=first)
        case "Labels":
            lesson.whole_step(steps.one_hot)
            st.divider()
            lesson.whole_step(steps.same_loss)
        case "Raw data":
            lesson.whole_step(steps.raw_data)
        case "Statistics":
            lesson.whole_step(steps.statistics)

lesson.downloads(steps.LESSON)
next_page()
