"""The datasets page's overview: how many of each class, what a class looks like on average, and a map."""

import base64
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
from ui.datasets.browse import pick_split
from ui.images import png
from ui.shell import params
from ui.theme import CLASS_COLORS

METHODS: Final = {"PCA": "pca", "t-SNE": "neighbours"}
COUNTS: Final = {
    "PCA": ("points", [500, 1000, 1500, 2000, 3000], 2000),
    "t-SNE": ("arranged", [500, 1000, 1500], 1000),  # its time grows with the square
}
"""Of each method: the slider's key, how many images it offers, and the count it starts with."""
BIN: Final = 8  # grey values in a bar of the histogram
NARROW: Final = 460  # pixels; a chart less wide has a legend of three columns

_POINT: Final = (
    '\'data:image/svg+xml;utf8,\' + encodeURIComponent(\'<svg xmlns="http://www.w3.org/2000/svg" width="112" '
    'height="112"><image width="112" height="112" style="image-rendering:pixelated" '
    "href=\"data:image/png;base64,' + datum.png + '\"/></svg>')"
)
"""In the browser: a picture of 28 pixels as one of 112, for the tooltip; only the small one is sent."""


@st.cache_resource(max_entries=4, show_spinner=False)
def _pictures(fingerprint: str, train: bool, _split: Split) -> tuple[Tensor, Tensor]:
    return explore.class_pictures(_split)


@st.cache_data(max_entries=64, show_spinner=False)
def _counts(fingerprint: str, train: bool, label: int, _split: Split) -> list[int]:
    counts: list[int] = explore.pixel_counts(_split.images[_split.labels == label]).tolist()
    return counts


def classes() -> None:
    """Class balance, mean image and spread of each class, and the pixels of one class."""
    split = pick_split()
    name = "training" if split.train else "test"
    sizes = torch.bincount(split.labels, minlength=len(split.classes)).tolist()
    st.subheader("How many of each", anchor=False)
    rows = pd.DataFrame({"class": split.classes, "images": sizes})
    bars = (
        alt.Chart(rows)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X("images:Q", title=f"{name.capitalize()} images", axis=alt.Axis(tickCount=5)),
            y=alt.Y("class:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False)),
            color=alt.Color("class:N", sort=None, scale=_scale(split), legend=None),
            tooltip=[alt.Tooltip("class:N"), alt.Tooltip("images:Q", format=",")],
        )
        .properties(height=290)
    )
    charts.show(bars, alt_text=f"Images of each class among the {len(split):,} {name} images.", key="balance")
    if len(set(sizes)) == 1:
        st.caption(f"Balanced: {sizes[0]:,} of each, so always guessing the same class is right for 10%.")

    st.subheader("What a class looks like on average", anchor=False)
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
        f"Over {min(sizes):,} {name} images a class; the spread is drawn twice as bright as it is."
        if len(set(sizes)) == 1
        else f"Over {min(sizes):,} to {max(sizes):,} {name} images a class; the spread is drawn twice as "
        "bright as it is."
    )
    _class_pixels(split, chosen, means[chosen], spreads[chosen])


def _class_pixels(split: Split, label: int, mean: Tensor, spread: Tensor) -> None:
    name = "training" if split.train else "test"
    st.subheader(f"The pixels of {split.classes[label]}", anchor=False)
    counts = torch.tensor(_counts(split.fingerprint, split.train, label, split))
    total = max(1, int(counts.sum()))
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(horizontal=True):
        st.image(png(mean, 5), width=140, caption=f"Mean, {mean.mean():.3f} overall", alt="Mean image")
        st.image(png(spread * 2, 5), width=140, caption=f"Spread, {spread.max():.3f} at most", alt="Spread")
    with right:
        binned = counts.clone()
        binned[0] = 0
        charts.show(
            charts.histogram(
                binned.view(-1, BIN).sum(1).tolist(),
                list(range(0, 257, BIN)),
                x_title="Grey value, 0 is black, 255 is white",
                y_title=f"Pixels of {name} images",
                color=CLASS_COLORS[label % len(CLASS_COLORS)],
            ),
            alt_text=f"Histogram of the grey values of {split.classes[label]}, without black.",
            key="class_pixels",
        )
        st.caption(
            f"{total:,} pixels; {int(counts[0]) / total:.0%} of them are black (0) and not drawn, "
            "so that the others can be seen."
        )


