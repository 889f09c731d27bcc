"""What runs with a slip look like: recorded by `python -m core.teaching.symptoms`, read from `runs.json`.

Whether curves tell slips apart is measured by a nearest-mean classifier: the mean of each slip's runs, in the
features of a run relative to the correct one.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import torch

from core.errors import RunError
from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.runner import run_program
from core.teaching.symptoms.programs import SLIPS

RUNS: Final = Path(__file__).with_name("runs.json")
CORRECT: Final = "correct"
KNOWN_SEEDS: Final = (0, 1, 2, 3, 4)
"""Runs from which the classifier learns, and of which the correct ones are the reference."""
ASKED_SEEDS: Final = (5, 6, 7, 8, 9)
"""Runs that visitors are asked about: the classifier has never seen them."""


@dataclass(frozen=True)
class Run:
    """The evidence of one run."""

    loss: tuple[float, ...]
    """Mean train loss per image of each epoch, nats, as the program computed it."""
    accuracy: tuple[float, ...]
    """Test accuracy of each epoch, 500 images."""
    norm: tuple[float, ...]
    """Mean norm of the gradient of each epoch."""
    histogram: tuple[float, ...]
    """How many of the last epoch's outputs for the test images lie in each of 16 bins from -16 to 16."""
    predictions: tuple[int, ...]
    """What it says of the first eight test images, after the last epoch."""


def record(program: str) -> Run:
    """Run a program of `SLIPS`, or the correct one, and give its evidence.

    Raises:
        RunError: It ended in an error.
    """
    namespace: dict[str, Any] = {}
    with OwnChance() as chance:
        error = run_program(program, namespace, lambda *values: None, importing=chance.importing)
    if error:
        raise RunError(error)
    history = namespace["history"]
    return Run(
        loss=tuple(_finite(entry["loss"]) for entry in history),
        accuracy=tuple(round(entry["accuracy"], 4) for entry in history),
        norm=tuple(_finite(entry["norm"]) for entry in history),
        histogram=tuple(namespace["histogram"]),
        predictions=tuple(namespace["predictions"]),
    )


def _finite(value: float) -> float:
    """A value with six digits; what is not a number, or endless, is as large as can be shown."""
    return float(f"{min(value, 1e9):.6g}") if math.isfinite(value) else 1e9


@lru_cache(maxsize=1)
def runs() -> Mapping[tuple[str, int], Run]:
    """Every recorded run, by its slip (or `correct`) and its seed."""
    kept = json.loads(RUNS.read_text(encoding="utf-8"))
    return {
        (name, int(seed)): Run(**{field: tuple(values) for field, values in run.items()})
        for name, by_seed in kept.items()
        for seed, run in by_seed.items()
    }


def features(run: Run) -> torch.Tensor:
    """A run as 36 numbers: curves on scales on which a difference means something, and shares."""
    total = max(sum(run.histogram), 1.0)
    outside = 1 - total / 5000
    values = [
        *(math.log10(max(value, 1e-6)) for value in run.loss),
        *(4 * value for value in run.accuracy),
        *(math.log10(max(value, 1e-6)) for value in run.norm),
        *(2 * value / total for value in run.histogram),
        2 * outside,
        len(set(run.predictions)) / 8,
    ]
    return torch.tensor(values)


@lru_cache(maxsize=1)
def means() -> Mapping[str, torch.Tensor]:
    """The mean of each slip's known runs, relative to the correct run of the same seed."""
    known = runs()
    return {
        name: torch.stack([relative(known[name, seed], seed) for seed in KNOWN_SEEDS]).mean(dim=0)
        for name in SLIPS
    }


def relative(run: Run, seed: int) -> torch.Tensor:
    """The features of a run minus those of the correct run of its seed."""
    return features(run) - features(runs()[CORRECT, seed])


def classify(run: Run, seed: int, among: Sequence[str]) -> str:
    """The slip among these whose mean is nearest to the run."""
    here = relative(run, seed)
    return min(among, key=lambda name: float((here - means()[name]).norm()))


def distance(one: str, other: str) -> float:
    """How far apart the means of two slips are."""
    return float((means()[one] - means()[other]).norm())
