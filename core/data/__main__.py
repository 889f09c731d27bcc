"""Command line of the data: `python -m core.data fetch` and `python -m core.data make-sample`."""

import argparse
import sys
from pathlib import Path

from core.data.sample import write_sample
from core.data.sources import SAMPLE_ROOT, load_split
from core.errors import CoreError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what it says, 1 with a sentence on standard error if not."""
    parser = argparse.ArgumentParser(prog="python -m core.data", description="Fashion-MNIST on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("make-sample", help="make the sample that ships with the project again")
    sample.add_argument("--root", help="folder with the full dataset's FashionMNIST/raw/")
    sample.add_argument("--out", type=Path, default=SAMPLE_ROOT, help="where to write the sample")
    options = parser.parse_args(arguments)
    try:
        written = sum(write_sample(load_split(train, options.root), options.out) for train in (True, False))
        print(f"Wrote 5,000 training and 1,000 test images, {written / 1e6:.2f} MB, to {options.out}.")
    except CoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
