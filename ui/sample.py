"""One garment and what a network makes of it."""

import streamlit as st
from torch import Tensor

from core.data import Split
from core.training.trained_model import TrainedModel
from ui.charts import probability_bars, show_chart
from ui.images import png


def marks(split: Split, indices: list[int], logits: Tensor) -> list[str]:
    """The mark of each image ("right" or "wrong"), as `ui.components.grid.image_grid` takes them."""
    predicted = logits.argmax(1)
    return ["right" if predicted[i] == split.labels[i] else "wrong" for i in indices]


def prediction_card(split: Split, index: int, logits: Tensor, model: TrainedModel, *, key: str) -> None:
    """The image beside the verdict, and the ten probabilities as bars.

    Args:
        split: The images.
        index: Which of them.
        logits: The network's for this image, 10 numbers.
        model: The network: the card says whose prediction it is.
        key: Unique on the page.
    """
    actual, best = int(split.labels[index]), int(logits.argmax())
    predicted, truth = split.classes[best], split.classes[actual]
    probabilities = logits.softmax(0).tolist()
    name = f"{'Training' if split.train else 'Test'} image {index:,}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(png(split.images[index], 5), width=140, alt=f"{name}: {truth}")
        with st.container(width=140, gap="xsmall"):
            st.markdown(f"Predicted:  \n**{predicted}**")
            st.markdown(f"Actual:  \n**{truth}**")
            if best == actual:
                st.badge("Right", icon=":material/check:", color="green")
            else:
                st.badge("Wrong", icon=":material/close:", color="red")
    st.caption(f"{name} of {len(split):,}, by: {model.title}")
    show_chart(
        probability_bars(probabilities, split.classes, actual=actual),
        alt_text=f"Ten probabilities; the highest: {predicted}, {probabilities[best]:.0%}; actual: {truth}.",
        key=key,
    )
