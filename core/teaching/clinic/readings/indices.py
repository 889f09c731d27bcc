"""Indices, dimensions, masks and single numbers."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, sizes
from core.teaching.clinic.readings import brackets

_MADE: Final = re.compile(
    r"(?:^|[ '=])([A-Z]\w{0,20}[nN]et\w{0,20})\((x|X|img|imgs|image|images|inputs?|data|batch)\)(?! ?:)"
)
"""A network's class called with one name, as in `UNet(image)`."""


_OF_LABELS: Final = re.compile(r"(?:loss|criterion)\w{0,12}\([^()]{1,60}, ?torch\.max\((\w{1,30}), ?1\)\[1\]")
_LOSS_MADE: Final = re.compile(r"\b[A-Z]\w{1,30}Loss\( ?\w[\w.]{0,40}(?:\([^()]{0,40}\))?, ?\w")
"""A loss that is made with tensors, as `MSELoss(output, target)`."""
_CHOICE: Final = re.compile(r"= ?(\w{1,40}) if (\w{1,40}) ?> ?(0|0\.0?) else (?:0|0\.0?)(?![.\d])")
"""`x if x > 0 else 0`."""
_SIZES_GIVEN: Final = re.compile(r"permute\([^()]{0,20}\b\d{2,5}\b[^()]{0,20}\)")
"""A `permute` with numbers that no dimension has."""
_TWO_WORDS: Final = 2**32
"""The smallest number that takes more than 32 bits."""


def _halves(index: int) -> str:
    """What a number of 64 bits is if it was two of 32."""
    if index >= _TWO_WORDS**2 // 2:
        return f"it looks like {index - _TWO_WORDS**2:,}, read without its sign"
    high, low = divmod(index, _TWO_WORDS)
    return f"it looks like two numbers of 32 bits read as one ({high:,} and {low:,})"


_WORDS: Final = 1_000
"""Entries from which on a dimension may be a vocabulary."""
_OF_WORDS: Final = (
    " If those are words, the data were numbered with a larger vocabulary than the layer was made for: make "
    "it from the one that numbered them, `len(vocab)` with its special words."
)


def bounds(found: Holes) -> str:
    """Which number was asked for, and how many entries there are."""
    if "n" not in found and "s" in found:
        shape, place = sizes(found["s"]), int(found.get("d", "0")[:2])
        found = {**found, "n": str(shape[place])} if place < len(shape) else found
    if "n" not in found:
        return ""
    last = int((found["n"] or "0")[:12]) - 1
    if "l" in found:
        return f"{found['l']} entries from number {found['i']} on were asked for, and there are {last + 1:,}."
    if found["i"].isdigit() and int(found["i"][:20]) >= _TWO_WORDS:
        return (
            f"There are {last + 1:,} entries, and {found['i']} is no count: {_halves(int(found['i'][:20]))}. "
            "The index was mostly not of type int64 where it was read, or was never filled (`torch.empty`): "
            "`torch.tensor(index, dtype=torch.int64)`, or `np.array(index, dtype=np.int64)`."
        )
    return (
        f"There are {last + 1:,} entries, numbered 0 to {last:,}; {found['i']} was asked for."
        + (_OF_WORDS if "vocab" in found["text"].lower() and last >= _WORDS else "")
        if last >= 0
        else f"It has no entries at all, so it is empty; number {found['i']} was asked for."
    )


def _of_one_dimension(text: str) -> str:
    """Why a tensor may have one dimension where the code wants two."""
    labels = _OF_LABELS.search(text)
    if labels is not None:
        return (
            f" If it is the loss: the labels `{labels[1]}` are class numbers already, and "
            f"`torch.max({labels[1]}, 1)[1]` is for one-hot rows: give the loss `{labels[1]}` itself."
        )
    if "lovasz" in text.lower():
        return (
            " Where every pixel has the value to be ignored, nothing is left to compare: leave such a batch "
            "out, `if (labels != ignore).any():`."
        )
    if "scatter_(" in text:
        return (
            " If it is the `scatter_`: along 1 it writes into rows, one for each sample: what it is called "
            "on has lost its "
            "batch, or the network's output has. Print both shapes; `x.unsqueeze(0)` for one sample."
        )
    return ""


