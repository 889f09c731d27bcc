"""How long a run will take, from speeds that were measured on this machine."""

import statistics
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from core.config import TrainConfig
from core.data import Split
from core.errors import QueueError
from core.system import memory
from core.training.engine import run_training
from core.training.footprint import training_bytes
from core.training.jobs.training import multiply_adds, train_count
from core.training.runs.summary import RunSummary

MEASURE_SECONDS: Final = 0.4
MEASURE_STEPS: Final = 40
WARM_UP: Final = 2
"""Steps that are not counted: the first ones also set things up."""
FIXED_WORK: Final = 300_000
"""Multiply-adds per image that the work around the matrix products is worth: only for scaled estimates."""
EVALUATION_SHARE: Final = 1 / 3
"""Time per image of an evaluation over that of a training step: forward only, no backward and no update."""

TRIAL_WORK: Final = 1_000_000_000
"""Multiply-adds of one trial step's forward pass at most: some tenths of a second on one slow core."""

_measuring = threading.Lock()
_measured: dict[tuple[object, ...], "_Speed"] = {}


@dataclass(frozen=True)
class _Speed:
    samples_per_second: float
    smaller_batch: bool
    """Whether it was measured with a smaller batch than the run's."""


@dataclass(frozen=True)
class Estimate:
    """How long a run will take."""

    seconds: float
    """From its start to its end."""
    samples_per_second: float
    """Training images."""
    source: str
    """Where the speed was measured, in words."""
    is_rough: bool = False
    """Whether that was on another network."""


def estimate_run(
    config: TrainConfig, runs: Iterable[RunSummary], *, train_images: int, test_images: int
) -> Estimate | None:
    """How long a resolved run will take, or `None` where nothing like it was ever measured here.

    Args:
        config: The run, as `core.training.jobs.training.resolve` gave it.
        runs: The runs on disk, the last written first.
        train_images: In the training split.
        test_images: In the test split.
    """
    rough = False
    known = [run for run in runs if run.samples_per_second and run.epochs_done]
    same = next((run for run in known if _shape(run.config) == _shape(config)), None)
    if same is not None and same.samples_per_second:
        speed, source = (
            same.samples_per_second,
            "the speed of an earlier run with this network and batch size",
        )
    elif (tried := _measured.get(_shape(config))) is not None:
        speed, source = tried.samples_per_second, "the speed of a few steps just tried"
        if tried.smaller_batch:
            source = "the speed of a few steps just tried with a smaller batch"
    else:
        near = [
            run for run in known if (run.config.device, run.config.threads) == (config.device, config.threads)
        ]
        if not near:
            return None
        other = min(near, key=lambda run: abs(_work(run.config) - _work(config)))
        speed = (other.samples_per_second or 1.0) * _work(other.config) / _work(config)
        source = "the speed of an earlier run with another network, scaled: rough"
        rough = True
    trained = train_count(config, train_images)
    evaluated = test_images + min(config.data.limit or train_images, train_images) - trained
    seconds = config.epochs * (trained + EVALUATION_SHARE * evaluated) / speed
    return Estimate(seconds, speed, source, rough)


def measure_speed(config: TrainConfig, train_split: Split, test_split: Split, *, busy: bool = False) -> None:
    """Try a few steps of a resolved run, so that `estimate_run` knows its speed: half a second, mostly.

    A step that would take long is tried with a smaller batch, so that the first ones are over in about a
    second whatever the network. Does nothing where the speed is known.

    Args:
        config: The run.
        train_split: Training images.
        test_split: Test images.
        busy: Whether a run is going, beside which nothing is measured.

    Raises:
        QueueError: A run or another measurement is going, or there is too little memory.
    """
    if _shape(config) in _measured:
        return
    if busy or not _measuring.acquire(blocking=False):
        raise QueueError("Something else is computing just now, beside which nothing can be measured.")
    try:
        batch = max(1, min(config.batch_size, TRIAL_WORK // multiply_adds(config)))
        trial = replace(
            config,
            epochs=1,
            patience=0,
            batch_size=batch,
            data=replace(config.data, limit=None, validation=0.0),
            optimizer=replace(config.optimizer, lr=1e-9),  # slow enough to be harmless, and as fast
        )
        images = train_split.first(min(len(train_split), max(64, MEASURE_STEPS * batch)))
        size = training_bytes(trial, len(images))
        with memory.reserve(size, "measuring its speed", advice="choose a smaller network"):
            seconds = _median_step(trial, images, test_split.first(16))
        if seconds is not None:
            while len(_measured) >= 256:
                _measured.pop(next(iter(_measured)))
            _measured[_shape(config)] = _Speed(batch / seconds, batch < config.batch_size)
    finally:
        _measuring.release()


def _median_step(config: TrainConfig, train_split: Split, test_split: Split) -> float | None:
    """Seconds per step: the median, because a step that waits for a page says nothing of a long run."""
    times: list[float] = []

    def should_stop() -> bool:
        times.append(time.perf_counter())
        return len(times) > WARM_UP and times[-1] - times[WARM_UP] > MEASURE_SECONDS

    run_training(config, train_split=train_split, test_split=test_split, should_stop=should_stop)
    steps = [after - before for before, after in pairwise(times)]
    return statistics.median(steps[WARM_UP:] or steps) if steps else None


@lru_cache(maxsize=512)
def _work(config: TrainConfig) -> int:
    return multiply_adds(config) + FIXED_WORK


def _shape(config: TrainConfig) -> tuple[object, ...]:
    """What decides a run's speed."""
    data = config.data
    return (config.model, config.batch_size, config.optimizer.name, config.precision, config.device,
            config.threads, data.normalize, data.shift, data.flip, data.erase)  # fmt: skip
