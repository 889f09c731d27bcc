"""Two networks on the same sample, and the samples on which they disagree."""

from typing import Final

import streamlit as st
import torch

from core.analysis import evaluation
from core.errors import CoreError
from ui import models
from ui.components.grid import image_grid
from ui.images import png
from ui.predictions import state
from ui.predictions.browse import draw_bars, facts
from ui.predictions.state import View
from ui.shell import params

SHOWN: Final = 40


def show(view: View) -> None:
    """The section "Two networks": the page's own beside another one."""
    other = _pick(view)
    if other is not None:
        _compare(view, other)


def _pick(view: View) -> View | None:
    titles = {name: title for name, title in models.catalogue().items() if name != view.model.id}
    if not titles:
        st.info(
            "There is only one network so far. Train one, or bring your own, and compare them here.",
            icon=":material/model_training:",
        )
        with st.container(horizontal=True):
            st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")
            st.page_link("pages/checkpoints.py", label="Bring your own", icon=":material/save:")
        return None
    ids = list(titles)
    chosen = params.choice_param(
        "second",
        ids,
        ids[0],
        sentence=f"The second network in the link is not here; this is {titles[ids[0]]}.",
    )
    st.session_state["second_choice"] = chosen
    st.selectbox(
        "Second network",
        ids,
        format_func=lambda name: titles.get(name, name),
        key="second_choice",
        width=460,
        on_change=lambda: params.set_param("second", st.session_state["second_choice"], ids[0]),
    )
    try:
        return state.view_of(models.find(chosen))
    except CoreError as error:
        st.warning(str(error), icon=":material/warning:")
        return None


def _verdict(duel: evaluation.Duel) -> str:
    """Whether one network is better, as far as these images tell."""
    p = duel.p_value
    shown = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    if p >= 0.05:
        return f"That may well be luck ({shown}): these images do not tell which is better."
    better = "first" if duel.first_only > duel.second_only else "second"
    return f"That is hardly luck ({shown}): the **{better}** is better on images like these."


@st.fragment
def _compare(first: View, second: View) -> None:
    found = evaluation.disagreements(first.scores, second.scores).tolist()
    total = len(first.split)
    both = int((first.scores.right & second.scores.right).sum())
    duel = evaluation.duel(first.scores, second.scores)
    st.markdown(
        f"They disagree on **{len(found):,} of {total:,}** test images ({len(found) / total:.1%}). Both are "
        f"right on {both:,}, only the first on {duel.first_only:,}, only the second on "
        f"{duel.second_only:,}. {_verdict(duel)}",
        help="McNemar's exact test. Both networks saw the same images, so only those count that one of them "
        "gets right and the other wrong. Were the networks equally good, each of those would be a toss of a "
        "coin; p is how often the tosses come out this unequal, or more so.",
    )
    sample = first.sample
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(png(first.split.images[sample], 8), output_format="PNG", width=112, alt=first.alt(sample))
        with st.container(width="stretch", gap="small"):
            st.markdown(f"Test image {sample:,}: **{first.actual(sample)}**")
            with st.container(horizontal=True, gap="small"):
                for label, key, by in (("Previous", "Left", -1), ("Next", "Right", 1)):
                    st.button(
                        f"{label} disagreement",
                        shortcut=key,
                        disabled=not found,
                        on_click=state.step,
                        args=(torch.tensor(found), sample, by),
                        kwargs={"turn_page": False},
                    )
    for column, view, name in zip(st.columns(2), (first, second), ("first", "second"), strict=True):
        with column, st.container(border=True):
            st.markdown(f"The {name}: **{view.model.title}**")
            st.caption(f"Test accuracy {view.scores.accuracy:.1%}, {total:,} images")
            facts(view, sample)
            draw_bars(view, sample, key=f"pair_{name}")
    if not found:
        st.success("They agree on every test image.", icon=":material/check:")
        return
    st.markdown("**Where they disagree**")
    shown = found[:SHOWN]
    image_grid(
        first.split.images[shown],
        [f"{first.predicted(i)} / {second.predicted(i)}" for i in shown],
        key="disagreements",
        selected=shown.index(sample) if sample in shown else None,
        columns=10,
        least=80,
        names=[
            f"Test image {i:,}: {first.actual(i)}; first {first.predicted(i)}, second {second.predicted(i)}"
            for i in shown
        ],
        label="Test images on which the networks disagree; arrow keys move, Enter chooses",
        on_click=lambda place: state.choose(shown[place]),
    )
    if len(found) > SHOWN:
        st.caption(
            f"The first {SHOWN} of {len(found):,}. Below each: what the first says / what the second says."
        )
