"""The two charts of the wall: how many gave each answer, and the numbers that were guessed."""

from collections.abc import Sequence
from typing import cast

import altair as alt
import pandas as pd

from ui.charts import Chart, layered
from ui.theme import ACCENT, NEUTRAL, SECOND, text_color

_LARGE = 20  # pixels: it is read from afar


def answer_bars(table: pd.DataFrame) -> Chart:
    """Bars of a choice, the right answer in the accent color.

    Args:
        table: A row per answer: `answer`, `phones`, and `right`, a bool that is true for the right one.
    """
    table["answer"] = [
        f"✓ {answer}" if right else answer
        for answer, right in zip(table["answer"], table["right"], strict=True)
    ]  # nobody may have given it, and then there is no bar
    base = alt.Chart(table).encode(
        y=alt.Y("answer:N", sort=None, title=None, axis=alt.Axis(labelLimit=480, labelFontSize=_LARGE)),
        x=alt.X("phones:Q", title="Phones", axis=alt.Axis(tickMinStep=1, format="d", grid=False)),
    )
    color = alt.Color("right:N", legend=None, scale=alt.Scale(domain=[True, False], range=[ACCENT, NEUTRAL]))
    count = base.mark_text(align="left", dx=6, fontSize=_LARGE, color=text_color())
    return layered(
        base.mark_bar(cornerRadiusEnd=4).encode(color=color), count.encode(text=alt.Text("phones:Q"))
    ).properties(height=alt.Step(52))


def number_strip(values: Sequence[float], *, low: float, high: float, truth: float | None) -> Chart:
    """Numbers as ticks on one axis, with a line where the true one is.

    Args:
        values: What was guessed.
        low: Left end of the axis.
        high: Right end of the axis.
        truth: The true number, where it is known.
    """
    axis = alt.X(
        "value:Q", title="Guess", scale=alt.Scale(domain=[low, high]), axis=alt.Axis(tickCount=10, grid=False)
    )
    guesses = alt.Chart(pd.DataFrame({"value": list(values)}))
    ticks = guesses.mark_tick(thickness=3, size=48, opacity=0.6, color=SECOND).encode(x=axis)
    if truth is None:
        return cast(Chart, ticks.properties(height=140))
    true = alt.Chart(pd.DataFrame({"value": [truth], "name": [f"✓ {truth:.1f}"]})).encode(x=axis)
    name = true.mark_text(dy=-12, y=0, baseline="bottom", fontSize=_LARGE, color=text_color())
    line = true.mark_rule(strokeWidth=3, color=ACCENT)
    return layered(ticks, line, name.encode(text=alt.Text("name:N"))).properties(height=140)
