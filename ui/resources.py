"""What all visitors share: the images, the jobs and the runs on disk, each made once in the process.

All of it is state, so none of it is in a cache of Streamlit's: one message from any browser empties those.
"""

import gc
import hashlib
import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import streamlit as st
import torch

from core.config import TrainConfig
from core.data import Split, split_in_use
from core.errors import ConfigError
from core.system import memory
from core.system.once import Once
from core.teaching.classroom import Classroom
from core.training.jobs import JobQueue, TrainingService, Visitor
from core.training.jobs.left_behind import keep_watch
from core.training.runs import DEFAULT_RUNS, RUNS_VARIABLE, RunStore, RunSummary
from ui.server import visitors
from ui.server.kept import hold

MAX_BROUGHT: Final = 2
"""Own datasets that a session keeps for training: 8 MB each at most."""

_KEPT: Final = "own_splits"
_OWNED: Final = "own_fingerprints"


@dataclass(frozen=True, eq=False)
class _Brought:
    """A visitor's own dataset, held by the session and by the run that trains on it."""

    train: Split
    test: Split


def _settle() -> None:
    memory.tune_allocator()
    gc.collect()
    gc.freeze()


def _start_training() -> TrainingService:
    train, test = train_split(), test_split()

    def provide(name: str) -> tuple[Split, Split]:
        own = _brought.get(name)
        return (own.train, own.test) if own is not None else (train, test)

    service = TrainingService(JobQueue(is_connected=visitors.is_connected), runs(), provide)
    service.resume_interrupted()
    keep_watch(service)
    return service


_settled: Final = Once(_settle)
_train_split: Final = Once(lambda: split_in_use(train=True))
_test_split: Final = Once(lambda: split_in_use(train=False))
_runs: Final = Once(lambda: RunStore(Path(os.environ.get(RUNS_VARIABLE) or DEFAULT_RUNS)))
_training: Final = Once(_start_training)
_quick_jobs: Final = Once(lambda: JobQueue(is_connected=visitors.is_connected))
_classroom: Final = Once(lambda: Classroom(_runs().root / "rooms.sqlite3"))
_brought: "Final[WeakValueDictionary[str, _Brought]]" = WeakValueDictionary()
"""Own datasets by name, as long as somebody's session holds them."""
_brought_lock: Final = threading.Lock()


def settle() -> None:
    """Put what the imports made out of the garbage collector's sight, once in the process.

    The collector otherwise walks several hundred thousand objects of PyTorch and Streamlit after each page
    run, which visitors feel.
    """
    _settled()


def train_split() -> Split:
    """The training images, uint8, held once for everybody: never write into them."""
    return _train_split()


def test_split() -> Split:
    """The test images, uint8, held once for everybody: never write into them."""
    return _test_split()


def runs() -> RunStore:
    """What finished and interrupted runs left on disk, in `PYTORCH_BASICS_RUNS` or `runs/` of the project."""
    return _runs()


def training() -> TrainingService:
    """Training runs, going and ended."""
    return _training()


def jobs() -> JobQueue:
    """The queue of everything that takes longer than a click, training included."""
    return _training().queue


def quick_jobs() -> JobQueue:
    """The queue of what is over within seconds: it does not wait for runs that take minutes."""
    return _quick_jobs()


def classroom() -> Classroom:
    """The rooms of classes, in a file beside the runs that other servers may share."""
    return _classroom()


def start_anew() -> None:
    """Forget everything that is made once, as a new process would: for tests."""
    held: tuple[Once[Any], ...] = (
        *(_settled, _train_split, _test_split, _runs, _training, _quick_jobs, _classroom),
    )
    for once in held:
        once.forget()
    with _brought_lock:
        _brought.clear()


def register_custom(train: Split, test: Split) -> tuple[Split, Split]:
    """Let training find a visitor's own dataset, in this session alone.

    Args:
        train: Training images.
        test: Test images, under the same fingerprint.

    Returns:
        The same images under the name by which this visitor's runs find them: nobody else can form it, since
        it is a digest of the contents and of this visitor's secret.

    Raises:
        BudgetError: This visitor, or all visitors together, would keep too much.
    """
    name = _private_name(train.fingerprint)
    kept: dict[str, _Brought] = st.session_state.setdefault(_KEPT, {})
    owned: set[str] = st.session_state.setdefault(_OWNED, set())
    owned.add(name)
    own = kept.pop(name, None)
    with _brought_lock:
        if own is None:
            own = _Brought(replace(train, fingerprint=name), replace(test, fingerprint=name))
            other = _brought.get(name)  # another tab of this browser; a name alone proves nothing
            own = other if other is not None and _same(own, other) else own
        _brought[name] = own
    while len(kept) >= MAX_BROUGHT:
        del kept[next(iter(kept))]
    hold(_KEPT, sum(_size(each) for each in (*kept.values(), own)))
    kept[name] = own
    return own.train, own.test


def _size(own: _Brought) -> int:
    return own.train.images.nbytes + own.test.images.nbytes


def _private_name(fingerprint: str) -> str:
    digest = hashlib.sha256(visitors.secret() + fingerprint.encode()).hexdigest()
    return f"custom-{digest}"


def _same(one: _Brought, other: _Brought) -> bool:
    return all(
        torch.equal(mine.images, theirs.images) and torch.equal(mine.labels, theirs.labels)
        for mine, theirs in ((one.train, other.train), (one.test, other.test))
    )


def splits_of(name: str) -> tuple[Split, Split]:
    """Training and test images of this visitor's own dataset of that name; of any other, those in use."""
    own: _Brought | None = st.session_state.get(_KEPT, {}).get(name)
    return (own.train, own.test) if own is not None else (train_split(), test_split())


def may_see(config: TrainConfig) -> bool:
    """Whether a run is this visitor's to see: not where another visitor brought its images."""
    name = config.data.dataset
    shared = config.data.kind != "custom" or name == train_split().fingerprint
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


def visitor() -> Visitor:
    """Who is looking at this page: whose jobs are whose."""
    return visitors.visitor()
