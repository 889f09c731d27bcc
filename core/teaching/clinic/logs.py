"""Reads the losses that a training printed, where nobody says in words what is wrong."""

import re
from itertools import pairwise
from typing import Final

_FEWEST: Final = 5
"""Losses from which on their course says something."""
_MOST: Final = 400
"""Losses that are read."""
_LEVEL: Final = 0.01
"""Share of the loss within which it counts as unchanged."""
_RISE: Final = 1.5
"""How many times the first loss the last one has to be for a rise."""
_LOSS: Final = re.compile(
    r"(?P<held>val\w{0,6}|test\w{0,3}|eval\w{0,6}|dev)?[ _:.]{0,2}loss\w{0,3}\W{0,6}?"
    r"(?P<value>-?\d{1,9}\.\d{1,20}(?:e-?\d{1,3})?)",
    re.IGNORECASE,
)


def losses(text: str) -> tuple[list[float], list[float]]:
    """The losses in `text` in their order: of the training, and of data that were held back."""
    trained: list[float] = []
    held: list[float] = []
    for found in _LOSS.finditer(text):
        (held if found["held"] else trained).append(float(found["value"]))
        if len(trained) + len(held) >= _MOST:
            break
    return trained, held


def _rises(values: list[float]) -> bool:
    ups = sum(later > earlier for earlier, later in pairwise(values))
    return ups >= 0.8 * (len(values) - 1) and values[-1] > _RISE * abs(values[0])


def symptom(text: str) -> str:
    """The name of the kind whose course the printed losses have; an empty text if none.

    The loss of the training rises, or stays; it falls while the other rises; or it is below 0.
    """
    trained, held = losses(text)
    if sum(value < 0 for value in trained) > 1 or sum(value < 0 for value in held) > 1:
        return "negative-loss"
    if len(trained) < _FEWEST:
        return ""
    if _rises(trained):
        return "loss-grows"
    if len(held) >= _FEWEST and trained[-1] < 0.7 * trained[0] and held[-1] > _RISE * min(held):
        return "overfitting"
    if max(trained) - min(trained) <= _LEVEL * abs(trained[0]):
        return "still-loss"
    return ""
