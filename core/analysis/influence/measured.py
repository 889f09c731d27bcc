"""What `python -m benchmarks.influence` measured: how often leaving out the strongest images does more."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.analysis.evaluation import wilson_interval

FILE = Path(__file__).with_name("measured.json")
"""Written by the benchmark, shown on the page, quoted in docs/MEASUREMENTS.md."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A trial over several seeds."""

    errors: int
    """Wrong predictions of test images that were traced back."""
    more: int
    """Of them: how often leaving out the strongest images lowered the predicted class's probability by more
    than leaving out as many random images of that class."""
    images: int
    """Training images that were left out each time."""
    seeds: int
    """Runs that the errors are of."""
    strongest: float
    """Mean fall of the probability without the strongest images."""
    random: float
    """Mean fall without random ones."""

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval for the share `more / errors`."""
        return wilson_interval(self.more, self.errors)


@lru_cache(maxsize=1)
def measured() -> Measured:
    """What the last trial gave."""
    return Measured(**json.loads(FILE.read_text()))
