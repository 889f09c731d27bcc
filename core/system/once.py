"""A value that the process makes once, on first use, and keeps: state that no cache may drop."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Makes a value at the first call and gives the same one at every other, whichever thread asks.

    A cache may be emptied at any time, by anybody; what must exist only once is held here. Where making the
    value fails, nothing is kept and the next call tries again.

    Args:
        make: Makes the value. It may use other values of this kind; nothing else is made meanwhile.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._made: tuple[T] | None = None

    def __call__(self) -> T:
        """The value."""
        if self._made is None:  # the lock is only for the first time: pages ask for these at every run
            with self._lock:
                if self._made is None:
                    self._made = (self._make(),)
        return self._made[0]

    def forget(self) -> None:
        """Let the next call make the value anew: for tests, which are many servers in one process."""
        with self._lock:
            self._made = None
