"""Following a job on screen: while it goes on, how it is stopped, and the way from button to result."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import streamlit as st

from core.training.jobs import Job, JobSnapshot, Outcome
from ui.resources import jobs, visitor
from ui.shell import status
from ui.shell.frame import guard

S = TypeVar("S", bound=JobSnapshot)
R = TypeVar("R", bound=Outcome)

POLL: Final = 1.0
"""Seconds between two looks at a job on the page that follows it."""


def follow(
    job: S | None, look: Callable[[str], S | None], show: Callable[[S], None], *, every: float = POLL
) -> bool:
    """Show a job for as long as it waits, runs or is paused; then run the whole page once.

    Args:
        job: The job; `None` and one that has ended show nothing.
        look: Gives the job of this key as it is now: `jobs().snapshot`, or `training().snapshot` for a run.
        show: Draws the job as it is at that moment.
        every: Seconds between two looks.

    Returns:
        Whether it is still to be followed.
    """
    if job is None or not job.is_active:
        return False
    status.watched(job.key)
    st.fragment(_show_now, run_every=every)(job.key, look, show)
    return True


def _show_now(key: str, look: Callable[[str], S | None], show: Callable[[S], None]) -> None:
    jobs().touch(visitor())
    job = look(key)
    if job is None or not job.is_active:
        st.rerun()
    show(job)


def lab_result(
    job: Job,
    kind: type[R],
    *,
    start: str,
    icon: str,
    counted: str,
    draw: Callable[[Any], None],
    about: str = "",
) -> R | None:
    """Offer a job, follow it, and give its result.

    Args:
        job: The job; its outcome's status is "finished" where nobody stopped it.
        kind: Of its outcome.
        start: The button's text.
        icon: The button's icon.
        counted: What its steps are.
        draw: Draws what it has told so far.
        about: What the job takes, said above the button.

    Returns:
        The result, or `None` before there is one.
    """

    def show(running: JobSnapshot) -> None:
        _progress(running, counted)
        if running.progress is not None:
            draw(running.progress)

    found = jobs().snapshot(job.key)
    if follow(found, jobs().snapshot, show):
        return None
    if found is not None and isinstance(found.outcome, kind) and found.outcome.status == "finished":
        return found.outcome
    if found is not None and found.error:
        st.error(found.error, icon=":material/error:")
    if about:
        st.caption(about)
    if st.button(start, type="primary", icon=icon):
        with guard():
            jobs().submit(job, visitor())
            st.rerun()
    return None


def _progress(job: JobSnapshot, counted: str) -> None:
    """A bar and the button "Stop"."""
    progress = job.progress
    if progress is None:
        st.progress(0.0, text=f"Waiting: {job.position} before this one" if job.position else "Starting")
    else:
        st.progress(progress.step / progress.steps, text=f"{progress.step:,} of {progress.steps:,} {counted}")
    stop_button(job.key)


def stop_button(job: str, *, key: str | None = None) -> None:
    """The button "Stop", which leaves a job alone that somebody else follows, and says so.

    Args:
        job: The job's key.
        key: The button's, where a page has several.
    """
    st.button("Stop", icon=":material/stop:", on_click=_stop, args=(job,), key=key)


def _stop(key: str) -> None:
    if not jobs().stop(key, visitor()):
        st.toast("Someone else is watching this run, so it goes on for them.", icon=":material/group:")
