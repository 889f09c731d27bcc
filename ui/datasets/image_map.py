"""The datasets page's map: a few thousand images as points, neighbors near each other."""

import base64
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from core.analysis import explore, heavy
from core.data import Split
from ui import charts
from ui.datasets.choice import pick_split
from ui.datasets.classes import class_legend, class_scale
from ui.heavy import compute
from ui.images import png
from ui.shell import params

METHODS: Final = {"PCA": "pca", "t-SNE": "neighbors"}
COUNTS: Final = {
    "PCA": ("points", [500, 1000, 1500, 2000, 3000], 2000),
    "t-SNE": ("arranged", [500, 1000, 1500], 1000),  # its time grows with the square
}
"""Of each method: the slider's key, how many images it offers, and the count it starts with."""

_POINT: Final = (
    '\'data:image/svg+xml;utf8,\' + encodeURIComponent(\'<svg xmlns="http://www.w3.org/2000/svg" width="112" '
    'height="112"><image width="112" height="112" style="image-rendering:pixelated" '
    "href=\"data:image/png;base64,' + datum.png + '\"/></svg>')"
)
"""In the browser: a picture of 28 pixels as one of 112, for the tooltip; only the small one is sent."""


def show() -> None:
    """A few thousand images as points, neighbors near each other, each with its picture on hover."""
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
            "**t-SNE** starts from PCA and moves the points until images with similar pixels are neighbors "
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
    positions = explore.make_map(_split, count).positions
    points = compute(
        "core.analysis.heavy:place",
        f"Arranging {count:,} images",
        heavy.place_bytes(count),
        images=_split.images[positions],
    )
    return explore.Map(positions, points, "neighbors")


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
                scale=class_scale(split),
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
    charts.show_chart(
        points, alt_text=f"Map of {len(rows):,} {name} images, colored by class.", key="map_chart"
    )
    kept = f" The two directions keep {made.explained:.0%} of the variance." if made.explained else ""
    st.caption(
        f"{len(rows):,} of {len(split):,} {name} images, drawn with seed 0. Hover or tap to see one, drag "
        f"and scroll to move and zoom.{kept}"
    )
