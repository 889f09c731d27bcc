"""The way through the tutorial: watch a network learn, look through it, and do it in five steps of code."""

from typing import Any

import streamlit as st
import torch

from core.teaching.lessons.quickstart import LESSON
from core.teaching.snippets import Step
from ui.images import sprite
from ui.lesson import downloads, play, show_run, show_steps
from ui.models import pick_model, test_logits
from ui.quickstart import contents, first_run
from ui.resources import test_split
from ui.sample import prediction_card
from ui.shell import navigation, params
from ui.shell.frame import data_line, lead, next_page, open_page

open_page(__file__)
lead(
    "PyTorch Basics, Live",
    "Learn PyTorch by clicking. If you can read a little Python, you will know in about an hour and a half "
    "how a program learns from pictures, and what each line of its code is for. The program below, a small "
    "**network**, learns to name clothes. Press the button and watch.",
    data=False,
)

contents.resume()
first_run.show()
data_line()

st.header("Look through a trained network", anchor=False)
split = test_split()
index = params.int_param("sample", 0, 0, len(split) - 1)
params.set_param("sample", index, 0)
words, card = st.columns([2, 3], gap="large")
with words:
    model = pick_model()
    st.caption(model.about)
    st.page_link(
        navigation.entry("predictions").path,
        label="Look at all its answers, or try your own picture",
        icon=":material/image_search:",
        query_params={"sample": str(index)},
    )
logits = test_logits(model)
with card:
    prediction_card(split, index, logits[index], model, key="prediction")

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
contents.show()
next_page()
