"""Calls: arguments that are missing, too many or unknown."""

import re
from typing import Final

from torch import nn

from core.teaching.clinic.kind import Holes

_KEYWORDS: Final = {
    "fillcolor": "In torchvision's transforms it is called `fill` today.",
    "resample": "In torchvision's transforms it is called `interpolation` today.",
    "verbose": "Schedulers lost it in PyTorch 2.7: print `scheduler.get_last_lr()` instead.",
    "size_average": "In PyTorch's losses it is `reduction='mean'` (or `'sum'`) today.",
    "reduce": "In PyTorch's losses `reduce=False` is `reduction='none'` today.",
    "data_tensor": "`TensorDataset(x, y)` takes its tensors by place, without names, since PyTorch 0.4.",
    "target_tensor": "`TensorDataset(x, y)` takes its tensors by place, without names, since PyTorch 0.4.",
    "inplace": "This one has no such setting.",
    "async": "It is called `non_blocking` since PyTorch 0.4, as `async` became a word of Python.",
    "device": (
        "PyTorch's own layers take it, since 1.9; a class of yours only if its `__init__` does. Move the "
        "object afterward, with `.to(device)`."
    ),
}
"""Arguments that were renamed or taken away."""
_SINCE: Final = (
    ("batch_first", ("MultiheadAttention(", "TransformerEncoderLayer(", "nn.Transformer("), "1.9"),
    ("batch_first", ("TransformerDecoderLayer(",), "1.9"),
    ("label_smoothing", ("CrossEntropyLoss(", "cross_entropy("), "1.10"),
    ("padding_side", ("pad_sequence(",), "2.5"),
    ("enforce_sorted", ("pack_padded_sequence(", "pack_sequence("), "1.1"),
    ("weights_only", ("torch.load(",), "1.13"),
    ("indexing", ("torch.meshgrid(",), "1.10"),
    ("persistent_workers", ("DataLoader(",), "1.7"),
    ("prefetch_factor", ("DataLoader(",), "1.7"),
    ("dim", ("Softmax(", "softmax("), "0.2"),
    ("approximate", ("GELU(", "gelu("), "1.12"),
)
"""Arguments that PyTorch's functions have since a version, and what the call looks like."""
_STACKS: Final = ("TransformerEncoder", "TransformerDecoder")
_CLASS_CALLED: Final = re.compile(r"(?<!\w)t\(img\)")
"""What `Compose` does with each of its transforms."""
_LEFT_OVER: Final = re.compile(r"[(,] ?\**kwargs\) ?(?!:)")
_PICTURE_SIZE: Final = re.compile(
    r"\b(?:w\w{0,8}, ?h\w{0,8}|(?:im|img|image|picture)) ?(?:= ?\w{1,30}\.size\b|\.size\b)"
)
_STARRED: Final = re.compile(
    r"(?<!def )\b(?!_call_impl\b|forward\b|fn\b)\w{1,30}\(\*(?!\*|args\b|inputs?\b|kwargs\b)\w"
)
"""A call that hands over what a name holds, but for those inside of PyTorch."""
_UNCALLED: Final = re.compile(r"\b(\w{1,30}) ?= ?self\.(\w{1,30}) (?=(?:\w{1,30} ?=[^=])|return\b)")
"""`x = self.fc1`, and the next statement: the layer was not called."""
_LISTED: Final = re.compile(r"\b([A-Z]\w{1,40})\(\[([^\[\]()]{1,80},[^\[\]()]{1,80})\]\)")
"""`Linear([a, b])`, two arguments in a list."""
_OF_LISTS: Final = ("ModuleList", "Sequential", "ParameterList")


def _is_layer(name: str) -> bool:
    """Whether PyTorch has a layer of this name that takes no list."""
    return name not in _OF_LISTS and isinstance(getattr(nn, name, None), type)


def uncalled_layer(text: str) -> str:
    """What to say of a layer that `forward` names and does not call; empty if there is none."""
    for name, layer in _UNCALLED.findall(text):
        if f" {name}(" not in text and any(
            f"self.{layer}{sign}nn." in text for sign in (" = ", "=", " =", "= ")
        ):
            return (
                f"`{name} = self.{layer}` puts the layer itself into `{name}`: call it, "
                f"`{name} = self.{layer}({name})`."
            )
    return ""


