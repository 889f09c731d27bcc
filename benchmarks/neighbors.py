"""Processes that compute beside a measurement, all the time."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

SPIN: Final = "while True: sum(i * i for i in range(100_000))"


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Let so many processes compute until the block is left."""
    processes = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
