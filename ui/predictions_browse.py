"""Click through the test images: a filtered grid, and one image large with what the network says."""

from collections.abc import Callable
from typing import Final

import streamlit as st
from torch import Tensor

from core.evaluation import select
from ui import (
    params,
    predictions,
    predictions_charts,
    predictions_share,
    predictions_whatif,
    predictions_why,
)
from ui.frame import guard
from ui.grid import image_grid
from ui.images import png
from ui.predictions import PER_PAGE, View

CLOSER: Final[dict[str, Callable[[View, int], None]]] = {
    "Why": predictions_why.section,
    "What if": predictions_whatif.section,
    "Share": predictions_share.section,
}


@st.fragment
def section(view: View) -> None:
    """The section "Test images": a click runs this part of the page only, and no network."""
    positions = select(view.scores, predictions.filter_row(view.split.classes))
    # the sample first: on a phone the columns stand below each other
    left, right = st.columns([4, 5], gap="large")
    with left:
        _sample(view, positions)
    with right:
        _grid(view, positions)
    chosen = st.segmented_control(
        "Look closer",
        list(CLOSER),
        key="closer",
        bind="query-params",
        help="Opens below; each is computed when it is opened.",
    )
    if chosen:
        with guard():
            CLOSER[chosen](view, view.sample)


def _grid(view: View, positions: Tensor) -> None:
    count, total = len(positions), len(view.split)
    if count == 0:
        st.info("No test image passes this filter.", icon=":material/filter_alt_off:")
        st.button("Clear the filter", on_click=predictions.clear_filter, key="clear_empty")
        return
    pages = -(-count // PER_PAGE)
    page = min(params.int_param("page", 1, 1, 1_000), pages)
    shown = positions[(page - 1) * PER_PAGE : page * PER_PAGE].tolist()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{count:,} of {total:,} test images. Click one.", width="stretch")
        if count < total:
            st.button("Clear the filter", type="tertiary", on_click=predictions.clear_filter, key="clear")
    sample = view.sample
    image_grid(
        view.split.images[shown],
        [view.predicted(i) for i in shown],
        key="samples",
        selected=shown.index(sample) if sample in shown else None,
        columns=7,
        marks=["right" if view.scores.right[i] else "wrong" for i in shown],
        names=[view.alt(i) for i in shown],
        label="Test images with their predictions; arrow keys move, Enter chooses",
        on_click=lambda place: predictions.choose(shown[place]),
    )
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="center"):
            _page_button("First", "first_page", 1, page == 1)
            _page_button("Back", "chevron_left", page - 1, page == 1)
            st.caption(f"Page {page:,} of {pages:,}", width="content")
            _page_button("On", "chevron_right", page + 1, page == pages)
            _page_button("Last", "last_page", pages, page == pages)


def _page_button(label: str, icon: str, page: int, disabled: bool) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type="tertiary",
        key=f"page_{label}",
        disabled=disabled,
        on_click=params.set_param,
        args=("page", page, 1),
    )


def _sample(view: View, positions: Tensor) -> None:
    sample = view.sample
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Previous",
            shortcut="Left",
            on_click=predictions.step,
            args=(positions, sample, -1),
        )
        st.button(
            "Next",
            shortcut="Right",
            on_click=predictions.step,
            args=(positions, sample, 1),
        )
        st.button(
            "Random",
            on_click=predictions.at_random,
            args=(positions,),
            key="random",
        )
    place = predictions.place_of(positions, sample)
    picture, words = st.columns([6, 5], gap="small")
    with picture:
        st.image(
            png(view.split.images[sample], 8), output_format="PNG", width="stretch", alt=view.alt(sample)
        )
    with words, st.container(gap="xsmall"):
        facts(view, sample)
    if place is None:
        st.caption(f"Test image {sample:,} is not among those of the filter.")
    draw_bars(view, sample, key="probabilities")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["jump"] = sample
        st.number_input(
            f"Go to an index, 0 to {len(view.split) - 1:,}",
            value=None,
            step=1,
            key="jump",
            width=200,
            on_change=predictions.jump,
            args=(positions, len(view.split)),
        )
        if place is not None:
            st.caption(f"Number {place + 1:,} of {len(positions):,} in this order", width="content")
    if predictions.jump_problem():
        st.warning(predictions.jump_problem(), icon=":material/warning:")


def facts(view: View, index: int) -> None:
    """The prediction in words: predicted, actual, right or wrong, loss and rank."""
    scores = view.scores
    right = bool(scores.right[index])
    st.markdown(f"Predicted: **{view.predicted(index)}**  \nActual: **{view.actual(index)}**")
    if right:
        st.badge("Right", icon=":material/check:", color="green")
    else:
        st.badge("Wrong", icon=":material/close:", color="red")
    st.caption(
        f"Test image {index:,}  \n"
        f"Loss {float(scores.losses[index]):.3f} nats  \n"
        f"Its class ranks {int(scores.ranks[index])} of {len(view.split.classes)}",
        help="The loss is minus the logarithm of the probability of the true class: 0 is certain and right, "
        "2.303 is a guess among ten. Rank 1 means that no class got a higher probability.",
    )


def draw_bars(view: View, index: int, *, key: str) -> None:
    """The ten probabilities of a test image."""
    probabilities = view.scores.probabilities[index].tolist()
    predictions_charts.probability_chart(
        probabilities,
        view.split.classes,
        actual=int(view.scores.labels[index]),
        alt_text=f"Ten probabilities. {view.alt(index)}, {max(probabilities):.0%} sure.",
        key=key,
    )
