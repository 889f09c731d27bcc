"""The Build section: layers added, removed, moved and changed, with the first misfit explained and fixed."""

import typing
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from core.config import MAX_CHANNELS, MAX_LAYERS, MAX_WIDTH, LayerConfig, LayerKind
from core.model import layers_of
from core.model.architecture import Problem, trace_until_problem
from core.model.class_code import class_code, printed
from core.model.layer_table import TYPE_NAMES, LayerRow, padding_of, shape_text
from core.model.layer_text import layers_to_text
from core.model.summary import NetworkSummary, summary_of
from ui.code import show_code
from ui.model.subject import PRESETS, TUTORIAL, built_layers, config_of, set_layers, show_totals
from ui.shell.navigation import entry

Layers = tuple[LayerConfig, ...]

_CHOSEN: Final = "chosen_layer"
_WHAT: Final[dict[LayerKind, str]] = {
    "flatten": "Lays an image out as one row of features.",
    "linear": "Each output is a weighted sum of all inputs, plus a bias.",
    "conv": "Slides small windows of weights over the image, one per output channel.",
    "max_pool": "Keeps the largest value of each window: the image shrinks.",
    "avg_pool": "Keeps the mean of each window: the image shrinks.",
    "batch_norm": "Brings each feature to mean 0 and spread 1 over the batch, then scales and shifts it.",
    "dropout": "In training sets a share of the values to 0 at random; in evaluation does nothing.",
    "relu": "max(0, x): without such a bend, stacked linear layers are one linear layer.",
    "leaky_relu": "x above 0, 0.01 · x below.",
    "gelu": "x times the normal distribution's share below x: a soft ReLU.",
    "silu": "x · sigmoid(x): another soft ReLU.",
    "tanh": "Squeezes into (−1, 1).",
    "sigmoid": "Squeezes into (0, 1).",
    "softmax": "Turns values into shares that sum to 1. The loss does so itself: as a last layer it harms.",
}
_NEW: Final = LayerConfig(kind="relu")


def show() -> None:
    """The whole section."""
    layers = built_layers()
    rows, problem = trace_until_problem(layers)
    _presets()
    if problem is not None:
        _explain(problem)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chosen = _layer_list(layers, rows, problem)
    with right, st.container(border=True):
        _editor(layers, chosen)
    if problem is not None:
        st.caption("The counts and the code come back once every layer fits.")
        return
    config = config_of(layers)
    _totals(summary_of(config), layers)
    st.header("As code", anchor=False)
    st.caption("What `print(model)` prints:")
    st.code(printed(config), language=None)
    st.caption("The class, written out: it runs as it stands, prints the text above and makes ten logits.")
    show_code(class_code(config), key="class_code", file_name="network.py")


def _change(layers: Layers, chosen: int) -> None:
    """Take new layers over, in a callback: the page then runs once, with them."""
    set_layers(layers)
    st.session_state[_CHOSEN] = max(0, min(chosen, len(layers) - 1))


def _presets() -> None:
    def start_from() -> None:
        name = st.session_state["preset"]
        if name is not None:
            _change(layers_of(PRESETS[name]), 0)
        st.session_state["preset"] = None

    st.pills("Start from", list(PRESETS), key="preset", on_change=start_from)


def _layer_list(layers: Layers, rows: tuple[LayerRow, ...], problem: Problem | None) -> int:
    """The layers to choose from, each with the shapes around it; gives the chosen position."""
    st.session_state[_CHOSEN] = min(st.session_state.get(_CHOSEN, 0), len(layers) - 1)

    def caption(index: int) -> str:
        if problem is not None and index == problem.layer:
            return "does not fit"
        if index >= len(rows):
            return "not reached"
        row = rows[index]
        count = f" · {row.parameters:,} parameters" if row.parameters else ""
        if row.input_shape == row.output_shape:
            return f"{shape_text(row.output_shape)}{count}"
        return f"{shape_text(row.input_shape)} → {shape_text(row.output_shape)}{count}"

    def title(index: int) -> str:
        mark = ":red[:material/error:] " if problem is not None and index == problem.layer else ""
        return f"{mark}{index} · {_title(layers[index])}"

    chosen = st.radio(
        "Layers, numbered from 0; the image enters at the top",
        range(len(layers)),
        format_func=title,
        captions=[caption(index) for index in range(len(layers))],
        key=_CHOSEN,
    )
    return int(chosen or 0)


def _title(layer: LayerConfig) -> str:
    """A layer in a few words."""
    match layer.kind:
        case "linear":
            return f"Linear, {layer.size:,} outputs" + ("" if layer.bias else ", no bias")
        case "conv":
            bias = "" if layer.bias else ", no bias"
            return f"Conv2d, {layer.size} channels, {layer.kernel} × {layer.kernel}{_steps(layer)}{bias}"
        case "max_pool" | "avg_pool":
            return f"{TYPE_NAMES[layer.kind]}, {layer.size} × {layer.size}"
        case "dropout":
            return f"Dropout, p = {layer.p:g}"
    return TYPE_NAMES[layer.kind]


def _steps(layer: LayerConfig) -> str:
    """How a convolution's window moves, where it does not simply keep the size."""
    padding = "" if layer.padding is None else f", padding {layer.padding}"
    return padding + (f", stride {layer.stride}" if layer.stride != 1 else "")


