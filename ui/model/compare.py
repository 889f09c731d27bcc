"""The Compare section: two networks side by side, counted and timed."""

import streamlit as st
from torch import Generator

from core.analysis.timing import Timing, time_forward, timed_images, timing_bytes
from core.config import ModelConfig
from core.model import build
from core.model.architecture import find_problem
from core.model.layer_table import shape_text
from core.model.summary import NetworkSummary, summary_of
from core.system import memory
from core.system.device import cpu_threads
from core.training import pretrained
from ui import models
from ui.model.subject import PRESETS, built_layers, config_of
from ui.resources import visible_runs
from ui.server.visitors import tab

Measure = tuple[str, float, str]
"""Its name, its value, and the value in words."""

BUILT = "The one built here"


def show() -> None:
    """The whole section."""
    choices = _choices()
    names = list(choices)
    with st.container(horizontal=True, gap="medium"):
        first = st.selectbox("First", names, 0, key="first", bind="query-params", width=300)
        second = st.selectbox("Second", names, len(PRESETS) - 1, key="second", bind="query-params", width=300)
    summaries = [summary_of(choices[name]) for name in (first, second)]
    images = min(map(timed_images, summaries))
    timings = [
        _timing(tab(), repr(choices[name]), images, _round(), choices[name]) for name in (first, second)
    ]
    measures = [_measures(*pair, images) for pair in zip(summaries, timings, strict=True)]
    for at, column in enumerate(st.columns(2, gap="medium")):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{(first, second)[at]}**")
            _card(measures[at], measures[1 - at], ("the second", "the first")[at])
            _details(summaries[at], timings[at], images)
    threads = cpu_threads()
    st.caption(
        f"Measured on this machine's processor, {threads} thread{'s' * (threads > 1)}, in evaluation mode "
        "without gradients; other visitors and running trainings slow it down. Fewer multiply-adds are not "
        "always less time: small layers spend it on the way in and out of memory."
    )
    if st.button("Measure again", icon=":material/timer:"):
        st.session_state["measure_round"] = _round() + 1
        st.rerun()


def _measures(summary: NetworkSummary, timing: Timing, images: int) -> list[Measure]:
    """What is compared."""
    return [
        ("Parameters", summary.parameters, f"{summary.parameters:,}"),
        ("Multiply-adds, one image", summary.multiply_adds, f"{summary.multiply_adds:,}"),
        (
            "Activations, one image",
            summary.activation_bytes,
            f"{summary.activation_bytes / 1000:,.1f} kB",
        ),
        (f"Forward pass, {images} images", timing.seconds, f"{timing.seconds * 1000:.2f} ms"),
    ]


def _card(measures: list[Measure], others: list[Measure], whose: str) -> None:
    """One network's numbers, each also as a multiple of the other network's."""
    for (label, value, words), (_, other, _) in zip(measures, others, strict=True):
        factor = f"{value / other:.3g} × {whose}" if other > 0 else None
        st.metric(label, words, factor, delta_color="off", delta_arrow="off")


def _details(summary: NetworkSummary, timing: Timing, images: int) -> None:
    """How fast it computes, and the shapes on its way."""
    rate = summary.multiply_adds * images / timing.seconds / 1e9
    st.caption(f"Median of {timing.passes} passes: {rate:.1f} billion multiply-adds per second.")
    shapes = [shape_text(row.output_shape) for row in summary.rows if row.parameters]
    st.caption("Layers with parameters give: " + ", then ".join(shapes) + ".")


def _round() -> int:
    return int(st.session_state.get("measure_round", 0))


def _choices() -> dict[str, ModelConfig]:
    """What can be compared: the presets, the network built here if it fits together, the trained ones."""
    choices = dict(PRESETS)
    layers = built_layers()
    if find_problem(layers) is None:
        choices[BUILT] = config_of(layers)
    titles = models.catalogue()
    known = {run.key: run.config.model for run in visible_runs()}  # their weights are not needed here
    known |= {name: model.model for name, model in models.uploads().items()}
    known[pretrained.MODEL_ID] = pretrained.load().model
    for name, title in titles.items():
        choices.setdefault(title, known[name])
    return choices


@st.cache_data(max_entries=64, show_spinner="Measuring")
def _timing(whose: str, key: str, images: int, number: int, _config: ModelConfig) -> Timing:
    """One measurement; `key` tells configurations apart, `number` counts the visitor's wishes to measure."""
    with memory.reserve(timing_bytes(summary_of(_config), images), "timing this network"):
        return time_forward(build(_config, Generator().manual_seed(0)).eval(), images)
