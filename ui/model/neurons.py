"""First-layer neurons as pictures: what each looks for, which garments excite it, what is lost without it."""

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor, nn

from core.analysis.neurons import MOST, affordable, excitement, first_weights, neuron_pictures, silence
from ui import charts
from ui.components.grid import image_grid
from ui.model.pictures import signed_png
from ui.model.subject import Subject
from ui.resources import test_split
from ui.shell.params import int_param, set_param
from ui.theme import ACCENT, SECOND

PER_PAGE = 64
_NEURON = "neuron"


def show_neurons(subject: Subject) -> None:
    """The grid of the first layer's neurons, and the one that is clicked."""
    found = first_weights(subject.module)
    pictures = None if found is None else neuron_pictures(found[2])
    if found is None or pictures is None:
        return
    _, name, layer = found
    what = "neuron" if isinstance(layer, nn.Linear) else "filter"
    count, side = len(pictures), pictures.shape[1]
    st.header(f"What each {what} of the first layer looks for", anchor=False)
    st.markdown(
        f"A row of `{name}.weight` has one weight for each pixel it sees, so it is a picture itself, "
        f"{side} × {side}: light where a bright "
        f"pixel excites the {what}, dark where it calms it, gray near 0."
    )
    norms = layer.weight.detach().flatten(1).norm(dim=1)
    strongest = int(norms.argmax())
    chosen = int_param(_NEURON, strongest, 0, count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        order = _order(norms, count)
        pages = -(-count // PER_PAGE)
        page = 1
        if pages > 1:
            page = st.pagination(pages, key="neuron_page", bind="query-params")
    shown = order[(page - 1) * PER_PAGE : page * PER_PAGE]
    clicked = image_grid(
        pictures[shown],
        [""] * len(shown),
        names=[f"{what.capitalize()} {i}, weights of norm {norms[i]:.2f}" for i in shown],
        key="neurons",
        selected=shown.index(chosen) if chosen in shown else None,
        columns=16,
        least=40,
        label=f"{what.capitalize()}s of the first layer; arrow keys move, Enter chooses",
    )
    if clicked is not None and shown[clicked] != chosen:
        set_param(_NEURON, shown[clicked], strongest)
        st.rerun()
    _one(subject, layer, chosen, what)


def _order(norms: Tensor, count: int) -> list[int]:
    by = st.segmented_control(
        "Order",
        ["Strongest first", "By number"],
        default="Strongest first",
        required=True,
        key="neuron_order",
        bind="query-params",
    )
    return (
        norms.argsort(descending=True, stable=True).tolist()
        if by == "Strongest first"
        else list(range(count))
    )


def _one(subject: Subject, layer: nn.Linear | nn.Conv2d, neuron: int, what: str) -> None:
    split = test_split()
    seen = split.images[:MOST]
    excited = excitement(subject.module, seen, neuron, subject.normalize)
    weight = layer.weight[neuron]
    side = int(weight.numel() ** 0.5)
    left, middle, right = st.columns([3, 5, 6], gap="medium")
    with left:
        st.markdown(f"**{what.capitalize()} {neuron}**")
        st.image(
            signed_png(weight.view(side, side), 280 // side),
            alt=f"Weights of {what} {neuron}: orange above 0, blue below",
            caption="Its weights: orange above 0, blue below",
            width=160,
        )
    if excited is None:
        return
    with middle:
        best = excited.order[:8].tolist()
        st.markdown(f"**What excites it most**, of {len(seen):,} test images")
        image_grid(
            split.images[best],
            [f"{excited.values[i]:.1f}" for i in best],
            names=[f"{split.classes[split.labels[i]]}, test image {i}" for i in best],
            key="exciting",
            columns=4,
            least=40,
            label="The test images with the largest values",
            plain=True,
        )
        low, high = excited.values.min(), excited.values.max()
        st.caption(
            f"Under each, its value before the activation; over all these images it goes from {low:.1f} to "
            f"{high:.1f}."
        )
    with right:
        _silence(subject, neuron, what)


def _silence(subject: Subject, neuron: int, what: str) -> None:
    """How the answers change when the neuron always says 0."""
    split = test_split()
    count = affordable(subject.module, len(split))
    images, labels = split.images[:count], split.labels[:count]
    before, after = silence(subject.module, images, neuron, subject.normalize)
    changed = int((before.argmax(1) != after.argmax(1)).sum())
    accuracy = [float((logits.argmax(1) == labels).double().mean()) for logits in (before, after)]
    st.markdown(f"**What happens without it**, first {count:,} test images")
    effect = "1 prediction changes" if changed == 1 else f"{changed:,} predictions change"
    st.markdown(
        f"With this {what} held at 0, {effect}, and test accuracy goes from {accuracy[0]:.1%} "
        f"to {accuracy[1]:.1%}."
    )
    shift = (after - before).mean(0)
    frame = pd.DataFrame({"class": list(split.classes), "shift": shift.tolist()})
    chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadius=2)
        .encode(
            x=alt.X("shift:Q", title="Mean change of the logit without it", axis=alt.Axis(format="+.2~f")),
            y=alt.Y("class:N", sort=None, title=None, axis=alt.Axis(labelLimit=160, labelOverlap=False)),
            color=alt.ColorValue(SECOND, condition={"test": "datum.shift > 0", "value": ACCENT}),
            tooltip=[alt.Tooltip("class:N"), alt.Tooltip("shift:Q", format="+.3f")],
        )
        .properties(height=270)
    )
    charts.show_chart(chart, alt_text=f"Mean change of each class's logit when {what} {neuron} is held at 0.")
