"""Names that an object or a module was asked for and does not have."""

import difflib
import re
import sys
from typing import Final

import torch
from torch import nn

from core.teaching.clinic.kind import Holes
from core.teaching.clinic.readings.network_parts import of_network, of_other_head
from core.teaching.clinic.readings.newer_names import SINCE
from core.teaching.clinic.readings.pictures import unread
from core.teaching.clinic.readings.tensor_names import of_tensor

_MODULES: Final = (
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.optim",
    "torch.utils.data",
    "torchvision",
    "torchvision.transforms",
    "torchvision.datasets",
    "torchvision.models",
    "torch.cuda",
)

_OF_DATA: Final = (
    "DataLoader",
    "Dataset",
    "TensorDataset",
    "Subset",
    "random_split",
    "WeightedRandomSampler",
)
_RENAMED: Final = {
    "Scale": "Resize",
    "RandomSizedCrop": "RandomResizedCrop",
    "ToImageTensor": "ToImage",
    "ToImagePIL": "ToPILImage",
}
_GRAD: Final = re.compile(r"\.grad\b(?!_)")
_PLAIN: Final = ("list", "tuple", "dict", "int", "float", "str", "bytes", "DataFrame", "Series")
_TWO_HEADS: Final = (
    "This network gives several outputs while it trains: use `outputs.logits` (and `aux_logits=False` to "
    "have only one)."
)
_OF_OBJECTS: Final = {
    "Subset": (
        "A `Subset`, as `random_split` gives, keeps the whole data set, with its attributes, in `.dataset`: "
        "`part.dataset.{name}`. What is listed there by samples is of all of them: `[part.dataset.{name}[i] "
        "for i in part.indices]`."
    ),
    "InceptionOutputs": _TWO_HEADS,
    "GoogLeNetOutputs": _TWO_HEADS,
    "module": (
        "The module was imported, and it has no such name: it is misspelled, newer than what is installed or "
        "taken away since; or a file of yours has the module's name and hides it (`print(module.__file__)`)."
    ),
    "builtin_function_or_method": "A method was named and not called: put parentheses after it.",
    "function": (
        "It is the function itself: mostly its parentheses are missing, or it stands where what it makes, "
        "a model or a tensor, is meant."
    ),
    "method": "A method was named and not called: put parentheses after it.",
    "DataParallel": (
        "`DataParallel` is a wrapper: your model, with its attributes, is in `.module` (`model.module.fc`)."
    ),
    "_IncompatibleKeys": (
        "`load_state_dict` gives back the names that did not fit, not the model: call it on a line of its "
        "own, `model.load_state_dict(state)`, and go on with `model`."
    ),
    "DistributedDataParallel": "The wrapper keeps your model, with its attributes, in `.module`.",
    "EvalPrediction": "It has `predictions` and `label_ids`, both NumPy arrays.",
    "PackedSequence": (
        "A packed sequence is no tensor: give it to the recurrent layer, and unpack what comes back with "
        "`out, lengths = pad_packed_sequence(out, batch_first=True)`."
    ),
}
"""What to say of an object of this class, whatever it was asked for."""
_OF_METHODS: Final = {
    "train_data": "In torchvision's data sets it is `.data` now.",
    "train_labels": "In torchvision's data sets it is `.targets` now.",
    "module": (
        "Only a model wrapped in `DataParallel` or `DistributedDataParallel` has `.module`: leave "
        "`.module` out, or wrap the model."
    ),
    "astype": "That is NumPy's: a tensor has `.to(dtype)`, `.float()` and `.long()`; of a picture it is "
    "`np.array(image).astype(...)`.",
    "append": "Collect in a list first, then `torch.stack(items)` or `torch.cat(items)`.",
    "item": (
        "Tensors have `.item()` (since PyTorch 0.4), and so have NumPy's numbers. A plain number needs none; "
        "of another object, take the tensor out of it first: `print(type(x))`."
    ),
    "load": "No network has `load`: `model.load_state_dict(torch.load(path, map_location='cpu'))`; of a "
    "whole checkpoint, the entry with the weights.",
    "save": "No network has `save`: `torch.save(model.state_dict(), path)`.",
    "next": "An iterator has no `.next()` any more: write `next(batches)` instead of `batches.next()`.",
    "copy": (
        "Neither a model nor a tensor has `copy`: of a tensor it is `x.clone()`. If the line is "
        "`load_state_dict(...)`, it was given a whole model: give it "
        "`other.state_dict()`. To copy a model: `copy.deepcopy(model)`."
    ),
}
"""What to say of a name, whatever object was asked for it."""
_TENSORS: Final = ("Tensor", "Variable", "Parameter", "FloatTensor", "LongTensor")
_KERAS: Final = {
    "fit": "Write the loop: forward, loss, `zero_grad()`, `backward()`, `step()`.",
    "compile_model": "Make a loss and an optimizer instead.",
    "predict": "Call it: `model(x)`, under `torch.no_grad()` and after `model.eval()`.",
    "predict_classes": "`model(x).argmax(1)` gives the classes.",
    "predict_proba": "`model(x).softmax(1)` gives probabilities.",
    "evaluate": "Write the loop over the test loader, under `torch.no_grad()`.",
    "summary": "`print(model)` shows its layers; the package torchinfo prints a table.",
    "fit_generator": "Write the loop over a `DataLoader`.",
}