def _editor(layers: Layers, chosen: int) -> None:
    """Widgets for the chosen layer, and buttons that move, remove and add."""
    layer = layers[chosen]
    st.markdown(f"**Layer {chosen}**")

    def put(**changes: Any) -> None:
        _change((*layers[:chosen], replace(layer, **changes), *layers[chosen + 1 :]), chosen)

    def field(name: str, convert: Callable[[Any], Any]) -> dict[str, Any]:
        # the key changes with the layers, so that each widget starts from what the layer says now
        key = f"edit-{name}-{chosen}-{layers_to_text(layers)}"
        return {"key": key, "on_change": lambda: put(**{name: convert(st.session_state[key])})}

    kinds = list(typing.get_args(LayerKind))
    kind_key = f"edit-kind-{chosen}-{layers_to_text(layers)}"

    def other_kind() -> None:
        new = _fresh(st.session_state[kind_key])
        _change((*layers[:chosen], new, *layers[chosen + 1 :]), chosen)

    st.selectbox(
        "Kind",
        kinds,
        kinds.index(layer.kind),
        format_func=TYPE_NAMES.__getitem__,
        key=kind_key,
        on_change=other_kind,
    )
    st.caption(_WHAT[layer.kind])
    if layer.kind == "linear":
        st.number_input("Outputs", 1, MAX_WIDTH, layer.size, **field("size", int))
    elif layer.kind == "conv":
        st.number_input("Output channels", 1, MAX_CHANNELS, layer.size, **field("size", int))
        sides = (1, 3, 5, 7, 9)
        st.selectbox("Window, pixels per side", sides, sides.index(layer.kernel), **field("kernel", int))
        left, right = st.columns(2)
        left.number_input(
            "Padding, pixels", 0, 8, padding_of(layer),
            help="Zeros around what it is given. Half the window keeps its size.",
            **field("padding", int),
        )  # fmt: skip
        right.number_input(
            "Stride, pixels", 1, 4, layer.stride,
            help="From one place of the window to the next: 2 halves height and width.",
            **field("stride", int),
        )  # fmt: skip
    elif layer.kind in ("max_pool", "avg_pool"):
        st.number_input("Window, pixels per side", 1, 14, layer.size, **field("size", int))
    elif layer.kind == "dropout":
        st.slider("Probability of a 0", 0.0, 0.9, min(layer.p, 0.9), 0.05, **field("p", float))
    if layer.kind in ("linear", "conv", "batch_norm"):
        st.number_input(
            "Inputs", 0, 1_000_000, layer.inputs,
            help="`nn.Linear(in, out)` wants its inputs spelled out. 0 takes whatever arrives; any other "
            "number must be what arrives, or PyTorch stops with an error.",
            **field("inputs", int),
        )  # fmt: skip
    if layer.kind in ("linear", "conv"):
        st.toggle("Bias", layer.bias, **field("bias", bool))
    _moves(layers, chosen)


def _fresh(kind: LayerKind) -> LayerConfig:
    """A layer of this kind with ordinary settings."""
    sizes: dict[LayerKind, int] = {"linear": 128, "conv": 16, "max_pool": 2, "avg_pool": 2}
    return LayerConfig(kind=kind, size=sizes.get(kind, 0), p=0.2 if kind == "dropout" else 0.0)


def _moves(layers: Layers, chosen: int) -> None:
    def moved(to: int) -> Layers:
        rest = [*layers[:chosen], *layers[chosen + 1 :]]
        rest.insert(to, layers[chosen])
        return tuple(rest)

    last = len(layers) - 1
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Up", icon=":material/arrow_upward:", disabled=chosen == 0,
            on_click=lambda: _change(moved(chosen - 1), chosen - 1),
        )  # fmt: skip
        st.button(
            "Down", icon=":material/arrow_downward:", disabled=chosen == last,
            on_click=lambda: _change(moved(chosen + 1), chosen + 1),
        )  # fmt: skip
        st.button(
            "Remove", icon=":material/delete:", disabled=last == 0,
            on_click=lambda: _change((*layers[:chosen], *layers[chosen + 1 :]), chosen),
        )  # fmt: skip
        full = len(layers) >= MAX_LAYERS
        st.button(
            "Add below", icon=":material/add:", disabled=full, type="primary",
            help=f"A network here has at most {MAX_LAYERS} layers." if full else None,
            on_click=lambda: _change((*layers[: chosen + 1], _NEW, *layers[chosen + 1 :]), chosen + 1),
        )  # fmt: skip


def _explain(problem: Problem) -> None:
    """What does not fit, and the button that puts it right."""
    st.error(problem.sentence, icon=":material/error:")
    st.button(
        problem.fix.label,
        icon=":material/build:",
        type="primary",
        key="fix",
        on_click=lambda: _change(problem.fix.layers, problem.layer),
    )


def _totals(summary: NetworkSummary, layers: Layers) -> None:
    """What the whole network comes to, and the way to train it."""
    show_totals(summary)
    training = entry("training")
    if training.path.is_file():
        query = {"architecture": "tutorial"}
        if layers != TUTORIAL:
            query = {"architecture": "custom", "layers": layers_to_text(layers)}
        st.page_link(
            training.path, label="Train this network", icon=":material/model_training:", query_params=query
        )
