"""Charts in one style. A chart here is data and encoding; fonts and surfaces come from the theme.

A class has the same color on every page, and every chart of accuracies shows what guessing would give.
Channels are given as `alt.X("x:Q")`, never as bare text, which Altair takes 3 ms each to turn into the same.
"""

import copy
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

import altair as alt
import pandas as pd
import streamlit as st

from ui.theme import ACCENT, CLASS_COLORS, is_wall, muted_color, text_color

__all__ = [
    "ACCENT",
    "CHANCE",
    "CLASS_COLORS",
    "Filled",
    "accuracy_curve",
    "clicked_mark",
    "guess",
    "histogram",
    "layered",
    "lines",
    "powers",
    "probability_bars",
    "show_chart",
    "small_histogram",
    "styled",
    "without_data",
]

CHANCE: Final = 0.1
"""Accuracy, and probability, of guessing among ten classes."""

SHORT_NAME: Final = 11
"""Characters of a line's name of which three fit beside each other on a phone."""

Chart = alt.Chart | alt.LayerChart
"""What the functions here take and give."""


class Filled(NamedTuple):
    """A chart that many pages draw: making and checking its encoding takes 50 ms, so that is done once."""

    rows: pd.DataFrame
    """What this one shows."""
    spec: dict[str, Any]
    """Its encoding in Vega-Lite, without data; shared, never write into it."""


def show_chart(
    chart: Chart | Filled, *, alt_text: str, key: str | None = None, height: int | None = None
) -> None:
    """Put a chart on the page over the full width.

    Args:
        chart: The chart.
        alt_text: What it shows, in a sentence, for those who do not see it.
        key: Unique on the page.
        height: Pixels; `None` leaves the chart's own.
    """
    how: dict[str, Any] = {"width": "stretch", "height": height or "content", "key": key, "alt": alt_text}
    if isinstance(chart, Filled):
        st.vega_lite_chart(chart.rows, copy.deepcopy(chart.spec), **how)  # Streamlit writes into it
    else:
        if is_wall() and isinstance(chart.height, int):
            chart = chart.properties(height=round(1.6 * chart.height))  # for its larger text
        st.altair_chart(styled(chart), **how)


def styled(chart: Chart) -> Chart:
    """A whole chart with the colors of text that can be read on this visitor's theme."""
    chart = chart.configure_axis(labelColor=muted_color(), titleColor=muted_color(), titleFontWeight="normal")
    # Streamlit sets the first label of an axis flush with its end: of a band, that is beside its middle
    chart = chart.configure_axisBand(labelFlush=False)
    chart = chart.configure_rule(aria=False)  # the chart as a whole has its words; a line has none
    return cast(Chart, chart.configure_legend(labelColor=text_color(), labelLimit=260))


def without_data(chart: Chart) -> dict[str, Any]:
    """The encoding of a chart without data, into which Altair puts one empty row: it would be drawn."""
    spec: dict[str, Any] = styled(chart).to_dict()
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
    del spec["datasets"]
    return spec


def layered(*charts: Chart) -> alt.LayerChart:
    """Charts on top of each other, the first at the bottom."""
    return cast(alt.LayerChart, alt.layer(*charts))


def probability_bars(
    probabilities: Sequence[float], classes: Sequence[str], *, actual: int | None = None
) -> Filled:
    """The ten probabilities of one prediction as labeled bars, with the line of a guess.

    Args:
        probabilities: One a class, in [0, 1].
        classes: Their names, in the same order.
        actual: The image's class, marked with a tick beside its name; `None` where nobody knows.
    """
    values = [float(p) for p in probabilities]
    best = max(range(len(values)), key=values.__getitem__)
    rows = pd.DataFrame(
        {
            "number": range(len(values)),
            "class": [f"{name} ✓" if i == actual else name for i, name in enumerate(classes)],
            "probability": values,
            "label": [f"{p:.1%}" for p in values],
            "top": [i == best for i in range(len(values))],
            "color": list(CLASS_COLORS[: len(values)]),
        }
    )
    return Filled(rows, _bars_spec(len(values), text_color(), muted_color()))


