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
    brought = _brought()
    store = JobStore(runs(), lambda name: brought.get(name, (train, test)))
    store.resume_interrupted()
    return store


@st.cache_resource(max_entries=1, show_spinner=False)
def _brought() -> dict[str, tuple[Split, Split]]:
    return {}


def register_custom(train: Split, test: Split) -> None:
    """Let training find a visitor's own dataset by its fingerprint; the ones asked for last are kept.

    Args:
        train: Training images.
        test: Test images, under the same fingerprint.
    """
    with _brought_lock:
        brought = _brought()
        brought.pop(train.fingerprint, None)
        while len(brought) >= MAX_BROUGHT:
            del brought[next(iter(brought))]
        brought[train.fingerprint] = (train, test)


def visitor() -> str:
    """A random name for this browser tab's session: whose jobs are whose."""
    name: str = st.session_state.setdefault("visitor", uuid.uuid4().hex)
    return name
