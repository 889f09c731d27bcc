"""How much memory is left for this process, who has reserved how much of it, and how to give it back.

A container's limit counts, not the machine's: cgroup v2 and v1, as Linux reports them. Where the system does
not say (not Linux), memory is never called short.

Whatever computes on the server first works out how many bytes it will take at its peak, and reserves them:

    with memory.reserve(size, "this comparison"):
        compare(...)

There is one ledger for the whole process. What one computation has reserved another cannot reserve, even
before the first has taken it from the system.
"""

import contextlib
import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Self

from core.errors import QueueError

RESERVE: Final = 96_000_000
"""Bytes that pages need to go on answering: below this memory is short, and nothing can be reserved."""
KEPT: Final = 160_000_000
"""Bytes that kept blocks come to at most: page runs put small blocks between them, and then they do not
fit the next step, or the evaluation after it. `python -m benchmarks.attacks --minutes 10` showed so many."""

_NO_LIMIT: Final = 2**60  # cgroup v1 says "no limit" as a number near 2^63
_ARENA_MAX: Final = -8  # M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc's mallopt
_MMAP_THRESHOLD: Final = -3
_TRIM_THRESHOLD: Final = -1
_MIB: Final = 2**20
_PAUSE: Final = 0.25  # seconds between two looks at what others have reserved

_guard = threading.Lock()
_reusing = 0  # how many runs want freed blocks kept


def available(root: Path = Path("/")) -> int | None:
    """Bytes that can still be taken: the least of what the machine and each cgroup above leave.

    Args:
        root: Where `proc` and `sys` are, for tests.

    Returns:
        `None` where this system does not tell.
    """
    left = [value for value in (_of_machine(root), *_of_cgroups(root)) if value is not None]
    return max(0, min(left)) if left else None


def is_short() -> bool:
    """Whether less is left than pages need."""
    left = available()
    return left is not None and left < RESERVE


class Reservation:
    """A part of the memory that is left, set aside for one computation until it is released.

    Use it as a context manager, or call `release` when the computation has ended. Made by `reserve`.
    """

    def __init__(self, size: int, left: int | None) -> None:
        self.size = size
        """Bytes."""
        self.left = left
        """Bytes that could be taken before this was reserved."""

    def release(self) -> None:
        """Let others reserve this memory; calling it again does nothing."""
        with _ledger:
            if self in _reservations:
                _reservations.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()


_ledger = threading.Lock()
_reservations: list[Reservation] = []  # in the order in which they were made


def reserve(
    size: int,
    purpose: str = "this",
    *,
    advice: str = "try again later",
    patience: float = 0.0,
    meanwhile: Callable[[], object] = lambda: None,
) -> Reservation:
    """Set memory aside for a computation, before any of it is taken.

    Args:
        size: Bytes that the computation takes at its peak, beyond what the process holds already.
        purpose: What the computation is, as the sentence calls it: "this run".
        advice: What a visitor can do where it does not fit.
        patience: Seconds to wait for what others have reserved.
        meanwhile: Called every quarter of a second of that; whatever it raises ends the wait.

    Raises:
        QueueError: There is too little left: one sentence with both figures and the advice.
    """
    deadline = time.monotonic() + patience
    while True:
        with _ledger:
            try:
                _check(size, purpose, advice)
            except QueueError:
                if time.monotonic() >= deadline:
                    raise
            else:
                reservation = Reservation(size, available())
                _reservations.append(reservation)
                return reservation
        meanwhile()
        time.sleep(_PAUSE)


def check(size: int, purpose: str = "this", *, advice: str = "try again later") -> None:
    """Refuse what could not be reserved now, and reserve nothing.

    Raises:
        QueueError: As `reserve`.
    """
    with _ledger:
        _check(size, purpose, advice)


def _check(size: int, purpose: str, advice: str) -> None:
    left = _unreserved()
    if left is not None and left < RESERVE + size:
        raise QueueError(
            f"The server has {max(0, left - RESERVE) / 1e6:,.0f} MB of memory to spare, and {purpose} "
            f"needs about {size / 1e6:,.0f} MB: {advice}."
        )


def _unreserved() -> int | None:
    """Bytes that are left beside all reservations, whether or not their memory is taken already.

    What was left before a reservation, less it and those after it, holds as long as they have taken nothing
    yet; what is left now holds once they have taken everything. The smallest is safe.
    """
    left = available()
    since = 0
    for reservation in reversed(_reservations):
        since += reservation.size
        if left is not None and reservation.left is not None:
            left = min(left, reservation.left - since)
    return left


def tune_allocator() -> None:
    """Keep the C library from holding on to memory: two arenas for all threads, large blocks given back.

    Every thread of glibc's otherwise gets a heap of its own, and each page run of Streamlit is a thread.
    Other systems are left as they are.
    """
    library = _libc()
    if library is not None:
        library.mallopt(_ARENA_MAX, 2)
        with _guard:
            _set_thresholds(library)


@contextlib.contextmanager
def reused_blocks() -> Iterator[None]:
    """Let the C library keep what is freed, up to some tens of megabytes, for as long as this lasts.

    A training step takes the blocks that the step before has freed. Where they were given back, the kernel
    clears and maps every page of them anew: two to four thousand faults per step of the small convolutional
    network, a quarter of its time on two threads and two fifths on one.

    On a server that has no `KEPT` to spare nothing changes: a slower run is better than none.
    """
    library = _libc()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(reserve(KEPT))
        except QueueError:
            library = None
        if library is None:
            yield
            return
        _count_reusing(library, 1)
        try:
            yield
        finally:
            _count_reusing(library, -1)


def _count_reusing(library: ctypes.CDLL, change: int) -> None:
    global _reusing
    with _guard:
        _reusing += change
        _set_thresholds(library)


def _set_thresholds(library: ctypes.CDLL) -> None:
    """From which size on a block is given back when it is freed, and how much free memory is kept."""
    library.mallopt(_MMAP_THRESHOLD, (32 if _reusing else 4) * _MIB)  # 32 is the most there is
    library.mallopt(_TRIM_THRESHOLD, (128 if _reusing else 16) * _MIB)


def give_back() -> None:
    """Collect garbage and return free memory to the system: after a run, when a session has ended."""
    gc.collect()
    library = _libc()
    if library is not None:
        library.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL(None)
    except OSError:
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def _of_machine(root: Path) -> int | None:
    try:
        for line in (root / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _of_cgroups(root: Path) -> list[int | None]:
    """What each group that this process is in leaves, version 2 and version 1, from the inside out."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            base, names = root / "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            base = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        # within a container the group's own path may not be there: its limit is then at the top
        parts = [part for part in path.split("/") if part not in ("", "..")]
        found += [_left(base.joinpath(*parts[:count]), *names) for count in range(len(parts), -1, -1)]
    return found


def _left(folder: Path, limit_name: str, used_name: str, cache_name: str) -> int | None:
    """What one group leaves; file contents that can be dropped at any time are not counted as used."""
    try:
        limit = (folder / limit_name).read_text().strip()
        if limit == "max" or int(limit) >= _NO_LIMIT:
            return None
        used = int((folder / used_name).read_text())
        cached = 0
        for line in (folder / "memory.stat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == cache_name:
                cached = int(value)
        return int(limit) - max(0, used - cached)
    except (OSError, ValueError):
        return None
