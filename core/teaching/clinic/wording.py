"""Finds a message in a text: literal pieces with holes between them, searched left to right.

No regular expression: each piece is looked for once after the one before it, within a bounded distance, so
the work is the text's length times the number of wordings, whatever the text.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST_HOLE: Final = 240
"""Characters that a hole may span."""
TRIES: Final = 12
"""Places at which a wording may stand, the last ones first; the others are left out."""
_CLOSING: Final = ("'", '"')
_SAID: Final = 20
"""Literal characters from which on a wording is known without its last quotation mark."""
MOST_WORDINGS: Final = 8_192
"""More than the clinic has: a cache of fewer would forget each before it is asked for again."""
RARE: Final = 4
"""Characters of a literal that is worth looking for."""


@dataclass(frozen=True)
class Piece:
    """A literal, and the hole after it."""

    literal: str
    """Lower case."""
    hole: str
    """The hole's name; empty at the end."""
    number: bool
    """Whether only digits stand in the hole."""


@lru_cache(maxsize=MOST_WORDINGS)
def pieces(wording: str) -> tuple[Piece, ...]:
    """The literals and holes of a wording such as `index {i#} is out of bounds`."""
    found = []
    rest = wording.replace("`", "'")  # as `paste` does with the text
    while rest:
        literal, opened, rest = rest.partition("{")
        hole, _, rest = rest.partition("}") if opened else ("", "", rest)
        found.append(Piece(literal.lower(), hole.removesuffix("#"), hole.endswith("#")))
    return tuple(found)


@lru_cache(maxsize=MOST_WORDINGS)
def literal_length(wording: str) -> int:
    """Characters of a wording that are not holes: the longer, the more it says."""
    return sum(len(piece.literal) for piece in pieces(wording))


def find(wording: str, text: str, lowered: str) -> tuple[int, dict[str, str]] | None:
    """Where `wording` stands last in `text`, and what is in its holes.

    Args:
        wording: The message with holes.
        text: What is searched, on one line.
        lowered: The same text in lower case, character by character as long.
    """
    parts = pieces(wording)
    # a quotation mark stands everywhere: where a wording begins with one, what follows the hole is looked for
    anchor = 1 if len(parts[0].literal) < RARE and len(parts) > 1 else 0
    place = lowered.rfind(parts[anchor].literal)
    for _ in range(TRIES):
        if place < 0:
            break
        start = place if not anchor else _opening(parts[0].literal, place, lowered)
        values = _holes(parts, start, text, lowered) if start >= 0 else None
        if values is not None:
            return start, values
        place = lowered.rfind(parts[anchor].literal, 0, place) if place else -1
    return None


def _opening(literal: str, place: int, lowered: str) -> int:
    """Where the hole that ends at `place` is opened: by its literal, or at the beginning of its word."""
    start = lowered.rfind(literal or " ", max(0, place - LONGEST_HOLE), place)
    return start if literal else start + 1


def _is_cut(parts: tuple[Piece, ...], text: str, position: int) -> bool:
    """Whether a text ends in the last hole of a long wording, before its quotation mark."""
    said = sum(len(piece.literal) for piece in parts)
    return said >= _SAID and position < len(text) <= position + LONGEST_HOLE


def _holes(parts: tuple[Piece, ...], start: int, text: str, lowered: str) -> dict[str, str] | None:
    """What is in the holes of a wording that begins at `start`; `None` if it does not stand there."""
    values: dict[str, str] = {}
    position = start + len(parts[0].literal)
    for index, piece in enumerate(parts):
        if not piece.hole:
            break
        following = parts[index + 1].literal if index + 1 < len(parts) else ""
        limit = min(len(text), position + LONGEST_HOLE)
        if piece.number:
            end = position
            while end < limit and text[end] in "0123456789":
                end += 1
            if end == position or not lowered.startswith(following, end):
                return None
        elif following:
            end = lowered.find(following, position, limit + len(following))
            if (
                end < 0
                and index + 2 == len(parts)
                and following in _CLOSING
                and _is_cut(parts, text, position)
            ):
                end = limit
            if end < 0:
                return None
        else:
            end = limit
        values[piece.hole] = text[position:end]
        position = end + len(following)
    return values