@lru_cache(maxsize=16)
def _bars_spec(count: int, text: str, muted: str) -> dict[str, Any]:
    base = alt.Chart().encode(
        y=alt.Y(
            "class:N",
            sort=alt.EncodingSortField("number", op="min"),
            title=None,
            axis=alt.Axis(labelLimit=160, labelOverlap=False, ticks=False, domain=False),
        ),
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
        color=alt.Color("color:N", scale=None),
        opacity=alt.OpacityValue(0.75, condition={"test": "datum.top", "value": 1.0}),
    )
    chance = alt.Chart().mark_rule(strokeDash=[4, 4], color=muted).encode(x=alt.XDatum(CHANCE))
    labels = base.mark_text(align="right", color=text, fontSize=12).encode(
        x=alt.XDatum(1.18), text=alt.Text("label:N")
    )
    chart = layered(bars, chance, labels).properties(height=26 * count + 20)
    return without_data(chart)


def histogram(
    counts: Sequence[float], edges: Sequence[float], *, x_title: str, y_title: str, color: str = ACCENT
) -> Filled:
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
    return Filled(rows, _histogram_spec(x_title, y_title, color, muted_color()))


def small_histogram(counts: Sequence[float], edges: Sequence[float], *, counted: str, color: str) -> Filled:
    """A low histogram without a scale for its heights, which are square roots so that few still show.

    Args:
        counts: One a bin.
        edges: One more than counts, rising.
        counted: What a count is of.
        color: Of the bars.
    """
    rows = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    return Filled(rows, _histogram_spec(None, counted, color, muted_color(), small=True))


