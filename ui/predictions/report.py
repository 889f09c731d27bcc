"""Where a network goes wrong: accuracy with its interval, confusion, classes, calibration, highest losses."""

from typing import Final

import pandas as pd
import streamlit as st
from torch import Tensor

from core.analysis import evaluation
from core.analysis.evaluation import Filter
from core.training.engine import confusion_matrix
from ui import charts
from ui.components.grid import image_grid
from ui.confusion import CELL, confusion_chart
from ui.predictions import charts as predictions_charts
from ui.predictions import state
from ui.predictions.state import View
from ui.shell import params
from ui.shell.sections import leave_if_sent

SHOWN: Final = 32  # images of a cell
TOP: Final = 16  # highest losses
MIX_UPS: Final = 8

ACCURACY_HELP: Final = (
    "A guess among ten classes is right on 10%. These images are a sample too: of other garments of this "
    "kind, the network would be right on a little more or less. In 95 of 100 such samples the interval "
    "(Wilson's) holds the accuracy on all of them. Cross-entropy is the loss: minus the natural logarithm "
    "of the probability of the actual class. 0 nats is certain and right, 2.303 a guess among ten."
)
"""What the figures of `accuracy_text` mean, for a tooltip."""


@st.fragment
def show(view: View) -> None:
    """The section "Mistakes"."""
    leave_if_sent("Mistakes")
    st.caption(view.model.about)
    matrix = confusion_matrix(view.scores.labels, view.scores.predicted)
    st.header("Which classes are confused", anchor=False)
    _confusion(view, matrix)
    st.header("Class by class", anchor=False)
    _classes(view, matrix)
    st.header("Is it right as often as it is sure?", anchor=False)
    _calibration(view)
    st.header("The largest mistakes", anchor=False)
    _top_losses(view)


def accuracy_text(view: View) -> str:
    """The accuracy with its interval, in a sentence."""
    scores = view.scores
    low, high = evaluation.wilson_interval(scores.hits, len(scores))
    return (
        f"Right on **{scores.hits:,} of {len(scores):,}** test images: test accuracy "
        f"**{scores.accuracy:.1%}** (95% interval {low:.1%} to {high:.1%}), mean cross-entropy "
        f"{scores.loss:.3f} nats per image."
    )


def _confusion(view: View, matrix: Tensor) -> None:
    classes = view.split.classes
    cell = _cell(classes)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        shown = st.segmented_control(
            "Cells show",
            ("Counts", "Shares"),
            default="Counts",
            required=True,
            key="cells",
            bind="query-params",
        )
        chart = confusion_chart(
            matrix.tolist(), classes, shares=shown == "Shares", chosen=cell, clickable=True
        )
        st.altair_chart(
            charts.styled(chart),
            width="stretch",
            key="confusion",
            on_select=lambda: _take_cell(classes),
            selection_mode=[CELL],
            alt="Confusion matrix: rows are actual classes, columns predicted ones. The commonest mistakes "
            "are listed beside it.",
        )
        st.caption(
            "Rows: what the image is. Columns: what the network says. The diagonal, green, is right. Shares "
            "are of the row. Click a cell to see its images."
        )
    with right:
        st.markdown("**The commonest mix-ups**")
        found = evaluation.mix_ups(matrix, MIX_UPS)
        if not found:
            st.caption("There are none: every test image is predicted right.")
        with st.container(gap="xxsmall"):
            for mix_up in found:
                st.button(
                    mix_up.words(classes),
                    type="tertiary",
                    key=f"mix_{mix_up.actual}_{mix_up.predicted}",
                    on_click=_set_cell,
                    args=(mix_up.actual, mix_up.predicted),
                )
    if cell is not None:
        _cell_images(view, *cell)


def _cell(classes: tuple[str, ...]) -> tuple[int, int] | None:
    """The cell that the link names (`?cell=6-0`), actual and predicted class."""
    options = [f"{i}-{j}" for i in range(len(classes)) for j in range(len(classes))]
    chosen = params.choice_param("cell", ["none", *options], "none")
    if chosen == "none":
        return None
    actual, _, predicted = chosen.partition("-")
    return int(actual), int(predicted)


