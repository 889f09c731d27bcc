"""The loss around one run or two: a job, its picture, a point to drag, and the line between two runs."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from core.analysis.kept_weights import kept_weights
from core.analysis.landscape import (
    SCALES,
    Landscape,
    LandscapeJob,
    LandscapeProgress,
    Place,
    Plane,
    Scale,
    make_plane,
)
from core.data import Split
from core.model.summary import summary_of
from core.system import memory
from ui.charts import lines, show_chart
from ui.components.grid import image_grid
from ui.components.landscape import landscape_view
from ui.resources import runs
from ui.shell.params import choice_param
from ui.watch import lab_result

MOVABLE: Final = 3_000_000
"""Most parameters of a network whose point can be moved: three of its vectors are held in memory."""
_SIDES: Final = (4, 3)
"""Widths of the picture and of what the network at the point says."""
_NAMES: Final[dict[Scale, str]] = {"filters": "Filter-normalized", "path": "As the path took them"}


def show(keys: Sequence[str], names: Sequence[str], test: Split) -> None:
    """The landscape of one run, or of two in one plane.

    Args:
        keys: The runs'.
        names: What to call them.
        test: Their test images.

    Raises:
        CoreError: They have no landscape here: a sentence that says why.
    """
    whose = "this run" if len(keys) == 1 else "both runs"
    st.markdown(f"What does the loss look like around the weights that {whose} went through?")
    choice_param("directions", SCALES, SCALES[0])
    chosen = st.segmented_control(
        "Directions", SCALES, default=SCALES[0], required=True, key="directions", bind="query-params",
        format_func=lambda scale: _NAMES[scale],
        help="Filter-normalized: each unit's or kernel's part of a direction is as long as its weights, so "
        "that landscapes of different networks can be compared. The path's own directions show more of it.",
    )  # fmt: skip
    scale: Scale = "path" if chosen == "path" else "filters"
    job = LandscapeJob([kept_weights(runs(), key) for key in keys], test, scale)
    found = job.stored()
    if found is None:
        found = _computed(job, names)
    if found is not None:
        _whole(job, found, tuple(names), test)


def _computed(job: LandscapeJob, names: Sequence[str]) -> Landscape | None:
    """Offer the job, follow it, and give its result."""

    def draw(progress: LandscapeProgress) -> None:
        if progress.landscape is not None:
            with st.columns(_SIDES, gap="medium")[0]:  # where the finished one will be
                landscape_view(progress.landscape, tuple(names), key=f"coarse_{job.key[:8]}", movable=False)

    size = job.size
    return lab_result(
        job,
        Landscape,
        start="Compute the landscape",
        icon=":material/landscape:",
        counted="points",
        draw=draw,
        about=f"{size.side} × {size.side} points, each the loss of a whole network on {size.images:,} test "
        "images: a job of some seconds to a minute, coarse first. The result is kept with the run.",
    )


def _whole(job: LandscapeJob, found: Landscape, names: tuple[str, ...], test: Split) -> None:
    """The picture with its figures, the point, and the line."""
    shares = [
        f"{track.share:.0%} of {'the path' if len(names) == 1 else name}"
        for track, name in zip(found.tracks, names, strict=True)
    ]
    origin = f"epoch {found.tracks[0].epochs[-1]}" + ("" if len(names) == 1 else f" of {names[0]}")
    st.markdown(
        f"The plane goes through the weights after {origin}, along the two directions in which the epochs "
        f"differ most. **It explains {' and '.join(shares)}**: that share of the epochs' squared distances "
        "from there lies in the plane. Each epoch is drawn at the point of the plane nearest to it."
    )
    if found.is_second_random:
        st.caption("The path is a straight line, so the second direction is drawn at random.")
    movable = summary_of(job.runs[0].config.model).parameters <= MOVABLE
    st.fragment(_point)(job, found, names, test, movable)
    _epochs(found, names)
    if found.line is not None:
        _line(found, names)
    st.caption(
        "Directions and normalization after Li, Xu, Taylor, Studer and Goldstein, “Visualizing the Loss "
        "Landscape of Neural Nets” (2018)."
    )


@st.cache_resource(max_entries=3, show_spinner=False)  # at most 48 MB each
def _plane(key: str, stamp: object, _job: LandscapeJob) -> Plane:
    with memory.reserve(_job.memory_bytes, "this landscape"):
        return make_plane(_job.runs, _job.scale)


def _point(job: LandscapeJob, found: Landscape, names: tuple[str, ...], test: Split, movable: bool) -> None:
    """The picture, and what the network at the point says of the first eight test images."""
    left, right = st.columns(_SIDES, gap="medium")
    with left:
        point = landscape_view(found, names, key=f"landscape_{job.key[:12]}", movable=movable)
    with right:
        if not movable:
            st.caption("This network is too large for a point that moves.")
            return
        plane = _plane(job.key, [runs().stamp(run.key) for run in job.runs], job)
        place = Place(job.runs[0].config, plane.layout)
        place.put(plane.weights(point.x, point.y))
        probabilities, predicted = place.logits(test.images[:8]).softmax(1).max(1)
        actual = test.labels[:8]
        st.markdown(
            f"**The network at the point** ({point.x:.3g}, {point.y:.3g}): drag the ring, or press arrow keys"
        )
        image_grid(
            test.images[:8],
            [
                f"{test.classes[label]}\n{share:.0%}"
                for label, share in zip(predicted.tolist(), probabilities.nan_to_num().tolist(), strict=True)
            ],
            key=f"landscape_eight_{job.key[:8]}",
            columns=4,
            least=64,
            marks=["right" if same else "wrong" for same in (predicted == actual).tolist()],
            label="The first eight test images with the predictions of the network at the point",
            plain=True,
        )
        loss, accuracy = place.score(test.first(100))
        st.caption(f"On the first 100 test images: loss {loss:.3f}, accuracy {accuracy:.0%}.")


def _epochs(found: Landscape, names: tuple[str, ...]) -> None:
    """Each epoch's loss at its own weights and in the plane."""
    rows = [
        {
            **({"Run": name} if len(names) > 1 else {}),
            "Epoch": "start" if epoch == 0 else str(epoch),
            "Loss at its own weights": own,
            "Loss at its place in the plane": nearest,
        }
        for track, name, owns, nears in zip(found.tracks, names, found.own, found.nearest, strict=True)
        for epoch, own, nearest in zip(track.epochs, owns, nears, strict=True)
    ]
    with st.expander("Each epoch's loss", icon=":material/table:"):
        number = st.column_config.NumberColumn(format="%.4f")
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            height="content" if len(rows) <= 12 else 420,
            column_config=dict.fromkeys(
                ("Loss at its own weights", "Loss at its place in the plane"), number
            ),
            alt="Loss of each epoch at its own weights and at the nearest point of the plane",
        )
        st.caption(
            f"Mean over the first {found.size.images:,} test images; a run's record is of all of them."
        )


def _line(found: Landscape, names: tuple[str, ...]) -> None:
    """The way straight from one run to the other."""
    line = found.line
    if line is None:
        return
    st.markdown(
        f"**Straight from {names[0]} to {names[1]}**: the barrier is **{line.barrier:.3f}**, the highest "
        "loss on the way, less the mean of both ends. "
        + (
            "Hardly any: both runs lie in one valley."
            if line.barrier < 0.05
            else "Two networks that are good apart need not be good in between."
        )
    )
    frame = pd.DataFrame({"share": line.shares, "loss": line.losses})
    chart = lines(
        frame, x="share", y="loss", series=None, whole_x=False, zero=True,
        x_title=f"From {names[0]} (0) to {names[1]} (1)",
        y_title=f"Test loss, {found.size.images:,} images", y_format=".3~g",
    )  # fmt: skip
    show_chart(
        chart, alt_text=f"Test loss on the straight line between the two runs, barrier {line.barrier:.3f}."
    )
    st.caption(
        "Barrier after Frankle, Dziugaite, Roy and Carbin, “Linear Mode Connectivity and the Lottery Ticket "
        "Hypothesis” (2020), with the loss in place of the error."
    )
