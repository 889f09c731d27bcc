"""The datasets page's overview: how many of each class, and what a class looks like on average."""

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from core.analysis import explore
from core.data import Split
from ui import charts
from ui.components.grid import image_grid
from ui.datasets.choice import pick_split
from ui.images import png
from ui.theme import CLASS_COLORS

BIN: Final = 8  # gray values in a bar of the histogram
NARROW: Final = 460  # pixels; a chart less wide has a legend of three columns


@st.cache_resource(max_entries=4, show_spinner=False)
def _pictures(fingerprint: str, train: bool, _split: Split) -> tuple[Tensor, Tensor]:
    return explore.class_pictures(_split)


@st.cache_data(max_entries=64, show_spinner=False)
def _counts(fingerprint: str, train: bool, label: int, _split: Split) -> list[int]:
    counts: list[int] = explore.pixel_counts(_split.images[_split.labels == label]).tolist()
    return counts


def show() -> None:
    """Class balance, mean image and spread of each class, and the pixels of one class."""
    split = pick_split()
    name = "training" if split.train else "test"
    sizes = torch.bincount(split.labels, minlength=len(split.classes)).tolist()
    st.header("How many of each", anchor=False)
    rows = pd.DataFrame({"class": split.classes, "images": sizes})
    bars = (
        alt.Chart(rows)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("images:Q", title=f"{name.capitalize()} images", axis=alt.Axis(tickCount=5)),
            y=alt.Y("class:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False)),
            color=alt.Color("class:N", sort=None, scale=class_scale(split), legend=None),
            tooltip=[alt.Tooltip("class:N"), alt.Tooltip("images:Q", format=",")],
        )
        .properties(height=290)
    )
    charts.show_chart(
        bars, alt_text=f"Images of each class among the {len(split):,} {name} images.", key="balance"
    )
    if len(set(sizes)) == 1:
        st.caption(f"Balanced: {sizes[0]:,} of each, so always guessing the same class is right for 10%.")

    st.header("What a class looks like on average", anchor=False)
    st.markdown(
        "Above, the **mean** of all images of a class; below, their **spread** (standard deviation), bright "
        "where they differ. **Click one** for its pixels."
    )
    means, spreads = _pictures(split.fingerprint, split.train, split)
    chosen = st.session_state.get("explored_class", 0)
    for key, pictures in (("mean", means), ("spread", spreads * 2)):
        clicked = image_grid(
            (pictures * 255).round().clamp(0, 255).byte(),
            [f"{label}" if key == "mean" else "" for label in split.classes],
            key=f"class_{key}",
            selected=chosen,
            columns=10,
            names=[f"{key.capitalize()} of {label}" for label in split.classes],
            label=f"{key.capitalize()} of each class; arrow keys move, Enter chooses",
        )
        if clicked is not None and clicked != chosen:
            st.session_state["explored_class"] = clicked
            st.rerun()
    st.caption(
        f"Over {min(sizes):,} {name} images per class; the spread is drawn twice as bright as it is."
        if len(set(sizes)) == 1
        else f"Over {min(sizes):,} to {max(sizes):,} {name} images per class; the spread is drawn twice as "
        "bright as it is."
    )
    _class_pixels(split, chosen, means[chosen], spreads[chosen])


def _class_pixels(split: Split, label: int, mean: Tensor, spread: Tensor) -> None:
    name = "training" if split.train else "test"
    st.header(f"The pixels of {split.classes[label]}", anchor=False)
    counts = torch.tensor(_counts(split.fingerprint, split.train, label, split))
    total = max(1, int(counts.sum()))
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(horizontal=True):
        st.image(png(mean, 5), width=140, caption=f"Mean, {mean.mean():.3f} overall", alt="Mean image")
        st.image(png(spread * 2, 5), width=140, caption=f"Spread, {spread.max():.3f} at most", alt="Spread")
    with right:
        binned = counts.clone()
        binned[0] = 0
        charts.show_chart(
            charts.histogram(
                binned.view(-1, BIN).sum(1).tolist(),
                list(range(0, 257, BIN)),
                x_title="Gray value, 0 is black, 255 is white",
                y_title=f"Pixels of {name} images",
                color=CLASS_COLORS[label % len(CLASS_COLORS)],
            ),
            alt_text=f"Histogram of the gray values of {split.classes[label]}, without black.",
            key="class_pixels",
        )
        st.caption(
            f"{total:,} pixels; {int(counts[0]) / total:.0%} of them are black (0) and not drawn, "
            "so that the others can be seen."
        )


def class_legend() -> alt.Legend:
    """The classes above a chart, in as many columns as have room."""
    columns = alt.ExprRef(f"width < {NARROW} ? 3 : 5")
    return alt.Legend(orient="top", columns=columns, title=None)


def class_scale(split: Split) -> alt.Scale:
    """Each class in its color."""
    return alt.Scale(domain=list(split.classes), range=list(CLASS_COLORS))
