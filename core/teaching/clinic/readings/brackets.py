"""Square brackets: how many indices an expression takes, and what its tensor has."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_REACH: Final = 120
"""Characters that the brackets of one index may span."""
_PLACES: Final = 60
"""Opening brackets that are looked at, the last ones of a text."""
_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_LOST: Final = re.compile(
    r"\b(\w{1,40}) ?= ?[\w.]{1,60}\.(reshape|view|squeeze|flatten|ravel|argmax|mean|sum|item)\(([^()]{0,60})"
)
"""A line that sets a name to a tensor with fewer dimensions."""
_NAMED: Final = re.compile(r"""\b\w{1,40}\[["'][a-z_]\w{0,40}["']\](?= |\.|\)|$)""")
"""An entry asked for by its name, as `sample['input']`."""
_NEAR: Final = 200
"""Characters before the message within which the line stands that raised it."""


def _asked_by_name(found: Holes) -> str:
    """What to say where a tensor is asked for an entry by name; an empty text where none is."""
    place = found["text"].rfind(found["message"][:60])
    named = _NAMED.search(found["text"][max(0, place - _NEAR) : place])
    if named is None:
        return ""
    return (
        f"`{named[0]}` asks for an entry by name, as of a dict. If a tensor is asked there (print "
        "`type(batch)`), the dataset, or a transform in it, gives a tensor or a number where the loop "
        "expects a dict."
    )


def _closed(text: str, opened: int) -> int:
    """Where the bracket at `opened` is closed; -1 if it is not, within reach."""
    waiting: list[str] = []
    for place in range(opened, min(len(text), opened + _REACH)):
        character = text[place]
        if character in _PAIRS:
            waiting.append(_PAIRS[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
            if not waiting:
                return place
    return -1


def _base(text: str, opened: int) -> str:
    """What stands before an index: a name with dots, and the indices right before this one."""
    start = opened
    while start > 0 and opened - start < _REACH:
        character = text[start - 1]
        if character.isalnum() or character in "_.":
            start -= 1
        elif character == "]" and (inner := text.rfind("[", max(0, start - _REACH), start)) > 0:
            start = inner
        else:
            break
    return text[start:opened].strip(".")


def _parts(inside: str) -> int:
    """How many indices there are between two brackets."""
    depth, count = 0, 1
    for character in inside:
        depth += (character in "([{") - (character in ")]}")
        count += character == "," and not depth
    return count


def indexed(text: str, dimensions: int) -> tuple[str, str] | None:
    """The last expression with more indices than `dimensions`: what is indexed, and the brackets."""
    opened = len(text)
    for _ in range(_PLACES):
        opened = text.rfind("[", 0, opened)
        if opened <= 0:
            return None
        closed = _closed(text, opened)
        base = _base(text, opened)
        inside = text[opened + 1 : closed]
        if closed > 0 and base and not base[0].isdigit() and _parts(inside) > dimensions and base != "size":
            return base, f"[{inside}]"
    return None


def too_many(found: Holes) -> str:
    """What to say where a tensor has fewer dimensions than were asked for."""
    dimensions = found.get("d", found.get("b", found["message"].partition("dimension ")[2][:2].strip(". ")))
    if not dimensions.isdigit():
        return _asked_by_name(found)
    count = int(dimensions[:2])
    said = f"The tensor has {count} dimension{'' if count == 1 else 's'}."
    seen = indexed(found["text"], count)
    if seen is None:
        return _asked_by_name(found) or said
    base, brackets = seen
    wanted = _parts(brackets[1:-1])
    said = (
        f"`{base}{brackets}` takes {wanted} indices, and `{base}` has {count} "
        f"dimension{'' if count == 1 else 's'}."
    )
    for name, method, arguments in _LOST.findall(found["text"]):
        if name == base and (method not in ("reshape", "view") or _parts(arguments) == count):
            return (
                said
                + f" If it comes before, the line `{name} = ....{method}({arguments})` leaves it no more: "
                "change that one."
            )
    if any(word in base.lower() for word in ("box", "xyxy", "xywh", "det")) and count == 1:
        return said + (
            " Where nothing was detected there is an empty tensor, and one box alone has one dimension: "
            "print `boxes.shape`; leave the step out, `if len(boxes):`, or keep the shape with "
            "`boxes.reshape(-1, 4)`."
        )
    if wanted == count + 1:
        said += (
            " If it is one sample, its batch is missing: `x.unsqueeze(0)`; if it is one feature per step, "
            "its last dimension: `x.unsqueeze(-1)`. Before that, print `x.shape`."
        )
    return said


def fraction(text: str) -> str:
    """What to say of an index with a `/` in it; empty if there is none."""
    opened = len(text)
    for _ in range(_PLACES):
        opened = text.rfind("[", 0, opened)
        if opened <= 0:
            return ""
        closed = _closed(text, opened)
        inside = text[opened + 1 : closed].replace("//", "") if closed > 0 else ""
        if "/" in inside and ":" in inside and "'" not in inside and _base(text, opened):
            return (
                "In Python 3, `/` gives a fraction, and a position is a whole number: write `//` inside the "
                "brackets, or `int(...)` around the position."
            )
    return ""