def _missing(name: str, found: Holes) -> str:
    """What a message about a missing argument says."""
    text = found["text"]
    missing = found["message"].partition(":")[2].replace('"', "'").split("'")[1:2]
    if missing == ["self"]:
        return f"`{name}` was called on the class: make an object first, with parentheses after its name."
    if not missing or not name:
        return ""
    if ".module()" in text or ".module(), " in text:
        return (
            "`.module` is an attribute: with parentheses after it, `.module()` calls the network, without an "
            "input. Take them away."
        )
    if layer := uncalled_layer(text):
        return layer
    listed = [
        call for call in _LISTED.findall(text) if call[0] == name.partition(".")[0] or _is_layer(call[0])
    ]
    if listed:
        called, arguments = listed[-1]
        return f"A list counts as one argument: write `{called}({arguments.strip()})`, without the brackets."
    if name == "linspace" and missing == ["steps"]:
        return "`linspace` has no default for the number of points any more: give `steps=100` as well."
    said = f"`{name}` also wants `{missing[0][:40]}`, and the call does not give it under that name."
    if "load_from_checkpoint" in text:
        return said + (
            " `load_from_checkpoint` makes the class anew, from the arguments that were saved: in `__init__` "
            "`self.save_hyperparameters()` saves them, from the next training on. For this file give them "
            f"yourself: `Network.load_from_checkpoint(path, {missing[0][:40]}=...)`."
        )
    if "parallel_apply" in text or "data_parallel" in text:
        said += (
            " With `DataParallel` a GPU for which no samples are left gets none: a batch with fewer "
            "samples than GPUs, often the last (`drop_last=True`), or arguments that are no tensors."
        )
    if "." in name and not name.endswith(("forward", "__init__")):
        owner, _, method = name.rpartition(".")
        said += (
            f" If the call does give it, it went by the class, `{owner}.{method}`, and the first "
            f"argument was taken for `self`: use an object, as in `dataset.{method}`."
        )
    return said


def _counted(found: Holes) -> str:
    """What a message about the number of arguments says."""
    words, text = found["message"].split(), found["text"]
    counts = [int(word) for word in (word.strip("()") for word in words[:10]) if word.isdigit()]
    counts = counts[1:3] if "from" in words[:4] else counts[:2]  # `takes from 2 to 3`
    if len(counts) != 2:
        return ""
    if "ModuleList(" in text and "forward() takes" in text and counts == [1, 2]:
        return (
            "A `ModuleList` only keeps layers and cannot be called: `for layer in self.layers: x = layer(x)`."
        )
    star = _STARRED.search(text)
    if star is not None and counts[1] > counts[0] >= 2:
        return (
            "If it is the call with the star, that hands over each value on its own: of a method, "
            f"{counts[1] - 1} came, and {counts[0] - 1} are taken (`self` counts in the message). What gives "
            "them, a network or a loader, gives more than this function is for: use the one that it belongs "
            "to, or pass on only those that it takes."
        )
    sequential = "`nn.Sequential` passes on one input only: call the layers yourself where there are two."
    if counts[1] == counts[0] + 1 and "equential" in text and "def forward(self," in text:
        return sequential + " (`self` counts as one of the arguments in the message.)"
    if counts[0] >= 2 and counts[1] == counts[0] + 1 and "forward() takes" in text:
        return (
            f"The call gives {counts[1] - 1} values, and `forward` takes {counts[0] - 1} (`self` counts in "
            "the message). Look at its `def forward`: what it does not name has to go from the call, or into "
            "the definition (of a program by others, the two are then of different versions). If the value "
            "belongs there, this is another layer than the call is for, or `forward` wants it by name (a "
            "star in its definition): `model(text, images=images)`."
            + (f" {sequential}" if "equential" in text else "")
        )
    if counts[1] == counts[0] + 1:
        return (
            "In a class `self` counts as one of the arguments: a method is written `def name(self, x)`, or "
            "has `@staticmethod` above it. If it has, the call gives one argument too many."
            + (f" {sequential}" if "equential" in text else "")
        )
    return "In a method, `self` counts as one of the arguments."


def _call(found: Holes) -> str:
    """What a message about a call's arguments says of the function and of them."""
    text = found["text"]
    place = text.lower().rfind(found["message"][:60].lower())
    before = text[:place].split()[-1:] if text[place : place + 2] == "()" else []
    words = found["message"].split()
    name = (before[0] if before else words[0].partition("(")[0]).strip("`'\"()*")[-60:]
    name = name if name.startswith("__") and name.endswith("__") else name.strip("_")
    if " missing " in found["message"][:60]:
        return _missing(name, found)
    return _counted(found)


