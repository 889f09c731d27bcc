"""One garment and what a network makes of it."""

import streamlit as st
from torch import Tensor

from core.data import Split
from core.model.trained import TrainedModel
from ui.charts import probability_bars, show
from ui.images import png


def prediction_text(split: Split, index: int, logits: Tensor) -> str:
    """The prediction in the notes' words, such as "Predicted: Bag, actual: Bag".

    Args:
        split: The images.
        index: Which of them.
        logits: The network's, N x 10.
    """
    predicted, actual = split.classes[int(logits[index].argmax())], split.classes[int(split.labels[index])]
    return f"Predicted: {predicted}, actual: {actual}"


def marks(split: Split, indices: list[int], logits: Tensor) -> list[str]:
    """The mark of each image ("right" or "wrong"), as `ui.components.grid.image_grid` takes them."""
    predicted = logits.argmax(1)
    return ["right" if predicted[i] == split.labels[i] else "wrong" for i in indices]


def prediction_card(split: Split, index: int, logits: Tensor, model: TrainedModel, *, key: str) -> None:
    """The image, the prediction in words, and the ten probabilities as bars.

    Args:
        split: The images.
        index: Which of them.
        logits: The network's, N x 10.
        model: The network: the card says whose prediction it is.
        key: Unique on the page.
    """
    text = prediction_text(split, index, logits)
    actual = int(split.labels[index])
    right = int(logits[index].argmax()) == actual
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(png(split.images[index], 5), width=112, alt=f"Test image {index}: {split.classes[actual]}")
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f"**{text}**")
            if right:
                st.badge("Right", icon=":material/check:", color="green")
            else:
                st.badge("Wrong", icon=":material/close:", color="red")
            st.caption(f"Test image {index:,} of {len(split):,}, by: {model.title}")
    probabilities = logits[index].softmax(0).tolist()
    show(
        probability_bars(probabilities, split.classes, actual=actual),
        alt_text=f"Ten probabilities. {text}, {max(probabilities):.0%} sure.",
        key=key,
    )
