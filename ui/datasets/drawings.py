"""The datasets page's look at a DataLoader: a batch, and the order of its samples."""

from typing import Final, cast

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor

from core.teaching.snippets import StepResult
from ui import charts
from ui.components.grid import image_grid
from ui.datasets.classes import class_legend
from ui.resources import train_split
from ui.theme import CLASS_COLORS, ON_CLASS_COLORS

SHOWN: Final = 64
MOST_NUMBERED: Final = 20


def show_batch(result: StepResult) -> None:
    """Shapes and the images of the first batch."""
    features, labels = result.values["train_features"], result.values["train_labels"]
    classes = train_split().classes
    shown = min(SHOWN, len(features))
    images = (features[:shown, 0] * 255).round().byte()
    st.caption(
        f"train_features: {tuple(features.shape)}, images × channels × height × width; train_labels: "
        f"{tuple(labels.shape)}, one class index per image. {_first(shown, len(features))}"
    )
    image_grid(
        images,
        [classes[int(label)] for label in labels[:shown]],
        key="batch_grid",
        columns=11,
        least=64,
        label="Images of the first batch with their labels",
        plain=True,
    )


def _first(shown: int, count: int) -> str:
    return "All of them:" if shown == count else f"The first {shown} of {count}:"


def show_order(result: StepResult) -> None:
    """Every index as a cell, epoch by epoch, batch by batch, colored by its class."""
    split = train_split()
    epochs: list[list[list[int]]] = result.values["epochs"]
    sort = st.toggle(
        "Sort the dataset by class",
        False,
        key="sorted",
        help="Files on a disk often lie sorted by class. Without shuffling, a batch then has one class only.",
        bind="query-params",
    )
    count = int(result.inputs["count"])
    labels = split.labels[:count]
    labels = labels.sort().values if sort else labels
    rows = _order_rows(epochs, labels, split.classes)
    used = sum(map(len, epochs[0])) if epochs[0] else 0
    st.caption(
        f"{len(epochs[0])} batches per epoch, {used} of {count} samples. A row is a batch, a cell a sample: "
        "its number is the index, its color the class."
    )
    if rows.empty:
        st.info(
            "Every batch would be smaller than the batch size, and drop_last leaves it out: nothing is left."
        )
        return
    for number in range(1, len(epochs) + 1):
        st.caption(f"Epoch {number}")
        charts.show_chart(
            _epoch_chart(rows[rows["epoch"] == number], split.classes, legend=number == 1),
            alt_text=f"Order of the samples in epoch {number}, colored by class.",
            key=f"order_{number}",
        )


def _epoch_chart(rows: pd.DataFrame, classes: tuple[str, ...], *, legend: bool) -> alt.LayerChart:
    base = alt.Chart(rows).encode(
        x=alt.X("position:O", title=None, axis=alt.Axis(labels=False, ticks=False, domain=False)),
        y=alt.Y("batch:O", title="Batch", axis=alt.Axis(ticks=False, domain=False)),
        tooltip=[alt.Tooltip("batch:O"), alt.Tooltip("index:Q"), alt.Tooltip("class:N")],
    )
    cells = base.mark_rect(cornerRadius=2, stroke="transparent").encode(
        color=alt.Color(
            "class:N",
            scale=alt.Scale(domain=list(classes), range=list(CLASS_COLORS)),
            legend=class_legend() if legend else None,
        )
    )
    layers = [cells]
    if rows["position"].max() < MOST_NUMBERED:
        on = alt.Scale(domain=list(classes), range=list(ON_CLASS_COLORS))
        numbers = base.mark_text(fontSize=11).encode(
            text=alt.Text("index:Q"), color=alt.Color("class:N", scale=on, legend=None)
        )
        layers.append(numbers)
    chart = charts.layered(*layers).resolve_scale(color="independent")
    # rows of one height in every epoch, however many lines the legend above the first one takes
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    return cast(alt.LayerChart, chart.properties(height=alt.Step(26), autosize=fit))


def _order_rows(epochs: list[list[list[int]]], labels: Tensor, classes: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (epoch, batch, position, index, classes[int(labels[index])])
            for epoch, batches in enumerate(epochs, start=1)
            for batch, indices in enumerate(batches, start=1)
            for position, index in enumerate(indices)
        ],
        columns=["epoch", "batch", "position", "index", "class"],
    )
