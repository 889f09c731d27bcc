"""The lines that every page carries: which data is in use, what is training, and when memory is short."""

from typing import Final

import streamlit as st

from core.data import Split
from core.errors import CoreError
from core.system import memory
from core.training.jobs import JobSnapshot, share_done
from ui.resources import jobs, may_see, settle, splits_of, test_split, train_split, training, visitor
from ui.shell import navigation

__all__ = ["data_line", "require_data", "settle", "training_line", "watched"]

_POLL: Final = 2.5
"""Seconds between two looks at what is running: with fifty visitors each look counts."""
_WATCHED: Final = "watched_job"


def require_data() -> None:
    """End the page with a sentence where there are no images at all."""
    try:
        train_split(), test_split()
    except CoreError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


def data_line() -> None:
    """Say which images are in use, how to get the rest, and which files were passed over."""
    train, test = splits_of(st.query_params.get("data", ""))  # the training page may be of an own dataset
    st.caption(
        f":material/database: {_in_use(train, test)}", help=train.source if train.kind == "full" else None
    )
    for problem in dict.fromkeys(train.problems + test.problems):
        st.warning(problem, icon=":material/warning:")
    if memory.is_short():
        st.warning(
            "This server is short of memory: pages go on working, new training runs have to wait.",
            icon=":material/memory_alt:",
        )


def _in_use(train: Split, test: Split) -> str:
    """The images in use, in one line, and how to get the rest where they are a part."""
    if train.kind == "sample":
        return (
            f"In use: the sample that ships with the app, {len(train):,} training and {len(test):,} test "
            "images of Fashion-MNIST's 70,000. All of them: `python -m core.data fetch`, then restart."
        )
    if train.kind == "full":
        return f"In use: all of Fashion-MNIST, {len(train):,} training and {len(test):,} test images."
    return f"In use: {train.source.rstrip('.')}; {len(test):,} test images."


def watched(key: str) -> None:
    """Say that the page shows this job itself, so that the line at its foot need not."""
    st.session_state[_WATCHED] = key


def training_line() -> None:
    """A line at the foot of the window while something runs or waits that the page does not show itself."""
    jobs().touch(visitor())
    shown = st.session_state.pop(_WATCHED, None)
    if any(job.is_active and job.key != shown for job in jobs().snapshots()):
        with st.bottom:
            st.fragment(_line, run_every=_POLL)()


def _line() -> None:
    jobs().touch(visitor())
    active = [job for job in jobs().snapshots() if job.is_active]
    if not active:
        st.rerun()  # the whole page once, which then has this line no more and the result instead
    job = next((job for job in active if job.state == "running"), active[0])
    share = share_done(job.progress)
    doing = {"running": f"{share:.0%}", "paused": f"paused at {share:.0%}"}.get(job.state, "waiting")
    behind = f", {len(active) - 1} waiting" if len(active) > 1 else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text=f":material/model_training: {_title(job)}: {doing}{behind}")
        if any(entry.stem == "training" for entry in navigation.available()):
            st.page_link(navigation.entry("training").path, label="Watch", icon=":material/monitoring:")


def _title(job: JobSnapshot) -> str:
    """What a job does, without the settings of a run on somebody else's own images: they are theirs alone."""
    config = training().config_of(job.key)
    if config is None:
        return job.title
    return f"Training “{job.title}”" if may_see(config) else "Training a private run"
