"""How far the time estimate before a run is from what the run then takes, with and without a neighbor.

`python -m benchmarks.estimates [--runs 20] [--busy 0 1]`

Each run has a network, batch size and optimizer of its own, drawn from a seed. Its speed is measured as the
Training page does it ("Measure how long it takes"), then it is trained. Busy processes compute beside
them all the time. Prints a JSON line for each number of these: the median and the largest distance, as a
share of what the run took, and the median with its sign, below 0 if runs take longer.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from benchmarks.neighbors import busy
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split, load_split
from core.training.engine import run_training
from core.training.jobs.estimate import estimate_run, measure_speed
from core.training.jobs.training import multiply_adds, resolve

AIM: Final = 0.25
WORK: Final = 6e10
"""Multiply-adds of one epoch's forward passes: some seconds of training."""


def configurations(count: int, first: int) -> Iterator[TrainConfig]:
    """Runs that differ in what decides the speed; others for another `first`, so that each is measured."""
    chance = random.Random(0)
    for seed in range(first, first + count):
        model = chance.choice(
            [
                ModelConfig(architecture="mlp", hidden=(chance.choice([64, 256, 512]), 32 + seed)),
                ModelConfig(architecture="cnn", channels=(chance.choice([4, 8]), 8 + seed % 16)),
            ]
        )
        optimizer = chance.choice([OptimizerConfig(lr=0.01), OptimizerConfig(name="adam", lr=0.001)])
        batch = chance.choice([32, 64, 128])
        yield TrainConfig(model=model, optimizer=optimizer, batch_size=batch, device="cpu", seed=seed)


def distance(config: TrainConfig, train: Split, test: Split) -> float:
    """Of one run's estimate from what it took, as a share of that: above 0 if it took less."""
    whole = resolve(config, train)
    images = int(min(len(train), max(2_000, WORK / multiply_adds(whole))))
    whole = replace(whole, data=DataConfig(limit=images), epochs=2)
    measure_speed(whole, train, test)
    estimate = estimate_run(whole, (), train_images=len(train), test_images=len(test))
    if estimate is None:
        raise RuntimeError("a speed was measured, and nothing is estimated")
    start = time.perf_counter()
    run_training(whole, train_split=train, test_split=test)
    took = time.perf_counter() - start
    return (estimate.seconds - took) / took


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimates", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--busy", type=int, nargs="+", default=[0, 1])
    arguments = parser.parse_args()
    train, test = load_split(True), load_split(False)
    for count in arguments.busy:
        runs = configurations(arguments.runs, first=count * arguments.runs)
        with busy(count):
            shares = [distance(config, train, test) for config in runs]
        sizes = sorted(map(abs, shares))
        figures = {
            "median": round(statistics.median(sizes), 3),
            "largest": round(sizes[-1], 3),
            "median_signed": round(statistics.median(shares), 3),
            "aim": AIM,
        }
        print(json.dumps({"benchmark": "estimates", "busy": count, "runs": len(sizes)} | figures), flush=True)


if __name__ == "__main__":
    main()
