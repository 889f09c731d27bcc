"""The button that ends a job, and how far a job of the labs has come."""

from typing import Protocol

import streamlit as st

from core.training.jobs import JobSnapshot
from ui.resources import jobs, visitor


class Steps(Protocol):
    """Anything that counts its steps."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def steps(self) -> int:
        """Steps in all, at least 1."""


def stop_button(job: str, *, key: str | None = None) -> None:
    """The button "Stop", which leaves a job alone that somebody else watches, and says so.

    Args:
        job: The job's key.
        key: The button's, where a page has several.
    """
    st.button("Stop", icon=":material/stop:", on_click=_stop, args=(job,), key=key)


def lab_progress(job: JobSnapshot, progress: Steps | None, counted: str) -> None:
    """A bar and the button "Stop".

    Args:
        job: The job.
        progress: What it has told; `None` before it begins.
        counted: What its steps are.
    """
    if progress is None:
        st.progress(0.0, text=f"Waiting: {job.position} before this one" if job.position else "Starting")
    else:
        st.progress(progress.step / progress.steps, text=f"{progress.step} of {progress.steps} {counted}")
    stop_button(job.key)


def _stop(key: str) -> None:
    if not jobs().stop(key, visitor()):
        st.toast("Somebody else watches this run, so it goes on for them.", icon=":material/group:")
