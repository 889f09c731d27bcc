"""The Backward section: one step of training in numbers, from the loss back to a pixel or a weight."""

import altair as alt
import pandas as pd
import streamlit as st
import torch
from torch import nn
from torch.nn import functional as F

from core.analysis.backward import (
    MOST_IMAGES,
    BackwardPass,
    flat_units,
    layer_health,
    record,
    strongest_path,
    value_paths,
)
from core.model import count_parameters
from core.teaching.lessons.model import LESSON
from core.training.engine.batches import to_input
from ui import charts
from ui.components.grid import image_grid
from ui.lesson import play, show_run
from ui.model.activations import value_map
from ui.model.forward import pick_garment
from ui.model.path_sum import place, show_sum
from ui.model.subject import pick_subject
from ui.model.weight_step import show_weight
from ui.resources import test_split
from ui.shell.params import int_param, set_param
from ui.theme import ACCENT

MOST_NAMED = 12
"""Most units that are named one by one."""


def show() -> None:
    """The whole section."""
    st.markdown("How does one step of training know which way to move every single weight?")
    subject = pick_subject()
    if subject is None:
        return
    sample = pick_garment()
    count = int(
        st.slider("Images in the step", 1, MOST_IMAGES, 1, key="many", bind="query-params", width=320)
    )
    split = test_split()
    chosen = [(sample + i) % len(split) for i in range(count)]
    x = to_input(split.images[chosen], subject.normalize)
    done = record(subject.module, x, split.labels[chosen], F.cross_entropy)
    what = "this image" if count == 1 else f"this and the next {count - 1} images, on average"
    st.markdown(
        f"The loss of {what} is **{done.loss:.4f}** (cross-entropy). Going back from it, the chain rule "
        f"gives each of {count_parameters(subject.module):,} parameters a gradient: how much the loss would "
        "rise if that parameter rose a little. "
        "All of it is computed here by PyTorch, with the network in evaluation "
        "mode."
    )
    _health(done)
    st.header("One value on the way", anchor=False)
    depth = _pick_depth(done)
    index = _pick_value(done, depth)
    _value(done, depth, index)
    show_weight(done)
    with st.expander("The same in code", icon=":material/code:"):
        step = LESSON.step("backward")
        st.markdown(step.text)
        result = play(step)
        if result is not None:
            show_run(result)


def _health(done: BackwardPass) -> None:
    """Every layer's gradient: as a chart and as a table."""
    st.header("The gradient at every layer", anchor=False)
    health = layer_health(done)
    frame = pd.DataFrame(
        {
            "Layer": [f"{number} · {row.kind}" for number, row in enumerate(health)],
            "At its output": [row.gradient_norm for row in health],
            "At its parameters": [row.weight_gradient_norm for row in health],
            "Dead": [f"{row.dead} of {row.units}" if row.kind == "ReLU" else "" for row in health],
            "Saturated": [
                f"{row.saturated} of {row.units}" if row.units and row.kind != "ReLU" else ""
                for row in health
            ],
            "Verdict": ["" if row.state == "ok" else row.state for row in health],
        }
    )
    empty = [name for name in ("Dead", "Saturated", "Verdict") if not any(frame[name])]
    frame = frame.drop(columns=empty)
    drawn = frame[["Layer", "At its output"]][frame["At its output"] > 0]
    chart = (
        alt.Chart(drawn)
        .mark_line(point={"filled": True, "color": ACCENT}, color=ACCENT)
        .encode(
            x=alt.X("Layer:N", sort=None, title=None),
            y=alt.Y(
                "At its output:Q",
                scale=alt.Scale(type="log"),
                title="L2 norm",
                axis=alt.Axis(format="~g", **charts.powers(drawn["At its output"])),
            ),
            tooltip=[alt.Tooltip("Layer:N"), alt.Tooltip("At its output:Q", format=".3g")],
        )
        .properties(height=220)
    )
    charts.show_chart(chart, alt_text="Norm of the gradient at each layer's output, on a logarithmic scale.")
    number = st.column_config.NumberColumn(format="%.3g")
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if len(frame) <= 12 else 420,
        placeholder="",
        column_config={"At its output": number, "At its parameters": number},
        alt="Each layer's gradient norms, and its dead and saturated units",
    )
    st.caption(
        "The first two numbers are L2 norms of gradients. A ReLU's unit is dead in this step if it gives 0 "
        "for all the images; a sigmoid's or tanh's is saturated if its slope is below 5% of the steepest. "
        "A gradient vanishes or explodes if it differs from that at the logits by a factor of over 1,000."
    )


