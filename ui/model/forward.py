"""The Forward section: one garment followed through the layers, down to probabilities."""

import math

import pandas as pd
import streamlit as st
import torch
from torch import Tensor, nn

from core.analysis.neurons import LayerOutput, NeuronSum, follow, neuron_sum
from core.model.layer_table import shape_text
from core.teaching.lessons.model import LESSON
from core.training.engine.batches import to_input
from ui.components.grid import image_grid
from ui.images import png
from ui.lesson import play, show_run
from ui.model.activations import show_strip, value_map
from ui.model.answer import show_answer, show_batch
from ui.model.pictures import signed_png
from ui.model.subject import pick_subject
from ui.resources import test_split
from ui.shell.params import int_param, set_param

MAX_PILLS = 26
"""Most layers, and the image, that stand as buttons beside each other; more are a list to choose from."""


def show() -> None:
    """The whole section."""
    subject = pick_subject()
    if subject is None:
        return
    sample = pick_garment()
    split = test_split()
    stages = follow(subject.module, to_input(split.images[sample : sample + 1], subject.normalize))
    st.header("Layer by layer", anchor=False)
    layers = [f"{number} · {type(stage.layer).__name__}" for number, stage in enumerate(stages)]
    names = ["The image", *layers]
    position = _pick_stage(names)
    if position == 0:
        _image(sample)
    else:
        _stage(stages, position - 1)
    show_answer(stages[-1].output[0], sample)
    show_batch(subject, sample)
    with st.expander("The same in code", icon=":material/code:"):
        step = LESSON.step(
            st.segmented_control(
                "Step",
                [step.name for step in LESSON.steps if step.name not in ("parameters", "backward")],
                default="predict",
                required=True,
                format_func=lambda name: LESSON.step(name).title,
                key="forward_code",
            )
        )
        st.markdown(step.text)
        result = play(step)
        if result is not None:
            show_run(result)


def pick_garment() -> int:
    """A test image: by number, or one click on one of each class."""
    split = test_split()
    sample = int_param("sample", 0, 0, len(split) - 1)
    # the link rules: the field follows it, so that a click on a picture moves the field as well
    st.session_state["sample_field"] = sample

    def typed() -> None:
        set_param("sample", st.session_state["sample_field"], 0)

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.number_input(
            f"Test image, 0 to {len(split) - 1:,}",
            0,
            len(split) - 1,
            key="sample_field",
            on_change=typed,
            width=200,
        )
    found = [(split.labels == label).nonzero().flatten() for label in range(len(split.classes))]
    firsts = [int(places[0]) for places in found if len(places)]  # a small dataset may lack a class
    clicked = image_grid(
        split.images[firsts],
        [split.classes[split.labels[i]] for i in firsts],
        key="garments",
        selected=firsts.index(sample) if sample in firsts else None,
        label="One test image of each class; arrow keys move, Enter chooses",
    )
    if clicked is not None and firsts[clicked] != sample:
        set_param("sample", firsts[clicked], 0)
        st.rerun()
    return sample


def _pick_stage(names: list[str]) -> int:
    """Which layer's output to look at; 0 is the image itself."""
    chosen = int_param("layer", min(2, len(names) - 1), 0, len(names) - 1)
    st.session_state["layer_field"] = names[chosen]

    def picked() -> None:
        # a second click on a pill takes it away: the layer then stays as it was
        if st.session_state["layer_field"] is not None:
            set_param("layer", names.index(st.session_state["layer_field"]), min(2, len(names) - 1))

    if len(names) <= MAX_PILLS:
        st.pills("Look at", names, key="layer_field", on_change=picked)
    else:
        st.selectbox("Look at", names, key="layer_field", on_change=picked, width=420)
    return chosen


def _image(sample: int) -> None:
    split = test_split()
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    name = split.classes[split.labels[sample]]
    with left:
        st.image(png(split.images[sample], 10), alt=f"Test image {sample}: {name}", width=240)
    with right:
        st.markdown(
            f"Test image {sample:,}: **{name}**. The network takes it as `float32` in the shape "
            f"1 × 1 × 28 × 28: one image, one channel (gray), 28 rows, 28 columns."
        )


def _stage(stages: list[LayerOutput], position: int) -> None:
    """What a layer made of the garment."""
    stage = stages[position]
    x, out = stage.input[0], stage.output[0]
    st.markdown(
        f"{type(stage.layer).__name__} `{stage.name}` takes {shape_text(x.shape)} and gives "
        f"**{shape_text(out.shape)}** values from {out.min():.2f} to {out.max():.2f}; "
        f"{float((out == 0).double().mean()):.0%} are exactly 0."
    )
    if out.ndim == 3:
        _feature_maps(stage, out)
    elif isinstance(stage.layer, nn.Flatten):
        _flattened(x, out)
    else:
        neuron = value_map(out, key="activation")
        pixels = all(isinstance(before.layer, nn.Flatten) for before in stages[:position])
        _explain(stage, (neuron,), pixels=pixels)


