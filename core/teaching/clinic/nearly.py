"""Finds a message that was typed by hand or cut off: its words in order, with slips of the pen.

It is asked only where no wording stands in the text as it is, and it answers only where a long wording is
there with all of its words, or with its first ones up to the end of the text.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from core.teaching.clinic.kind import Kind
from core.teaching.clinic.wording import LONGEST_HOLE, MOST_WORDINGS, pieces

_WORDS: Final = 7
"""Words of a wording from which on it can be told although a word is not as it should be."""
_CUT: Final = 9
"""Words that have to be there of a message that the end of the text cuts off."""
_GAP: Final = 6
"""Words that may stand between two of a wording, where it has a hole."""
_LONG: Final = 6
"""Letters of a word in which one slip is forgiven."""
_READ: Final = 160
"""Words of the text that are read."""
_MARKS: Final = "_0123456789"
_SAID: Final = 30
"""Characters of a wording without its blanks that no other text has by chance."""
_SQUEEZED: Final = 2_000
"""Characters of a text without its blanks that are read."""


def words_of(text: str) -> tuple[str, ...]:
    """The words in lower case; all marks and digits are taken for spaces."""
    plain = "".join(c if c.isalpha() and c not in _MARKS else " " for c in text.lower())
    return tuple(plain.split())


@lru_cache(maxsize=MOST_WORDINGS)
def _wanted(wording: str) -> tuple[str, ...]:
    return words_of(" ".join(piece.literal for piece in pieces(wording)))


def _slipped(word: str, wanted: str) -> bool:
    """Whether `word` is `wanted` with one letter too many, too few, another, or with two exchanged."""
    if len(wanted) < _LONG or abs(len(word) - len(wanted)) > 1 or word[0] != wanted[0]:
        return False
    same = 0
    while same < min(len(word), len(wanted)) and word[same] == wanted[same]:
        same += 1
    for left, right in ((1, 1), (1, 0), (0, 1), (2, 2)):
        if word[same + left :] == wanted[same + right :]:
            return left != 2 or sorted(word[same : same + 2]) == sorted(wanted[same : same + 2])
    return False


def _stands(wanted: tuple[str, ...], words: tuple[str, ...], start: int) -> int:
    """How many of the words of a wording stand in order from `start` on, one slip or omission forgiven.

    Fewer than all of them where the text ends; a negative number where it goes on with other words.
    """
    at, slips = start, 0
    for count, word in enumerate(wanted):
        if at >= len(words):
            return count
        place = next((i for i in range(at, min(len(words), at + _GAP)) if words[i] == word), -1)
        if place < 0:
            slips += 1
            place = next((i for i in range(at, min(len(words), at + 2)) if _slipped(words[i], word)), at - 1)
        if slips > 1:
            return -count
        at = place + 1
    return len(wanted)


def nearly(kinds: tuple[Kind, ...], text: str) -> Kind | None:
    """The kind one of whose wordings is nearly there: the one of which most words are."""
    words = words_of(text)[:_READ]
    present = frozenset(words)
    return _surest(kinds, lambda wording: _count(wording, words, present))


def without_blanks(kinds: tuple[Kind, ...], text: str) -> Kind | None:
    """The kind one of whose long wordings is there but for its blanks, lost or put in by copying."""
    squeezed = _squeezed(text)[:_SQUEEZED]
    return _surest(kinds, lambda wording: _length(wording, squeezed))


def _surest(kinds: tuple[Kind, ...], there: Callable[[str], int]) -> Kind | None:
    """The one kind of whose wordings most is there, if it is only one.

    Where a message is cut off before it differs from that of another kind, nobody can tell.
    """
    most = [max(map(there, kind.wordings), default=0) for kind in kinds]
    best = [kind for kind, count in zip(kinds, most, strict=True) if count == max(most)]
    return best[0] if any(most) and len(best) == 1 and not best[0].symptom else None


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())


@lru_cache(maxsize=MOST_WORDINGS)
def _literals(wording: str) -> tuple[str, ...]:
    return tuple(_squeezed(piece.literal) for piece in pieces(wording))


def _length(wording: str, squeezed: str) -> int:
    """Characters of a wording's literals if they stand in order in a text without blanks; else 0."""
    literals = _literals(wording)
    length = sum(map(len, literals))
    at = squeezed.find(literals[0]) if length >= _SAID else -1
    for literal in literals:
        at = squeezed.find(literal, at, at + LONGEST_HOLE + len(literal)) if at >= 0 else -1
        if at < 0:
            return 0
        at += len(literal)
    return length


def _count(wording: str, words: tuple[str, ...], present: frozenset[str]) -> int:
    """How many words of a wording are there, if they are enough to tell it; else 0."""
    wanted = _wanted(wording)
    if len(wanted) < _WORDS or sum(word in present for word in wanted[:_WORDS]) < _WORDS - 1:
        return 0
    counts = [_stands(wanted, words, start) for start, word in enumerate(words) if word == wanted[0]]
    return max((count for count in counts if count == len(wanted) or count >= _CUT), default=0)