def map_of_images() -> None:
    """A few thousand images as points, neighbours near each other, each with its picture on hover."""
    with st.container(horizontal=True, gap="medium"):
        split = pick_split()
        method = st.segmented_control(
            "Method",
            list(METHODS),
            default="PCA",
            required=True,
            key="map",
            bind="query-params",
        )
        key, options, start = COUNTS[method or "PCA"]
        params.choice_param(key, [str(option) for option in options], str(start))
        count = st.select_slider(
            "Images", options, start, key=key, format_func="{:,}".format, width=220, bind="query-params"
        )
    count = min(count, len(split))
    if method == "PCA":
        st.markdown(
            "**PCA** (principal component analysis) finds the two directions in which the images differ "
            "most, and draws where each image lies along them: fast, but much stays hidden."
        )
    else:
        st.markdown(
            "**t-SNE** starts from PCA and moves the points until images with similar pixels are neighbours "
            "here too. Which groups touch means something; how far apart they lie does not. "
            "It takes a few seconds on an idle machine, longer beside training."
        )
        asked = f"map_{split.fingerprint}_{count}"
        st.session_state[asked] = st.session_state.get(asked) or st.button(
            f"Arrange {count:,} images",
            key=f"{asked}_button",
            type="primary",
            icon=":material/scatter_plot:",
        )
        if not st.session_state[asked]:
            return
    made = _map(split.fingerprint, split.train, count, METHODS[method or "PCA"], split)
    _draw_map(split, made)


@st.cache_resource(max_entries=8, show_spinner=False)
def _map(fingerprint: str, train: bool, count: int, method: str, _split: Split) -> explore.Map:
    if method == "pca":
        return explore.make_map(_split, count)
    text = f"Arranging {count:,} images"
    bar = st.progress(0.0, text=text)

    def report(share: float) -> None:
        bar.progress(min(share, 1.0), text=text)

    made = explore.make_map(_split, count, method=method, on_progress=report)
    bar.empty()
    return made


@st.cache_data(max_entries=8, show_spinner=False)
def _map_rows(
    fingerprint: str, train: bool, method: str, count: int, _split: Split, _map: explore.Map
) -> pd.DataFrame:
    """One row an image; about 700 bytes each, 2 MB for the most there can be."""
    positions = _map.positions.tolist()
    return pd.DataFrame(
        {
            "x": _map.points[:, 0].numpy().round(3),
            "y": _map.points[:, 1].numpy().round(3),
            "class": [_split.classes[int(_split.labels[i])] for i in positions],
            "index": positions,
            "png": [base64.b64encode(png(_split.images[i], 1)).decode() for i in positions],
        }
    )


def _draw_map(split: Split, made: explore.Map) -> None:
    name = "training" if split.train else "test"
    rows = _map_rows(split.fingerprint, split.train, made.method, len(made.positions), split, made)
    axis = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
    titles = ("First direction", "Second direction") if made.method == "pca" else ("", "")
    points = (
        alt.Chart(rows)
        .transform_calculate(image=_POINT)
        .mark_circle(size=34, opacity=0.8)
        .encode(
            x=alt.X("x:Q", title=titles[0], axis=axis, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", title=titles[1], axis=axis, scale=alt.Scale(zero=False)),
            color=alt.Color(
                "class:N",
                sort=None,
                scale=_scale(split),
                legend=class_legend(),
            ),
            tooltip=[
                alt.Tooltip("image:N"),
                alt.Tooltip("class:N"),
                alt.Tooltip("index:Q", title=f"{name} image", format=","),
            ],
        )
        .properties(height=560)
        .interactive()
    )
    charts.show(points, alt_text=f"Map of {len(rows):,} {name} images, coloured by class.", key="map_chart")
    kept = f" The two directions keep {made.explained:.0%} of the variance." if made.explained else ""
    st.caption(
        f"{len(rows):,} of {len(split):,} {name} images, drawn with seed 0. Hover or tap to see one, drag "
        f"and scroll to move and zoom.{kept}"
    )


def class_legend() -> alt.Legend:
    """The classes above a chart, in as many columns as have room."""
    columns = alt.ExprRef(f"width < {NARROW} ? 3 : 5")
    return alt.Legend(orient="top", columns=columns, title=None)


def _scale(split: Split) -> alt.Scale:
    return alt.Scale(domain=list(split.classes), range=list(CLASS_COLORS))
