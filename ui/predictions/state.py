"""What the sections of the predictions page share: scores, the filter, the sample, moving about."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
import torch
from torch import Tensor

from core.analysis import evaluation
from core.analysis.evaluation import ORDERS, Filter, Scores
from core.data import Split
from core.training.trained_model import TrainedModel
from ui.models import cache_key, test_logits
from ui.resources import test_split
from ui.shell import params
from ui.shell.sections import open_section

PER_PAGE: Final = 42
"""Images in one page of the grid."""

SELECT_WIDTH: Final = 136
"""Of a filter's box, pixels: two stand beside each other on a phone."""

ALL: Final = "All classes"
OUTCOMES: Final = ("All", "Right", "Wrong")
ACTUAL, PREDICTED, OUTCOME, ORDER = "actual", "predicted", "outcome", "order"
LEAST, MOST = "least", "most"
"""The filter's names in the link."""

FIRST: Final = "Test images"
"""The section in which an image is opened."""
_PROBLEM: Final = "jump_problem"


@dataclass(frozen=True, eq=False)
class View:
    """One network on all test images."""

    model: TrainedModel
    """The network."""
    split: Split
    """The test images."""
    scores: Scores
    """What it makes of them."""

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
    return View(model, split, _scores(cache_key(model), split.fingerprint, logits))


@st.cache_resource(max_entries=16, show_spinner=False)
def _scores(key: str, fingerprint: str, _logits: Tensor) -> Scores:
    return evaluation.score(_logits, test_split().labels)


def filter_row(classes: Sequence[str]) -> Filter:
    """The filter's widgets in one row; the link holds their values, so that buttons can set them as well."""
    options = [ALL, *classes]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        actual = _selectbox("Actual", ACTUAL, options)
        predicted = _selectbox("Predicted", PREDICTED, options)
        order = _selectbox("Order", ORDER, list(ORDERS.values()))
        outcome = params.choice_param(OUTCOME, OUTCOMES, OUTCOMES[0])
        key = _place(OUTCOME, outcome)
        st.segmented_control(
            "Right or wrong", OUTCOMES, required=True, key=key, on_change=_take, args=(OUTCOME, OUTCOMES[0])
        )
        low, high = _sure()
    return Filter(
        actual=None if actual == ALL else options.index(actual) - 1,
        predicted=None if predicted == ALL else options.index(predicted) - 1,
        outcome={"All": "all", "Right": "right", "Wrong": "wrong"}[outcome],  # type: ignore[arg-type]
        low=low / 100,
        high=high / 100,
        order=next(name for name, title in ORDERS.items() if title == order),
    )


def _selectbox(label: str, name: str, options: Sequence[str]) -> str:
    value = params.choice_param(name, options, options[0])
    st.selectbox(
        label,
        options,
        key=_place(name, value),
        width=SELECT_WIDTH,
        on_change=_take,
        args=(name, options[0]),
    )
    return value


def _sure() -> tuple[int, int]:
    """The range of confidence, percent, as the link has it (`?least=40&most=90`)."""
    low, high = sorted((params.int_param(LEAST, 0, 0, 100), params.int_param(MOST, 100, 0, 100)))
    key = _place("sure", (low, high))

    def take() -> None:
        low, high = st.session_state[key]
        params.set_param(LEAST, low, 0)
        params.set_param(MOST, high, 100)
        first_page()

    st.slider(
        "How sure, %",
        0,
        100,
        key=key,
        width=140,
        on_change=take,
        help="The largest of the ten probabilities. With ten classes it is never below 10%.",
    )
    return low, high


def _place(name: str, value: object) -> str:
    """Give a widget its value and return the widget's key."""
    key = f"{name}_choice"
    st.session_state[key] = value
    return key


def _take(name: str, default: object) -> None:
    """Write what the visitor set into the link, from the widget's callback."""
    params.set_param(name, st.session_state[f"{name}_choice"], default)
    first_page()


def clear_filter() -> None:
    """Take every image again, from a button's callback."""
    for name in (ACTUAL, PREDICTED, OUTCOME, LEAST, MOST, ORDER):
        params.set_param(name, None)
    first_page()


def look_through(actual: str, predicted: str) -> None:
    """Go to the grid with the images of one cell of the confusion matrix, from a button's callback."""
    clear_filter()
    params.set_param(ACTUAL, actual)
    params.set_param(PREDICTED, predicted)
    open_section(FIRST)


def first_page() -> None:
    """Start the grid at its beginning."""
    params.set_param("page", 1, 1)


def open_sample(index: int) -> None:
    """Show a test image in the first section, from a callback."""
    choose(index)
    open_section(FIRST)


def choose(index: int) -> None:
    """Look at another test image, from a callback."""
    params.set_param("sample", index, 0)
    st.session_state.pop(_PROBLEM, None)


def stay_inside(chosen: Filter, positions: Tensor) -> None:
    """Once a filter has changed, look at the first image that it lets pass, where the present one is not."""
    before = st.session_state.get("filter_before", chosen)
    st.session_state["filter_before"] = chosen
    sample = int(st.query_params.get("sample", "0")) if st.query_params.get("sample", "0").isdecimal() else 0
    if chosen != before and len(positions) and place_of(positions, sample) is None:
        choose(int(positions[0]))


def place_of(positions: Tensor, index: int) -> int | None:
    """Where an image stands in the filtered order, counted from 0; `None` where it is not among them."""
    found = (positions == index).nonzero()
    return int(found[0]) if len(found) else None


def step(positions: Tensor, index: int, by: int, *, turn_page: bool = True) -> None:
    """Go to the next (`by` = 1) or previous (-1) of these images, round at the ends.

    Args:
        positions: int64: the images in order.
        index: The image to go on from.
        by: 1 or -1.
        turn_page: Whether these are the images of the main grid, whose page goes along.
    """
    if len(positions) == 0:
        return
    place = place_of(positions, index)
    if place is None:  # from outside: the first or the last
        place = -1 if by > 0 else 0
    to = (place + by) % len(positions)
    if turn_page:
        _go(positions, to)
    else:
        choose(int(positions[to]))


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