def _flattened(x: Tensor, out: Tensor) -> None:
    show_strip(out, "The values of the image in one row")
    st.caption(
        f"{shape_text(x.shape)} laid out as one row of {len(out):,}: row after row, top to bottom. "
        "Nothing is computed, and which pixels lay above each other is forgotten."
    )


def _feature_maps(stage: LayerOutput, out: Tensor) -> None:
    """Each channel as a picture, and one value of the chosen channel written out."""
    channels, height, width = out.shape
    channel = min(int_param("channel", 0, 0, 127), channels - 1)
    largest = out.abs().amax((1, 2), keepdim=True).clamp_min(1e-12)
    signed = bool((out < 0).any())
    pictures = (out / largest * 127.5 + 127.5) if signed else out / largest * 255
    st.caption(
        f"{channels} feature maps of {height} × {width}, one per channel, each in its own scale: "
        + ("gray is 0, lighter is above, darker below." if signed else "black is 0, white the largest value.")
    )
    clicked = image_grid(
        pictures.round().to(torch.uint8),
        [str(i) for i in range(channels)],
        names=[f"Channel {i}, largest value {out[i].max():.2f}" for i in range(channels)],
        key="feature_maps",
        selected=channel,
        columns=16,
        least=52,
        label="Feature maps; arrow keys move, Enter chooses",
    )
    if clicked is not None and clicked != channel:
        set_param("channel", clicked, 0)
        st.rerun()
    at = int(out[channel].abs().argmax())
    left, right = st.columns([1, 2], gap="medium")
    with left:
        st.image(
            signed_png(out[channel], max(1, 280 // height)),
            caption=f"Channel {channel}: orange above 0, blue below",
            alt=f"Feature map {channel}",
            width=240,
        )
        with st.container(horizontal=True):
            key = f"{stage.name}-{channel}"
            row = int(st.number_input("Row", 0, height - 1, at // width, key=f"row-{key}", width=130))
            column = int(st.number_input("Column", 0, width - 1, at % width, key=f"column-{key}", width=130))
    with right:
        _explain(stage, (channel, row, column))


def _explain(stage: LayerOutput, position: tuple[int, ...], *, pixels: bool = False) -> None:
    """One value, written out as the sum it is, or as what became of its input."""
    value = stage.output[0][position].item()
    spot = f"[{', '.join(map(str, position))}]" + (" (channel, row, column)" if len(position) == 3 else "")
    written = neuron_sum(stage, position)
    if written is not None:
        _sum(written, spot, pixels)
    elif stage.input.shape == stage.output.shape:
        before = stage.input[0][position].item()
        st.markdown(f"Value {spot}: {type(stage.layer).__name__} made **{value:.4f}** of {before:.4f}.")
    else:
        st.markdown(f"Value {spot} is **{value:.4f}**, taken from its window of the layer before.")


def _sum(written: NeuronSum, spot: str, pixels: bool) -> None:
    def name(index: tuple[int, ...]) -> str:
        if pixels:
            return f"row {index[0] // 28}, column {index[0] % 28}"
        return f"[{', '.join(map(str, index))}]"

    terms = [
        {
            "Pixel" if pixels else "Input": name(term.index),
            "Value": term.input,
            "Weight": term.weight,
            "Product": term.product,
        }
        for term in written.terms
    ]
    others = written.count - len(written.terms)
    st.markdown(
        f"Value {spot} is **{written.total:.4f}**: {written.count:,} products, input times weight, added up, "
        "and the bias. The largest products:"
    )
    number = st.column_config.NumberColumn(format="%.4f", width=70)
    st.dataframe(
        pd.DataFrame(terms),
        hide_index=True,
        height="content",
        column_config={"Value": number, "Weight": number, "Product": number},
        alt=f"The largest products that make up value {spot}",
    )
    listed = math.fsum(term.product for term in written.terms)
    rest = rf"\underset{{\text{{{others:,} more}}}}{{({written.rest:.4f})}} {{}}+{{}} " if others else ""
    st.latex(
        rf"\begin{{aligned}} &\underset{{\text{{listed}}}}{{{listed:.4f}}} {{}}+{{}} {rest}"
        rf"\underset{{\text{{bias}}}}{{({written.bias:.4f})}} \\ &= {written.total:.4f} \end{{aligned}}"
    )
