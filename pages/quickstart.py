"""The whole way once: a batch, the network, training, saving, a prediction (the notes' section 0)."""

from typing import Any

import streamlit as st
import torch

from core.teaching.lessons.quickstart import LESSON
from core.teaching.snippets import Step
from ui.components.grid import image_grid
from ui.images import sprite
from ui.lesson import downloads, play, show_run, show_steps
from ui.models import pick_model, test_logits
from ui.quickstart import tutorial_run
from ui.resources import test_split
from ui.sample import marks, prediction_card
from ui.shell import navigation, params
from ui.shell.frame import lead, next_page, open_page

SHOWN = 30  # test images in the grid: all ten classes are among them

open_page(__file__)
lead(
    "PyTorch Basics, Live",
    "The PyTorch beginner tutorial, to click instead of to read: the code you see is the code that ran, on "
    "real pictures of clothes. This page goes the whole way once, from images to a prediction.",
)

split = test_split()
index = params.int_param("sample", 0, 0, len(split) - 1)
params.set_param("sample", index, 0)

st.header("A network at work", anchor=False)
answer, pictures = st.columns([2, 3], gap="medium")
with answer:
    card = st.container()  # filled when the network below it is known
    model = pick_model()
st.caption(model.about)
logits = test_logits(model)
with card:
    prediction_card(split, index, logits[index], model, key="prediction")
with pictures:
    st.markdown("It says which of ten kinds of garment a picture shows. **Click one.**")
    shown = list(range(min(SHOWN, len(split))))
    clicked = image_grid(
        split.images[shown],
        [split.classes[split.labels[i]] for i in shown],
        key="garments",
        selected=index if index in shown else None,
        columns=6,
        marks=marks(split, shown, logits),
        label="Test images with what they show; arrow keys move, Enter chooses",
    )
    st.caption("Under each picture, what it shows; ✓ the network is right, ✗ it is wrong.")
if clicked is not None and clicked != index:
    params.set_param("sample", clicked, 0)
    st.rerun()

st.header("Train it yourself", anchor=False)
tutorial_run.show()

st.header("How it is done, in five steps", anchor=False)


def show_step(step: Step) -> None:
    """A step of the tutorial's quickstart, on the chosen image."""
    st.markdown(step.text)
    fixed: dict[str, Any] = {"index": index} if "index" in step.params else {}
    result = play(step, **fixed)
    if result is not None and "X" in result.values:
        batch = (result.values["X"][:, 0] * 255).to(torch.uint8)
        sheet = sprite(batch, columns=min(16, len(batch)), scale=2)
        st.image(sheet, caption="The images of X", alt=f"{len(batch)} garments, the images of X")
    if result is not None:
        show_run(result)


show_steps(LESSON, show_step)
downloads(LESSON)

st.header("All pages", anchor=False)
for section in dict.fromkeys(entry.section for entry in navigation.available()):
    st.markdown(f"**{section}**")
    for entry in navigation.available():
        if entry.section == section:
            link, about = st.columns([1, 4], gap="xxsmall", vertical_alignment="center")
            link.page_link(entry.path, icon=f":material/{entry.icon}:")
            about.caption(entry.about)
next_page()
