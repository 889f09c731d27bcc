"""Things called that cannot be."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_OWN_CALL: Final = re.compile(
    r"\bself\.(?!_call_impl|_wrapped_call_impl|forward|module)(\w{1,40})\([^()]{0,80}\)[ ~^]{0,90}TypeError: "
    r"'\w{1,20}' object is not"
)
"""The line above the message, if it calls a part of its own object."""


_HINTS: Final = {
    "torch.FloatTensor": "`x.data` and `x.grad` have no parentheses; `x.detach()` has.",
    "torch.Size": "`x.shape` has no parentheses; `x.size()` has.",
    "Tensor": (
        "Mostly a tensor has the name of a function: look for `loss = loss(...)` or `sum = ...` further "
        "up. Or a `*` is missing before the parenthesis."
    ),
    "list": (
        "Mostly a list has the name of a function, or `model` is a Python list of layers: call the "
        "layers one by one."
    ),
    "tuple": "If it is a layer: a comma after its definition (`self.fc = nn.Linear(8, 2),`) "
    "makes a tuple of it. Otherwise something further up gave several values where one was meant.",
    "module": (
        "A module stands where its class or function is meant: `from tqdm import tqdm`, `from datetime "
        "import datetime`, or `transform=transforms` for `transform=transform`."
    ),
    "collections.OrderedDict": (
        "Mostly what was loaded is a state_dict, not a model: build the model, then "
        "`model.load_state_dict(...)`."
    ),
    "int": (
        "Mostly a number has the name of a function (`len`, `size`, `max`): look further up. Or a `*` is "
        "missing before the parenthesis."
    ),
    "float": (
        "Mostly a number has the name of a function: `loss = loss(...)` in a loop does this the second "
        "time around."
    ),
    "NoneType": "What is called is None: it was never made, or a function gave None back.",
    "str": "Mostly a text has the name of a function: look further up.",
}
"""What to say of a thing of each type, where nothing else is told."""


def not_callable(found: Holes) -> str:
    """What to say of a thing that has parentheses after it and is no function, by its type."""
    kind = found["t"].strip("'\" ")
    part = _OWN_CALL.search(found["text"]) if kind in ("int", "float", "str") else None
    if part is not None:
        return (
            f"If the line calls `self.{part[1]}`, that is no layer but of type {kind}: look where "
            f"`self.{part[1]}` is set. Often it is an argument of the constructor, and the call that makes "
            "the object gives a number in the place of the module: make that module first, and pass it."
        )
    if "lr_scheduler.py" in found["text"] and kind in ("int", "float"):
        return "The scheduler wants a function: `lr_lambda=lambda epoch: 0.95`, not a number."
    if kind == "Tensor" and any(call in found["text"] for call in (".data()", ".grad()", ".shape()", ".T()")):
        return "`.data`, `.grad`, `.shape` and `.T` are no methods: leave the parentheses after them out."
    if kind == "module" and any(f"torch.{call}(" in found["text"] for call in ("fft", "rfft", "irfft")):
        return (
            "`torch.fft` is a module since PyTorch 1.8: its functions are `torch.fft.fft`, `torch.fft.fft2`, "
            "`torch.fft.rfft` and so on, and they give complex numbers."
        )
    if ".size()" in found["text"] and kind in ("int", "tuple"):
        return (
            "If it is `.size()`: that is a method of tensors. Of a NumPy array it is a number, without "
            "parentheses: take `.shape`, or make it a tensor by `torch.from_numpy(a)`."
            if kind == "int"
            else "If it is `.size()`: that is a method of tensors. Of a picture it is two numbers, "
            "(width, height), without parentheses: `image.size[0]`, or make it a tensor by `ToTensor()`."
        )
    if kind == "module" and re.search(r"\btransform ?= ?(transforms|T|v2)\b(?!\.)", found["text"]):
        return (
            "The dataset was given the module `transforms` in place of the transform: write "
            "`transform=transform`, the `Compose` that you made."
        )
    return _HINTS.get(kind) or _taken(found["text"])


def _taken(text: str) -> str:
    """Which built-in function the line before the message calls, if it is the only call there."""
    line = text.rpartition("TypeError")[0][-80:]
    called = re.findall(r"([\w.]{1,60})\(", line)
    if not called or called[-1] not in _BUILT_IN:
        return ""
    return (
        f"If it is the call of `{called[-1]}`: that name was given a value further up, in a notebook "
        f"perhaps in an earlier cell. Rename that variable, and `del {called[-1]}` or restart the kernel."
    )


_BUILT_IN: Final = (
    *("len", "sum", "max", "min", "list", "str", "type", "print", "range", "dict", "iter", "next"),
)
