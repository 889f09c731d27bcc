"""Turns at heavy work: a few at a time on the machine, one for each person, in a fair order."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

LOOK = 0.1  # seconds between two looks at whoever waits


class Turns:
    """Hands out turns.

    Args:
        places: Turns that may be taken at a time.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._waiting: list[tuple[str, object]] = []
        self._served: dict[str, float] = {}

    @contextlib.contextmanager
    def turn(self, person: str, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Args:
            person: Whose it is; they get one at a time, however often they ask.
            waiting: Called ten times a second; whatever it raises gives the place in the line up.
        """
        place = (person, object())
        with self._changed:
            self._waiting.append(place)
        try:
            while not self._taken(place):
                waiting()
        except BaseException:
            self._leave(place)
            raise
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(person)
                self._served[person] = time.monotonic()
                while len(self._served) > 1_000:
                    del self._served[next(iter(self._served))]
                self._changed.notify_all()

    def _taken(self, place: tuple[str, object]) -> bool:
        """Take the turn if it is this one's; otherwise wait a moment."""
        with self._changed:
            if self._next() == place:
                self._waiting.remove(place)
                self._busy.add(place[0])
                return True
            self._changed.wait(LOOK)
            return False

    def _next(self) -> tuple[str, object] | None:
        if len(self._busy) >= self._places:
            return None
        free = [place for place in self._waiting if place[0] not in self._busy]
        return min(free, key=lambda place: self._served.get(place[0], 0.0), default=None)

    def _leave(self, place: tuple[str, object]) -> None:
        with self._changed:
            if place in self._waiting:
                self._waiting.remove(place)
            self._changed.notify_all()
