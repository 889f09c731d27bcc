"""What the sections of the predictions page share: scores, the filter, the sample, moving about."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch
from torch import Tensor

from core import evaluation
from core.data import Split
from core.evaluation import ORDERS, Filter, Scores
from core.trained import TrainedModel
from ui import params
from ui.models import test_logits
from ui.resources import test_split

PER_PAGE: Final = 40
"""Images in one page of the grid."""

ALL: Final = "All classes"
OUTCOMES: Final = ("All", "Right", "Wrong")
ACTUAL, PREDICTED, OUTCOME, SURE, ORDER = "actual", "predicted", "outcome", "sure", "order"
"""Keys of the filter's widgets, and their names in the link."""

SECTIONS: Final = ("Test images", "Mistakes", "Two networks", "Your own picture", "Code")
SECTION: Final = "section"
_PROBLEM: Final = "jump_problem"


@dataclass(frozen=True, eq=False)
class View:
    """One network on all test images.

    Attributes:
        model: The network.
        split: The test images.
        scores: What it makes of them.
    """

    model: TrainedModel
    split: Split
    scores: Scores

    @property
    def sample(self) -> int:
        """The test image that the link names (`?sample=`)."""
        return params.int_param("sample", 0, 0, len(self.split) - 1)

    def image(self, index: int) -> Tensor:
        """A test image as the networks take it: float32, 1 x 28 x 28, in [0, 1]."""
        return self.split.images[index][None].to(torch.float32) / 255

    def actual(self, index: int) -> str:
        """Name of the class that a test image is of."""
        return self.split.classes[int(self.scores.labels[index])]

    def predicted(self, index: int) -> str:
        """Name of the class that the network predicts for a test image."""
        return self.split.classes[int(self.scores.predicted[index])]

    def alt(self, index: int) -> str:
        """A test image and its prediction in words."""
        return f"Test image {index:,}: {self.actual(index)}, predicted {self.predicted(index)}"


def view_of(model: TrainedModel) -> View:
    """A network's view of the test images; its logits are computed once and kept.

    Raises:
        CoreError: Its logits are not finite.
    """
    split = test_split()
    logits = test_logits(model)
    return View(model, split, _scores(model.digest, model.normalize, split.fingerprint, logits))


@st.cache_resource(max_entries=16, show_spinner=False)
def _scores(digest: str, normalize: str, fingerprint: str, _logits: Tensor) -> Scores:
    return evaluation.score(_logits, test_split().labels)


def filter_row(classes: Sequence[str]) -> Filter:
    """The filter's widgets in one row, bound to the link."""
    options = [ALL, *classes]
    for name in (ACTUAL, PREDICTED):
        params.choice_param(name, options, ALL)  # tells the visitor of a link that names no class
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        actual = st.selectbox(
            "Actual", options, key=ACTUAL, width=160, bind="query-params", on_change=first_page
        )
        predicted = st.selectbox(
            "Predicted", options, key=PREDICTED, width=160, bind="query-params", on_change=first_page
        )
        outcome = st.segmented_control(
            "Prediction",
            OUTCOMES,
            default="All",
            required=True,
            key=OUTCOME,
            bind="query-params",
            on_change=first_page,
        )
        low, high = st.slider(
            "How sure, %",
            0,
            100,
            (0, 100),
            key=SURE,
            width=200,
            bind="query-params",
            on_change=first_page,
            help="The largest of the ten probabilities. With ten classes it is never below 10%.",
        )
        order = st.selectbox(
            "Order", list(ORDERS.values()), key=ORDER, width=180, bind="query-params", on_change=first_page
        )
    return Filter(
        actual=None if actual == ALL else options.index(actual) - 1,
        predicted=None if predicted == ALL else options.index(predicted) - 1,
        outcome={"All": "all", "Right": "right", "Wrong": "wrong"}[outcome or "All"],  # type: ignore[arg-type]
        low=low / 100,
        high=high / 100,
        order=next(name for name, title in ORDERS.items() if title == order),
    )


def clear_filter() -> None:
    """Take every image again, from a button's callback."""
    st.session_state[ACTUAL] = st.session_state[PREDICTED] = ALL
    st.session_state[OUTCOME] = "All"
    st.session_state[SURE] = (0, 100)
    st.session_state[ORDER] = ORDERS["index"]
    first_page()


def look_through(actual: str = ALL, predicted: str = ALL, outcome: str = "All", order: str = "index") -> None:
    """Go to the grid with this filter, from a button's callback."""
    clear_filter()
    st.session_state[ACTUAL], st.session_state[PREDICTED] = actual, predicted
    st.session_state[OUTCOME], st.session_state[ORDER] = outcome, ORDERS[order]  # type: ignore[index]
    st.session_state[SECTION] = SECTIONS[0]


def first_page() -> None:
    """Start the grid at its beginning."""
    params.set_param("page", 1, 1)


def open_sample(index: int) -> None:
    """Show a test image in the first section, from a callback."""
    choose(index)
    st.session_state[SECTION] = SECTIONS[0]


def follow(section: str) -> None:
    """At the start of a section's fragment: go where a callback has sent the visitor, if it has."""
    if st.session_state.get(SECTION, section) != section:
        st.rerun()


def choose(index: int) -> None:
    """Look at another test image, from a callback."""
    params.set_param("sample", index, 0)
    st.session_state.pop(_PROBLEM, None)


def place_of(positions: Tensor, index: int) -> int | None:
    """Where an image stands in the filtered order, counted from 0; `None` where it is not among them."""
    found = (positions == index).nonzero()
    return int(found[0]) if len(found) else None


def step(positions: Tensor, index: int, by: int) -> None:
    """Go to the next (`by` = 1) or previous (-1) image of the filtered order, round at the ends."""
    if len(positions) == 0:
        return
    place = place_of(positions, index)
    if place is None:  # from outside: the first or the last
        place = -1 if by > 0 else 0
    _go(positions, (place + by) % len(positions))


def at_random(positions: Tensor) -> None:
    """Go to any image of the filtered order."""
    if len(positions):
        _go(positions, random.randrange(len(positions)))


def jump(positions: Tensor, count: int) -> None:
    """Go to the index that was typed, or keep the sentence that says why not."""
    index = st.session_state["jump"]
    if index is None or not 0 <= index < count:
        st.session_state[_PROBLEM] = (
            f"There is no test image {index:,}: they are numbered 0 to {count - 1:,}."
            if index is not None
            else ""
        )
        return
    choose(int(index))
    place = place_of(positions, int(index))
    if place is not None:
        params.set_param("page", place // PER_PAGE + 1, 1)


def jump_problem() -> str:
    """Why the last jump went nowhere; "" where it did."""
    problem: str = st.session_state.get(_PROBLEM, "")
    return problem


def _go(positions: Tensor, place: int) -> None:
    choose(int(positions[place]))
    params.set_param("page", place // PER_PAGE + 1, 1)
