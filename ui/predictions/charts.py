"""Charts of the predictions page that no other page has."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor

from core.attribution import Plane
from core.evaluation import Calibration
from ui.charts import layered
from ui.theme import ACCENT, CLASS_COLORS, is_dark, muted_color, text_color

CELL: Final = "cell"
"""Name of the selection in the confusion matrix."""


def probability_chart(
    probabilities: Sequence[float], classes: Sequence[str], *, actual: int, alt_text: str, key: str
) -> None:
    """Put the ten probabilities of a test image on the page, as `ui.charts.probability_bars` draws them.

    Only the data differs from image to image, and nothing checks a specification that never changes: checking
    takes longer than all the rest of a click.

    Args:
        probabilities: One a class, in [0, 1].
        classes: Their names, in the same order.
        actual: The image's class, marked with a tick.
        alt_text: What the chart shows, in a sentence.
        key: Unique on the page.
    """
    best = max(range(len(classes)), key=probabilities.__getitem__)
    rows = pd.DataFrame(
        {
            "class": list(classes),
            "probability": list(probabilities),
            "label": [f"{p:.1%}" for p in probabilities],
            "tick": ["✓" if i == actual else "" for i in range(len(classes))],
            "top": [i == best for i in range(len(classes))],
        }
    )
    spec = _probability_spec(tuple(classes), text_color(), muted_color())
    st.vega_lite_chart(rows, spec, width="stretch", key=key, alt=alt_text)


def _probability_spec(classes: tuple[str, ...], text: str, muted: str) -> dict[str, Any]:
    names = list(classes)
    axis = {
        "format": ".0%",
        "values": [0, 0.1, 0.5, 1],
        "grid": False,
        "title": "Probability (dashed: a guess, 10%)",
    }
    tooltip = [
        {"field": "class", "type": "nominal"},
        {"field": "probability", "type": "quantitative", "format": ".3%"},
    ]
    y = {
        "field": "class",
        "type": "nominal",
        "sort": names,
        "title": None,
        "axis": {"labelLimit": 160, "ticks": False, "domain": False, "labelOverlap": False},
    }
    x = {
        "field": "probability",
        "type": "quantitative",
        "scale": {"domain": [0, 1.3], "nice": False},
        "axis": axis,
    }
    color = {
        "field": "class",
        "type": "nominal",
        "scale": {"domain": names, "range": list(CLASS_COLORS)},
        "legend": None,
    }
    label = {"type": "text", "align": "right", "fontSize": 12, "color": text}
    return {
        "height": 26 * len(names) + 20,
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.72}},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": color,
                    "opacity": {"condition": {"test": "datum.top", "value": 1}, "value": 0.75},
                    "tooltip": tooltip,
                },
            },
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": muted},
                "encoding": {"x": {"datum": 0.1}},
            },
            {
                "mark": label,
                "encoding": {"x": {"datum": 1.2}, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
            {
                "mark": label,
                "encoding": {"x": {"datum": 1.3}, "y": y, "text": {"field": "tick", "type": "nominal"}},
            },
        ],
    }


def confusion_chart(
    matrix: Tensor, classes: Sequence[str], *, shares: bool, chosen: tuple[int, int] | None = None
) -> alt.LayerChart:
    """The confusion matrix as a table of coloured cells that can be clicked.

    Args:
        matrix: int64, C x C, rows are actual classes.
        classes: Their names.
        shares: Show the share of the row instead of the count.
        chosen: The cell to frame: actual and predicted class.
    """
    rows = pd.DataFrame(
        [
            {
                "actual": classes[i],
                "predicted": classes[j],
                "count": int(matrix[i, j]),
                "share": int(matrix[i, j]) / max(1, int(matrix[i].sum())),
                "right": i == j,
                "text": _cell_text(int(matrix[i, j]), int(matrix[i].sum()), shares),
                "chosen": (i, j) == chosen,
            }
            for i in range(len(classes))
            for j in range(len(classes))
        ]
    )
    click = alt.selection_point(name=CELL, fields=["actual", "predicted"], on="click", empty=False)
    axis = alt.Axis(labelLimit=110, labelOverlap=False, ticks=False, domain=False, grid=False)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "predicted:N",
            sort=list(classes),
            axis=alt.Axis(
                labelAngle=-40, labelLimit=110, labelOverlap=False, orient="top", ticks=False, domain=False
            ),
            title="Predicted",
        ),
        y=alt.Y("actual:N", sort=list(classes), axis=axis, title="Actual"),
    )
    low = "#1e2327" if is_dark() else "#f1f2f0"
    cells = (
        base.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            color=alt.condition(
                "datum.right",
                alt.value("#1f7a5c" if is_dark() else "#9fd3bf"),
                alt.Color(
                    "share:Q",
                    scale=alt.Scale(domain=[0, 0.2], range=[low, ACCENT], clamp=True, interpolate="rgb"),
                    legend=None,
                ),
            ),
            stroke=alt.condition("datum.chosen", alt.value(text_color()), alt.value(None)),
            strokeWidth=alt.value(2.5),
            tooltip=[
                alt.Tooltip("actual:N", title="Actual"),
                alt.Tooltip("predicted:N", title="Predicted"),
                alt.Tooltip("count:Q", title="Images", format=",d"),
                alt.Tooltip("share:Q", title="Share of the class", format=".1%"),
            ],
        )
        .add_params(click)
    )
    dark_text = alt.condition(
        "datum.share > 0.1 && !datum.right", alt.value("#ffffff"), alt.value(text_color())
    )
    texts = base.mark_text(fontSize=12, cursor="pointer").encode(text="text:N", color=dark_text)
    return layered(cells, texts).properties(height=440)


def _cell_text(count: int, total: int, shares: bool) -> str:
    if count == 0:
        return ""
    return f"{count / max(1, total):.1%}" if shares else f"{count:,}"


def reliability_chart(result: Calibration) -> alt.LayerChart:
    """How often the network is right where it is that sure, beside the line of perfect calibration."""
    rows = pd.DataFrame(
        [
            {
                "low": b.low,
                "high": b.high,
                "accuracy": b.accuracy,
                "confidence": b.confidence,
                "count": b.count,
            }
            for b in result.bins
            if b.count
        ]
    )
    axis = alt.Axis(format=".0%")
    bars = (
        alt.Chart(rows)
        .mark_bar(color=CLASS_COLORS[0], opacity=0.85, binSpacing=1)
        .encode(
            x=alt.X(
                "low:Q",
                bin=alt.BinParams(binned=True),
                scale=alt.Scale(domain=[0, 1]),
                axis=axis,
                title="How sure the network is (largest probability)",
            ),
            x2="high:Q",
            y=alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1]), axis=axis, title="Share predicted right"),
            tooltip=[
                alt.Tooltip("count:Q", title="Images", format=",d"),
                alt.Tooltip("confidence:Q", title="Mean confidence", format=".1%"),
                alt.Tooltip("accuracy:Q", title="Right", format=".1%"),
            ],
        )
    )
    dots = (
        alt.Chart(rows)
        .mark_point(filled=True, size=60, color=ACCENT, opacity=1)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]}))
        .mark_line(color=muted_color(), strokeDash=[4, 4])
        .encode(x="x:Q", y="y:Q")
    )
    return layered(bars, line, dots).properties(height=300)


def map_chart(
    plane: Plane, labels: Tensor, classes: Sequence[str], here: Tensor, name: str
) -> alt.LayerChart:
    """Test images in the plane of the last hidden layer, one dot each, the sample marked.

    Args:
        plane: The plane and its points.
        labels: int64, N: class of each point.
        classes: Names of the classes.
        here: 2: where the sample lies.
        name: What to call the sample.
    """
    rows = pd.DataFrame(
        {
            "x": plane.points[:, 0].tolist(),
            "y": plane.points[:, 1].tolist(),
            "class": [classes[int(label)] for label in labels],
        }
    )
    color = alt.Color(
        "class:N",
        sort=list(classes),
        scale=alt.Scale(domain=list(classes), range=list(CLASS_COLORS)),
        legend=alt.Legend(title=None, orient="right", symbolOpacity=1),
    )
    blank = alt.Axis(labels=False, ticks=False, grid=False)
    dots = (
        alt.Chart(rows)
        .mark_circle(size=22, opacity=0.55)
        .encode(
            x=alt.X("x:Q", axis=blank, title="First principal component"),
            y=alt.Y("y:Q", axis=blank, title="Second principal component"),
            color=color,
            tooltip=["class:N"],
        )
    )
    mark = pd.DataFrame({"x": [float(here[0])], "y": [float(here[1])], "name": [name]})
    base = alt.Chart(mark).encode(x="x:Q", y="y:Q")
    ring = base.mark_point(size=260, strokeWidth=3, color=text_color(), filled=False)
    text = base.mark_text(dy=-18, fontSize=13, fontWeight="bold", color=text_color()).encode(text="name:N")
    return layered(dots, ring, text).properties(height=420)
