"""Runs both programs of a case here and now: a second's work, apart from the pages' process."""

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core.data import load_split
from core.teaching.snippets.dataset_root import root_of
from core.teaching.symptoms.evidence import CORRECT, record
from core.teaching.symptoms.programs import SLIPS

BROKEN: Final = "broken"
SAMPLE: Final = Path(__file__).resolve().parents[2] / "data" / "sample"


@lru_cache(maxsize=1)
def sample_folder() -> str:
    """Where torchvision finds the images that ship with the app, on which the evidence was recorded."""
    return root_of((load_split(True, root=str(SAMPLE)), load_split(False, root=str(SAMPLE))))


def run_both(slip: str, seed: int, report: Callable[[float], None]) -> dict[str, dict[str, Any]]:
    """The evidence of the correct program and of the one with the slip, as fields of `Run`.

    Args:
        slip: A name in `SLIPS`.
        seed: Of both.
        report: Told the share that is done.

    Raises:
        RunError: A program ended in an error.
    """
    loop = SLIPS[slip]
    sides = zip((CORRECT, BROKEN), loop.programs(seed, root=sample_folder()), strict=True)
    found = {}
    for done, (side, program) in enumerate(sides, start=1):
        found[side] = asdict(record(program))
        report(done / 2)
    return found
