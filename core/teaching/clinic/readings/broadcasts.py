"""Sizes of two tensors in an operation element by element."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, sizes
from core.teaching.clinic.readings.losses import compared

_MAPS: Final = 4
"""How far the sizes of two feature maps lie apart where rounding is to blame."""
_CHANNELS: Final = 16
"""More channels no picture has."""


_WARNED: Final = re.compile(
    r"target size \(torch\.Size\(\[([\d, ]{1,40})\]\)\) that is different to the input size "
    r"\(torch\.Size\(\[([\d, ]{1,40})\]\)\)"
)
_NORMALIZES: Final = re.compile(r"sub_\(mean|F\.normalize\([^()]{1,60}\b(?:mean|std)")
"""Of pictures; the `F.normalize` of `torch.nn.functional` has no means."""
_OF_TEXTS: Final = ("truncat", "token", "sentence", "bert", "max_length", "input_ids")
_POSITIONS: Final = ("77", "128", "256", "512", "514", "1024", "2048", "4096")
"""Lengths for which language models are made."""
_OF_LOSSES: Final = ("mse_loss", "mseloss", "l1_loss", "l1loss", "criterion", "loss_fn(")


def pair(found: Holes) -> str:
    """Which sizes do not fit, and what the code around them suggests."""
    if "d" not in found and "indexing tensors could not" in found["message"]:
        given = [" × ".join(map(str, sizes(part))) for part in found["message"].split("[")[1:3]]
        return (
            f"It is an index of several tensors, with {' and '.join(given)} numbers: they are read side by "
            "side, the first row with the first column, so they need one length. Index all rows, "
            "`x[torch.arange(len(y)), y]`, or give both for the same part of the data."
            if len(given) == 2
            else ""
        )
    if "d" not in found:
        lowered = found["text"].lower()
        if "inconsistent tensor size" in lowered and "hidden" in lowered and "rnn" in lowered + found["text"]:
            return (
                "A recurrent layer wants its hidden state as (layers, batch, hidden), also with "
                "`batch_first=True`, which concerns the input and the output only."
            )
        old = "inconsistent tensor size" in found["text"].lower() or "sizes do not match" in found["text"]
        return "Before PyTorch 0.4 the message had no sizes in it: print both shapes." if old else ""
    if _NORMALIZES.search(found["text"]):
        if found["a"].isdigit() and int(found["a"]) > _CHANNELS and found["d"] == "0":
            return (
                f"It happens in `Normalize`: the picture begins with {found['a']}. If that is its height, "
                "the channels have to come first: `x.permute(2, 0, 1)` before `Normalize`, not after it."
            )
        return (
            f"It happens in `Normalize`: the picture has {found['a']} channels and was given {found['b']} "
            "means or deviations."
            + (" The fourth is mostly transparency: `image.convert('RGB')`." if found["a"] == "4" else "")
        )
    warned = _WARNED.search(found["text"])
    if warned is not None:  # of the loss, which knows both shapes
        return compared({"t": warned[1], "i": warned[2], "text": found["text"], "message": found["message"]})
    if "0" in (found["a"], found["b"]):
        return "One of the tensors is empty, as of a sample without boxes, or a mask that nothing passes."
    return (
        f"Dimension {found['d']} (counted from 0) is {found['a']} in one tensor and {found['b']} "
        "in the other; neither is 1, so nothing can be stretched." + _likely(found)
    )


def _is_far(pair_of: tuple[str, str]) -> bool:
    """Whether the one size may be a number of classes and the other a side of a picture."""
    low, high = (
        sorted(int(size) for size in pair_of if size.isdigit()) if "".join(pair_of).isdigit() else (0, 0)
    )
    return high > _MAPS * max(low, 1)


def _is_too_long(found: Holes) -> bool:
    """Whether the sizes may be those of a text and of a table of positions that is too short for it."""
    return found["b"] in _POSITIONS and found["a"].isdigit() and int(found["a"][:9]) > int(found["b"])


def _is_picture(text: str) -> bool:
    """Whether the text speaks of pictures, so that dimension 1 may be a height."""
    return any(word in text for word in ("image", "picture", "crop", "pixel"))


def _likely(found: Holes) -> str:
    """What the numbers and the code around them suggest."""
    text, sizes_of = found["text"].lower(), (found["a"], found["b"])
    if found["d"] == "0" and sizes_of == ("4", "3") and ("ormalize(" in text or "image" in text):
        return " If it is a picture of 4 channels, the fourth is transparency: `image.convert('RGB')`."
    if found["d"] == "1" and any(word in text for word in ("residual", "shortcut", "identity", "downsample")):
        return (
            " If these are maps, dimension 1 are the channels, and the shortcut has another number of them "
            "than the block puts out: give it a convolution of its own, `nn.Conv2d(in_channels, "
            "out_channels, 1, stride=stride)`, usually called `downsample`."
        )
    if found["d"] == "0" and any(word in text for word in _OF_LOSSES):
        return (
            " If it is the loss, dimension 0 is the batch, and the targets were made for another one: from "
            "what the network gives they come as `torch.ones_like(output)`, or drop the last, smaller batch "
            "with `drop_last=True`."
        )
    if found["d"] == "1" and "hidden" in text and "encoder_output" in text:
        return (
            " If a state (batch, hidden) meets the encoder's outputs (batch, length, hidden): give the "
            "state its length, `hidden.unsqueeze(1)`. A state with layers first, (layers, batch, hidden), "
            "needs `hidden[-1]` before that."
        )
    if found["d"] == "1" and any(loss in text for loss in ("mseloss", "mse_loss", "l1loss", "l1_loss")):
        return (
            " This loss compares number by number. If the target is one class number for each of "
            f"{found['b']} samples, the loss is `nn.CrossEntropyLoss()`; if it is numbers, the last layer "
            f"has to give as many of them, {found['b']} in place of {found['a']}."
        )
    if found["d"] == "1" and any(word in text for word in _OF_TEXTS) and _is_too_long(found):
        return (
            f" If these are positions, the text has {found['a']} tokens, and the model has {found['b']} "
            f"positions: cut the text, `tokenizer(text, truncation=True, max_length={found['b']})`, or set "
            "the model's greatest length (`max_seq_length`), or split the text."
        )
    if found["d"] in "01" and any(
        name in text for name in ("pos_table", "pos_embed", "positional", "position_embed", "self.pe[")
    ):
        return (
            " If it is the sum with the table of positions, that has another length than the sequence: make "
            "it at least as long as the longest sequence, or feed pictures of the size that the model was "
            "built for."
        )
    if found["d"] in "123" and "weight=" in text.replace("weight=none", "") and _is_far(sizes_of):
        return (
            " If one of them holds a weight for each class, it meets the last dimension, and the classes "
            "are dimension 1: `weight.view(-1, 1, 1)` puts it there (`pos_weight` too). "
            "`nn.CrossEntropyLoss(weight=...)` takes it as it is."
        )
    if found["d"] in ("1", "2", "3", "4") and all(size.isdigit() for size in sizes_of):
        return (
            " If these are the heights or widths of two feature maps, the picture's size does not halve "
            "evenly on the way down: resize or pad to a multiple of 32, or bring one map to the size of "
            "the other with `F.interpolate(x, size=y.shape[-2:])`."
            if abs(int(sizes_of[0]) - int(sizes_of[1])) <= _MAPS and (found["d"] != "1" or _is_picture(text))
            else ""
        )
    return ""
