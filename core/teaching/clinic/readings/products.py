"""Rows of numbers that a linear layer was given."""

from math import isqrt
from typing import Final

from core.teaching.clinic.kind import Holes

_FIELD: Final = 9
"""Cells of the smallest feature map that a number is read as."""
_OF_CHILDREN: Final = {(25_088, 4_096): "VGG", (9_216, 4_096): "AlexNet"}
"""Sizes of the first linear layer of networks that people take apart."""
_LINE: Final = 256
"""Pixels of the longest line of a map."""
_RECURRENT: Final = ("lstm", "gru", "rnn", "bidirectional", "brnn")
_SIDE: Final = 28
"""Pixels of the smallest pictures."""


def _maps(given: int, taken: int) -> str:
    """Where both are the same number of channels times squares: the pictures are of another size."""
    for channels in (2048, 1024, 512, 256, 128):
        have, want = isqrt(given // channels), isqrt(taken // channels)
        if (
            have
            and want
            and max(have, want) > 2
            and (channels * have * have, channels * want * want) == (given, taken)
        ):
            return (
                f" If they come from {channels} maps, {taken:,} = {channels} × {want} × {want} and {given:,} "
                f"= {channels} × {have} × {have}: then the pictures are of another size than the network was "
                f"made for. `Resize` them, or put `nn.AdaptiveAvgPool2d({want})` before the flatten."
            )
    return ""


def _picture(count: int) -> str:
    """What size the square picture has that is so many numbers; empty if there is none."""
    for channels in (1, 3):
        side = isqrt(count // channels)
        if channels * side * side == count and side >= _SIDE:
            return f"{channels} × {side} × {side}"
    return ""


def _is_unflattened(rows: int, given: int, taken: int) -> bool:
    """Whether the rows may be lines of maps that a flatten would have joined.

    A line of a map is short; twice or half the features are another network's, whatever the rows are.
    """
    if not taken or given > _LINE or taken in (2 * given, given) or rows == taken:
        return False
    return rows * given % taken == 0 and rows % (rows * given // taken) == 0


def _children(taken: int, gives: int) -> str:
    """What to say of the first linear layer of a network that people take apart; else empty."""
    if (taken, gives) not in _OF_CHILDREN:
        return ""
    return (
        f" This is the first layer behind the maps of torchvision's {_OF_CHILDREN[taken, gives]}, whose "
        "flatten stands in its `forward`: one that runs its children in turn loses it. Where only maps are "
        "wanted, as in style transfer, use `model.features` alone."
    )


def _turned(rows: int, given: int, gives: int) -> str:
    """What to say where the number of rows is what the layer takes."""
    side = isqrt(given)
    if side * side != given or given < _FIELD:
        return " The sizes would fit the other way round: mostly one of the two is transposed."
    return (
        f" {given:,} = {side} × {side}: if the {rows:,} rows are the channels of one image, it came without "
        f"its batch axis. `x.unsqueeze(0)`, and `nn.Linear({rows * given}, {gives})`."
    )


def _raw(given: int) -> str:
    """What to say where as many numbers came as a picture has channels."""
    return (
        f" {given} may be the channels of a picture: then what was to make features of it did nothing "
        "(`print(list(model.children()))` shows what a network is cut into; of a VGG take `model.features`), "
        "or the axes are in another order. Print `x.shape` after each part. Another network also gives "
        "another number of features."
    )


def features(found: Holes) -> str:
    """How many numbers a linear layer takes, how many came, and where the others may have gone."""
    rows, given, taken, gives = (int(found.get(name, "0")[:12]) for name in "abcd")
    said = (
        f"The layer takes {taken:,} numbers per row, it was given {given:,} (the input is "
        f"{rows:,} × {given:,})."
    )
    if given and given * given == taken and rows % given == 0:
        said += (
            f" {given} × {given} = {taken}: if these are pictures of that size, the flatten is missing, so "
            f"the layer met rows of {given} pixels instead of whole images."
        )
    elif taken and given > taken and rows == 1 and given % taken == 0:
        said += (
            f" {given:,} = {given // taken:,} × {taken:,}: if the batch has {given // taken:,} samples, all "
            "of it was flattened into one row. Keep dimension 0: `torch.flatten(x, 1)` or `x.view(x.size(0), "
            "-1)`. If it has one, the picture is larger than the network was made for: `Resize` it."
        )
    elif maps := _maps(given, taken):
        said += maps
    elif _is_unflattened(rows, given, taken):
        said += (
            f" All together it was given {rows * given:,} numbers = {rows * given // taken:,} × "
            f"{taken:,}: mostly the flatten is missing, or it keeps the wrong dimensions."
        )
        said += _children(taken, gives)
    elif _picture(given) and _picture(taken):
        said += (
            f" {given:,} = {_picture(given)}, and {taken:,} = {_picture(taken)}: if these are pixels, the "
            "pictures are of another "
            "size, or have other channels, than the layer is for. `Resize` them, or build it for their size."
        )
    elif taken == 2 * given and any(word in found["text"].lower() for word in _RECURRENT):
        said += (
            f" {taken:,} is 2 × {given:,}: if they come from a recurrent layer, an `nn.LSTM` or `nn.GRU` "
            "with `bidirectional=True` gives twice its `hidden_size`, so one part was made for both "
            f"directions and the other for one. Make them alike, or `nn.Linear({given}, {gives})`."
        )
    elif given == gives:
        said += (
            f" Both have {given:,} columns: if it is a product of your own and no layer, transpose the "
            "second, `x @ w.T`."
        )
    elif rows == taken and given == 1 and "children()" in found["text"]:
        said += (
            " The list of a network's children lacks what its `forward` does between them, here the flatten: "
            "put `nn.Flatten()` before the linear layer."
        )
    elif rows == taken:
        said += _turned(rows, given, gives)
    elif given in (1, 3, 4) and taken > _FIELD:
        said += _raw(given)
    else:
        said += (
            f" Either the flatten is missing, or what comes before gives {given:,}: then the layer has to be "
            f"`nn.Linear({given}, {gives})`."
        )
    return said
