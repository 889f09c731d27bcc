"""The predictions page's code: the notes' prediction and its neighbours, run as shown."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from core.analysis import attribution
from core.data import CLASSES
from core.teaching.lessons.predictions import LESSON
from core.teaching.snippets import StepResult
from ui.charts import probability_bars, show
from ui.images import png
from ui.lesson import whole_step
from ui.predictions import charts
from ui.predictions.state import View
from ui.predictions.why import colored


def section(view: View) -> None:
    """The section "Code": each step runs when its tab is open; the sample is the page's own."""
    labels = [f"{number}. {step.title}" for number, step in enumerate(LESSON.steps, start=1)]
    for tab, step in zip(st.tabs(labels, key="step", bind="query-params"), LESSON.steps, strict=True):
        if tab.open:  # the others wait until they are asked for
            with tab:
                values = {"index": view.sample} if "index" in step.params else {}
                whole_step(step, _DRAW[step.name], **values)


def _prediction(result: StepResult) -> None:
    picture, bars = st.columns([1, 3], gap="large")
    with picture:
        st.image(png(result.values["x"], 8), output_format="PNG", width="stretch", alt="The image `x`")
    with bars:
        show(
            probability_bars(result.values["probabilities"][0].tolist(), CLASSES),
            alt_text="The ten probabilities that the snippet computed",
            key="code_bars",
        )


def _matrix(result: StepResult) -> None:
    chart = charts.confusion_chart(result.values["confusion"], CLASSES, shares=False)
    show(chart, alt_text="The confusion matrix that the snippet computed", key="code_confusion")


def _gradient(result: StepResult) -> None:
    image, gradient = result.values["image"], result.values["gradient"][0]
    with st.container(horizontal=True):
        st.image(png(image, 8), output_format="PNG", width=168, caption="image", alt="The image")
        signed = attribution.overlay(gradient)
        st.image(
            colored(image, signed), width=168, caption="gradient over it", alt="The gradient over the image"
        )


_DRAW: Final[dict[str, Callable[[StepResult], None]]] = {
    "predicting": _prediction,
    "judging": _matrix,
    "asking_why": _gradient,
}
