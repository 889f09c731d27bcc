"""Charts in one style. A chart here is data and encoding; fonts and surfaces come from the theme.

A class has the same colour on every page, and every chart of accuracies shows what guessing would give.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

import altair as alt
import pandas as pd
import streamlit as st

from ui.theme import ACCENT, CLASS_COLORS, muted_color, text_color

__all__ = [
    "ACCENT",
    "CHANCE",
    "CLASS_COLORS",
    "accuracy_curve",
    "histogram",
    "layered",
    "lines",
    "probability_bars",
    "show",
    "styled",
]

CHANCE: Final = 0.1
"""Accuracy, and probability, of guessing among ten classes."""

Chart = alt.Chart | alt.LayerChart
"""What the functions here take and give."""


def show(chart: Chart, *, alt_text: str, key: str | None = None, height: int | None = None) -> None:
    """Put a chart on the page over the full width.

    Args:
        chart: The chart.
        alt_text: What it shows, in a sentence, for those who do not see it.
        key: Unique on the page.
        height: Pixels; `None` leaves the chart's own.
    """
    st.altair_chart(styled(chart), width="stretch", height=height or "content", key=key, alt=alt_text)


def styled(chart: Chart) -> Chart:
    """A whole chart with the colours of text that can be read on this visitor's theme."""
    chart = chart.configure_axis(labelColor=muted_color(), titleColor=muted_color(), titleFontWeight="normal")
    return cast(Chart, chart.configure_legend(labelColor=text_color(), labelLimit=260))


def layered(*charts: Chart) -> alt.LayerChart:
    """Charts on top of each other, the first at the bottom."""
    return cast(alt.LayerChart, alt.layer(*charts))


def _chance_rule(axis: str, text: str = "") -> alt.LayerChart:
    """A dashed line at one in ten across `axis` ("x" or "y"), with its name where there is room."""
    base = alt.Chart(pd.DataFrame({"value": [CHANCE], "text": [text]}))
    color = muted_color()
    rule = base.mark_rule(strokeDash=[4, 4], color=color)
    if axis == "x":
        return layered(rule.encode(x="value:Q"))
    label = base.mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=color, fontSize=12)
    return layered(
        rule.encode(y="value:Q"),
        label.encode(y="value:Q", x=alt.value(0), text="text:N"),
    )


def probability_bars(
    probabilities: Sequence[float], classes: Sequence[str], *, actual: int | None = None
) -> alt.LayerChart:
    """The ten probabilities of one prediction as labelled bars, with the line of a guess.

    Args:
        probabilities: One a class, in [0, 1].
        classes: Their names, in the same order.
        actual: The image's class, marked with a tick beside its name; `None` where nobody knows.
    """
    values = [float(p) for p in probabilities]
    best = max(range(len(values)), key=values.__getitem__)
    names = [f"{name} ✓" if i == actual else name for i, name in enumerate(classes)]  # "✓": the actual class
    rows = pd.DataFrame(
        {
            "class": names,
            "probability": values,
            "label": [f"{p:.1%}" for p in values],
            "top": [i == best for i in range(len(values))],
        }
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("class:N", sort=names, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False)),
        tooltip=[alt.Tooltip("class:N"), alt.Tooltip("probability:Q", format=".3%")],
    )
    bars = base.mark_bar(cornerRadiusEnd=3, height={"band": 0.72}).encode(
        x=alt.X(
            "probability:Q",
            scale=alt.Scale(domain=[0, 1.18], nice=False),
            axis=alt.Axis(
                format=".0%", values=[0, 0.1, 0.5, 1], grid=False, title="Probability (dashed: a guess, 10%)"
            ),
        ),
        color=alt.Color("class:N", scale=alt.Scale(domain=names, range=list(CLASS_COLORS)), legend=None),
        opacity=alt.condition("datum.top", alt.value(1.0), alt.value(0.75)),
    )
    labels = base.mark_text(align="right", color=text_color(), fontSize=12).encode(
        x=alt.datum(1.18), text="label:N"
    )
    chart = layered(bars, _chance_rule("x"), labels)
    return chart.properties(height=26 * len(values) + 20)


