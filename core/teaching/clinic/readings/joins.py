"""Sizes of tensors that are joined or stacked."""

import re
from math import gcd, prod
from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_TEXT_OF_CLIP: Final = 77
_OF_BOX: Final = (4, 5, 6)
"""Numbers that describe a box: its corners, then its class and score."""
_SOUND: Final = 2000
"""A dimension longer than this is probably the time of a sound."""
_AXIS: Final = re.compile(r"Got \d+ and \d+ in dimension (\d)")


_UNEVEN: Final = (
    "If they are feature maps, as on the two sides of a U-Net, the picture does not halve evenly on the way "
    "down, or its size differs from picture to picture: resize or pad to a multiple of 2 to the number of "
    "halvings (32 for five, 64 for six)."
)


def _is_map(text: str) -> bool:
    """Whether what is joined seems to be feature maps of a network that goes down and up again."""
    lowered = text.lower()
    return any(
        word in lowered for word in ("unet", "u-net", "skip", "decoder", "encoder", "up1", "up2", "d5")
    )


_NUMBERS: Final = re.compile(r"same number of dimensions: got (\d) and (\d)", re.IGNORECASE)


def _numbers(message: str) -> str:
    """What to say of tensors that differ in their number of dimensions; empty if they do not."""
    numbers = _NUMBERS.search(message)
    if numbers is None:
        return ""
    return (
        f"One tensor has {max(numbers.groups())} dimensions and another {min(numbers.groups())}: give the "
        "second the one that it lacks, `x.unsqueeze(1)`, and in the others the same sizes (`expand` repeats "
        "it), or make the first flat, `x.flatten(1)`."
    )


def joined(found: Holes) -> str:
    """Which sizes do not agree, and what they look like."""
    if "a" not in found:
        lowered = found["text"].lower()
        if told := _numbers(found["message"][:120]):
            return told
        return _UNEVEN if _is_map(lowered) or "sometimes" in lowered or "image" in lowered else ""
    first, second = int(found["a"][:9]), int(found["b"][:9])
    axis = _AXIS.search(found["message"])
    of_maps = found["d"] == "1" and axis is not None and axis[1] in "23"
    of_pictures = found["d"] in "23" and "image" in found["text"].lower()
    if abs(first - second) == 1 and (_is_map(found["text"]) or of_pictures):
        return (
            f"One tensor has {first} entries and the other {second}: if they are maps, the picture does not "
            "halve evenly on the way down. Height and width have to be multiples of 2 to the number of "
            "poolings (32 for five): resize or pad to that, or bring one to the size of the other, `x = "
            "F.interpolate(x, size=skip.shape[-2:])`."
        )
    if abs(first - second) == 1 and found["d"] == "1":
        return (
            f"One tensor has {first} entries and the other {second}: if they are maps, the picture does not "
            "halve evenly on the way down. Pad or crop one to the other, `F.interpolate(x, "
            "size=y.shape[-2:])`, or resize the pictures to a multiple of 32."
        )
    said = (
        f"One tensor has {first} entries and another {second} in a dimension other than {found['d']}, "
        "which is the only one that may differ."
    )
    if first != second and 0 not in (first, second):
        low, high = sorted((first, second))
        if found["d"] == "0" and low == _TEXT_OF_CLIP and high % low == 0:
            return said + (
                f" If they are texts for CLIP, {low} is their length, and the one was so long that it was "
                f"cut into {high // low} pieces: shorten it, or fill the other up to {high} as well."
            )
        if of_maps and high == low + 1:
            return said + (
                " If they are feature maps, the picture does not halve evenly on the way down, or is of "
                "another size than the network was built for: resize or pad to a multiple of 32, or "
                "`F.interpolate(x, size=y.shape[-2:])`."
            )
        if (of_maps or found["d"] == "1") and high in (2 * low, 4 * low):
            return said + (
                f" If they are maps, one is {high // low} times the other: they come from different levels "
                "of the network. Either one of the two ways halves once more (a stride of 2, a pooling) or "
                "doubles once less, or the network was set to pictures of another size: the grid of a "
                "transformer has to be the picture's side divided by the patch's. `F.interpolate(x, "
                f"size=y.shape[-2:])` brings {low} to {high}."
            )
    if found["d"] == "0" and "loader" in found["text"].lower():
        return said + (
            " If it happens in the loop over a `DataLoader`, the samples of one batch differ in size: "
            "`Resize((64, 64))` in the transform, or padding in a `collate_fn`."
        )
    return said


