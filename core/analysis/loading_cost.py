"""What an epoch of loading costs on this machine, by number of worker processes and without a DataLoader.

The measurement runs in a process of its own (`python -m core.analysis.loading_cost`): a DataLoader forks its
workers, and forking a server full of threads would be asking for trouble.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch
from torch.utils.data import DataLoader

from core.errors import DataError
from core.training.jobs import Job

WORKERS: Final = (0, 1, 2)
MAX_COUNT: Final = 60_000
MAX_WORKERS: Final = 8
TIMEOUT: Final = 120
"""Seconds for all measurements together."""
PROCESS_BYTES: Final = 450_000_000
"""Of its own that a process has once PyTorch and torchvision are imported: 370 to 440 MB were measured."""
WORKER_BYTES: Final = 40_000_000
"""Of its own that a worker has, forked from that process, without its batches."""
SAMPLE_BYTES: Final = 4 * 28 * 28 + 1_000
"""An image as float32, and what Python and PyTorch keep of each."""


@dataclass(frozen=True)
class Measurement:
    """One epoch of loading."""

    workers: int
    """Processes that load; 0 loads in the process that asks, -1 is slicing a tensor in memory."""
    seconds: float
    """From asking for the first batch to having the last one."""
    first: float
    """Seconds until the first batch."""
    count: int
    """Images."""


@dataclass(frozen=True)
class LoadingProgress:
    """How far a measurement is."""

    step: int
    """Ways of loading that are measured."""
    steps: int
    """Ways in all."""
    latest: Measurement


@dataclass(frozen=True)
class LoadingOutcome:
    """All ways of loading, measured."""

    measurements: tuple[Measurement, ...]
    status: Literal["finished"] = "finished"


class LoadingJob(Job):
    """A measurement of loading, as a job: it takes its turn, and no run goes on beside it.

    Args:
        root: Folder of the dataset, as torchvision lays it out.
        count: Training images of the epoch, at most 60,000.
        batch_size: Images per batch.

    Raises:
        DataError: A number is out of range.
    """

    title = "What loading costs"

    def __init__(self, root: str, *, count: int, batch_size: int) -> None:
        _check_limits(count, batch_size, WORKERS)
        self.root, self.count, self.batch_size = root, count, batch_size
        self.key = f"loading-{count}-{batch_size}"
        self.memory_bytes = loading_bytes(count, batch_size, WORKERS)

    def run(
        self, on_progress: Callable[[LoadingProgress], None], should_stop: Callable[[], bool]
    ) -> LoadingOutcome:
        """Measure one way after the other; it ends by itself within two minutes."""
        done: list[Measurement] = []

        def report(measurement: Measurement) -> None:
            done.append(measurement)
            on_progress(LoadingProgress(len(done), len(WORKERS) + 1, measurement))

        found = measure_loading(self.root, count=self.count, batch_size=self.batch_size, on_progress=report)
        return LoadingOutcome(tuple(found))


def loading_bytes(count: int, batch_size: int, workers: Sequence[int]) -> int:
    """Bytes at the peak of a measurement, in all its processes together.

    Each worker stacks the samples of one batch while two are ready for it (the default of a DataLoader), and
    one batch is in use. torchvision reads all images, as a file and then as a tensor.

    Args:
        count: Images of the epoch.
        batch_size: Images per batch.
        workers: Numbers of worker processes.
    """
    most = max(workers, default=0)
    batches = max(3, 3 * most + 1)
    samples = min(batches * batch_size, 2 * count + batch_size)
    return PROCESS_BYTES + most * WORKER_BYTES + 2 * MAX_COUNT * 28 * 28 + samples * SAMPLE_BYTES


def _check_limits(count: int, batch_size: int, workers: Sequence[int]) -> None:
    if not (1 <= count <= MAX_COUNT and 1 <= batch_size <= MAX_COUNT):
        raise DataError(f"Loading is measured with 1 to {MAX_COUNT:,} images.")
    if not all(0 <= number <= MAX_WORKERS for number in workers):
        raise DataError(f"Loading is measured with at most {MAX_WORKERS} workers.")


def measure_loading(
    root: str,
    *,
    count: int,
    batch_size: int,
    workers: Sequence[int] = WORKERS,
    on_progress: Callable[[Measurement], None] | None = None,
    timeout: float = TIMEOUT,
) -> list[Measurement]:
    """Time one epoch of loading for each number of workers, and by slicing images in memory.

    Args:
        root: Folder of the dataset, as torchvision lays it out.
        count: Training images of the epoch, at most 60,000.
        batch_size: Images per batch.
        workers: Numbers of worker processes, at most 8 each.
        on_progress: Called after each measurement.
        timeout: Seconds for all of them together.

    Raises:
        DataError: A number is out of range, or the measurement failed or took too long.
    """
    _check_limits(count, batch_size, workers)
    command = [
        sys.executable,
        "-m",
        "core.analysis.loading_cost",
        root,
        str(count),
        str(batch_size),
        *map(str, workers),
    ]
    found: list[Measurement] = []
    with subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        try:
            for line in process.stdout or ():
                found.append(Measurement(**json.loads(line)))
                if on_progress:
                    on_progress(found[-1])
            process.wait()
        finally:
            alarm.cancel()
            process.kill()
    if len(found) < len(workers) + 1:
        raise DataError(
            f"The measurement did not come to its end within {timeout:.0f} seconds: ask for fewer images."
        )
    return found


def _time(batches: Iterable[object], workers: int, count: int) -> Measurement:
    start = time.perf_counter()
    first = 0.0
    for position, _ in enumerate(batches):
        if position == 0:
            first = time.perf_counter() - start
    return Measurement(workers, time.perf_counter() - start, first, count)


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print one JSON line for each measurement."""
    from torch.utils.data import Subset
    from torchvision import datasets
    from torchvision.transforms import ToTensor

    from core.training.engine.batches import to_input

    parser = argparse.ArgumentParser(prog="python -m core.analysis.loading_cost")
    parser.add_argument("root")
    parser.add_argument("count", type=int)
    parser.add_argument("batch_size", type=int)
    parser.add_argument("workers", type=int, nargs="*")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)  # as a DataLoader's workers have it

    dataset = datasets.FashionMNIST(options.root, train=True, transform=ToTensor())
    count = min(options.count, len(dataset))
    subset = Subset(dataset, range(count))

    def report(measurement: Measurement) -> None:
        sys.stdout.write(json.dumps(vars(measurement)) + "\n")
        sys.stdout.flush()

    size = options.batch_size
    starts = range(0, count, size)
    next(iter(DataLoader(subset, batch_size=size)))  # imports and first calls are not loading
    to_input(dataset.data[:size])
    report(
        _time(
            ((to_input(dataset.data[i : i + size]), dataset.targets[i : i + size]) for i in starts), -1, count
        )
    )
    for workers in options.workers:
        report(_time(DataLoader(subset, batch_size=size, num_workers=workers), workers, count))


if __name__ == "__main__":
    main()
