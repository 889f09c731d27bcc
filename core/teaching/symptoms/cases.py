"""Cases of the symptom clinic: a run with one slip, and four names of which the evidence decides for one."""

import random
from dataclasses import dataclass
from typing import Final

from core.teaching.symptoms.evidence import ASKED_SEEDS, classify, distance, runs
from core.teaching.symptoms.programs import SLIPS

OPTIONS: Final = 4
APART: Final = 1.2
"""Least distance between the means of two slips that are offered together."""
MAX_CASE: Final = 9_999


@dataclass(frozen=True)
class Case:
    """One question."""

    number: int
    """Chooses the case; the same number is the same case for everybody."""
    slip: str
    """What is wrong."""
    seed: int
    """The run's seed."""
    options: tuple[str, ...]
    """Four names, in an order that says nothing."""

    @property
    def is_decidable(self) -> bool:
        """Whether the nearest-mean classifier finds the slip among the options."""
        return classify(runs()[self.slip, self.seed], self.seed, self.options) == self.slip


def case(number: int) -> Case:
    """The case of a number from 1 to 9,999.

    Slips whose curves look alike are not offered together: every two options are at least `APART`.
    """
    chance = random.Random(number)
    names = list(SLIPS)
    slip, seed = chance.choice(names), chance.choice(ASKED_SEEDS)
    options = [slip]
    for name in chance.sample(names, len(names)):
        if len(options) < OPTIONS and all(
            name != taken and distance(name, taken) >= APART for taken in options
        ):
            options.append(name)
    chance.shuffle(options)
    return Case(number, slip, seed, tuple(options))