def _pick_depth(done: BackwardPass) -> int:
    """Which value to look at: 0 is the image, the others are what the layers give."""
    names = ["The image", *(f"{i} · {type(stage.layer).__name__}" for i, stage in enumerate(done.stages))]
    weighted = [number for number, stage in enumerate(done.stages) if stage.gradients]
    default = weighted[:2][-1] if weighted else 0  # what a layer inside takes: a sum over all its units
    depth = int_param("layer", default, 0, len(names) - 1)
    st.session_state["backward_layer"] = names[depth]

    def picked() -> None:
        set_param("layer", names.index(st.session_state["backward_layer"]), default)

    st.selectbox("Look at", names, key="backward_layer", on_change=picked, width=420)
    return depth


def _pick_value(done: BackwardPass, depth: int) -> tuple[int, ...]:
    """One value of the first image, chosen from the picture of its gradients; the largest until then."""
    gradients = done.gradients(depth)[0]
    st.caption("The gradient at every value, of the first image: orange above 0, blue below. Click one.")
    if gradients.ndim == 1:
        unit = value_map(gradients, key=f"backward_{depth}", default=_largest(gradients))
        flat = None if depth == 0 else flat_units(done.stages[depth - 1])
        if flat is not None and bool(flat.any()):
            named = flat.nonzero().flatten().tolist()
            more = f" and {len(named) - MOST_NAMED:,} more" if len(named) > MOST_NAMED else ""
            st.caption(f"Dead or saturated: {', '.join(map(str, named[:MOST_NAMED]))}{more}.")
        return 0, unit
    channels, _, width = gradients.shape
    channel = 0
    if channels > 1:
        largest = gradients.abs().amax((1, 2), keepdim=True).clamp_min(1e-30)
        first = _largest(largest)
        channel = min(int_param("channel", first, 0, 127), channels - 1)
        clicked = image_grid(
            (gradients / largest * 127.5 + 127.5).round().to(torch.uint8),
            [str(i) for i in range(channels)],
            key=f"backward_maps_{depth}",
            selected=channel,
            columns=16,
            least=52,
            label="Gradients of the channels, each in its own scale; arrow keys move, Enter chooses",
        )
        if clicked is not None and clicked != channel:
            set_param("channel", clicked, first)
            st.rerun()
    shown = gradients[channel].flatten()
    with st.container(width=520):
        unit = value_map(shown, key=f"backward_{depth}_{channel}", columns=width, default=_largest(shown))
    return 0, channel, unit // width, unit % width


def _largest(gradients: torch.Tensor) -> int:
    """The place of the largest gradient, either way."""
    return int(gradients.abs().argmax())


def _value(done: BackwardPass, depth: int, index: tuple[int, ...]) -> None:
    """The chosen value's gradient as a sum, and the path that carries most of it."""
    paths = value_paths(done, depth, index)
    st.markdown(
        f"Value {place(index)} is **{paths.value:.4f}**, and its gradient is **{paths.gradient:.4g}**: the "
        "sum, over all that the next operation makes of it, of what arrives there times the local derivative."
    )
    show_sum(paths, f"value {place(index)}")
    if depth < len(done.stages) and isinstance(done.stages[depth].layer, nn.Flatten):
        st.caption(f"Flatten only moves it. Look at {depth} · Flatten for the sum over the layer after it.")
    hops = strongest_path(done, depth, index)
    st.markdown("**The path that carries most**, each time through the largest product:")
    names = ["the image", *(f"{i} · {type(stage.layer).__name__}" for i, stage in enumerate(done.stages))]
    number = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        pd.DataFrame(
            {
                "On the path": [f"{names[hop.depth]} {place(hop.index)}" for hop in hops],
                "Value": [hop.value for hop in hops],
                "Gradient, all paths": [hop.gradient for hop in hops],
                "Local derivative of the next": [hop.local for hop in hops],
            }
        ),
        hide_index=True,
        height="content" if len(hops) <= 12 else 420,
        column_config=dict.fromkeys(("Value", "Gradient, all paths", "Local derivative of the next"), number),
        alt="The values on the strongest path to the loss, with their gradients",
    )
    if hops[-1].depth < len(done.stages):
        st.caption("The path ends here: every local derivative, or all that arrives, is 0.")