@lru_cache(maxsize=64)  # `muted`: the other theme has an encoding of its own
def _histogram_spec(
    x_title: str | None, counted: str, color: str, muted: str, *, small: bool = False
) -> dict[str, Any]:
    axis = alt.Axis(tickCount=3, grid=False) if small else alt.Undefined
    height = alt.Y("count:Q", title=counted)
    if small:
        height = alt.Y("count:Q", title=None, axis=None, scale=alt.Scale(type="sqrt"))
    chart = (
        alt.Chart()
        .mark_bar(color=color, binSpacing=0.5)
        .encode(
            x=alt.X("from:Q", bin=alt.BinParams(binned=True), title=x_title, axis=axis),
            x2=alt.X2("to:Q"),
            y=height,
            tooltip=[
                alt.Tooltip("from:Q", format=".4g"),
                alt.Tooltip("to:Q", format=".4g"),
                alt.Tooltip("count:Q", title=counted, format=",.0f"),
            ],
        )
        .properties(height=84 if small else 220)
    )
    return without_data(chart)


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
        series: Column that tells lines apart, by color and by dash; `None` draws one line.
        x_title: What x is, with its unit.
        y_title: What y is, with split, count and unit.
        y_format: d3 format of y.
        zero: Whether y begins at 0.
        log: Whether y is logarithmic.
        points: Whether each value has a dot.
        whole_x: Whether x takes whole numbers only.
    """
    scale: dict[str, Any] = {"type": "log"} if log else {"zero": zero}
    y_axis = alt.Axis(format=y_format, **(powers(rows[y]) if log else {}))
    encoding: dict[str, Any] = {
        "x": alt.X(
            f"{x}:Q",
            title=x_title,
            axis=alt.Axis(tickMinStep=1, format="d", grid=False)
            if whole_x
            else alt.Axis(grid=False, tickCount=6),
            scale=alt.Scale(zero=False, nice=False) if whole_x else alt.Undefined,
        ),
        "y": alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(**scale), axis=y_axis),
        "tooltip": [alt.Tooltip(f"{x}:Q"), alt.Tooltip(f"{y}:Q", format=y_format)],
    }
    mark: dict[str, Any] = {"point": {"size": 36, "filled": True} if points else False}
    if series is None:
        mark["color"] = ACCENT
        if points:
            mark["point"]["color"] = ACCENT  # the theme's blue otherwise
    else:
        legend = _legend(rows[series])
        encoding["color"] = alt.Color(f"{series}:N", title=None, legend=legend, sort=None)
        encoding["strokeDash"] = alt.StrokeDash(f"{series}:N", title=None, legend=legend, sort=None)
        encoding["tooltip"].insert(0, alt.Tooltip(f"{series}:N"))
    chart = alt.Chart(rows).mark_line(strokeWidth=2, **mark).encode(**encoding)
    return cast(alt.Chart, chart.properties(height=260))


def powers(values: pd.Series) -> dict[str, Any]:
    """Ticks of a logarithmic axis: powers of ten alone, at most six, wherever there are three or more."""
    seen = values[values > 0]
    if seen.empty:
        return {}
    low, high = math.floor(math.log10(seen.min())), math.ceil(math.log10(seen.max()))
    found = [10.0**power for power in range(low, high + 1, -(-(high - low + 1) // 6))]
    return {"values": found} if len(found) > 2 else {"tickCount": 4}


def _legend(names: pd.Series) -> alt.Legend:
    """Of lines, in rows on a narrow screen, where long names would be cut off."""
    few = 2 if names.astype(str).str.len().max() > SHORT_NAME else 3
    return alt.Legend(
        orient="top",
        symbolType="stroke",
        symbolSize=alt.ExprRef("width < 460 ? 150 : 300"),
        symbolStrokeWidth=2,
        columns=alt.ExprRef(f"width < 460 ? {few} : 0"),
        columnPadding=8,
    )


def accuracy_curve(
    accuracies: Sequence[tuple[int, str, float]], *, y_title: str = "Accuracy", epochs: int | None = None
) -> alt.LayerChart:
    """Accuracy per epoch, one line a split, with the line of a guess.

    Args:
        accuracies: (epoch counted from 1, split's name, share right in [0, 1]).
        y_title: Such as "Accuracy, share of images named correctly".
        epochs: How far the horizontal axis goes, so that it stands still while a run goes on.
    """
    rows = pd.DataFrame(list(accuracies), columns=["epoch", "split", "accuracy"])
    curve = lines(
        rows, x="epoch", y="accuracy", series="split", x_title="Epoch", y_title=y_title, y_format=".0%"
    )
    last = max(epochs or 0, *(epoch for epoch, _, _ in accuracies))
    curve = curve.encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch",
            scale=alt.Scale(domain=[min(1, last - 1), last], nice=False),
            axis=alt.Axis(format="d", tickMinStep=1, tickCount=min(last, 12), grid=False),
        ),
        y=alt.Y("accuracy:Q", title=y_title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
    )
    return layered(curve, guess()).properties(height=260)


def guess() -> alt.LayerChart:
    """A dashed line at the accuracy of guessing, with its name under its right end, where no curve begins."""
    base = alt.Chart(pd.DataFrame({"y": [CHANCE], "text": ["a guess: 10%"]})).encode(y=alt.Y("y:Q"))
    color = muted_color()
    name = base.mark_text(align="right", baseline="top", dx=-4, dy=4, fontSize=12, color=color)
    return layered(
        base.mark_rule(strokeDash=[4, 4], color=color),
        name.encode(x=alt.XValue("width"), text=alt.Text("text:N")),  # type: ignore[no-untyped-call]
    )


def clicked_mark(key: str, selection: str) -> dict[str, Any]:
    """The fields of the mark that was clicked in a chart; none where nothing was, or a browser sends others.

    Args:
        key: The chart's.
        selection: Name of the chart's selection of points.
    """
    state = st.session_state.get(key)
    for name in ("selection", selection):
        state = state.get(name) if isinstance(state, Mapping) else None
    mark = state[0] if isinstance(state, Sequence) and state else None
    return dict(mark) if isinstance(mark, Mapping) else {}
