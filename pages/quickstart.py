"""The whole way once: a batch, the network, training, saving, a prediction (the notes' section 0)."""

import streamlit as st

from core.lessons.quickstart import LESSON
from ui import navigation, params
from ui.frame import lead, next_page, open_page
from ui.grid import image_grid
from ui.lesson import downloads, play, show_run
from ui.models import pick_model, test_logits
from ui.resources import test_split
from ui.sample import marks, prediction_card
from ui.tutorial_run import tutorial_run

SHOWN = 42  # test images in the grid: a look at all ten classes

open_page(__file__)
lead(
    "PyTorch Basics, Live",
    "The PyTorch beginner tutorial as an app you click instead of a page you read. "
    "The code you see is the code that ran, on real garments from Fashion-MNIST. "
    "This page goes the whole way once: images, a network, its training, its predictions.",
)

split = test_split()
index = params.int_param("sample", 0, 0, len(split) - 1)

st.header("A network at work", anchor=False)
picture, answer = st.columns([3, 2], gap="large")
with answer:
    model = pick_model()
    logits = test_logits(model)
with picture:
    st.markdown("It says which of ten kinds of garment a picture shows. **Click one.**")
    shown = list(range(min(SHOWN, len(split))))
    clicked = image_grid(
        split.images[shown],
        [split.classes[split.labels[i]] for i in shown],
        key="garments",
        selected=index if index in shown else None,
        columns=7,
        marks=marks(split, shown, logits),
        label="Test images with what they show; arrow keys move, Enter chooses",
    )
    if clicked is not None and clicked != index:
        params.set_param("sample", clicked, 0)
        st.rerun()
with answer:
    prediction_card(split, index, logits, model, key="prediction")
    st.caption(model.about)

st.header("Train it yourself", anchor=False)
tutorial_run()

st.header("How it is done, in five steps", anchor=False)
labels = [f"{number}. {step.title}" for number, step in enumerate(LESSON.steps, start=1)]
for tab, step in zip(st.tabs(labels, key="step", bind="query-params"), LESSON.steps, strict=True):
    if tab.open:  # the others wait until they are asked for
        with tab:
            st.markdown(step.text)
            result = play(step, **({"index": index} if "index" in step.params else {}))
            if result is not None:
                show_run(result)
downloads(LESSON)

st.header("Go on", anchor=False)
with st.container(horizontal=True):
    for entry in navigation.available()[1:]:
        st.page_link(entry.path, icon=f":material/{entry.icon}:", help=entry.about)
next_page()
