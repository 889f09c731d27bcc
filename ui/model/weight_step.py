"""One weight in the Backward section: its gradient as a sum, and what an optimizer makes of it."""

from dataclasses import replace
from typing import Final

import streamlit as st
import torch

from core.analysis.backward import BackwardPass, update, weight_paths
from core.config import OptimizerConfig
from ui.model.path_sum import show_sum
from ui.shell.params import choice_param, float_param, int_param, set_param

OPTIMIZERS: Final = {
    "SGD": OptimizerConfig(),
    "SGD, momentum 0.9": OptimizerConfig(momentum=0.9),
    "SGD, Nesterov 0.9": OptimizerConfig(momentum=0.9, nesterov=True),
    "Adam": OptimizerConfig(name="adam"),
    "AdamW": OptimizerConfig(name="adamw"),
    "RMSprop": OptimizerConfig(name="rmsprop"),
}


def show_weight(done: BackwardPass) -> None:
    """The chosen weight, from its gradient to its value after the step."""
    places = {
        f"{stage.name}.{name}": (number, name)
        for number, stage in enumerate(done.stages)
        for name in stage.gradients
    }
    if not places:
        st.info(
            "This network has no parameters: there is nothing for a step to change.", icon=":material/info:"
        )
        return
    st.header("One weight and its step", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.selectbox("Parameter", list(places), key="parameter", bind="query-params", width=320)
        layer, name = places[chosen]
        gradients = done.stages[layer].gradients[name]
        entry = _pick_entry(gradients)
    index = tuple(int(at) for at in torch.unravel_index(torch.tensor(entry), gradients.shape))
    paths = weight_paths(done, layer, name, index)
    weight = f"{chosen}[{', '.join(map(str, index))}]"
    st.markdown(
        f"`{weight}` has the gradient **{paths.gradient:.4g}**: the sum over "
        "every use of it, once per image, or once per place where a convolution or batch norm applies it."
    )
    show_sum(paths, weight)
    _step(paths.value, paths.gradient)


def _pick_entry(gradients: torch.Tensor) -> int:
    """The number of a value of the parameter, counted row by row; the largest gradient's unless chosen."""
    largest, count = int(gradients.abs().argmax()), gradients.numel()
    entry = min(int_param("entry", largest, 0, 2**24), count - 1)
    st.session_state["backward_entry"] = entry

    def typed() -> None:
        set_param("entry", st.session_state["backward_entry"], largest)

    st.number_input(
        f"Value, 0 to {count - 1:,}", 0, count - 1, key="backward_entry", on_change=typed, width=200
    )
    return entry


def _step(weight: float, gradient: float) -> None:
    """What the chosen optimizer makes of the gradient."""
    names = list(OPTIMIZERS)
    choice_param("optimizer", names, names[0])
    float_param("lr", 0.001, 1e-6, 10.0)
    float_param("decay", 0.0, 0.0, 1.0)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox("Optimizer", names, key="optimizer", bind="query-params", width=220)
        lr = st.number_input(
            "Learning rate", 1e-6, 10.0, 0.001, 0.001, "%g", key="lr", bind="query-params", width=160
        )
        decay = st.number_input(
            "Weight decay", 0.0, 1.0, 0.0, 0.001, "%g", key="decay", bind="query-params", width=160
        )
    made = update(replace(OPTIMIZERS[name], lr=float(lr), weight_decay=float(decay)), weight, gradient)
    st.latex(made.formula)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Weight", f"{weight:.6f}", width="content")
        st.metric("Gradient", f"{gradient:.4g}", width="content")
        st.metric("Change", f"{made.change:.4g}", width="content")
        st.metric("Weight after", f"{made.after:.6f}", width="content")
    st.caption(
        "w is the weight, g its gradient, η the learning rate and λ the weight decay; b, m and v are what "
        "the optimizer remembers. This is a new optimizer's first step: it remembers nothing yet."
    )
