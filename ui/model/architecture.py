"""The Architecture section: the layers drawn with shapes on the arrows, and counted in a table."""

import math
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from core.config import LayerConfig
from core.model import layers_of
from core.model.layer_table import LayerRow, shape_text
from core.model.summary import NetworkSummary, summarize_network
from ui import charts
from ui.model.subject import pick_subject, set_layers, show_origin, show_totals
from ui.shell.sections import open_section
from ui.theme import NEUTRAL, text_color

_KINDS: Final = {
    "Weighted sums": ("#2f6bc0", ("Linear", "Conv2d")),
    "Activation": ("#0f766e", ("ReLU", "LeakyReLU", "GELU", "SiLU", "Tanh", "Sigmoid", "Softmax")),
    "Normalization": ("#7a4fa3", ("BatchNorm1d", "BatchNorm2d")),
    "Dropout": ("#92600a", ("Dropout",)),
    "Shape": ("#5b646d", ("Flatten", "MaxPool2d", "AvgPool2d")),
}
"""What each color stands for; white text on each is at least 4.5 to 1."""

_STEP: Final = 70
"""Pixels from one layer to the next."""
_BOX: Final = 0.6
"""Height of a layer's box, share of a step."""


def show() -> None:
    """The whole section."""
    subject = pick_subject()
    if subject is None:
        return
    show_origin(subject)
    summary = summarize_network(subject.module)
    drawn, counted = st.columns([3, 2], gap="medium")
    with drawn:
        names = ", ".join(f"{row.type_name} to {shape_text(row.output_shape)}" for row in summary.rows)
        charts.show_chart(
            _drawing(summary), alt_text=f"The network from top to bottom: image, {names}, logits."
        )
    with counted:
        show_totals(summary)
        st.markdown(
            "On the arrows: the shape of one image on its way. The wider a box, the more values the layer "
            "gives."
        )
        st.button(
            "Change these layers in Build",
            icon=":material/edit:",
            key="edit_these",
            on_click=_edit,
            args=(layers_of(subject.config),),
        )
    st.header("Layer by layer", anchor=False)
    _table(summary)


def _edit(layers: tuple[LayerConfig, ...]) -> None:
    set_layers(layers)
    open_section("Build")


def _drawing(summary: NetworkSummary) -> alt.LayerChart:
    """Boxes from top to bottom, arrows between them, shapes beside the arrows."""
    boxes = pd.DataFrame([_box(number, row, summary) for number, row in enumerate(summary.rows)])
    shapes = [row.input_shape for row in summary.rows] + [summary.rows[-1].output_shape]
    names = ["image, ", *[""] * (len(shapes) - 2), " logits"]
    texts = [f"{names[0]}{shape_text(shapes[0])}", *map(shape_text, shapes[1:-1])]
    texts.append(f"{shape_text(shapes[-1])}{names[-1]}")
    half = _BOX / 2
    arrows = pd.DataFrame(
        {
            "from": [number - 1 + half for number in range(len(shapes))],
            "to": [number - half - 0.03 for number in range(len(shapes))],
            "shape": texts,
            "center": 0.0,
        }
    )
    height = alt.Scale(domain=[-0.75, len(shapes) - 1.25], reverse=True, nice=False)
    box = _boxes(boxes, height)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=height, axis=None)

    words: dict[str, Any] = {"align": "center", "baseline": "middle", "color": "#ffffff"}
    title = (
        alt.Chart(boxes)
        .mark_text(**words, fontSize=14, fontWeight=600)
        .encode(y=y("title"), text=alt.Text("layer:N"))
    )
    count = alt.Chart(boxes).mark_text(**words, fontSize=12).encode(y=y("line"), text=alt.Text("count:N"))
    line = alt.Chart(arrows).mark_rule(strokeWidth=1.5, color=NEUTRAL).encode(y=y("from"), y2=alt.Y2("to:Q"))
    tip = (
        alt.Chart(arrows)
        .mark_point(shape="triangle-down", filled=True, size=70, color=NEUTRAL, opacity=1)
        .encode(y=y("to"))
    )
    label = (
        alt.Chart(arrows)
        .transform_calculate(middle="(datum.from + datum.to) / 2")
        .mark_text(align="left", baseline="middle", dx=12, fontSize=13, color=text_color())
        .encode(y=y("middle"), text=alt.Text("shape:N"))
    )
    centered = [layer.encode(x=_across("center")) for layer in (title, count, line, tip, label)]
    chart = charts.layered(*centered[2:4], box, *centered[:2], centered[4])
    return chart.properties(height=_STEP * (len(shapes) - 0.5))


