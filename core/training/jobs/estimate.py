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
from core.errors import CoreError
from core.training.engine import run_training
from core.training.jobs.training import multiply_adds, train_count
from core.training.runs.summary import RunSummary

MEASURE_SECONDS: Final = 0.4
MEASURE_STEPS: Final = 40
WARM_UP: Final = 2
"""Steps that are not counted: the first ones also set things up."""
FIXED_WORK: Final = 300_000
"""Multiply-adds an image that the work around the matrix products is worth: only for scaled estimates."""
EVALUATION_SHARE: Final = 1 / 3
"""Time of an evaluation over that of a training step, an image: forward only, without backward and update."""

_measuring = threading.Lock()
_measured: dict[tuple[object, ...], float] = {}


@dataclass(frozen=True)
class Estimate:
    """How long a run will take.

    Attributes:
        seconds: From its start to its end.
        samples_per_second: Training images.
        source: Where the speed was measured, in words.
        is_rough: Whether that was on another network.
    """

    seconds: float
    samples_per_second: float
    source: str
    is_rough: bool = False


def estimate(
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
    elif _shape(config) in _measured:
        speed, source = _measured[_shape(config)], "the speed of a few steps just tried"
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


def measure(config: TrainConfig, train_split: Split, test_split: Split) -> None:
    """Try a few steps of a resolved run (about half a second), so that `estimate` knows its speed.

    Does nothing where the speed is known, or while another measurement goes on.
    """
    if _shape(config) in _measured or not _measuring.acquire(blocking=False):
        return
    try:
        count = min(len(train_split), max(64, MEASURE_STEPS * config.batch_size))
        trial = replace(
            config,
            epochs=1,
            patience=0,
            data=replace(config.data, limit=None, validation=0.0),
            optimizer=replace(config.optimizer, lr=1e-9),  # slow enough to be harmless, and as fast
        )
        times: list[float] = []

        def should_stop() -> bool:
            times.append(time.perf_counter())
            return len(times) > WARM_UP and times[-1] - times[WARM_UP] > MEASURE_SECONDS

        run_training(
            trial,
            train_split=train_split.first(count),
            test_split=test_split.first(16),
            should_stop=should_stop,
        )
        steps = [after - before for before, after in pairwise(times)]
        if steps:
            while len(_measured) >= 256:
                _measured.pop(next(iter(_measured)))
            # the median: a step that waited for another visitor's page says nothing of a long run
            _measured[_shape(config)] = config.batch_size / statistics.median(steps[WARM_UP:] or steps)
    except CoreError:
        return  # the run itself will say what is wrong with it
    finally:
        _measuring.release()


@lru_cache(maxsize=512)
def _work(config: TrainConfig) -> int:
    return multiply_adds(config) + FIXED_WORK


def _shape(config: TrainConfig) -> tuple[object, ...]:
    """What decides a run's speed."""
    data = config.data
    return (config.model, config.batch_size, config.optimizer.name, config.precision, config.device,
            config.threads, data.normalize, data.shift, data.flip, data.erase)  # fmt: skip
