"""One garment and what a network makes of it."""

import streamlit as st
from torch import Tensor

from core.data import Split
from core.training.trained_model import TrainedModel
from ui.components.card import card


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
    name = f"{'Training' if split.train else 'Test'} image {index:,}"
    card(
        split.images[index],
        logits.softmax(0).tolist(),
        predicted=int(logits.argmax()),
        actual=int(split.labels[index]),
        classes=split.classes,
        name=name,
        key=key,
    )
    st.caption(f"{name} of {len(split):,}, by: {model.title}")
