"""A new learning rate for a run that goes on: asked for by a page, taken by the worker before a step."""

import threading
from queue import Empty, SimpleQueue
from typing import Final

from core.config import TrainConfig
from core.errors import QueueError

ANSWER_SECONDS: Final = 2.0
"""How long a page waits for the worker's next step."""


class RateRequest:
    """One question at a time, and its answer."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._wanted: float | None = None
        self._answers: SimpleQueue[TrainConfig | None] = SimpleQueue()

    def ask(self, rate: float) -> TrainConfig:
        """Ask for a learning rate, and wait for the run that it makes.

        Raises:
            QueueError: Somebody else asks just now, or no step could take it.
        """
        if not self._asking.acquire(blocking=False):
            raise QueueError("The learning rate is being changed just now: try again in a moment.")
        try:
            while not self._answers.empty():  # one that came too late
                self._answers.get()
            self._wanted = rate
            try:
                config = self._answers.get(timeout=ANSWER_SECONDS)
            except Empty:
                config = None
            self._wanted = None
            if config is None:
                raise QueueError("The run could not take the new learning rate: try again within an epoch.")
            return config
        finally:
            self._asking.release()

    def take(self) -> float | None:
        """What is asked for, once; on the worker's side."""
        rate, self._wanted = self._wanted, None
        return rate

    def answer(self, config: TrainConfig | None) -> None:
        """Say which run it has become; `None` where it stays as it is."""
        self._answers.put(config)
