"""What all visitors share: the images, the job store and the runs on disk, each made once in the process."""

import gc
import os
import threading
import uuid
from pathlib import Path
from typing import Final

import streamlit as st

from core.data import Split, load_split
from core.jobs import JobStore
from core.runs import DEFAULT_RUNS, RUNS_VARIABLE, RunStore
from core.jobs import JobStore
from core.runs import RunStore

RUNS_VARIABLE: Final = "PYTORCH_BASICS_RUNS"
DEFAULT_RUNS: Final = Path(__file__).resolve().parent.parent / "runs"

MAX_BROUGHT: Final = 8
"""Visitors' own datasets kept for training: 8 MB each at most."""

_brought_lock = threading.Lock()


@st.cache_resource(max_entries=1, show_spinner=False)
def settle() -> None:
    """Put what the imports made out of the garbage collector's sight, once in the process.

    The collector otherwise walks several hundred thousand objects of PyTorch and Streamlit after each page
    run, which visitors feel.
    """
    gc.collect()
    gc.freeze()


@st.cache_resource(max_entries=1, show_spinner="Loading the training images")
def train_split() -> Split:
    """The training images, uint8, held once for everybody: never write into them."""
    return load_split(train=True)


@st.cache_resource(max_entries=1, show_spinner="Loading the test images")
def test_split() -> Split:
    """The test images, uint8, held once for everybody: never write into them."""
    return load_split(train=False)


@st.cache_resource(max_entries=1, show_spinner=False)
def runs() -> RunStore:
    """What finished and interrupted runs left on disk, in `PYTORCH_BASICS_RUNS` or `runs/` of the project."""
    return RunStore(Path(os.environ.get(RUNS_VARIABLE) or DEFAULT_RUNS))


@st.cache_resource(max_entries=1, show_spinner=False)
def jobs() -> JobStore:
    """The queue of everything that takes longer than a click."""
    train, test = train_split(), test_split()  # here, in a page's thread: the worker must not call Streamlit
    store = JobStore(runs(), lambda name: (train, test))
    store.resume_interrupted()
    return store


def visitor() -> str:
    """A random name for this browser tab's session: whose jobs are whose."""
    name: str = st.session_state.setdefault("visitor", uuid.uuid4().hex)
    return name