def _of_squeeze(found: Holes, low: str, high: str) -> str:
    """What a line that adds or takes away a dimension tells of the one that is not there."""
    asked, text = found["c"].strip()[:3], found["text"].replace("dim=", "")
    if f"unsqueeze({asked})" in text:
        return (
            f"The tensor has {high} dimensions there, so a new one can come at the places {low} to {high}, "
            f"and `unsqueeze({asked})` asks for another. Mostly it has lost one, as a `squeeze()` without a "
            "number takes the batch away where it has one sample: name the dimension there, `squeeze(-1)`, "
            "or put it back, `x.unsqueeze(0)`. Or it is one sample without its batch."
        )
    said = f"The tensor's dimensions are numbered {low} to {high}; {found['c'].strip()} was asked for."
    if f"squeeze({asked})" in text:
        said += (
            " If it is the `squeeze`, what it should take away is gone already, as newer versions drop the "
            "dimension of a `max` or `sum` themselves: leave that line out."
        )
    return said


def dimension(found: Holes) -> str:
    """Which dimension was asked for, and which there are."""
    given = _SIZES_GIVEN.search(found["text"])
    if given is not None and "permut" in found["message"]:
        return (
            f"`{given[0]}` gives sizes, and `permute` wants the dimensions' numbers in their new order, each "
            "once: `permute(0, 3, 1, 2)` puts the last of four behind the batch. After `F.one_hot(mask, n)` "
            "of a mask (batch, height, width) that is the order to write."
        )
    if "permut" in found["message"] or "ordering" in found["message"]:
        return (
            "`permute` names every dimension, and the tensor has another number of them. A batch of pictures "
            "has four: take one out, `x[0]`. A gray picture may have two: add its channel before that, "
            "`x.unsqueeze(-1)` (of an array `x[..., None]`), or write `x.unsqueeze(0)` in place of "
            "`x.permute(2, 0, 1)`."
        )
    if "a" not in found and "torch.cat" in found["text"]:
        return (
            "If it is the `torch.cat`: it joins tensors of one number of dimensions, and a part has fewer "
            "than the others: give it the missing ones, `x.unsqueeze(0)` or `x.view(1, 1, -1)`."
        )
    if "a" not in found:
        return (
            "If it comes with one sample, a `squeeze()` before took its dimension away with the batch's. "
            "Name the dimension that has 1 entry, or leave one `squeeze` out."
            if "squeeze(" in found["text"]
            else ""
        )
    low, high = found["a"].strip(), found["b"].strip()
    told = _of_one_dimension(found["text"])
    if high == "0" and told:
        return f"The tensor has one dimension, number 0; dimension {found['c'].strip()} was asked for.{told}"
    if high == "0" and any(
        word in found["text"].lower() for word in ("cross_entropy", "crossentropy", "softmax")
    ):
        return (
            "If it is the loss or the softmax: the scores have one dimension, (classes), and two are wanted, "
            "(batch, classes): `output.unsqueeze(0)` for a single sample. A plain `squeeze()` takes the "
            "batch away where it has one sample: name the dimension."
        )
    if high == "0" and "squeeze" in found["text"]:
        return (
            f"The tensor has one dimension, number 0; dimension {found['c'].strip()} was asked for. A "
            "`squeeze()` without a number also takes the batch away where it has one sample, as the last of "
            "an epoch may: name the dimension, or `drop_last=True`."
        )
    if high == "0":
        return f"The tensor has one dimension, number 0; dimension {found['c'].strip()} was asked for."
    return _of_squeeze(found, low, high)


def ambiguous(found: Holes) -> str:
    """What was called with tensors that takes settings."""
    text = found["text"].lower()
    made = _MADE.search(found["text"])
    if made is not None and made[1] != "Loss" and "loss" not in made[1].lower():
        return (
            f"`{made[1]}(...)` makes the network, if that is its class, and does not call it: the tensor was "
            f"taken for a setting. First `model = {made[1]}()`, then `model({made[2]})`."
        )
    if "legacy_get_string" in text or "_reduction.py" in text or _LOSS_MADE.search(found["text"]):
        return (
            "The loss was called as a function: `nn.CrossEntropyLoss(pred, y)` takes the tensors for "
            "settings. Make it first: `loss_fn = nn.CrossEntropyLoss()`, then `loss = loss_fn(pred, y)`."
        )
    choice = _CHOICE.search(found["text"])
    if choice is not None:
        return (
            f"`if` decides once, for the whole tensor. Entry by entry it is `{choice[1]}.clamp(min=0)`, or "
            f"`torch.where({choice[2]} > 0, {choice[1]}, 0)` with any condition."
        )
    return ""


