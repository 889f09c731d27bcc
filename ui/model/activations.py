"""A layer's values as a field of cells that can be clicked, or chosen by number."""

import copy
import math
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor, nn

from ui import charts
from ui.model.pictures import signed_png
from ui.shell.params import int_param, set_param
from ui.theme import ACCENT, SECOND, is_dark, text_color

_PARAM = "unit"
MAX_CELLS = 2048
"""Most values that are drawn as cells to click; more are drawn as a strip."""
STRIP = 1568
"""Most pixels of a strip, across."""


def value_map(values: Tensor, *, key: str, columns: int | None = None, default: int = 0) -> int:
    """Show a vector as cells, and give the chosen position, which is in the link as `?unit=`.

    Args:
        values: float, N.
        key: Unique on the page.
        columns: Cells in a row, where the values are a picture.
        default: The position until one is chosen.
    """
    count = len(values)
    chosen = min(int_param(_PARAM, default, 0, 2**20), count - 1)
    if count > MAX_CELLS:
        show_strip(values, f"{count:,} values in one row")
    else:
        _cells(values, chosen, key, columns, default)
    field = f"{key}_field_{count}"
    st.session_state[field] = chosen

    def typed() -> None:
        set_param(_PARAM, st.session_state[field], default)

    st.number_input(
        f"Value to explain, 0 to {count - 1:,}" + (" (or click a cell)" if count <= MAX_CELLS else ""),
        0,
        count - 1,
        key=field,
        on_change=typed,
        width=280,
    )
    return chosen


def show_strip(values: Tensor, alt_text: str) -> None:
    """Show a vector as a strip of colors; a long one is averaged.

    Args:
        values: float, N.
        alt_text: What it is.
    """
    if len(values) > STRIP:
        values = nn.functional.adaptive_avg_pool1d(values[None], STRIP)[0]
    st.image(signed_png(values.expand(max(24, len(values) // 14), -1), 1), alt=alt_text, width="stretch")


def _cells(values: Tensor, chosen: int, key: str, columns: int | None, default: int) -> None:
    """The values as colored cells; a click puts the cell into the link before the page runs."""
    count = len(values)
    columns = columns or (count if count <= 16 else math.ceil(math.sqrt(count * 2.5)))
    rows = math.ceil(count / columns)
    frame = pd.DataFrame(
        {
            "unit": range(count),
            "value": values.tolist(),
            "column": [i % columns for i in range(count)],
            "row": [i // columns for i in range(count)],
            "chosen": [i == chosen for i in range(count)],
        }
    )
    top = float(values.abs().max()) or 1e-9
    spec = copy.deepcopy(_cells_spec("#1e2327" if is_dark() else "#eef0ec", text_color()))
    spec["height"] = min(420, max(84, rows * 24)) + 70
    spec["encoding"]["color"]["scale"]["domain"] = [-top, 0, top]
    field = f"{key}_{count}"

    def clicked() -> None:
        unit = charts.clicked_mark(field, "cell").get("unit")
        if isinstance(unit, int) and 0 <= unit < count:
            set_param(_PARAM, unit, default)

    st.vega_lite_chart(
        frame,
        spec,
        width="stretch",
        on_select=clicked,
        selection_mode="cell",
        key=field,
        alt=f"{count} values from {values.min():.2g} to {values.max():.2g} as colored cells.",
    )


@lru_cache(maxsize=4)
def _cells_spec(zero: str, text: str) -> dict[str, Any]:
    """The encoding without data, height and the values' range."""
    pick = alt.selection_point(name="cell", fields=["unit"], on="click", empty=False)
    chart = (
        alt.Chart()
        .mark_rect(cornerRadius=2)
        .encode(
            x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.12)),
            y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.12)),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(range=[SECOND, zero, ACCENT], interpolate="rgb"),
                legend=alt.Legend(title="Value", orient="bottom", gradientLength=220, format=".2~g"),
            ),
            stroke=alt.StrokeValue(None, condition={"test": "datum.chosen", "value": text}),
            strokeWidth=alt.StrokeWidthValue(0, condition={"test": "datum.chosen", "value": 2.5}),
            tooltip=[alt.Tooltip("unit:Q"), alt.Tooltip("value:Q", format=".4~g")],
        )
        .add_params(pick)
    )
    return charts.without_data(chart)
