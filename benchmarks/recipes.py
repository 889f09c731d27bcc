"""Seconds to 85, 88, 90 and 92% test accuracy of each recipe, and its final accuracy over several seeds.

`python -m benchmarks.recipes [--presets fast best] [--seeds N] [--first SEED]`

Test accuracy is on all test images, measured after every epoch; seconds are those of the training steps up
to the end of that epoch. One epoch of the tutorial's DataLoader loop is timed before every run, in the same
process, so that the claims ("less time than five of its epochs") are ratios of one machine at one time.
"""

import argparse
import json
import math
import statistics
import sys
from dataclasses import replace

from benchmarks.training import tutorial_epoch
from core.data import load_split
from core.system import device as devices
from core.training.engine import run_training
from core.training.engine.records import EpochRecord
from core.training.presets import PRESETS

TARGETS = (0.85, 0.88, 0.90, 0.92)


def seconds_to(target: float, history: tuple[EpochRecord, ...]) -> float:
    """Training seconds until the end of the first epoch at or above `target`; infinite if there is none."""
    total = 0.0
    for record in history:
        total += record.seconds
        if record.test_accuracy >= target:
            return total
    return math.inf


def rounded(value: float, digits: int) -> float | None:
    """`value` for JSON, which has no infinity: `None` where a seed never got there."""
    return round(value, digits) if math.isfinite(value) else None


def main() -> None:
    """Measure and print one JSON line per recipe."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--presets", nargs="+", default=["fast", "best"], choices=sorted(PRESETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--threads", type=int, default=devices.cpu_threads())
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    train, test = load_split(True), load_split(False)
    for name in options.presets:
        accuracies: list[float] = []
        loops: list[float] = []
        times: dict[float, list[float]] = {target: [] for target in TARGETS}
        for seed in range(options.first, options.first + options.seeds):
            config = replace(PRESETS[name].config, seed=seed, device=options.device, threads=options.threads)
            loop, _ = tutorial_epoch(train, devices.resolve(options.device))
            result = run_training(config, train_split=train, test_split=test)
            loops.append(loop)
            accuracies.append(result.history[-1].test_accuracy)
            print(f"{name}, seed {seed}: {accuracies[-1]:.2%}", file=sys.stderr, flush=True)
            for target in TARGETS:
                times[target].append(seconds_to(target, result.history))

        print(
            json.dumps(
                {
                    "benchmark": "recipes",
                    "recipe": name,
                    "test_images": len(test),
                    "seeds": options.seeds,
                    "test_accuracy_mean": round(statistics.mean(accuracies), 4),
                    "test_accuracy_spread": round(statistics.stdev(accuracies), 4)
                    if options.seeds > 1
                    else None,
                    "test_accuracy_lowest": round(min(accuracies), 4),
                    "tutorial_loop_s_per_epoch": round(statistics.median(loops), 2),
                    **{
                        f"seconds_to_{target:.0%}": rounded(statistics.median(times[target]), 1)
                        for target in TARGETS
                    },
                    **{
                        f"tutorial_epochs_to_{target:.0%}_worst": rounded(
                            max(t / loop for t, loop in zip(times[target], loops, strict=True)), 2
                        )
                        for target in TARGETS
                    },
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
