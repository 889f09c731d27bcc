"""The command that trains one run: what `python -m core.train` does once it is loaded."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.data import load_split
from core.errors import CoreError
from core.training.engine.records import RunProgress
from core.training.jobs.training import TrainingJob, resolve
from core.training.presets import PRESETS
from core.training.runs import DEFAULT_RUNS, RUNS_VARIABLE, RunStore

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C: 128 and the signal's number, as shells have it."""
BAR_WIDTH: Final = 24
"""Characters."""


def train_command(arguments: Sequence[str] | None = None) -> int:
    """Train one run; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m core.train", description="Train without a screen, or go on where a run was cut off."
    )
    parser.add_argument(
        "--preset", choices=list(PRESETS), default="tutorial", help="the settings to start from"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the training images")
    parser.add_argument("--limit", type=int, metavar="N", help="train on the first N training images only")
    parser.add_argument("--seed", type=int, metavar="N", help="of weights, order, augmentation and dropout")
    parser.add_argument("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps")
    parser.add_argument("--runs", type=Path, metavar="DIR", help="folder of all runs (default: runs/)")
    options = parser.parse_args(arguments)
    runs = RunStore(options.runs or Path(os.environ.get(RUNS_VARIABLE) or DEFAULT_RUNS))
    try:
        return _train(options, runs)
    except CoreError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the same command goes on after the last whole epoch.", file=sys.stderr)
        return INTERRUPTED


def _train(options: argparse.Namespace, runs: RunStore) -> int:
    config = PRESETS[options.preset].config
    given = {name: getattr(options, name) for name in ("epochs", "seed", "device")}
    config = replace(config, **{name: value for name, value in given.items() if value is not None})
    if options.limit is not None:
        config = replace(config, data=replace(config.data, limit=options.limit))
    train, test = load_split(train=True), load_split(train=False)
    config = resolve(config, train)
    job = TrainingJob(config, runs, train, test)
    print(
        f"{job.title}: {len(train):,} training and {len(test):,} test images ({train.source})",
        file=sys.stderr,
    )
    with _interrupts() as check:
        outcome = job.run(_Bar(), check)
    last = outcome.history[-1]
    print(
        f"\nTest accuracy {last.test_accuracy:.2%}, {len(test):,} images, after {last.epoch} epochs.",
        file=sys.stderr,
    )
    print(runs.folder(job.key))
    return 0


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """A check between steps that repeats an interrupt which was lost.

    Code in C that asks whether an attribute is there clears whatever was raised meanwhile, an interrupt too.
    """
    asked = False

    def interrupt(*_: object) -> None:
        nonlocal asked
        asked = True
        raise KeyboardInterrupt

    def check() -> bool:
        if asked:
            raise KeyboardInterrupt
        return False

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


class _Bar:
    """A progress bar on stderr: redrawn on a terminal, one line per epoch elsewhere."""

    def __init__(self) -> None:
        self.epochs_shown, self.drawn = 0, 0.0

    def __call__(self, progress: RunProgress) -> None:
        done = len(progress.history)
        ended = done > self.epochs_shown
        if sys.stderr.isatty() and (ended or time.monotonic() - self.drawn > 0.1):
            self.drawn = time.monotonic()
            filled = BAR_WIDTH * progress.step // max(1, progress.steps)
            sys.stderr.write(
                f"\r[{'=' * filled}{' ' * (BAR_WIDTH - filled)}] epoch {progress.epoch}/{progress.epochs}  "
                f"{progress.samples_per_second:,.0f} images/s  {self._score(progress)}\033[K"
            )
            sys.stderr.flush()
        elif ended:
            rate = f"{progress.samples_per_second:,.0f} images/s"
            print(f"epoch {done}/{progress.epochs}  {rate}  {self._score(progress)}", file=sys.stderr)
        self.epochs_shown = done

    @staticmethod
    def _score(progress: RunProgress) -> str:
        if not progress.history:
            return f"loss {progress.losses[-1][1]:.3f}" if progress.losses else ""
        last = progress.history[-1]
        return f"test loss {last.test_loss:.4f}, test accuracy {last.test_accuracy:.2%}"
