"""Signs in a text that point to one cause among several: lines of code, figures, and what somebody says.

A symptom has many causes, and its kind lists them in an order that suits most. Where the text shows which one
it is, a sign says that first. A sign that is only likely says so, and how to find out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from core.teaching.clinic.kind import Holes

MOST: Final = 2
"""Signs that are told of one text, the first ones: more would be a list of causes again."""
_PLACES: Final = 6
"""Places at which a sign is looked for, the first ones."""


@dataclass(frozen=True)
class Sign:
    """What may stand in a text, and what it tells."""

    says: str
    """The sentences; `{0}` is what stood in the first group of `seen`."""
    seen: str
    """A regular expression of bounded length, without regard to case, on the text in one line."""
    also: str = ""
    """Another one that has to be found as well; `{0}` in it is the first group too."""
    without: str = ""
    """One that must not be found, likewise."""
    alone: bool = False
    """Whether it is told only where no other sign was found, and no other after it."""


@lru_cache(maxsize=1024)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def told(sign: Sign, text: str) -> str:
    """What `sign` tells of `text`; an empty text if it is not there."""
    for found in islice(_pattern(sign.seen).finditer(text), _PLACES):
        groups = tuple(group or "" for group in found.groups())
        if sign.also and not _search(sign.also, groups, text):
            continue
        if sign.without and _search(sign.without, groups, text):
            continue
        return sign.says.format(*groups)
    return ""


def _search(expression: str, groups: tuple[str, ...], text: str) -> bool:
    """Whether an expression is found in a text; `{0}` in it is what stood in the sign's first group."""
    if "{0}" not in expression:
        return _pattern(expression).search(text) is not None
    return re.search(expression.replace("{0}", re.escape(groups[0])), text, re.IGNORECASE) is not None


def read_signs(signs: tuple[Sign, ...], text: str) -> str:
    """What the first signs tell that are in `text`, at most two of them."""
    said: list[str] = []
    for sign in signs:
        sentence = "" if sign.alone and said else told(sign, text)
        if sentence and sentence not in said:
            said.append(sentence)
        if len(said) == MOST or (sentence and sign.alone):
            break
    return " ".join(said)


def reads(*signs: Sign) -> Callable[[Holes], str]:
    """A kind's reading: the signs in their order."""
    return lambda found: read_signs(signs, found["text"])
