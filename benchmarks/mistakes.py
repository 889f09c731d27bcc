"""What every mistake does over five seeds, on the images that ship with the app.

`python -m benchmarks.mistakes [--write]`

Runs the correct program and the broken one of each mistake that trains, with seeds 0 to 4, and says in how
many pairs its effect is there. `--write` keeps the figures where the tests read them, each with a digest of
the programs and of PyTorch's version that gave it: the tests run one seed themselves, and all five where
another program or another PyTorch makes the figures no longer those of today. Prints one JSON line.
"""

import argparse
import functools
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import torch

from core.teaching.mistakes import MISTAKES, Mistake, run_loop
from core.teaching.symptoms.live import sample_folder

SEEDS: Final = range(5)
FILE: Final = Path(__file__).resolve().parent.parent / "tests" / "core" / "teaching" / "effects.json"

Pair = tuple[float, float]
"""The figure of the last epoch, with the correct program and with the broken one."""


@functools.cache
def _run(program: str) -> dict[str, float]:
    """A program's last figures; the correct program of a loop is shared by all mistakes made in it."""
    return dict(run_loop(program).last)


def pair(mistake: Mistake, seed: int) -> Pair:
    """Run both programs of a mistake that has an effect."""
    assert mistake.effect is not None
    key = mistake.effect.figure.key
    correct, broken = mistake.programs(seed, root=sample_folder())
    return _run(correct)[key], _run(broken)[key]


def origin(mistake: Mistake) -> str:
    """A digest of all that decides a mistake's figures, but for the machine."""
    texts = [text for seed in SEEDS for text in mistake.programs(seed, portable=True)]
    return hashlib.sha256("\0".join([torch.__version__.partition("+")[0], *texts]).encode()).hexdigest()


def effects() -> dict[str, dict[str, Any]]:
    """The figures of every mistake that has an effect, and where they come from."""
    return {
        name: {"origin": origin(mistake), "pairs": [pair(mistake, seed) for seed in SEEDS]}
        for name, mistake in MISTAKES.items()
        if mistake.effect is not None
    }


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="keep the figures for the tests")
    options = parser.parse_args()
    torch.set_num_threads(1)
    measured = effects()
    if options.write:
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in measured.items())
        FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    there = {
        name: sum(holds(MISTAKES[name], [found]) for found in entry["pairs"])
        for name, entry in measured.items()
    }
    print(json.dumps({"benchmark": "mistakes", "seeds": len(SEEDS), "pairs_with_the_effect": there}))


def holds(mistake: Mistake, pairs: list[Pair]) -> bool:
    """Whether the means over some pairs show the mistake's effect."""
    assert mistake.effect is not None
    correct, broken = (
        {mistake.effect.figure.key: sum(side) / len(side)} for side in zip(*pairs, strict=True)
    )
    return mistake.effect.holds(correct, broken)


if __name__ == "__main__":
    main()
