"""The run behind home's button: what its first second changes, and how soon it names 80% correctly.

`python -m benchmarks.first_minute [--seeds N]`

Runs the job that the button starts, without a browser, once per seed, each time from the click on. A page
shows a moment at most 0.4 s after it is there. Prints one JSON line: the slowest seed's figures.
"""

import argparse
import json
import time
from dataclasses import dataclass

from core.data import load_split
from core.teaching.first_run import FirstRunJob, FirstRunProgress

GOAL = 0.8


@dataclass
class Timed:
    """One run, in seconds from its start."""

    accuracy: float
    """Of the untrained network."""
    change: float
    """Until a garment's answer was another one."""
    goal: float
    """Until the accuracy was above `GOAL`; infinite where it never was."""
    end: float
    """Until it ended."""


def timed(job: FirstRunJob) -> Timed:
    """Run a job to its end and look at the clock at each moment that it keeps."""
    found = Timed(1.0, float("inf"), float("inf"), 0.0)
    job.untrained()  # the page shows it before the button is pressed
    started = time.perf_counter()

    def look(progress: FirstRunProgress) -> None:
        now = time.perf_counter() - started
        first, last = progress.moments[0], progress.moments[-1]
        found.accuracy = first.accuracy
        if last.predicted != first.predicted:
            found.change = min(found.change, now)
        if last.accuracy > GOAL:
            found.goal = min(found.goal, now)

    job.run(look, lambda: False)
    found.end = time.perf_counter() - started
    return found


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    train, test = load_split(True), load_split(False)
    runs = [timed(FirstRunJob(train, test, seed=seed)) for seed in range(parser.parse_args().seeds)]
    figures = {
        "untrained_accuracy": max(run.accuracy for run in runs),
        "first_change_s": max(run.change for run in runs),
        "above_80_percent_s": max(run.goal for run in runs),
        "end_s": max(run.end for run in runs),
    }
    print(json.dumps({"seeds": len(runs), **{name: round(value, 3) for name, value in figures.items()}}))


if __name__ == "__main__":
    main()
