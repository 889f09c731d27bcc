"""Home's run: one button that always starts something, and thirty garments that change while it learns."""

import time
from typing import Final

import streamlit as st

from core.errors import QueueError
from core.teaching.first_run import WATCHED, FirstRunJob, FirstRunProgress, FirstRunResult, Moment
from core.training.jobs import JobSnapshot
from ui.components.learning import learning_view
from ui.resources import quick_jobs, test_split, train_split, visitor
from ui.shell import params

POLL: Final = 0.4
"""Seconds between two looks at a run that goes on."""
_RUN: Final = "first_run"
_STARTED: Final = "first_run_started"


def show() -> None:
    """The button, the garments, and whose run it is."""
    job = _job()
    found = _snapshot(job)
    label = "Train a network" if found is None else "Train again, from another random start"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(label, type="primary", icon=":material/play_arrow:", key="train_now", on_click=_start)
        st.caption(_whose(job, found), width="stretch")
    going = found is not None and found.is_active
    # always a fragment, so that the garments stay the same element when the run begins and ends
    st.fragment(_garments, run_every=POLL if going else None)(job, going)


def _snapshot(job: FirstRunJob) -> JobSnapshot | None:
    """The run, if this visitor has started or joined it; before that, the network is untrained."""
    return quick_jobs().snapshot(job.key) if _RUN in st.session_state else None


def _job(seed: int | None = None) -> FirstRunJob:
    """The run this visitor looks at: the one they started or joined, else the next that can be started."""
    chosen = st.session_state.get(_RUN, 0) if seed is None else seed
    return FirstRunJob(train_split(), test_split(), seed=chosen)


def _start() -> None:
    """Start a run from the next seed, or join the one that goes on: there is one at a time."""
    queue = quick_jobs()
    known = queue.snapshots()
    going = [job for job in known if job.is_active]
    seed = int((going or known)[-1].key.rpartition("-")[2]) + (not going) if known else 0
    try:
        queue.submit(_job(seed), visitor())
    except QueueError as error:
        st.toast(str(error), icon=":material/hourglass_top:")
        return
    st.session_state[_RUN] = seed
    for _ in range(6):  # the first moments come within a fraction of a second: show them at once
        found = queue.snapshot(_job(seed).key)
        if found is None or found.progress is not None:
            break
        time.sleep(0.05)
    started: set[int] = st.session_state.setdefault(_STARTED, set())
    if not going:
        started.add(seed)


def _whose(job: FirstRunJob, found: JobSnapshot | None) -> str:
    """What the garments show, in a sentence."""
    if found is None:
        return (
            f"A network that has learned nothing yet. Training shows it {len(job.train):,} "
            "other pictures with their names, and corrects it a little after every 64."
        )
    who = "you started it" if job.seed in st.session_state.get(_STARTED, ()) else "another visitor started it"
    return f"Run {job.seed + 1} on this server; {who}. It began with random numbers (seed {job.seed})."


def _garments(job: FirstRunJob, going: bool) -> None:
    """The garments as the run has them by now; the whole page once when it has ended."""
    found = _snapshot(job)
    done = found is None or not found.is_active
    if going and done:
        st.rerun()
    moments: tuple[Moment, ...] = (_untrained(job.key, job),)
    if found is not None:
        report = found.outcome or found.progress
        if isinstance(report, FirstRunResult | FirstRunProgress):
            moments = report.moments
    garments = test_split().first(WATCHED)
    learning_view(
        garments.images,
        garments.labels.tolist(),
        moments,
        classes=garments.classes,
        tested=len(job.test),
        steps=job.steps,
        expected=len(job.kept),
        selected=min(params.int_param("sample", 0, 0, len(test_split()) - 1), WATCHED - 1),
        run=job.key if found is not None else "untrained",
        playing=found is not None,
        done=done,
        key="learning",
        on_click=lambda place: params.set_param("sample", place, 0),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _untrained(key: str, _job: FirstRunJob) -> Moment:
    return _job.untrained()