def _keyword(keyword: str, text: str, *, is_made: bool) -> str:
    """What to say of an argument that a function does not know; `is_made`: it is a constructor."""
    called = re.search(
        rf"(?<![.\w])((?:[A-Za-z_]\w{{0,20}}\.){{0,3}}[A-Za-z_]\w{{1,40}})\((?:[^()]{{0,80}}, ?)?"
        rf"{re.escape(keyword[:40])} ?=",
        text,
    )
    if keyword == "batch_first" and called is not None and called[1].endswith(_STACKS):
        return (
            f"`{called[1]}` takes no `batch_first`, the layer in it does: "
            f"`{called[1]}Layer(..., batch_first=True)`, since PyTorch 1.9."
        )
    for name, calls, version in _SINCE:
        if name == keyword and any(
            call in text and (called is None or f"{called[1]}(".endswith(call.rpartition(".")[2]))
            for call in calls
        ):
            return (
                f"The argument `{keyword}` is there since PyTorch {version}, and yours is older: update it "
                "(`print(torch.__version__)`), or leave the argument out and do by hand what it does."
            )
    if keyword == "batch_first" and "CRF(" in text:
        return (
            "Several packages have a `CRF`, and this one has no `batch_first`: the one that has it is "
            "`pip install pytorch-crf`, `from torchcrf import CRF`."
        )
    if keyword in _KEYWORDS:
        return f"The argument `{keyword}` is not known. {_KEYWORDS[keyword]}"
    if is_made and _LEFT_OVER.search(text) and keyword.isidentifier():
        return (
            f"The argument `{keyword[:40]}` was handed on by `**kwargs`, as whatever is left over, and the "
            "class at its end does not take it: add it to that class's `__init__`, or leave it out of the "
            "call."
        )
    if called is not None and "." not in called[1]:
        return (
            f"`{called[1]}` does not take `{keyword[:40]}`. It is misspelled, or this `{called[1]}` is "
            f"another than you mean, of the same name or of another version: `help({called[1]})` shows where "
            "it comes from and what it takes."
        )
    return (
        f"The argument `{keyword[:40]}` is not known: it is misspelled, or the installed version is "
        "older or newer than the program. `help(...)` of the function lists those it takes."
    )


def arguments(found: Holes) -> str:
    """What to say where a call and a definition do not agree."""
    text = found["message"]
    if "img.rotate(" in found["text"] or "PIL/Image" in found["text"]:
        return (
            "If torchvision calls it, the function is Pillow's, and its version does not fit that of "
            "torchvision: update both. If your own line does, compare it with the function's `help`."
        )
    if _CLASS_CALLED.search(found["text"]) and "__call__" not in text[:60]:
        return (
            "A transform in `Compose` is a class where an object is wanted: write its parentheses, "
            "`ToTensor()`."
        )
    if text.startswith(("ToTensor", "ToTensor.__init__")):
        return (
            "`ToTensor` is made without arguments, and what was made is called: `ToTensor()(image)`. In a "
            "`Compose` it needs its parentheses, `Compose([ToTensor()])`."
        )
    if "ToTensor" in text or "Compose" in text:
        return "`Compose` takes one list: `Compose([ToTensor(), Normalize(...)])`."
    if "argument 'weights'" in text or "argument 'pretrained'" in text:
        return (
            "A loss takes `weight=`, without an s. Of torchvision's networks: they take `weights=...` since "
            "0.13 and took `pretrained=True` before; update torchvision, or use the other form."
            if "entropy" in found["text"].lower() or "Loss(" in found["text"]
            else "torchvision's networks take `weights=...` since 0.13 and took `pretrained=True` before: "
            "if it is one of them, program and installed version are from different times. Update "
            "torchvision, or use the other form."
        )
    keyword = text.partition("unexpected keyword argument")[2].strip(" `").partition("'")[2].partition("'")[0]
    return _keyword(keyword, found["text"], is_made="__init__" in text[:60]) if keyword else _call(found)


def uncalled(found: Holes) -> str:
    """A picture's size is a pair, a tensor's is a method: a transform for pictures trips over it."""
    if _PICTURE_SIZE.search(found["text"]) and "iterable" in found["message"][:90]:
        return (
            "`.size` of a picture is two numbers, of a tensor it is a method: a transform for pictures was "
            "given a tensor. Put it before `ToTensor()`, also where the data set calls `ToTensor()` itself."
        )
    return ""
