"""Class names as people write them: `T-Shirt`, `ankle_boot`, `9`, `9.0` or `class 9`."""

import re
from collections.abc import Iterable
from typing import Final

from core.data.fashion_mnist import CLASS_COUNT, CLASSES
from core.errors import DataError

_OTHER_NAMES: Final = {"tshirt": 0, "top": 0, "tee": 0, "boot": 9}
_NUMBER: Final = re.compile(r"(?:class|label)?\s*_?(\d{1,2})(?:\.0+)?", re.ASCII)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


_BY_NAME: Final = {_letters(name): label for label, name in enumerate(CLASSES)} | _OTHER_NAMES
_KNOWN: Final = _BY_NAME | {f"{name}{end}": label for name, label in _BY_NAME.items() for end in ("s", "es")}


def class_of(text: str) -> int:
    """The class that a label names, in [0, 9].

    Raises:
        DataError: None; the text is a clause that lists the names.
    """
    text = text.strip()
    if not text:
        raise DataError("the label is missing")
    number = _NUMBER.fullmatch(text.lower())
    label = int(number[1]) if number else _KNOWN.get(_letters(text) if text.isascii() else "", -1)
    if 0 <= label < CLASS_COUNT:
        return label
    raise DataError(
        f"unknown label: use 0 to {CLASS_COUNT - 1}, or {', '.join(CLASSES[:-1])} or {CLASSES[-1]}"
    )


def is_class(text: str) -> bool:
    """Whether a label names a class."""
    try:
        class_of(text)
    except DataError:
        return False
    return True


def counts_from_one(labels: Iterable[str]) -> bool:
    """Whether the numbers among labels are 1 to 10, not 0 to 9: none is 0, and more than one is 10."""
    found = [int(number[1]) for text in labels if (number := _NUMBER.fullmatch(text.strip().lower()))]
    return bool(found) and min(found) == 1 and max(found) == CLASS_COUNT and found.count(CLASS_COUNT) > 1
