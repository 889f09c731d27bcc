"""The predictions page's code: the tutorial's prediction and its neighbors, run as shown."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from core.analysis import attribution
from core.data import CLASSES
from core.teaching.lessons.predictions import LESSON
from core.teaching.snippets import Step, StepResult
from ui.charts import probability_bars, show_chart
from ui.confusion import confusion_chart
from ui.images import png
from ui.lesson import show_steps, whole_step
from ui.predictions.state import View
from ui.predictions.why import colored


def show(view: View) -> None:
    """The section "Code": each step runs when its tab is open; the sample is the page's own."""

    def show_step(step: Step) -> None:
        values: dict[str, Any] = {"index": view.sample} if "index" in step.params else {}
        whole_step(step, _DRAW.get(step.name), **values)

    show_steps(LESSON, show_step)


def _prediction(result: StepResult) -> None:
    picture, bars = st.columns([1, 3], gap="large")
    with picture:
        st.image(png(result.values["x"], 8), output_format="PNG", width="stretch", alt="The image `x`")
    with bars:
        show_chart(
            probability_bars(result.values["probabilities"][0].tolist(), CLASSES),
            alt_text="The ten probabilities that the snippet computed",
            key="code_bars",
        )


def _matrix(result: StepResult) -> None:
    chart = confusion_chart(result.values["confusion"].tolist(), CLASSES)
    show_chart(chart, alt_text="The confusion matrix that the snippet computed", key="code_confusion")


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
