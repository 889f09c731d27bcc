"""Values that are written into a place of another shape, or stretched."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_COLORS: Final = (1, 3, 4)
_SIDE: Final = 16
"""The shortest side that a picture is likely to have."""
_POSITIONS: Final = 64
"""The fewest positions that a language model has."""
_TEXTS: Final = ("bert", "gpt", "transformers", "token", "input_ids", "position_ids", "embeddings")
_MAPS: Final = 4
"""How far the sizes of two feature maps lie apart where rounding is to blame."""
_SHAPES: Final = re.compile(r"Target sizes: \[([\d, ]{1,60})\]\. {1,3}Tensor sizes: \[([\d, ]{1,60})\]")


def _likely(found: Holes) -> str:
    """What the two sizes look like."""
    text = found["text"]
    if not (found["a"].isdigit() and found["b"].isdigit() and found.get("d", "").isdigit()):
        return ""
    want, have, place = int(found["a"][:9]), int(found["b"][:9]), int(found["d"][:2])
    if "ormalize" in text and place == 0 and {want, have} == {1, 3}:
        return (
            " If it is `Normalize`, that is a gray picture with the means of three colors: one number each, "
            "`Normalize((0.5,), (0.5,))`, or `image.convert('RGB')` before it."
        )
    low, high = sorted((want, have))
    if low in _COLORS[1:] and high >= _SIDE and place != 1:
        return (
            f" {low} looks like the channels of a picture and {high} like one of its sides: in one of the "
            "two the channels come last. `x.permute(2, 0, 1)` puts them first (`x.permute(0, 3, 1, 2)` with "
            "a batch)."
        )
    shapes = _SHAPES.search(found["message"])
    target, given = (sizes(part) for part in shapes.groups()) if shapes else ((), ())
    if place == 0 and have < want and (not shapes or target[1:] == given[1:]):
        return (
            " In dimension 0 it is often the batch, and the last one is smaller: write into as many rows as "
            "came, `buffer[:len(x)] = x`, or leave it out with `drop_last=True`."
        )
    if place in (2, 3) and high - low <= _MAPS and low > 1:
        return (
            " They are probably the sides of two feature maps, of a picture that does not halve evenly on "
            "the way down: resize or pad it to a multiple of 32 (64 if there are six halvings)."
        )
    if ".copy_(" in text:
        return (
            " If it is the `copy_`: the tensor that it fills was made for another size: resize what comes to "
            "it, or leave the copy out and use what came."
        )
    if len(target) == 2 and len(given) == 1:
        return (
            f" A row of {target[1]} is wanted and one of {given[0]} came. If the entries are classes, "
            "another number is set than the data has: count them in the labels, and set that."
        )
    if have > want >= _POSITIONS and any(word in text.lower() for word in _TEXTS):
        return (
            f" The text has {have} tokens, and the model has {want} positions: `tokenizer(text, "
            f"truncation=True, max_length={want})`, or split the text."
        )
    if have > want > 1 and place > 0:
        return (
            f" The value is longer than its place: cut it, as in `x[:, :{want}]`, or make the place larger "
            "(a text, or a sound, may have more steps than the network was set to)."
        )
    return ""


def expanded(found: Holes) -> str:
    """What is wanted and what is there, and what the two look like."""
    if "repeat dims" in found["message"][:60]:
        return (
            "`repeat` and `expand` want a number for each dimension of the tensor, and there are more of "
            "them than numbers."
            + (
                " If it is a state, it has the layers in front, (layers, batch, hidden), and with two of "
                "them `squeeze(0)` takes nothing away: go on with the last, `hidden[-1]`."
                if "hidden" in found["text"]
                else " Print `x.shape`: a dimension more came than before."
            )
        )
    if "b" not in found:
        return ""
    if not found["message"].lower().startswith("shape mismatch: value tensor"):
        return f"{found['a']} is wanted, {found['b']} is there." + _likely(found)
    said = f"The value has shape [{found['a']}], the place it is written to [{found['b']}]."
    if sizes(found["a"]) == sizes(found["b"])[::-1]:
        said += " They are the same backwards: `value.T`, or `value.transpose(0, 1)`."
    return said
