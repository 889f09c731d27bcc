"""Charts of the predictions page that no other page has."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
from torch import Tensor

from core.analysis.evaluation import Calibration
from core.analysis.projection import Projection
from ui.charts import layered
from ui.theme import ACCENT, CLASS_COLORS, muted_color, text_color


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
            x2=alt.X2("high:Q"),
            y=alt.Y(
                "accuracy:Q", scale=alt.Scale(domain=[0, 1]), axis=axis, title="Share predicted correctly"
            ),
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
        .encode(x=alt.X("confidence:Q"), y=alt.Y("accuracy:Q"))
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]}))
        .mark_line(color=muted_color(), strokeDash=[4, 4])
        .encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))
    )
    return layered(bars, line, dots).properties(height=300)


def map_chart(
    plane: Projection, labels: Tensor, classes: Sequence[str], here: Tensor, name: str
) -> alt.LayerChart:
    """Test images in the plane of the last hidden layer, one dot each, the sample marked.

    Colors alone do not tell ten classes apart: a click in the legend leaves one of them.

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
        legend=alt.Legend(title=None, orient="top", columns=4, symbolOpacity=1),
    )
    alone = alt.selection_point(fields=["class"], bind="legend")
    blank = alt.Axis(labels=False, ticks=False, grid=False)
    dots = (
        alt.Chart(rows)
        .mark_circle(size=22)
        .encode(
            x=alt.X("x:Q", axis=blank, title="First principal component"),
            y=alt.Y("y:Q", axis=blank, title="Second principal component"),
            color=color,
            opacity=alt.condition(alone, alt.value(0.6), alt.value(0.03)),
            tooltip=[alt.Tooltip("class:N")],
        )
        .add_params(alone)
    )
    mark = pd.DataFrame({"x": [float(here[0])], "y": [float(here[1])], "name": [name]})
    base = alt.Chart(mark).encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))
    ring = base.mark_point(size=260, strokeWidth=3, color=text_color(), filled=False)
    text = base.mark_text(dy=-18, fontSize=13, fontWeight="bold", color=text_color()).encode(
        text=alt.Text("name:N")
    )
    return layered(dots, ring, text).properties(height=420)