_OF_LAYERS: Final = ("in_features", "out_features", "in_channels", "out_channels", "weight", "bias")
_SELF: Final = re.compile(r"self\.(\w{1,40})")
_OTHERWISE: Final = (
    *(nn.RNNBase, nn.RNNCellBase, nn.MultiheadAttention, nn.Transformer),
    *(nn.TransformerEncoderLayer, nn.TransformerDecoderLayer),
    *(nn.TransformerEncoder, nn.TransformerDecoder),
)
"""Layers with several weights."""
_WRAPPERS: Final = ("Sequential", "DataParallel", "Module", "Container")
_OF_PARENT: Final = re.compile(
    r"nn[/\\]modules[/\\]\w+\.py\W{1,3}line \d+, in __init__\s+self\.reset_parameters\(\)"
)
_APPENDED: Final = re.compile(r"\b(\w{1,40})\.append\((\w{1,40})\b")


def nearest_name(found: Holes) -> str:
    """What a module calls the thing that it was asked for, if it has it."""
    module, name = found["m"].strip("'\" "), found["n"].strip("'\" .").split("'")[0].split(" ")[0]
    if name in _OF_DATA and module in ("torch", "torch.utils", "torch.data", "torch.nn"):
        return f"`{name}` is in `torch.utils.data`."
    if name == "v2" and module.startswith("torchvision"):
        return "It is there since torchvision 0.15, once imported: `from torchvision.transforms import v2`."
    if name in SINCE and module == SINCE[name][0]:
        return (
            f"It is there since {SINCE[name][1]}, and what is installed is older: update torch and "
            "torchvision."
        )
    if name in SINCE and module.partition(".")[0] == SINCE[name][0].partition(".")[0]:
        return f"It is `{SINCE[name][0]}.{name}`, since {SINCE[name][1]}."
    if name in _RENAMED and module.startswith("torchvision.transforms"):
        return f"It was renamed: `{module}.{_RENAMED[name]}` is its name today."
    if module not in _MODULES or not name or len(name) > 60:
        return ""
    if module not in sys.modules:  # importing it would take longer than an answer may
        return _of_torchvision(name) if module.startswith("torchvision") else ""
    names = dir(sys.modules[module])
    folded = {known.lower(): known for known in names}
    close = folded.get(name.lower()) or next(
        iter(difflib.get_close_matches(name, names, n=1, cutoff=0.75)), None
    )
    if name in names:
        return (
            f"`{module}.{name}` does exist in the version here: yours is older, or a file of yours "
            f"hides PyTorch. `print({module}.__file__)` shows it."
        )
    if not close and module.startswith("torchvision"):
        return _of_torchvision(name)
    return f"The nearest name that does exist is `{module}.{close}`." if close else ""


