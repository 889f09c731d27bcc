"""How much memory a process holds, and the most that it held while something ran (Linux).

For programs that tests start: what a process of its own measures is not disturbed by the tests before it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def held() -> int:
    """Bytes of memory that this process has written to, files that it reads not counted."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return 1024 * int(line.split()[1])
    raise RuntimeError("this kernel does not tell what a process holds")


class Peak:
    """The most bytes held while the block ran, beyond what was held before."""

    def __init__(self) -> None:
        self.before = self.most = held()

    @property
    def extra(self) -> int:
        return self.most - self.before


@contextmanager
def watched() -> Iterator[Peak]:
    """Look at the memory every two milliseconds while the block runs."""
    peak, ended = Peak(), threading.Event()

    def watch() -> None:
        while not ended.wait(0.002):
            peak.most = max(peak.most, held())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()
