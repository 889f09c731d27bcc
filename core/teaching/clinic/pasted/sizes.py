"""What pasted lines show of the sizes of layers: each function looks for one thing."""

import re
from math import prod
from typing import Final

from core.teaching.clinic.pasted.code import PastedCode

_BY_BATCH: Final = re.compile(
    r"\bnn\.(?:Linear|Conv\w{2,12}|BatchNorm\dd)\([^()]{0,60}\bbatch_?size\b[^()]{0,30}\)"
    r"|\bself\.(?!\w{0,20}batch)\w{0,20}(?:input|features|dim|hidden)\w{0,20} ?= ?(?:self\.)?batch_?size$",
    re.IGNORECASE,
)
"""A layer that is as large as the batch, or a size of layers that is set to it."""
_SAMPLE: Final = re.compile(r"[(\[]([13]), ?(\d{2,4}), ?(\d{2,4})[)\]]")
_BATCH: Final = re.compile(r"\bbatch_?size ?= ?(\d{1,4})\b")
_ROWS: Final = re.compile(r"input size \(torch\.size\(\[(\d{1,9})[,\]]|input batch_size \((\d{1,9})\)")

_ZERO: Final = re.compile(
    r"def __len__\(self\)(?: ?-> ?int)? ?: {1,40}(?:(?!def |return |class |if ).){0,120}?return 0(?![\w.])"
)
"""A length that is written down as 0."""


def length_of_zero(code: PastedCode) -> str:
    """A `__len__` that returns 0 whatever there is."""
    if _ZERO.search(code.text) is None:
        return ""
    return (
        "`__len__` ends with `return 0`, as in a template: return the true number of samples, `return "
        "len(self.items)`, and let `__getitem__` return them."
    )


def sized_by_batch(code: PastedCode) -> str:
    """A layer that has the size of the batch in place of that of a sample."""
    found = code.first(_BY_BATCH)
    if found is None:
        return ""
    sample = _SAMPLE.search(code.text)
    pixels = tuple(int(size) for size in sample.groups()) if sample else ()
    written = " * ".join(str(size) for size in pixels if size > 1)
    said = (
        f"`{found[0]}` makes a layer as large as the batch, and the sizes of layers are those of one sample"
        + (f": `{written}`" if pixels else ", for a flat picture channels × height × width")
        + ", here and wherever else the batch size is one. The number of samples comes of itself, from the "
        "`DataLoader`, and no layer knows it."
    )
    batch, rows = _BATCH.search(code.text), _ROWS.search(code.text)
    if pixels and batch and rows:
        size, count, values = int(batch[1]), int(rows[1] or rows[2]), prod(pixels)
        if size and count > size and count * size % values == 0:
            said += (
                f" Hence the {count:,} rows: {count:,} × {size} = {count * size // values:,} × {values:,}, "
                f"all pictures cut into rows of {size}."
            )
    return said
