"""What a slip in typed text means: PyTorch's own words explained, and characters that only look right.

Whatever stands after "PyTorch says" is what it said when it was asked.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from core.errors import LessonInputError
from core.text import quoted

REFUSALS: Final = (IndexError, ValueError, TypeError, RuntimeError, OverflowError)
"""What PyTorch raises for values that it does not take."""

_LOOKALIKES: Final = {
    "\u2212": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2010": "-",
    "\u00d7": "*",
    "\u3001": ",",
}
_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


def ask(call: Callable[[], object]) -> None:
    """Let PyTorch judge values that are already known to be plain numbers.

    Raises:
        LessonInputError: It refuses them; the text is its sentence, explained.
    """
    try:
        call()
    except REFUSALS as error:
        raise LessonInputError(explain(error)) from None


def explain(error: Exception) -> str:
    """PyTorch's own sentence for a mistake, followed by what it means."""
    said = str(error).split("\n")[0].strip().rstrip(".")
    for pattern, meaning in _MEANINGS:
        if re.search(pattern, said):
            return f"PyTorch says: “{said}”. {meaning}"
    return f"PyTorch says: “{said}”."


_MEANINGS: Final = (
    (r"expected sequence of length", "Every list at the same depth needs the same number of entries."),
    (
        r"not a sequence|cannot be interpreted as an integer|must be real number",
        "At one depth there are either numbers or lists, not both.",
    ),
    (
        r"Overflow when unpacking|too large|too big",
        "A whole number has 64 bits: up to 9,223,372,036,854,775,807.",
    ),
    (r"must be non-negative|negative dimension", "A size counts entries, so it is 0 or more."),
    (r"is out of bounds for dimension", "Indices count from 0, or from the end with -1."),
    (r"too many indices", "Each index takes one dimension, and the tensor has no more of them."),
    (r"slice step cannot be zero", "A step of 0 never gets anywhere; 1 takes every entry, 2 every other."),
    (r"step must be greater than zero", "Tensors have no negative steps: torch.flip reverses."),
    (r"shape of the mask", "A mask of True and False needs one entry for each it chooses from."),
    (
        r"shape mismatch: indexing tensors|could not be broadcast together",
        "Several lists of indices are read side by side, so they must be of one length.",
    ),
    (r"slice indices must be integers", "Cells are counted in whole numbers."),
    (
        r"valid indices",
        "Between the brackets go whole numbers, slices, ..., None and lists of whole numbers.",
    ),
    (r"expand|broadcast|must match|shape mismatch", "Sizes are compared from the right: equal, or 1."),
)  # fmt: skip


def strange_character(text: str, position: int, hint: str) -> str:
    """A sentence about a character that the small language does not have."""
    char = text[position]
    if char in _QUOTES:
        return "Words in quotation marks are not read here: a tensor holds numbers."
    if char.isascii() and char.isprintable():
        found = re.match(r"\w{1,24}", text[position:], re.ASCII)
        word = quoted(found.group()) if found else f"The {unicodedata.name(char).lower()}"
        return f"{word} is not part of {hint}."
    code = f"U+{ord(char):04X}"
    meant = _LOOKALIKES.get(char) or unicodedata.normalize("NFKC", char)
    if meant.isascii() and meant.isprintable() and meant.strip():
        name = unicodedata.name(char, code).lower()
        return f"“{char}” is {code}, {name}, which only looks like “{meant}”: type “{meant}”."
    if not char.isprintable():
        return f"There is a character that cannot be seen, {code}: delete it."
    return f"{quoted(char)}, {code}, is not part of {hint}."
