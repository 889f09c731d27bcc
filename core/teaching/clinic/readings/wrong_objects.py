"""Objects that are not what a line takes them for."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes
from core.teaching.clinic.readings.given import OUTPUT_NAMES

_BATCH: Final = re.compile(r"\b(?:batch|data|sample|samples)\.(?:to|cuda)\(")
_BY_KEY: Final = re.compile(r"\w\[\w{1,20}\] ?= ?\w{1,20}(?:\[\w{1,20}\])?\.(?:to|cuda)\(")
_OF_OUTPUTS: Final = ("log_softmax", "softmax", "argmax", "max", "sigmoid", "topk")
_HINTS: Final = {
    "list": "A list is no tensor: `torch.stack(items)` for a list of tensors, `torch.tensor(items)` "
    "for numbers. A dataset that gives a list per sample needs unpacking first.",
    "tuple": (
        "Mostly a function gave several values: take them apart (`out, hidden = lstm(x)`, `X, y = batch`)."
    ),
    "dict": "A dict is no tensor: take the entry out, as in `batch['image']`, or move each value.",
    "ndarray": "It is a NumPy array: `torch.from_numpy(x)` makes it a tensor.",
    "numpy.ndarray": "It is a NumPy array: `torch.from_numpy(x)` makes it a tensor.",
    "int": ("It is a Python number, not a tensor: mostly `.item()` has been taken already."),
    "float": "It is a Python number, not a tensor: mostly `.item()` has been taken already.",
    "str": "It is a text. Mostly a path or a name stands where the object was meant; or, if it came "
    "out of a loader, the labels are texts: number the classes first, and give the number.",
    "Image": "It is a picture (PIL), not a tensor: `ToTensor()` first.",
    "Series": "It is a pandas column: `torch.tensor(series.values)`.",
    "DataFrame": "It is a pandas table: `torch.tensor(frame.values)`.",
}
"""What to do with an object of each type, where nothing else is told."""


def attribute(found: Holes) -> str:
    """What the object is, and how it becomes what the line takes it for."""
    have, wanted = found["a"].strip()[:60], found["b"].strip(" '\".").split(" ")[0].strip("'\".,`")[:60]
    picture = "It is a picture (PIL), not a tensor: `ToTensor()` first." if have.endswith("ImageFile") else ""
    hint = _asked(have, wanted) or _HINTS.get(have, picture)
    hint = _beside(have, wanted, found["text"]) or hint
    return f"The object is of type {have}; `.{wanted}` belongs to another type. {hint}".strip()


def _asked(have: str, wanted: str) -> str:
    """What the type and the name asked for say together; empty if nothing."""
    if have in ("tuple", "list") and wanted in _OF_OUTPUTS:
        return (
            "If it is what the network gave, those are several outputs, the main one first as a rule: "
            "`output = model(x)[0]`. Inception and GoogLeNet do so while they train (`aux_logits=False`), "
            "and so do networks that also give their features or attention."
        )
    if have in ("int", "float") and wanted == "backward":
        return (
            "The loss is a plain number, so nothing leads back to the weights. Either `.item()` or `float()` "
            "took it out, or it is the 0 that it began with (no term was added, as with no targets: skip "
            "that batch), or a function gives several values and another than the loss was taken."
        )
    if have in ("int", "float") and wanted == "item":
        return "It is a Python number already: leave `.item()` out."
    return ""


def _beside(have: str, wanted: str, text: str) -> str:
    """What the code and the words beside the message say of the object; empty if nothing."""
    if have == "str" and any(word in text.lower() for word in ("bert", "transformers", "attention_mask")):
        return OUTPUT_NAMES
    moved = have == "list" and wanted in ("to", "cuda")
    if moved and _BATCH.search(text):
        return (
            "A loader gives a list, [images, labels], where its data set has both: take the images out, "
            "`images, _ = batch`, then move those. A data set without labels would give the images alone."
        )
    if moved and (".items()" in text or _BY_KEY.search(text)):
        return (
            "If the batch is a dict, one of its entries is a list, as of texts: move the tensors only, "
            "`v.to(device) if isinstance(v, torch.Tensor) else v`."
        )
    if moved and any(word in text.lower() for word in ("target", "box")):
        return (
            "Targets of many sizes, as boxes are, come out of a loader as a list, since they do not stack: "
            "move them one by one, `[t.to(device) for t in targets]`, or let the `collate_fn` join them into "
            "one tensor that says which image each row is of."
        )
    if have in ("dict", "OrderedDict") and "torch.load(" in text:
        return (
            "If it is what `torch.load` gave, that is what the file holds: a table of weights, or a "
            "checkpoint, and no network. "
            "Build the network from its class, then `model.load_state_dict(...)` with that table."
        )
    if have == "tuple" and ("model.to(" in text or "net.to(" in text):
        return (
            "If it is the model, a comma at the end of the line that makes it turns it into a tuple: take it "
            "away. If it is a batch, take it apart, `X, y = batch`."
        )
    return ""