def _across(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[-1, 1], nice=False), axis=None)


def _boxes(boxes: pd.DataFrame, height: alt.Scale) -> alt.Chart:
    """A box per layer, the wider the more values it gives."""
    tips = [alt.Tooltip(f"{name}:N") for name in ("layer", "name", "takes", "gives", "parameters")]
    chart: alt.Chart = (
        alt.Chart(boxes)
        .mark_rect(cornerRadius=8)
        .encode(
            x=_across("left"),
            x2=alt.X2("right:Q"),
            y=alt.Y("top:Q", scale=height, axis=None),
            y2=alt.Y2("bottom:Q"),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(_KINDS), range=[color for color, _ in _KINDS.values()]),
                legend=None,
            ),
            tooltip=tips,
        )
    )
    return chart


def _box(number: int, row: LayerRow, summary: NetworkSummary) -> dict[str, object]:
    most = max(math.prod(other.output_shape) for other in summary.rows)
    width = 0.42 + 0.5 * math.log(max(2, math.prod(row.output_shape))) / math.log(max(3, most))
    kind = next((kind for kind, (_, types) in _KINDS.items() if row.type_name in types), "Shape")
    return {
        "layer": row.type_name,
        "name": summary.names[number],
        "takes": shape_text(row.input_shape),
        "gives": shape_text(row.output_shape),
        "parameters": f"{row.parameters:,}",
        "count": f"{row.parameters:,} parameters" if row.parameters else "",
        "kind": kind,
        "center": 0.0,
        "left": -width,
        "right": width,
        "top": number - _BOX / 2,
        "bottom": number + _BOX / 2,
        "title": number - (0.11 if row.parameters else 0),
        "line": number + 0.15,
    }


def _table(summary: NetworkSummary) -> None:
    """Every layer's counts, and their totals in the last row."""
    total = max(summary.parameters, 1)
    rows = [
        {
            "Layer": name,
            "Type": row.type_name,
            "Output": shape_text(row.output_shape),
            "Weights": row.weights,
            "Biases": row.biases,
            "Share": row.parameters / total,
            "Multiply-adds": row.multiply_adds,
            "Activations, kB": row.activation_bytes / 1000,
        }
        for name, row in zip(summary.names, summary.rows, strict=True)
    ]
    rows.append(
        {
            "Layer": "Total",
            "Type": f"{len(summary.rows)} layers",
            "Output": shape_text(summary.rows[-1].output_shape),
            "Weights": summary.weights,
            "Biases": summary.biases,
            "Share": summary.parameters / total,
            "Multiply-adds": summary.multiply_adds,
            "Activations, kB": summary.activation_bytes / 1000,
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config={
            "Layer": st.column_config.TextColumn(pinned=True),
            "Weights": number(format="localized"),
            "Biases": number(format="localized"),
            "Share": number(format="percent", help="Share of all parameters"),
            "Multiply-adds": number(format="localized", help="For one image"),
            "Activations, kB": number(format="%.1f", help="Memory of what the layer gives for one image"),
        },
        alt="Shapes, parameters, multiply-adds and memory of each layer, and their totals",
    )
    st.caption(
        "For one image. A bias counts as one more multiply-add, a batch norm as one for each value; "
        "activations, pooling and dropout are not counted. kB are 1,000 bytes; a float32 takes 4. "
        "A flatten makes no new values. Training keeps the activations of the whole batch for backward."
    )