def _of_torchvision(name: str) -> str:
    return (
        f"If `{name}` is spelled right, your torchvision is older than it, or so new that it was taken away: "
        "`print(torchvision.__version__)`, and update torch and torchvision together. A name with an "
        "underscore before it is torchvision's own and may go with any version."
    )


def _of_layer(cls: str, name: str) -> str:
    """What to say of a layer of PyTorch that has no weight or no bias."""
    layer = getattr(torch.nn, cls)
    if cls in ("ModuleList", "ModuleDict"):
        return f"A `{cls}` holds layers, and each of them has its own: `layers[0].{name}`."
    if issubclass(layer, _OTHERWISE):
        return (
            f"`nn.{cls}` has several, under other names: `print([n for n, p in layer.named_parameters()])` "
            "shows them."
        )
    if hasattr(layer, "reset_parameters"):
        return (
            f"A layer of this kind has `{name}` unless something took it away or put its own in place, as "
            "`spectral_norm`, `weight_norm` and pruning do: there it is `weight_orig` (or `weight_v`)."
        )
    return (
        f"`nn.{cls}` has nothing to learn, so no `{name}`: a loop over the layers has to leave such ones "
        f"out, `if isinstance(layer, nn.Conv2d):` or `if getattr(layer, '{name}', None) is not None:`."
    )


def _told(cls: str, name: str, text: str) -> str:
    """What the code beside the message reveals of a name that is not there."""
    opened = text.find(f"@property def {name}(self)")
    if opened >= 0:
        used = [other for other in _SELF.findall(text[opened : opened + 300]) if other != name][:3]
        return (
            f"`{name}` is a property, and `nn.Module` says so when anything inside it is missing: the name "
            "to look for is one that the property uses itself"
            + (f" (`{'`, `'.join(f'self.{other}' for other in used)}`)." if used else ".")
        )
    if name == "append" and cls in _TENSORS:
        again = [one for one, other in _APPENDED.findall(text) if one == other]
        if again:
            return (
                f"`{again[-1]}` was a list, and the tensor has taken its name: call the list otherwise, "
                f"`{again[-1]}_list.append({again[-1]}.item())`."
            )
    if name == "append" and cls == "Sequential":
        return "`nn.Sequential` has `append` since PyTorch 1.11: update it, or make the list of layers first."
    if name == "append" and cls[:1].isupper() and not hasattr(torch, cls) and not hasattr(torch.nn, cls):
        return (
            f"The object is one `{cls[:60]}`, not a list of them: begin with a list, `items = "
            f"[{cls[:60]}(...)]` (or `nn.ModuleList`), then append."
        )
    if name == "next" and cls == "DataLoader":
        return "A loader is no iterator: `batches = iter(loader)` once, then `batch = next(batches)`."
    if name == "backward" and ("loss" in cls.lower() or f"loss = {cls}(" in text):
        return (
            f"The object is the loss function, and `backward()` belongs to what it gives. Make it once, "
            f"`loss_fn = {cls[:40]}()`, and then call what was made: `loss = loss_fn(output, target)`."
        )
    if name in ("weight", "bias") and cls not in _WRAPPERS and isinstance(getattr(torch.nn, cls, None), type):
        return _of_layer(cls, name)
    if _OF_PARENT.search(text) and f"self.{name}" in text:
        return (
            f"`reset_parameters` runs inside the `__init__` of the class above, before your own `__init__` "
            f"sets `{name[:40]}`: give your method another name, and call it at the end of your `__init__`."
        )
    if cls == "Sequential" and name in _OF_LAYERS:
        return (
            "The layer that is asked is a `Sequential`. If you put it there yourself, the line, or its cell, "
            "ran a second time: load the model anew before it. Otherwise ask a layer inside: "
            f"`model.fc[0].{name}`, with the number that `print(model)` shows."
        )
    return ""


def _of_method(cls: str, name: str, text: str) -> str:
    """What to say of a method that an object does not have; empty if it is none."""
    if f"def {name}(" in text:
        return (
            f"`def {name[:40]}` is in the code. If it is meant for this class, its place is wrong: it has to "
            "be indented as far as `__init__`, inside the class and not inside another method. In a "
            "notebook, run the cell of the class and then the one that makes the object again."
        )
    if f".{name}(" in text:
        return (
            f"The class {cls[:40]} has no method `{name[:40]}`: compare it, letter by letter, with the "
            "methods of the class. If the class is not yours, it is of another version than the line that "
            "calls it; if the call only sets start values, leave it out."
        )
    return ""