def samples(found: Holes) -> str:
    """Which samples differ, and in what."""
    if "k" not in found:
        return ""
    said = f"Sample {found['i']} has shape [{found['a']}], sample {found['k']} has [{found['b']}]."
    first, second = sizes(found["a"]), sizes(found["b"])
    if {len(first), len(second)} == {2, 3}:
        flat = found["i"] if len(first) == 2 else found["k"]
        return said + (
            f" If they are pictures, sample {flat} has no channel axis, as a gray one read by OpenCV or "
            "NumPy: "
            "read it in color (`image.convert('RGB')`), or give every sample its channel with `unsqueeze(0)`."
        )
    if {len(first), len(second)} == {1, 2} and max(first + second) > _SOUND:
        mono = found["i"] if len(first) == 1 else found["k"]
        return said + (
            f" They look like sounds, and sample {mono} has no channels (mono among stereo): bring all to "
            "one, `x.mean(dim=-1)` where channels come last."
        )
    if (
        len(first) == len(second) == 2
        and first[1] == second[1] in _OF_BOX
        and max(first[0], second[0]) < _SOUND
    ):
        return (
            f"{said} If they are boxes, every picture has another number of objects, and such targets are "
            "not to be stacked: give the loader a `collate_fn` that stacks the pictures and keeps the "
            "targets as a list, `lambda batch: tuple(zip(*batch))` for a detection model of torchvision."
        )
    if len(first) == len(second) == 1:
        return (
            said + " They are rows of different length, mostly labels or texts: pad them in a `collate_fn`."
        )
    if len(first) == len(second) == 3 and first[1:] == second[1:] and {first[0], second[0]} <= {1, 3, 4}:
        return (
            f"{said} Only the channels differ: mostly gray among color pictures, or some with transparency: "
            "`image.convert('RGB')`."
        )
    if len(first) == len(second) == 2:
        return said + _rows(first, second, found["text"])
    return said


def _rows(first: tuple[int, ...], second: tuple[int, ...], text: str) -> str:
    """What two tables are that differ."""
    stacked = "torch.stack(" in text and "collate" not in text
    if first[0] == second[0] and min(first[1], second[1]) > _SOUND:
        return (
            " They look like sounds of different length: one after the other is `torch.cat(items, dim=-1)`; "
            "for a batch, cut or pad them to one length."
        )
    if stacked and first[0] == second[0]:
        return (
            f" Only their widths differ, {first[1]} and {second[1]}: `torch.cat(items, dim=1)` joins them to "
            "one wide tensor; to stack them, a layer (`nn.Linear`) or a pooling brings each to one width."
        )
    if stacked and first[1] == second[1]:
        return (
            f" Only the numbers of rows differ, {first[0]} and {second[0]}: `torch.cat(items)` puts them one "
            "below the other."
        )
    return ""


_BATCHES: Final = range(2, 513)
"""Numbers that a batch size is taken for."""
_ROW: Final = 64
"""Fewer numbers no flattened map has."""


def batch_inside(wanted: int, count: int, text: str) -> str:
    """What to say where the numbers of one row seem to hold the batch size as a factor; empty if not.

    Args:
        wanted: The numbers of a row, as the `view` counts them.
        count: The numbers that the tensor has.
        text: The text, in which a loss may have warned of rows that were melted together before.
    """
    one = gcd(wanted, count)
    batch, last = wanted // one, count // one
    if batch not in _BATCHES or last >= batch or one < _ROW:
        return ""
    warned = re.search(
        rf"target size \(torch\.Size\(\[{batch}\b.{{0,60}}input size \(torch\.Size\(\[1\b", text
    )
    if warned is None and f"{batch} *" not in text and f"{batch}*" not in text and f"* {batch}" not in text:
        return ""
    sure = "The" if warned else f"{wanted:,} = {batch} × {one:,}: if {batch} is the batch size, the"
    return (
        f"{sure} batch size of {batch} stands among the numbers of a row, so that a whole batch becomes one "
        f"row, and the last, smaller batch ({last} × {one:,}) does not fill it. Each sample is a row of "
        f"{one:,} numbers: `x.view(x.size(0), -1)`, and `nn.Linear({one}, ...)` after it."
    )


_MAP: Final = 36
"""Cells of the smallest map that a number is read as."""
_SIDES: Final = re.compile(r"\bh\w{0,6} ?\* ?w\w{0,6}\b", re.IGNORECASE)


def other_map(wanted: tuple[int, ...], count: int, text: str) -> str:
    """What to say of a view whose last size is that of another feature map; empty if it does not look so."""
    maps = prod(wanted[:-1])
    if len(wanted) < 3 or not maps or count % maps:
        return ""
    has, asked = count // maps, wanted[-1]
    side = abs(has - asked)
    one_row = side > 1 and asked % side == 0 and min(has, asked) // side >= 3
    if min(has, asked) < _MAP or not (one_row or _SIDES.search(text)):
        return ""
    rounded = (
        f", as {asked // side} × {side} against {has // side} × {side}, one row or column apart by rounding"
        if one_row
        else ""
    )
    return (
        f" {count:,} = {maps:,} × {has:,}, and {asked:,} in place of {has:,} is asked for. If that is height "
        f"times width, they are of another feature map{rounded}: take them from this tensor, "
        "`x.shape[-2:]`. Where two maps have to fit each other, print both shapes and bring one to the "
        "other's size, `F.interpolate(x, size=other.shape[-2:])`; pictures need not be square for that. If "
        "the program does so under a condition, look at it: `a != b | c != d` needs parentheses, or `or`."
    )
