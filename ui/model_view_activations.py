"""A layer's values as a field of cells that can be clicked, or chosen by number."""

import math

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor

from ui.params import int_param, set_param
from ui.theme import ACCENT, SECOND, is_dark, text_color

_PARAM = "unit"


def value_map(values: Tensor, *, key: str) -> int:
    """Show a vector as cells, and give the chosen position, which is in the link as `?unit=`.

    Args:
        values: float, N.
        key: Unique on the page.
    """
    count = len(values)
    chosen = min(int_param(_PARAM, 0, 0, 2**20), count - 1)
    columns = count if count <= 16 else math.ceil(math.sqrt(count * 2.5))
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
    top = max(float(values.abs().max()), 1e-9)
    zero = "#1e2327" if is_dark() else "#eef0ec"
    pick = alt.selection_point(name="cell", fields=["unit"], on="click", empty=False)
    chart = (
        alt.Chart(frame)
        .mark_rect(cornerRadius=2)
        .encode(
            x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.12)),
            y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.12)),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(domain=[-top, 0, top], range=[SECOND, zero, ACCENT], interpolate="rgb"),
                legend=alt.Legend(title="Value", orient="bottom", gradientLength=220, format=".2f"),
            ),
            stroke=alt.condition("datum.chosen", alt.value(text_color()), alt.value(None)),
            strokeWidth=alt.condition("datum.chosen", alt.value(2.5), alt.value(0)),
            tooltip=["unit:Q", alt.Tooltip("value:Q", format=".4f")],
        )
        .add_params(pick)
        .properties(height=min(420, max(60, rows * 24)) + 50)
    )
    event = st.altair_chart(
        chart,
        width="stretch",
        on_select="rerun",
        selection_mode="cell",
        key=f"{key}_{count}",
        alt=f"{count} values from {values.min():.2f} to {values.max():.2f} as coloured cells.",
    )
    picked = event.get("selection", {}).get("cell", [])
    unit = picked[0].get("unit") if picked else None
    seen = f"{key}_{count}_seen"
    if unit != st.session_state.get(seen):  # a click is news once; the field below may have moved on since
        st.session_state[seen] = unit
        if isinstance(unit, int) and 0 <= unit < count and unit != chosen:
            set_param(_PARAM, unit, 0)
            st.rerun()
    field = f"{key}_field_{count}"
    st.session_state[field] = chosen

    def typed() -> None:
        set_param(_PARAM, st.session_state[field], 0)

    st.number_input(
        f"Value to explain, 0 to {count - 1:,} (or click a cell)",
        0,
        count - 1,
        key=field,
        on_change=typed,
        width=280,
    )
    return chosen
