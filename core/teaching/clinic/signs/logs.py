"""Reads the losses that a training printed, where nobody says in words what is wrong."""

import math
import re
from itertools import pairwise
from typing import Final

_FEWEST: Final = 5
"""Losses from which on their course says something."""
_MOST: Final = 400
"""Losses that are read."""
_FALL: Final = 0.95
"""Share of the first half's mean below which the second half's is said to have fallen."""
_LEVEL: Final = 0.01
"""Share of the loss within which it counts as unchanged."""
_EXPLODED: Final = 1000
"""How many times the first loss, and 1, the last one has to be for an explosion."""
_RISE: Final = 1.5
"""How many times the first loss the last one has to be for a rise."""
_SAME: Final = 3
"""Losses in a row from which on they are said to stay."""
_CLASSES: Final = 100
"""Classes up to which the loss of guessing is told from others near it."""
_NEAR: Final = 0.002
"""How near to it a loss has to be."""
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
    if _rises(trained) or trained[-1] > _EXPLODED * max(abs(trained[0]), 1.0):
        return "loss-grows"
    if len(held) >= _FEWEST and trained[-1] < 0.7 * trained[0] and held[-1] > _RISE * min(held):
        return "overfitting"
    half = len(trained) // 2
    lower = sum(trained[half:]) / len(trained[half:]) < _FALL * sum(trained[:half]) / half
    steadily = sum(later < earlier for earlier, later in pairwise(trained)) >= 0.8 * (len(trained) - 1)
    return "" if lower or steadily else "still-loss"


def level(text: str) -> str:
    """What the height of printed losses says that do not change; an empty text if they do.

    A loss near `log(n)` is that of guessing among n classes. One that is the same to all its digits does not
    come from weights that move.
    """
    trained, held = losses(text)
    values = trained if len(trained) >= _SAME else held
    if len(values) < _SAME or max(values[-_SAME:]) - min(values[-_SAME:]) > _LEVEL * abs(values[-1]):
        return ""
    said = []
    classes = round(math.exp(values[-1])) if 0 < values[-1] < math.log(_CLASSES) else 0
    if classes > 1 and abs(math.log(classes) - values[-1]) < _NEAR:
        said.append(
            f"{values[-1]:.3f} is the logarithm of {classes}: with {classes} classes, the cross-entropy of "
            "guessing."
        )
    if len(set(values[-_SAME:])) == 1 and values[-1] != round(values[-1], 2):
        said.append(
            "A loss that is the same to the last digit mostly means that the outputs no longer depend on "
            "the input, or that no weight moves: compare the outputs for two inputs. If they are equal, the "
            "ReLUs mostly died of steps that were too large: fresh weights, and a rate ten times smaller."
        )
    return " ".join(said)