_NO_LOSS: Final = re.compile(
    r"\b(?!\w{0,20}loss)\w{1,30}(?:\[[^\]]{0,12}\])?\.item\(\)\)? ?[ ~^]{0,60}(?:ValueError|RuntimeError)"
)
"""The line above the message, where it asks something else than a loss."""
_OF_ONE: Final = re.compile(r"torch\. ?(?:[tT]ensor|as_tensor|FloatTensor)\((\w{1,40})(?:\)|(?=, ?dtype))")


def elements(found: Holes) -> str:
    """How many elements there are, and what makes one number of them."""
    text, count = found["text"], found.get("n", "").strip()
    if "to an index" in found["message"][:80] and brackets.fraction(text):
        return brackets.fraction(text)
    if "only " in found["message"][:40] and any(
        call in text for call in ("torch.tensor([", "torch.Tensor([", "LongTensor([", "FloatTensor([")
    ):
        return (
            "`torch.tensor([...])` wants numbers: if the list holds tensors, `torch.stack(items)` makes one "
            "tensor of them."
        )
    single = _OF_ONE.search(text)
    if single is not None and "only one element tensors" in found["message"][:60]:
        return (
            f"`{single[0].replace('. ', '.').rstrip(')')})` wants numbers. If `{single[1]}` is a list of "
            f"tensors, `torch.stack({single[1]})` makes one tensor of them."
        )
    said = f"The tensor has {count} elements." if count.isdigit() else ""
    if "DataParallel" in text or "data_parallel" in text:
        said += " If it is the loss: `DataParallel` gives one for each GPU, `loss.mean().item()`."
    elif "loss" in text.lower() and ".item()" in text and not _NO_LOSS.search(text):
        said += (
            " If it is the loss, it has several values: it was made with `reduction='none'`, or there is one "
            "for each GPU of `DataParallel`. `loss.mean().item()`."
        )
    elif ".item()" in text:
        said += (
            " `.item()` takes one value. If there is one for each sample, the line was written for a batch "
            "of 1: go through them, `for value in x.tolist():`, or set the batch size to 1; or pick one, "
            "`x[0].item()`."
        )
    return said.strip()


def mask(found: Holes) -> str:
    """In what a mask and its tensor differ."""
    mask, tensor = sizes(found["a"]), sizes(found["b"])
    said = f"The mask has shape {list(mask)}, the tensor {list(tensor)}."
    if found.get("e", "0") != "0" and len(mask) == 1 and mask[0] == tensor[0]:
        return (
            f"{said} The index in place {found['e']}, counted from 0, is of type bool or uint8, so it was "
            "taken for a mask. For one entry of each row it has to be whole numbers: `index.long()`."
        )
    if "np." in found["text"] and len(mask) < len(tensor):
        return (
            said + " If the mask is a NumPy array or a list: `x[torch.as_tensor(mask)]` takes it as a whole."
        )
    if len(mask) == 2 and len(tensor) > 2 and mask == tensor[-2:]:
        return said + " It fits the last two dimensions, and was counted off from the first: `x[..., mask]`."
    if len(mask) == 2 and len(tensor) > 2:
        high, wide = tensor[-2:]
        said += (
            f" It is a mask of {mask[0]} × {mask[1]} for maps of {high} × {wide}: bring it to their size, "
            f"`F.interpolate(mask[None, None].float(), size=({high}, {wide}))[0, 0] > 0.5`."
        )
    return said


_COUNTED: Final = re.compile(r"def __len__\(self\): return len\(self\.(\w{1,40})\)")
_READ: Final = re.compile(r"self\.(\w{1,40})\[(?:idx|index|i|item)\]")


def lengths(text: str) -> str:
    """Where `__len__` of the Dataset in the paste counts another list than `__getitem__` reads."""
    counted, read = _COUNTED.search(text), _READ.findall(text)
    if counted and read and counted[1] not in read:
        return (
            f"`__len__` counts `self.{counted[1]}` and `__getitem__` reads `self.{read[0]}`: print the "
            "lengths of both. With `shuffle=True` an index past the end of the shorter one comes early, "
            "without it only at the end of the epoch."
        )
    if "shuffle" in text and ("DataLoader" in text or "__len__" in text):
        return (
            "If it comes with `shuffle=True` only, or at the end of an epoch: `__len__` gives more than "
            "there is. Compare `len(dataset)` with the length of the list that `__getitem__` reads."
        )
    return ""
