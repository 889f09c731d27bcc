"""Bytes that may be held at a time: by everybody together, and by each owner of them.

A limit on one file is no limit: whoever may bring one may bring twenty. What strangers bring is counted here
for as long as it is held.
"""

import threading
import weakref
from collections import Counter
from typing import Final

from core.errors import BudgetError
from core.system import memory

FULL: Final = (
    "The server holds as much of its visitors' files as it can: try again in a few minutes, "
    "or remove what you no longer need."
)
YOURS: Final = "That is more than one visitor may bring: remove what you no longer need, then try again."


class Held:
    """Bytes taken from a budget. They go back when this is released or collected, whichever comes first.

    Args:
        budget: Where they go back to.
        owner: Whose they are.
        size: How many.
    """

    def __init__(self, budget: "Budget", owner: str, size: int) -> None:
        self.size = size
        self._finalizer = weakref.finalize(self, budget._give_back, owner, size)

    def release(self) -> None:
        """Give the bytes back now."""
        self._finalizer()


class Budget:
    """A number of bytes, shared by owners none of whom may take all of it.

    Args:
        total: Bytes that may be held at a time.
        each: Bytes that one owner may hold.
    """

    def __init__(self, total: int, each: int) -> None:
        self.total, self.each = total, each
        self._lock = threading.RLock()  # a finalizer may run while this very thread holds it
        self._held: Counter[str] = Counter()

    def take(self, owner: str, size: int) -> Held:
        """Reserve bytes before they are allocated.

        Args:
            owner: Whose they are: not something that a visitor makes at will, such as a tab.
            size: How many.

        Raises:
            BudgetError: The owner's share or the whole is used up, or the server is short of memory.
        """
        left = memory.available()
        with self._lock:
            if self._held[owner] + size > self.each:
                raise BudgetError(YOURS)
            if self.held() + size > self.total or (left is not None and left < memory.RESERVE + size):
                raise BudgetError(FULL)
            self._held[owner] += size
        return Held(self, owner, size)

    def held(self, owner: str | None = None) -> int:
        """Bytes held now, by one owner or by all."""
        with self._lock:
            return self._held[owner] if owner is not None else self._held.total()

    def _give_back(self, owner: str, size: int) -> None:
        with self._lock:
            self._held[owner] -= size
            if self._held[owner] <= 0:
                del self._held[owner]
