"""Training images that a visitor leaves out or relabels, and the run that is trained again because of it."""

from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st
import torch

from core.analysis.influence import LISTED, InfluenceOutcome
from core.config import MAX_MENDED, TrainConfig
from core.data import Split
from core.errors import CoreError
from core.training.engine import predict_logits
from core.training.jobs import TrainingSnapshot, share_done
from core.training.presets import mended
from core.training.runs import StoredRun
from core.training.runs.link import from_query, to_query
from ui import models
from ui.predictions.state import View
from ui.resources import training, visitor
from ui.shell import params
from ui.shell.frame import guard
from ui.watch import follow, stop_button

WITHOUT, LABELS = "without", "labels"
"""What the link calls the images left out, and those with another label."""
_PROBLEM: Final = "mending_problem"
_LEAVE, _RELABEL = "Leaves it out", "Gives it another label"


@dataclass(frozen=True)
class Chosen:
    """What is to be done to training images; the link holds it."""

    left_out: frozenset[int]
    """Images to leave out, by index in the dataset."""
    relabeled: dict[int, int]
    """Images with another label: index to class."""
    label: int | None = None
    """What a click does: gives this label, or leaves out with `None`."""

    def toggle(self, index: int) -> None:
        """Choose an image, or take back what was chosen for it; from a grid's callback."""
        left_out, relabeled = set(self.left_out), dict(self.relabeled)
        undone = index in left_out if self.label is None else relabeled.get(index) == self.label
        left_out.discard(index)
        relabeled.pop(index, None)
        if not undone and self.label is None:
            left_out.add(index)
        elif not undone and self.label is not None:
            relabeled[index] = self.label
        if len(left_out) + len(relabeled) <= MAX_MENDED:
            _write(left_out, relabeled)

    def fields(self) -> dict[str, Any]:
        """As `DataConfig` has it."""
        return {"left_out": tuple(self.left_out), "relabeled": tuple(self.relabeled.items())}

    def applied(self, config: TrainConfig) -> TrainConfig:
        """The run with this done as well to its training images."""
        left_out = self.left_out | set(config.data.left_out)
        labels = dict(config.data.relabeled) | self.relabeled
        relabeled = tuple((index, label) for index, label in labels.items() if index not in left_out)
        return replace(config, data=replace(config.data, left_out=tuple(left_out), relabeled=relabeled))


def _write(left_out: set[int], relabeled: dict[int, int]) -> None:
    chosen = Chosen(frozenset(left_out), relabeled)
    data = replace(TrainConfig().data, **chosen.fields())
    query = to_query(replace(TrainConfig.tutorial(), data=data))
    for name in (WITHOUT, LABELS):
        params.set_param(name, query.get(name))


def _read() -> Chosen:
    query = {name: st.query_params[name] for name in (WITHOUT, LABELS) if name in st.query_params}
    config, problems = from_query(query)
    for problem in problems:
        st.warning(problem, icon=":material/link_off:")
    return Chosen(frozenset(config.data.left_out), dict(config.data.relabeled))


def controls(view: View, run: StoredRun, split: Split, found: InfluenceOutcome, label: int) -> Chosen:
    """What a click on a training image does, and buttons that choose many."""
    name = split.classes[label]
    chosen = _read()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        does = st.segmented_control(
            "A click on an image", (_LEAVE, _RELABEL), default=_LEAVE, required=True, key="mending_click"
        )
        to = None
        if does == _RELABEL:
            to = split.classes.index(
                st.selectbox("Its new label", list(split.classes), index=label, key="mending_to", width=160)
            )
        strongest = [image.index for image in found.in_favor]
        st.button(
            f"Leave out the {len(strongest)} strongest for {name}",
            on_click=_write,
            args=(set(strongest), {}),
            disabled=not strongest,
        )
        st.button(
            f"Leave out {LISTED} random images of {name}",
            on_click=_write,
            args=(_random(run, split, label, view.sample), {}),
            help=f"To compare with: chosen with seed {view.sample}, the number of the test image.",
        )
        st.button("Choose none", type="tertiary", on_click=_write, args=(set(), {}))
    return replace(chosen, label=to)


def _random(run: StoredRun, split: Split, label: int, seed: int) -> set[int]:
    members = (split.labels[: run.config.data.limit] == label).nonzero().flatten()
    order = torch.randperm(len(members), generator=torch.Generator().manual_seed(seed))
    return set(members[order[:LISTED]].tolist())


def train_again(view: View, run: StoredRun, chosen: Chosen, index: int, label: int) -> None:
    """Offer the run with what was chosen, follow it, and show it beside the run of before."""
    count = len(chosen.left_out) + len(chosen.relabeled)
    if not count:
        st.caption("Choose images above to train the same run again without them or with other labels.")
        return
    config = training().resolve(chosen.applied(run.config))
    if config.key() == run.key:
        st.caption("This run was trained that way already.")
        return
    words = " and ".join(mended(replace(TrainConfig().data, **chosen.fields())))
    st.markdown(
        f"**Train again** with {words}, all else the same. That is kept with the new run; the dataset's "
        "files stay as they are."
    )
    job = training().snapshot(config.key())
    if follow(job, training().snapshot, _live):
        return
    if job is None or job.state != "succeeded":
        if job is not None and job.error:
            st.error(job.error, icon=":material/error:")
        st.button(
            "Train again", type="primary", icon=":material/play_arrow:", on_click=_start, args=(config,)
        )
        if problem := st.session_state.pop(_PROBLEM, None):
            st.error(problem, icon=":material/error:")
        return
    with guard():
        _beside(view, run, job, index, label)


def _start(config: TrainConfig) -> None:
    try:
        training().submit(config, visitor())
    except CoreError as error:
        st.session_state[_PROBLEM] = str(error)


def _live(job: TrainingSnapshot) -> None:
    progress = job.progress
    text = f"Epoch {progress.epoch} of {progress.epochs}" if progress else "Waiting for its turn"
    st.progress(share_done(progress), text=text)
    stop_button(job.key, key="mending_stop")


def _beside(view: View, run: StoredRun, after: TrainingSnapshot, index: int, label: int) -> None:
    """The prediction and the scores of both runs."""
    image = view.split.images[index : index + 1]
    name = view.split.classes[label]
    rows = []
    for title, key, history in (("Before", run.key, run.history), ("After", after.key, after.history)):
        model = models.find(key)
        logits = predict_logits(model.module, image, model.normalize)[0]
        rows.append((title, float(logits.softmax(0)[label]), int(logits.argmax()), history[-1].test_accuracy))
    with st.container(horizontal=True, gap="medium"):
        change = rows[1][1] - rows[0][1]
        st.metric(f"Probability of {name}, before", f"{rows[0][1]:.1%}", width="content")
        st.metric("After", f"{rows[1][1]:.1%}", f"{100 * change:+.1f} points", width="content")
        st.metric("Test accuracy, before", f"{rows[0][3]:.2%}", width="content")
        st.metric("After", f"{rows[1][3]:.2%}", width="content")
    answers = [view.split.classes[answer] for _, _, answer, _ in rows]
    stays = "stays" if answers[0] == answers[1] else f"changes from **{answers[0]}** to"
    st.markdown(f"The answer {stays} **{answers[1]}**. Chance is in it too: a run with other images differs.")
    st.page_link(
        "pages/compare.py",
        label="Compare the two runs",
        icon=":material/stacked_line_chart:",
        query_params={"runs": f"{run.key[:10]},{after.key[:10]}"},
    )
