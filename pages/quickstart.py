"""The way through the tutorial: watch a network learn, look through it, and do it in one program."""

import streamlit as st

from core.teaching.lessons.quickstart import LESSON
from core.teaching.snippets import Step
from ui.foot import next_page
from ui.lesson import downloads, show_steps
from ui.models import pick_model, test_logits
from ui.quickstart import contents, first_run, program
from ui.resources import test_split
from ui.sample import prediction_card
from ui.shell import navigation, params
from ui.shell.frame import data_line, lead, open_page

open_page(__file__)
lead(
    "PyTorch Basics, Live",
    "Learn PyTorch by clicking. If you can read a little Python, you will know in about "
    f"{navigation.hours()} how a program learns from pictures, and what each line of its code is for. "
    "The program below, a small **network**, learns to name clothes. Press the button and watch.",
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
        label="See all its answers, or try a picture",
        icon=":material/image_search:",
        query_params={"sample": str(index)},
    )
logits = test_logits(model)
with card:
    prediction_card(split, index, logits[index], model, key="prediction")

st.header("How it is done, in one program of six steps", anchor=False)


def show_step(step: Step) -> None:
    """A step of the tutorial's program: each goes on from the one before."""
    program.show(step)


show_steps(LESSON, show_step)
st.caption("All steps are one program: the network that predicts is the one that was trained.")
downloads(LESSON)
contents.show()
next_page()
