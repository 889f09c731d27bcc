"""What all visitors share: the images, the job store and the runs on disk, each made once in the process."""

import gc
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import streamlit as st

from core.config import TrainConfig
from core.data import Split, load_split
from core.errors import ConfigError
from core.system import memory
from core.training.jobs import JobStore
from core.training.runs import DEFAULT_RUNS, RUNS_VARIABLE, RunStore, RunSummary

MAX_BROUGHT: Final = 2
"""Own datasets that a session keeps for training: 8 MB each at most."""

_KEPT: Final = "own_splits"
_OWNED: Final = "own_fingerprints"


@dataclass(frozen=True, eq=False)
class _Brought:
    """A visitor's own dataset, held by the session and by the run that trains on it."""

    train: Split
    test: Split


@st.cache_resource(max_entries=1, show_spinner=False)
def settle() -> None:
    """Put what the imports made out of the garbage collector's sight, once in the process.

    The collector otherwise walks several hundred thousand objects of PyTorch and Streamlit after each page
    run, which visitors feel.
    """
    memory.tune_allocator()
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

    def provide(name: str) -> tuple[Split, Split]:
        own = brought.get(name)
        return (own.train, own.test) if own is not None else (train, test)

    store = JobStore(runs(), provide)
    store.resume_interrupted()
    return store


@st.cache_resource(max_entries=1, show_spinner=False)
def _brought() -> "WeakValueDictionary[str, _Brought]":
    """Own datasets by fingerprint, as long as somebody's session holds them."""
    return WeakValueDictionary()


def register_custom(train: Split, test: Split) -> None:
    """Let training find a visitor's own dataset by its fingerprint, in this session alone.

    Args:
        train: Training images.
        test: Test images, under the same fingerprint.
    """
    kept: dict[str, _Brought] = st.session_state.setdefault(_KEPT, {})
    owned: set[str] = st.session_state.setdefault(_OWNED, set())
    owned.add(train.fingerprint)
    own = kept.pop(train.fingerprint, None) or _brought().get(train.fingerprint) or _Brought(train, test)
    while len(kept) >= MAX_BROUGHT:
        del kept[next(iter(kept))]
    kept[train.fingerprint] = _brought()[train.fingerprint] = own


def may_see(config: TrainConfig) -> bool:
    """Whether a run is this visitor's to see: not where another visitor brought its images."""
    name = config.data.dataset
    shared = not name.startswith("custom-") or name == train_split().fingerprint
    return shared or name in st.session_state.get(_OWNED, ())


def own_or_shared(config: TrainConfig) -> TrainConfig:
    """`config`, if this visitor may train on its images and see the run.

    Raises:
        ConfigError: Somebody else brought the images, or this visitor did in an earlier session.
    """
    if not may_see(config):
        raise ConfigError(
            "This run is on somebody's own images, which only their session has: "
            "if they are yours, upload them again on the datasets page."
        )
    return config


def visible_runs() -> list[RunSummary]:
    """The runs on disk that this visitor may see, the newest first."""
    return [run for run in runs().list() if may_see(run.config)]


def visitor() -> str:
    """A random name for this browser tab's session: whose jobs are whose."""
    name: str = st.session_state.setdefault("visitor", uuid.uuid4().hex)
    return name
