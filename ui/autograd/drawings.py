"""What the autograd page draws beside its steps: the graph, a node's inside, and charts of gradients."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core.analysis.graph import Graph, Node, Value, trace_backward
from core.teaching.snippets import StepResult, execute
from ui import charts
from ui.components.graph_view import graph_view
from ui.components.tensor_view import Cells, tensor_row
from ui.lesson import show_values


def show_graph(result: StepResult) -> None:
    """The graph of the last value the step returned, drawn from `grad_fn`, and the node that was clicked."""
    output = result.step.shown[-1]
    graph = _graph(result.code, output)
    picture, inside = st.columns([3, 2], gap="medium")
    with picture:
        st.caption(
            f"Drawn from `{output}.grad_fn`; click a node to look inside. Arrows point forward, from the "
            f"leaves (round, blue: tensors you made) to `{output}` (green); backward goes against them."
        )
        node = graph_view(graph, key=f"{result.step.name}_graph", answer=f"{result.step.name}_answer")
    with inside, st.container(key=f"{result.step.name}_answer"):
        show_node(node, output, key=f"{result.step.name}_inside")


def show_node(node: Node, output: str, *, key: str) -> None:
    """One node: what it computed, what it kept, and the gradient that arrived at it."""
    names = {"leaf": "Leaf", "operation": "Operation", "output": "Operation"}
    title = f"{names[node.kind]} `{node.title}`"
    st.markdown(
        f"### {title}" + (f", which gives `{node.variable}`" if node.variable and node.kind != "leaf" else "")
    )
    st.caption(f"PyTorch calls it `{node.function}`.")
    if node.forward:
        st.markdown(f"Forward: {_formula(node.forward)}")
        st.markdown(f"Backward, when the gradient g arrives: {_formula(node.backward)}")
    if node.gradient is not None:
        of = node.variable or "its result"
        st.markdown(
            f"**g: the gradient of `{output}` with respect to {'`' + of + '`' if node.variable else of}**"
        )
        _show_value(node.gradient, "g", key=f"{key}_gradient")
    kept = [value for value in node.saved if value.name != "variable"]
    if node.kind == "leaf":
        st.markdown("**Its value**")
        for value in node.saved:
            _show_value(value, node.variable or "value", key=f"{key}_value")
    elif kept:
        st.markdown(f"**Kept for backward** ({sum(value.nbytes for value in kept):,} bytes)")
        if any(value.name == "self" for value in kept):
            st.caption("PyTorch's names: `self` is the first input.")
        for value in kept:
            name = value.name + (f" = {value.of}" if value.of else "")
            _show_value(value, name, key=f"{key}_{value.name}")
    else:
        st.markdown("**Keeps no tensor for backward**: its formula needs none.")
    if node.settings:
        st.caption("Settings kept: " + ", ".join(f"`{name}` = {value}" for name, value in node.settings))


def show_gradients(result: StepResult) -> None:
    """Bars of `w.grad` after each backward: growing, or not."""
    seen = result.values["seen"]
    rows = pd.DataFrame({"pass": range(1, len(seen) + 1), "gradient": seen})
    bars = (
        alt.Chart(rows)
        .mark_bar(color=charts.ACCENT, cornerRadiusEnd=3, size=36)
        .encode(
            x=alt.X("pass:O", title="Backward pass", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("gradient:Q", title="w.grad", scale=alt.Scale(domain=[0, max(12.0, *seen)])),
            tooltip=[alt.Tooltip("pass"), alt.Tooltip("gradient")],
        )
    )
    charts.show_chart(bars, alt_text="w.grad after each backward pass", height=260)


def show_moved(result: StepResult) -> None:
    """Bars of how far each parameter moved; frozen ones have none."""
    names, moved = result.values["names"], result.values["moved"]
    bars = (
        alt.Chart(pd.DataFrame({"parameter": names, "moved": moved}))
        .mark_bar(color=charts.ACCENT, cornerRadiusEnd=3)
        .encode(
            y=alt.Y("parameter:N", title=None, sort=None),
            x=alt.X("moved:Q", title="Distance from where it began (L2 norm)"),
            tooltip=[alt.Tooltip("parameter"), alt.Tooltip("moved:Q", format=".4f")],
        )
    )
    charts.show_chart(bars, alt_text="How far each parameter moved", height=190)


def show_tracking(result: StepResult) -> None:
    """Time with and without tracking, and the bytes kept."""
    milliseconds, saved = result.values["milliseconds"], result.values["saved_bytes"]
    batch = result.inputs["batch"]
    with st.container(horizontal=True):
        st.metric("Forward pass, tracking", f"{milliseconds[0]:.2f} ms", border=True)
        st.metric("Forward pass, no_grad", f"{milliseconds[1]:.2f} ms", border=True)
        st.metric(f"Kept for backward, {batch} images", f"{saved / 1e6:.2f} MB", border=True)


def show_errors(result: StepResult) -> None:
    """The difference between autograd and finite differences against the step h, both logarithmic."""
    rows = pd.DataFrame({"h": result.values["steps"], "difference": result.values["errors"]})
    rows["difference"] = rows["difference"].clip(lower=1e-16)
    line = (
        alt.Chart(rows)
        .mark_line(point={"size": 60, "filled": True, "color": charts.ACCENT}, color=charts.ACCENT)
        .encode(
            x=alt.X(
                "h:Q",
                title="Step h",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="e", values=rows["h"].tolist()),
            ),
            y=alt.Y(
                "difference:Q",
                title="Largest difference to autograd",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="e", tickCount=6),
            ),
            tooltip=[alt.Tooltip("h:Q", format=".0e"), alt.Tooltip("difference:Q", format=".1e")],
        )
    )
    charts.show_chart(
        line, alt_text="Difference between autograd and finite differences against the step", height=280
    )


def show_jacobian(result: StepResult) -> None:
    """The vector times the Jacobian gives the gradient, as grids."""
    v, jacobian, gradient = (result.values[name] for name in ("v", "jacobian", "gradient"))
    tensor_row(
        [Cells(v, "v"), "@", Cells(jacobian, "jacobian"), "=", Cells(gradient, "gradient")],
        key="vjp_cells",
    )


def show_backward(result: StepResult) -> None:
    """`w` with its gradient beside it."""
    show_values(result, "w", "w_grad", "b_grad")


def _formula(latex: str) -> str:
    """The formula as Markdown, in parts between which a line may break."""
    return ", ".join(f"${part}$" for part in latex.split(r",\quad "))


def _show_value(value: Value, name: str, *, key: str) -> None:
    if value.tensor is not None:
        tensor_row([Cells(value.tensor, name)], key=key)
    else:
        st.markdown(
            f"`{name}`: shape {value.shape}, {value.dtype}, norm {value.norm:.4g}, {value.nbytes:,} bytes"
        )


@st.cache_resource(max_entries=48, show_spinner=False)
def _graph(code: str, output: str) -> Graph:
    """The graph that this text leaves, with its gradients; the text is a step's, never a visitor's."""
    _, namespace, _ = execute(code.replace(f"{output}.backward()\n", ""))
    names: dict[str, Any] = {name: value for name, value in namespace.items() if not name.startswith("_")}
    return trace_backward(namespace[output], names)
