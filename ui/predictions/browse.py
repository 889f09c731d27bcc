"""Click through the test images: a filter, the viewer, and what looks closer at the chosen image."""

from collections.abc import Callable
from typing import Final

import streamlit as st
from torch import Tensor

from core.analysis.evaluation import select_images
from ui.charts import probability_bars, show_chart
from ui.components.viewer import Choice, Item, viewer
from ui.predictions import share as predictions_share
from ui.predictions import state, whatif, why
from ui.predictions.state import PER_PAGE, View
from ui.shell import params
from ui.shell.frame import guard

CLOSER: Final[dict[str, Callable[[View, int], None]]] = {
    "Why": why.show,
    "What if": whatif.show,
    "Share": predictions_share.show,
}


@st.fragment
def show(view: View) -> None:
    """The section "Test images": a click runs this part of the page only, and no network."""
    chosen_filter = state.filter_row(view.split.classes)
    positions = select_images(view.scores, chosen_filter)
    state.stay_inside(chosen_filter, positions)
    _count(view, positions)
    _viewer(view, positions)
    _pages(view, positions)
    chosen = st.segmented_control(
        "Look closer at this image",
        list(CLOSER),
        key="closer",
        bind="query-params",
        help="Opens below; each is computed when it is opened.",
    )
    if chosen:
        with guard():
            CLOSER[chosen](view, view.sample)


def _count(view: View, positions: Tensor) -> None:
    count, total = len(positions), len(view.split)
    with st.container(horizontal=True, vertical_alignment="center"):
        if count:
            st.caption(f"{count:,} of {total:,} test images. Click one.", width="stretch")
        else:
            st.caption("No test image passes this filter.", width="stretch")
        if count < total:
            st.button("Clear the filter", type="tertiary", on_click=state.clear_filter, key="clear")


def _viewer(view: View, positions: Tensor) -> None:
    sample = view.sample
    shown, page, _ = _page(positions)
    numbers = shown if sample in shown else [*shown, sample]
    scores = view.scores
    viewer(
        view.split.images[numbers],
        [
            Item(
                index=i,
                actual=int(scores.labels[i]),
                predicted=int(scores.predicted[i]),
                probabilities=tuple(round(p, 6) for p in scores.probabilities[i].tolist()),
                loss=round(float(scores.losses[i]), 6),
                rank=int(scores.ranks[i]),
            )
            for i in numbers
        ],
        selected=numbers.index(sample),
        grid=len(shown),
        classes=view.split.classes,
        start=(page - 1) * PER_PAGE,
        matching=len(positions),
        key="viewer",
        on_choice=lambda choice: _take(positions, choice),
    )


def _take(positions: Tensor, choice: Choice) -> None:
    if choice.action == "choose":
        state.choose(choice.index)
    elif choice.action == "random":
        state.at_random(positions)
    else:
        state.step(positions, choice.index, 1 if choice.action == "next" else -1)


def _page(positions: Tensor) -> tuple[list[int], int, int]:
    """The images of the page that the link names, which page that is, and how many there are."""
    pages = max(1, -(-len(positions) // PER_PAGE))
    page = min(params.int_param("page", 1, 1, 1_000), pages)
    return positions[(page - 1) * PER_PAGE : page * PER_PAGE].tolist(), page, pages


def _pages(view: View, positions: Tensor) -> None:
    _, page, pages = _page(positions)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.session_state["jump"] = view.sample
        st.number_input(
            f"Go to an index, 0 to {len(view.split) - 1:,}",
            value=None,
            step=1,
            key="jump",
            width=220,
            on_change=state.jump,
            args=(positions, len(view.split)),
        )
        if pages > 1:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                _page_button("First", 1, page == 1)
                _page_button("Back", page - 1, page == 1, icon=":material/chevron_left:")
                st.markdown(f":small[Page {page:,} of {pages:,}]", width="content")
                _page_button("Forward", page + 1, page == pages, icon=":material/chevron_right:")
                _page_button("Last", pages, page == pages)
    if state.jump_problem():
        st.warning(state.jump_problem(), icon=":material/warning:")


def _page_button(label: str, page: int, disabled: bool, *, icon: str | None = None) -> None:
    st.button(
        label,
        icon=icon,
        type="tertiary",
        key=f"page_{label}",
        disabled=disabled,
        on_click=params.set_param,
        args=("page", page, 1),
    )


def facts(view: View, index: int) -> None:
    """The prediction in words: predicted, right or wrong, loss and rank."""
    scores = view.scores
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Predicted: **{view.predicted(index)}**", width="content")
        if scores.right[index]:
            st.badge("Right", icon=":material/check:", color="green")
        else:
            st.badge("Wrong", icon=":material/close:", color="red")
    st.caption(
        f"Loss {float(scores.losses[index]):.3f} nats; the actual class has rank "
        f"{int(scores.ranks[index])} of {len(view.split.classes)}",
        help="The loss is minus the logarithm of the probability of the actual class: 0 is certain and "
        "right, 2.303 is a guess among ten. Rank 1 means that no class got a higher probability.",
    )


def draw_bars(view: View, index: int, *, key: str) -> None:
    """The ten probabilities of a test image."""
    probabilities = view.scores.probabilities[index].tolist()
    show_chart(
        probability_bars(probabilities, view.split.classes, actual=int(view.scores.labels[index])),
        alt_text=f"Ten probabilities. {view.alt(index)}, {max(probabilities):.0%} sure.",
        key=key,
    )
