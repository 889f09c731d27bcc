"""What the weights of a run did: ridges, sizes, distances, updates, zeros, and test images on the move."""

from collections.abc import Sequence
from typing import Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from core.analysis.weights_over_time import IMAGES, WeightsOverTime, peak_bytes, require_points
from core.config import ModelConfig
from core.data import Split
from core.training.engine.records import EpochRecord
from core.training.jobs import TrainingSnapshot
from ui.charts import layered, lines, show_chart
from ui.components.moving_points import moving_points
from ui.heavy import compute
from ui.model.pictures import signed_png
from ui.resources import runs
from ui.theme import ACCENT, muted_color

MOST_RIDGES: Final = 24
RULE: Final = 1e-3
"""Karpathy's rule of thumb for the update over the weight."""


def look(key: str, model: ModelConfig, test: Split) -> WeightsOverTime:
    """Every kept epoch of a run; computed in a process of its own, once.

    Raises:
        CoreError: The weights have gone, or are too many.
    """
    images = test.images[:IMAGES].clone()
    return _look(key, runs().stamp(key), test.fingerprint, peak_bytes(model), images)


@st.cache_resource(max_entries=8, show_spinner=False)  # at most 0.3 MB each
def _look(key: str, stamp: object, fingerprint: str, _size: int, _images: Tensor) -> WeightsOverTime:
    target = "core.analysis.weights_over_time:apart"
    text = "Looking at every epoch's weights"
    found = compute(target, text, _size, root=str(runs().root), key=key, images=_images)
    return WeightsOverTime(**found)


def show(job: TrainingSnapshot, test: Split) -> None:
    """The weights of one run."""
    st.markdown("How far did training move the weights, and which layers did the learning?")
    _ridges(job.history)
    found = look(job.key, job.config.model, test)
    _kept(job, found)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Norm** of each weight")
        _by_epoch(found.epochs, found.names, found.norms, "L2 norm", "Norms of the weights over the epochs.")
    with right:
        st.markdown("**Distance from the start**")
        _by_epoch(
            found.epochs, found.names, found.distances, "L2 norm of the difference",
            "Distances of the weights from the start over the epochs.",
        )  # fmt: skip
    left, right = st.columns(2, gap="medium")  # of its own: a phone shows one column after the other
    with left:
        _updates(job.history)
    with right:
        _zeros(found)
    _first_layer(found)


def show_points(job: TrainingSnapshot, test: Split) -> None:
    """The test images, moving through one fixed plane as epochs pass."""
    st.markdown("When does the network begin to tell the classes apart?")
    found = look(job.key, job.config.model, test)
    points = require_points(found)
    count = points.shape[1]
    moving_points(
        points,
        test.labels[:count].tolist(),
        test.classes,
        ["the start", *(f"epoch {epoch}" for epoch in found.epochs[1:])],
        key="moving_points",
    )
    st.caption(
        f"The first {count} test images. A point is what reaches the last linear layer, "
        "seen along two fixed directions: the principal components of these images' "
        f"values after epoch {found.epochs[-1]}, where they keep {found.share:.0%} of the variance. "
        "They are fitted once, so what moves is the network's answer, not the map."
    )
    _kept(job, found)


def _kept(job: TrainingSnapshot, found: WeightsOverTime) -> None:
    """Say which epochs are missing."""
    missing = len(job.history) - (len(found.epochs) - 1)
    if missing > 0:
        st.caption(
            f"The weights of {len(found.epochs) - 1} of {len(job.history)} epochs are shown here, "
            "spread evenly: of long runs not every epoch's weights are kept."
        )


