"""Whose turn it is: visitors take turns, by address first and by browser within an address.

First come, first served would let one visitor with many jobs hold up everybody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

REMEMBERED: Final = 1000
"""Addresses and browsers of which it is known when they had their last turn."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks for jobs: a browser, which may have many tabs, at an address."""

    browser: str
    address: str = ""
    """Of the network that the browser is in. Many people may share it: a school, say."""


class Waiting(Protocol):
    """What waits for its turn."""

    @property
    def visitors(self) -> Iterable[Visitor]:
        """Who waits for it; nobody where the app itself asked for it."""


W = TypeVar("W", bound=Waiting)
_NOBODY: Final = Visitor("")


class Turns:
    """Who had a turn when."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._count = 0

    def take(self, waiting: Waiting) -> None:
        """Note that it is the turn of those who wait for this."""
        self._count = _note(self._last, waiting, self._count)
        while len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]

    def in_order(self, waiting: Sequence[W]) -> list[W]:
        """What waits, in the order of its turns if nothing else comes.

        Args:
            waiting: The first come first.
        """
        last, count, rest, ordered = dict(self._last), self._count, list(waiting), []
        while rest:
            following = min(rest, key=lambda item: _rank(last, item))  # of equals the first one
            rest.remove(following)
            ordered.append(following)
            count = _note(last, following, count)
        return ordered


def last_of_the_most(waiting: Sequence[W], newcomer: Visitor) -> W | None:
    """What gives way to a newcomer in a full queue: the last of the address with most in it.

    `None` where no address has at least two more than the newcomer's.
    """
    counts = Counter(visitor.address for item in waiting for visitor in item.visitors)
    for address, count in counts.most_common(1):
        theirs = [item for item in waiting if {visitor.address for visitor in item.visitors} == {address}]
        if theirs and count > counts[newcomer.address] + 1:
            return theirs[-1]
    return None


def _subjects(waiting: Waiting) -> list[Visitor]:
    return list(waiting.visitors) or [_NOBODY]


def _names(visitor: Visitor) -> tuple[str, str]:
    return f"address {visitor.address}", f"browser {visitor.browser}"


def _rank(last: Mapping[str, int], waiting: Waiting) -> tuple[int, int]:
    """When the address and the browser had their last turns: of several visitors, whose was longest ago."""
    address, browser = min(
        (last.get(address, 0), last.get(browser, 0)) for address, browser in map(_names, _subjects(waiting))
    )
    return address, browser


def _note(last: dict[str, int], waiting: Waiting, count: int) -> int:
    count += 1
    for visitor in _subjects(waiting):
        for name in _names(visitor):
            last.pop(name, None)  # the one that was noted last stands last
            last[name] = count
    return count