def histogram(
    counts: Sequence[float], edges: Sequence[float], *, x_title: str, y_title: str, color: str = ACCENT
) -> alt.Chart:
    """A histogram from counts that are already there.

    Args:
        counts: One a bin.
        edges: One more than counts, rising.
        x_title: What is counted, with its unit.
        y_title: What a count is of.
        color: Of the bars.
    """
    rows = pd.DataFrame(
        {"from": list(edges[:-1]), "to": list(edges[1:]), "count": [float(count) for count in counts]}
    )
    chart = (
        alt.Chart(rows)
        .mark_bar(color=color, binSpacing=0.5)
        .encode(
            x=alt.X("from:Q", bin=alt.BinParams(binned=True), title=x_title),
            x2="to:Q",
            y=alt.Y("count:Q", title=y_title),
            tooltip=[
                alt.Tooltip("from:Q", format=".4g"),
                alt.Tooltip("to:Q", format=".4g"),
                alt.Tooltip("count:Q", format=",.0f"),
            ],
        )
        .properties(height=220)
    )
    return cast(alt.Chart, chart)


def lines(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    series: str | None,
    x_title: str,
    y_title: str,
    y_format: str = ".3~f",
    zero: bool = False,
    log: bool = False,
    points: bool = True,
    whole_x: bool = True,
) -> alt.Chart:
    """Lines over a whole-numbered or continuous x, one a series.

    Args:
        rows: A long table with the columns `x`, `y` and `series`.
        x: Column of the horizontal axis.
        y: Column of the vertical axis.
        series: Column that tells lines apart, by colour and by dash; `None` draws one line.
        x_title: What x is, with its unit.
        y_title: What y is, with split, count and unit.
        y_format: d3 format of y.
        zero: Whether y begins at 0.
        log: Whether y is logarithmic.
        points: Whether each value has a dot.
        whole_x: Whether x takes whole numbers only.
    """
    scale: dict[str, Any] = {"type": "log"} if log else {"zero": zero}
    encoding: dict[str, Any] = {
        "x": alt.X(
            f"{x}:Q",
            title=x_title,
            axis=alt.Axis(tickMinStep=1, format="d", grid=False) if whole_x else alt.Axis(grid=False),
            scale=alt.Scale(zero=False, nice=False) if whole_x else alt.Undefined,
        ),
        "y": alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(**scale), axis=alt.Axis(format=y_format)),
        "tooltip": [alt.Tooltip(f"{x}:Q"), alt.Tooltip(f"{y}:Q", format=y_format)],
    }
    mark: dict[str, Any] = {"point": {"size": 36, "filled": True} if points else False}
    if series is None:
        mark["color"] = ACCENT
    else:
        legend = alt.Legend(
            orient="top",
            symbolType="stroke",
            symbolSize=400,
            symbolStrokeWidth=2,
            columns=alt.ExprRef("width < 460 ? 2 : 0"),  # long names are cut off on a phone otherwise
        )
        encoding["color"] = alt.Color(f"{series}:N", title=None, legend=legend, sort=None)
        encoding["strokeDash"] = alt.StrokeDash(f"{series}:N", title=None, legend=legend, sort=None)
        encoding["tooltip"].insert(0, alt.Tooltip(f"{series}:N"))
    chart = alt.Chart(rows).mark_line(strokeWidth=2, **mark).encode(**encoding)
    return cast(alt.Chart, chart.properties(height=260))


def accuracy_curve(
    accuracies: Sequence[tuple[int, str, float]], *, y_title: str = "Accuracy", epochs: int | None = None
) -> alt.LayerChart:
    """Accuracy an epoch, one line a split, with the line of a guess.

    Args:
        accuracies: (epoch counted from 1, split's name, share right in [0, 1]).
        y_title: Such as "Accuracy, share of images right".
        epochs: How far the horizontal axis goes, so that it stands still while a run goes on.
    """
    rows = pd.DataFrame(list(accuracies), columns=["epoch", "split", "accuracy"])
    curve = lines(
        rows, x="epoch", y="accuracy", series="split", x_title="Epoch", y_title=y_title, y_format=".0%"
    )
    last = max(epochs or 0, *(epoch for epoch, _, _ in accuracies), 2)
    curve = curve.encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch",
            scale=alt.Scale(domain=[1, last], nice=False),
            axis=alt.Axis(format="d", tickMinStep=1, tickCount=min(last, 12), grid=False),
        ),
        y=alt.Y("accuracy:Q", title=y_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
    )
    return layered(curve, _chance_rule("y", "a guess: 10%")).properties(height=260)