def _ridges(history: Sequence[EpochRecord]) -> None:
    """One parameter's distribution, an epoch behind the other."""
    names = list(history[-1].histograms)
    name = st.selectbox("Distribution of", names, key="ridges", width=320)
    stride = -(-len(history) // MOST_RIDGES)
    shown = list(history[::-1][::stride])  # the last epoch first: it is drawn at the back
    densities = [_density(record, name) for record in shown]
    top = max(float(heights.max()) for _, heights in densities) or 1.0
    spacing = float(stride)
    parts = []
    for record, (edges, heights) in zip(shown, densities, strict=True):
        parts.append(
            pd.DataFrame(
                {
                    "value": edges,
                    "base": float(record.epoch),
                    "top": record.epoch + 2.2 * spacing * heights / top,
                    "epoch": record.epoch,
                }
            )
        )
    chart = (
        alt.Chart(pd.concat(parts))
        .mark_area(color=ACCENT, fillOpacity=0.55, line={"color": ACCENT, "strokeWidth": 1.2})
        .encode(
            x=alt.X("value:Q", title=f"Value in {name}", axis=alt.Axis(grid=False)),
            y=alt.Y(
                "base:Q",
                title="Epoch",
                axis=alt.Axis(
                    format="d", grid=False, values=[r.epoch for r in shown[:: -(-len(shown) // 12)]]
                ),
                scale=alt.Scale(zero=False, nice=False),
            ),
            y2=alt.Y2("top"),
            detail=alt.Detail("epoch:O"),
            tooltip=[alt.Tooltip("epoch:Q"), alt.Tooltip("value:Q", format=".3g")],
        )
        .properties(height=min(420, 130 + 26 * len(shown)))
    )
    show_chart(chart, alt_text=f"Distribution of the values in {name} after each of {len(shown)} epochs.")
    st.caption(
        "The higher a ridge, the more values lie there; all have the same scale. The start is not shown."
    )


def _density(record: EpochRecord, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Where a histogram's bins have their middles, and the share of values per unit there."""
    histogram = record.histograms[name]
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    counts = np.array(histogram.counts, float)
    return (edges[:-1] + edges[1:]) / 2, counts / max(counts.sum(), 1.0) / (edges[1] - edges[0])


def _by_epoch(epochs: Sequence[int], names: Sequence[str], values: Tensor, title: str, text: str) -> None:
    """A line per name."""
    rows = [
        (epoch, _short(name), float(value))
        for epoch, row in zip(epochs, values, strict=True)
        for name, value in zip(names, row, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["epoch", "of", "value"])
    chart = lines(
        frame, x="epoch", y="value", series="of", x_title="Epoch", y_title=title, y_format=".3~g", zero=True
    )
    show_chart(chart, alt_text=text)


def _short(name: str) -> str:
    """`linear_relu_stack.0.weight` as `0.weight`, which fits a legend."""
    return ".".join(name.split(".")[-2:])


def _updates(history: Sequence[EpochRecord]) -> None:
    """How large a step is against the weight that it changes."""
    st.markdown("**Update over weight**, per step")
    rows = [
        (record.epoch, _short(name), ratio)
        for record in history
        for name, ratio in record.update_ratios.items()
        if ratio > 0
    ]
    if not rows:
        st.caption(
            "This run is from before updates were measured: train it again with another seed to see them."
        )
        return
    frame = pd.DataFrame(rows, columns=["epoch", "weight", "ratio"])
    chart = lines(
        frame, x="epoch", y="ratio", series="weight", x_title="Epoch", log=True,
        y_title="Norm of update / norm of weight", y_format=".0e",
    )  # fmt: skip
    rule = (
        alt.Chart(pd.DataFrame({"y": [RULE]}))
        .mark_rule(strokeDash=[4, 4], color=muted_color())
        .encode(y=alt.Y("y:Q"))
    )
    show_chart(
        layered(chart, rule).properties(height=260),
        alt_text="Update over weight of each layer, with a line at one thousandth.",
    )
    st.caption(
        "Mean of every 50th step. Dashed: 0.001, a rule of thumb (Karpathy, CS231n). Far below it a layer "
        "hardly learns; far above it steps are rough."
    )


def _zeros(found: WeightsOverTime) -> None:
    """How much of what activations give is exactly 0."""
    if not found.activations:
        return
    st.markdown("**Zeros** among the activations")
    _by_epoch(
        found.epochs, found.activations, found.zeros, f"Share of zeros, {IMAGES} test images",
        "Share of each activation layer's values that are 0, over the epochs.",
    )  # fmt: skip
    st.caption("A ReLU gives 0 wherever its input is negative; others almost never give exactly 0.")


def _first_layer(found: WeightsOverTime) -> None:
    """The first units' weights, a row per unit and a column per epoch."""
    tiles = found.first  # E x units x H x W
    if not tiles.numel():
        return
    epochs, units, height, width = tiles.shape
    stride = -(-epochs // 16)
    kept = list(range(epochs))[::-1][::stride][::-1]
    top = tiles.abs().amax((0, 2, 3), keepdim=True).clamp_min(1e-12)
    sheet = torch.nn.functional.pad((tiles / top)[kept], (0, 1, 0, 1)).permute(1, 2, 0, 3)
    sheet = sheet.reshape(units * (height + 1), len(kept) * (width + 1))
    named = ", ".join("the start" if found.epochs[at] == 0 else f"epoch {found.epochs[at]}" for at in kept)
    st.markdown(
        f"**First layer**: a row for each of the first {units} units or kernels; from left to right, {named}"
    )
    scale = max(1, min(8, 480 // sheet.shape[1]))
    st.image(
        signed_png(sheet, scale),
        width="content" if sheet.shape[1] * scale < 700 else "stretch",
        alt=f"Weights of the first {units} units of the first layer at {len(kept)} moments",
    )
    st.caption("Orange above 0, blue below; each row in the scale of its own largest value.")
