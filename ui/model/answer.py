"""The end of the way: logits, softmax with its temperature, argmax; and a batch of several images."""

import math

import pandas as pd
import streamlit as st
from torch import Tensor

from core.analysis.neurons import follow, softmax
from core.training.engine.batches import to_input
from ui import charts
from ui.components.grid import image_grid
from ui.model.subject import Subject
from ui.resources import test_split

MAX_BATCH = 8


def show_answer(logits: Tensor, sample: int) -> None:
    """Logits, softmax with its temperature, argmax."""
    split = test_split()
    st.header("From logits to an answer", anchor=False)
    st.markdown(
        "The last layer's ten numbers are **logits**. A **softmax** makes them probabilities: `exp` of each, "
        "divided by their sum. Dividing the logits by a **temperature** T first makes it bolder (below 1) or "
        "more cautious (above 1)."
    )
    temperature = st.slider(
        "Temperature", 0.1, 10.0, 1.0, 0.1, key="temperature", bind="query-params", width=320
    )
    shares = softmax(logits, temperature)
    best, actual = int(logits.argmax()), int(split.labels[sample])
    left, right = st.columns([2, 3], gap="medium")
    with left:
        frame = pd.DataFrame(
            {
                "Class": list(split.classes),
                "Logit": logits.tolist(),
                "exp(logit / T)": [math.exp(v) for v in ((logits - logits.max()) / temperature).tolist()],
                "Softmax": shares.tolist(),
            }
        )
        st.dataframe(
            frame,
            hide_index=True,
            height="content",
            column_config={
                "Logit": st.column_config.NumberColumn(format="%.3f"),
                "exp(logit / T)": st.column_config.NumberColumn(
                    format="%.4f", help="After the largest logit is subtracted, which changes no share."
                ),
                "Softmax": st.column_config.NumberColumn(format="percent"),
            },
            alt="Logits and probabilities of the ten classes",
        )
    with right:
        charts.show_chart(
            charts.probability_bars(shares.tolist(), split.classes, actual=actual),
            alt_text=f"At temperature {temperature}: {split.classes[best]} {float(shares[best]):.0%}.",
            key="forward_probabilities",
        )
    st.markdown(
        f"`argmax`, the place of the largest, is **{split.classes[best]}** (class {best}) at every T; "
        f"the label says {split.classes[actual]}. The network has no softmax of its own: its loss, "
        "`nn.CrossEntropyLoss`, contains one, and a second would flatten the gradients."
    )


def show_batch(subject: Subject, sample: int) -> None:
    """Several images at once: the first dimension."""
    split = test_split()
    st.header("Several images at once", anchor=False)
    count = int(
        st.slider("Images in the batch", 1, MAX_BATCH, 3, key="batch", bind="query-params", width=320)
    )
    indices = [(sample + i) % len(split) for i in range(count)]
    stages = follow(subject.module, to_input(split.images[indices], subject.normalize))
    shapes = [("input", stages[0].input.shape), *[(stage.name, stage.output.shape) for stage in stages]]
    predicted, labels = stages[-1].output.argmax(1).tolist(), split.labels[indices].tolist()
    left, right = st.columns(2, gap="medium")
    with left:
        image_grid(
            split.images[indices],
            [split.classes[p] for p in predicted],
            marks=["right" if p == y else "wrong" for p, y in zip(predicted, labels, strict=True)],
            key="batch_images",
            columns=4,
            label="The images of the batch with their predictions",
            plain=True,
        )
    with right:
        st.code("\n".join(f"{name:<22} {tuple(shape)}" for name, shape in shapes), language=None)
        st.caption("The first number is the batch: it passes through every layer unchanged.")
