"""Runs side by side from the inside: what their weights did, and two of them in one landscape."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from core.teaching.lessons.inside_run import LESSON
from core.training.runs import RunSummary
from ui.charts import lines, show_chart
from ui.compare.view import letters
from ui.lesson import in_code
from ui.resources import splits_of
from ui.shell.frame import guard
from ui.shell.params import set_param
from ui.training import landscape, weights

PARTS: Final = ("Weights", "Landscape of two")
FAR: Final = 20
"""How many times further than another a run goes before the axis is logarithmic."""


def show(chosen: Sequence[RunSummary]) -> None:
    """The section; nothing is computed until a part is asked for."""
    st.header("Inside these runs", anchor=False)
    asked = st.query_params.get("inside")
    if "compare_inside" not in st.session_state:
        st.session_state["compare_inside"] = asked if asked in PARTS else None
    part = st.segmented_control("Part", PARTS, key="compare_inside", label_visibility="collapsed")
    set_param("inside", part or "", "")
    runs = [
        (letter, run)
        for letter, run in zip(letters(chosen), chosen, strict=True)
        if run.epochs_done and splits_of(run.config.data.dataset)[0].fingerprint == run.config.data.dataset
    ]
    if part is None:
        st.caption("How far the weights of each run went, and two runs in one landscape of losses.")
    elif not runs:
        st.info("None of these runs has an epoch on the images in use here.", icon=":material/info:")
    else:
        with guard():
            if part == PARTS[0]:
                _weights(runs)
            else:
                _two(runs)


def _weights(runs: Sequence[tuple[str, RunSummary]]) -> None:
    """Norm and distance from the start of all weights together, a line per run."""
    st.markdown("Which run moved its weights furthest, and did they grow?")
    rows = []
    for letter, run in runs:
        found = weights.look(run.key, run.config.model, splits_of(run.config.data.dataset)[1])
        both = (found.norms.norm(dim=1).tolist(), found.distances.norm(dim=1).tolist())
        rows += [
            (letter, epoch, norm, distance) for epoch, norm, distance in zip(found.epochs, *both, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=["run", "epoch", "norm", "distance"])
    for column, title in (("distance", "Distance from the start"), ("norm", "Norm")):
        highest = frame.groupby("run")[column].max()
        log = bool(highest.max() > FAR * highest.min())
        chart = lines(
            frame[frame[column] > 0] if log else frame, x="epoch", y=column, series="run", x_title="Epoch",
            y_format=".3~g", zero=True, log=log,
            y_title=f"{title} (L2), all weights",
        )  # fmt: skip
        show_chart(
            chart, alt_text=f"{title} of the weights of {len(runs)} runs, by epoch.", key=f"all_{column}"
        )
    st.caption("All weights of a network as one vector, biases left out; epoch 0 is the start.")


def _two(runs: Sequence[tuple[str, RunSummary]]) -> None:
    """Two of the runs in one plane, and the straight line between them."""
    if len(runs) < 2:
        st.info("Choose two runs above that have an epoch.", icon=":material/info:")
        return
    by_letter = dict(runs)
    pair = st.multiselect(
        "Two runs", list(by_letter), list(by_letter)[:2], key="landscape_pair", max_selections=2, width=320
    )
    if len(pair) < 2:
        st.info("Choose two runs.", icon=":material/info:")
        return
    test = splits_of(by_letter[pair[0]].config.data.dataset)[1]
    landscape.show([by_letter[letter].key for letter in pair], pair, test)
    in_code(LESSON, "barrier")
