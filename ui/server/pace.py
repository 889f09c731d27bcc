"""So much at once, then so much per second."""

import time
from typing import Final

_KEPT: Final = 1_000
"""Owners whose pace is remembered."""


class Pace:
    """Says how long to wait before more is taken.

    Args:
        burst: What may be taken at once.
        rate: What may be taken per second for long.
    """

    def __init__(self, burst: float, rate: float) -> None:
        self._burst, self._rate = burst, rate
        self._left, self._seen = burst, time.monotonic()

    def take(self, count: float) -> float:
        """Take so much; the seconds to wait before it is used."""
        self._refill()
        self._left -= count
        return max(0.0, -self._left / self._rate)

    def take_if_there(self, count: float) -> bool:
        """Take so much if it is there at once, and say whether it was."""
        self._refill()
        if self._left < count:
            return False
        self._left -= count
        return True

    def _refill(self) -> None:
        now = time.monotonic()
        self._left = min(self._burst, self._left + self._rate * (now - self._seen))
        self._seen = now


class Paces:
    """A pace for each owner; of very many, those that took something last.

    Args:
        burst: As `Pace` has it.
        rate: As `Pace` has it.
    """

    def __init__(self, burst: float, rate: float) -> None:
        self._burst, self._rate = burst, rate
        self._paces: dict[str, Pace] = {}

    def take(self, owner: str, count: float) -> float:
        """Take so much for this owner; the seconds to wait before it is used."""
        return self._of(owner).take(count)

    def take_if_there(self, owner: str, count: float) -> bool:
        """Take so much for this owner if it is there at once, and say whether it was."""
        return self._of(owner).take_if_there(count)

    def _of(self, owner: str) -> Pace:
        pace = self._paces.pop(owner, None) or Pace(self._burst, self._rate)
        self._paces[owner] = pace  # the last one that took something stands last
        while len(self._paces) > _KEPT:
            del self._paces[next(iter(self._paces))]
        return pace