def missing(found: Holes) -> str:
    """What an object without that name is, and what it may have been taken for."""
    cls, name = found["c"].strip("'\" "), found["n"].strip("'\" .").split("'")[0]
    if name.startswith("__getattr__"):
        return (
            "A very old PyTorch says so of any name that a network does not have: the line above it has a "
            "layer or a method that is misspelled, or that `__init__` never set."
        )
    told = _told(cls, name, found["text"])
    if told:
        return told
    if found["message"].lower().startswith("type object") and name in _OF_LAYERS:
        return (
            f"`{cls[:40]}` is the class, and only a layer made of it has `{name}`: ask the layer of your "
            f"model, as in `model.fc.{name}`."
        )
    if found["message"].lower().startswith("type object"):
        return (
            f"`{cls[:40]}` is the class, not an object of it: if `{name[:40]}` belongs to an object, make "
            f"one first, `model = {cls[:40]}()`; if to the class, the version installed does not have it."
        )
    hint = _OF_OBJECTS.get(cls) or (_OF_METHODS.get(name) if cls not in (*_PLAIN, "Variable") else None)
    if hint and not name.startswith("__"):
        return hint.replace("{name}", name[:40])
    if cls in _TENSORS:
        return of_tensor(cls, name)
    if name in _KERAS and cls not in _PLAIN and f"def {name}(" not in found["text"]:
        return f"`{name}` is a method of Keras: a PyTorch model has none. {_KERAS[name]}"
    if cls in _PLAIN:
        return (
            f"The object is of type {cls[:40]} and has no `{name[:40]}`: `print(type(x))` above the line "
            "shows what came instead of what you expected."
        )
    if part := of_network(cls, name):
        return part
    if hasattr(torch.nn.Module, name) and not name.startswith("__"):
        return (
            f"Every `nn.Module` has `{name}`, so {cls[:40]} is none: if it is yours, write `class "
            f"{cls[:40]}(nn.Module):`, with `super().__init__()` in the first line of its `__init__`. Or the "
            "object is not the network: `print(type(model))`."
        )
    if cls in dir(torch.nn):
        return f"PyTorch's `nn.{cls}` has no `{name[:40]}`: `print(layer)` shows what it is and holds."
    if told := _of_method(cls, name, found["text"]):
        return told
    if head := of_other_head(cls, name, found["text"]):
        return head
    return (
        f"The class {cls[:40]} has no `{name[:40]}`: compare it, letter by letter, with the names "
        "in `__init__`."
    )


def none(found: Holes) -> str:
    """Where a None came from that was asked for something."""
    name = found.get("n", "").strip("'\" .").split("'")[0]
    if name == "python_exit_status":
        return "It comes from a loader's workers while Python is ending, after the work is done: harmless."
    if name in ("zero_", "data", "norm", "detach_", "abs", "clone") or _GRAD.search(found["text"]):
        return (
            "It is probably a `.grad` that is None: `backward()` has not run yet, the tensor is no leaf, or "
            "it takes no part in the loss, as one with `requires_grad=False` (a mask, say: `register_buffer` "
            "keeps that out of `parameters()`). In a loop over parameters: `if p.grad is not None:`."
        )
    if ".bias" in found["text"]:
        return (
            "If it is a `.bias`: a layer made with `bias=False` has None there, so ask `if layer.bias is "
            "not None` first."
        )
    if "imread(" in found["text"]:
        return ""  # what the line beside it says
    if not name:
        return "A function without `return` gives None: look at the end of `forward`."
    told = unread(name, found["text"])
    if told:
        return (
            f"{told} Otherwise a function without `return` gives None, and so does a search without result."
        )
    return (
        f"What stands before `.{name[:40]}` is None: a function without `return` gave it (look at the end of "
        "`forward`), a search that found nothing, or an attribute was set to None and never filled. Go back "
        "to where it was made, and print it there."
    )