def _set_cell(actual: int, predicted: int) -> None:
    params.set_param("cell", f"{actual}-{predicted}")


def _take_cell(classes: tuple[str, ...]) -> None:
    mark = charts.clicked_mark("confusion", CELL)
    if mark.get("actual") in classes and mark.get("predicted") in classes:
        _set_cell(classes.index(mark["actual"]), classes.index(mark["predicted"]))


def _cell_images(view: View, actual: int, predicted: int) -> None:
    classes = view.split.classes
    found = evaluation.select_images(
        view.scores, Filter(actual=actual, predicted=predicted, order="loss_high")
    ).tolist()
    what = (
        f"{classes[actual]} taken for {classes[predicted]}"
        if actual != predicted
        else f"{classes[actual]}, predicted right"
    )
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            count = f"{len(found):,} test images" if len(found) != 1 else "1 test image"
            st.markdown(f"**{what}**: {count}", width="stretch")
            st.button(
                "Look through them",
                icon=":material/image_search:",
                key="look_cell",
                disabled=not found,
                on_click=state.look_through,
                args=(classes[actual], classes[predicted]),
            )
        _grid(view, found[:SHOWN], key="cell_images")
        if len(found) > SHOWN:
            st.caption(f"The {SHOWN} with the highest loss.")


def _grid(view: View, shown: list[int], *, key: str) -> None:
    image_grid(
        view.split.images[shown],
        [f"{float(view.scores.losses[i]):.2f} nats" for i in shown],
        key=key,
        columns=8,
        names=[view.alt(i) for i in shown],
        label="Test images with their loss; Enter opens one",
        on_click=lambda place: state.open_sample(shown[place]),
    )


def _classes(view: View, matrix: Tensor) -> None:
    table = pd.DataFrame(
        [
            {
                "Class": view.split.classes[report.label],
                "Recall": 100 * report.recall,
                "Precision": 100 * report.precision,
                "F1": 100 * report.f1,
                "Images": report.support,
            }
            for report in evaluation.class_reports(matrix)
        ]
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={  # pixels: together as wide as a phone
            "Class": st.column_config.TextColumn(width=84),
            "Recall": st.column_config.ProgressColumn(
                format="%.1f%%",
                min_value=0,
                max_value=100,
                width=92,
                help="Of the images of this class, the share predicted so.",
            ),
            "Precision": number(
                format="%.1f%%", width=68, help="Of the images predicted so, the share of this class."
            ),
            "F1": number(format="%.1f%%", width=56, help="The harmonic mean of precision and recall."),
            "Images": number(
                format="localized", width=56, help="Test images of this class; also called support."
            ),
        },
        alt="Recall, precision, F1 and number of test images of each class",
    )


def _calibration(view: View) -> None:
    result = evaluation.calibration(view.scores.confidence, view.scores.right)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.show_chart(
            predictions_charts.reliability_chart(result),
            alt_text=f"Reliability diagram; expected calibration error {result.error:.1%}.",
            key="reliability",
        )
    with right:
        st.metric("Expected calibration error", f"{result.error:.1%}", border=True)
        sure = view.scores.confidence > 0.9
        count = int(sure.sum())
        told = f"It is more than 90% sure of {count:,} test images and right on "
        told += f"{float(view.scores.right[sure].float().mean()):.1%} of them." if count else "none."
        st.markdown(told)
        st.caption(
            "The test images in ten bins by their largest probability. Bar: the share predicted right. Dot: "
            "the bin's mean probability. On the dashed line the two agree; the error is their distance, "
            "averaged over all images."
        )


def _top_losses(view: View) -> None:
    shown = evaluation.top_losses(view.scores, TOP).tolist()
    st.caption(
        f"The {len(shown)} test images with the highest loss: the network is sure of another class. Some of "
        "the dataset's labels are wrong, and turn up here. Click one to open it."
    )
    _grid(view, shown, key="top_losses")
