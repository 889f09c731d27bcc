"""Command line of the data: `python -m core.data fetch` and `python -m core.data make-sample`."""

import argparse
import os
import sys
import time
from pathlib import Path

from core.data.fashion_mnist import RAW
from core.data.fetch import fetch
from core.data.shipped_sample import write_sample
from core.data.sources import DEFAULT_ROOT, SAMPLE_ROOT, load_split
from core.errors import CoreError, DataError


def _fetch(root: str | None) -> str:
    """Get the dataset and say in one line what there is now, and from where."""
    if not root and not os.environ.get("FASHION_MNIST_ROOT"):
        train, test = load_split(train=True), load_split(train=False)
        if train.kind == test.kind == "full":
            return f"Nothing to fetch: {train.source}, and {len(test):,} test images."
    folder = Path(root or os.environ.get("FASHION_MNIST_ROOT") or DEFAULT_ROOT)
    if folder.resolve() == SAMPLE_ROOT:
        raise DataError("That folder is the shipped sample's: choose another one with --root.")
    bar = _Bar()
    try:
        origin = fetch(folder, bar.show)
    finally:
        bar.end()
    return f"Fashion-MNIST, 60,000 training and 10,000 test images, from {origin}, is in {folder / RAW}."


class _Bar:
    """A progress bar on standard error; one line per file where that is not a terminal."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._name = ""
        self._shown = 0.0

    def show(self, name: str, done: int, total: int) -> None:
        """Draw, at most twenty times a second: bytes here, bytes in all (0 where not known)."""
        new, now = name != self._name, time.monotonic()
        if new:
            self.end()
            self._name = name
        if not self._terminal:
            if new:
                print(f"Getting {name} ...", file=sys.stderr)
        elif new or now - self._shown > 0.05 or done == total:
            self._shown = now
            filled = round(30 * done / total) if total else 0
            size = f"{done / 1e6:5.1f} of {total / 1e6:.1f} MB" if total else "..."
            line = f"{name:<28} [{'#' * filled}{'-' * (30 - filled)}] {size}"
            print(f"\r{line:<79}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line that was drawn."""
        if self._name and self._terminal:
            print(file=sys.stderr)
        self._name = ""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what it says, 1 with a sentence on standard error if not."""
    parser = argparse.ArgumentParser(prog="python -m core.data", description="Fashion-MNIST on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("make-sample", help="make the sample that ships with the project again")
    sample.add_argument("--root", help="folder with the full dataset's FashionMNIST/raw/")
    sample.add_argument("--out", type=Path, default=SAMPLE_ROOT, help="where to write the sample")
    get = commands.add_parser("fetch", help="get the full dataset: 60,000 + 10,000 images, 55 MB on disk")
    get.add_argument(
        "--root", help="folder to put it in, as FashionMNIST/raw/ (default: data/ in the project)"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "fetch":
            print(_fetch(options.root))
            return 0
        written = sum(write_sample(load_split(train, options.root), options.out) for train in (True, False))
        print(f"Wrote 5,000 training and 1,000 test images, {written / 1e6:.2f} MB, to {options.out}.")
    except KeyboardInterrupt:
        print("Stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130
    except CoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
