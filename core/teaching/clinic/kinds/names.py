"""Attributes and names that do not exist."""

import difflib
import sys
from typing import Final

import numpy as np
import torch

from core.teaching.clinic.kind import Holes, kind

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
_PLAIN: Final = ("list", "tuple", "dict", "int", "float", "str", "bytes", "DataFrame", "Series")
_TWO_HEADS: Final = (
    "This network gives several outputs while it trains: use `outputs.logits` (and `aux_logits=False` to "
    "have only one)."
)
_OF_OBJECTS: Final = {
    "InceptionOutputs": _TWO_HEADS,
    "GoogLeNetOutputs": _TWO_HEADS,
    "module": (
        "The module was imported, and its version has no such name: it is misspelled, or newer than what "
        "is installed."
    ),
    "builtin_function_or_method": "A method was named and not called: put parentheses after it.",
    "function": "A function was named and not called: put parentheses after it.",
    "method": "A method was named and not called: put parentheses after it.",
    "Subset": (
        "A `Subset`, as `random_split` gives, keeps the whole data set, with its attributes, in `.dataset`: "
        "`part.dataset.classes`."
    ),
    "DataParallel": (
        "`DataParallel` is a wrapper: your model, with its attributes, is in `.module` (`model.module.fc`)."
    ),
    "_IncompatibleKeys": (
        "`load_state_dict` gives back the names that did not fit, not the model: call it on a line of its "
        "own, `model.load_state_dict(state)`, and go on with `model`."
    ),
    "DistributedDataParallel": "The wrapper keeps your model, with its attributes, in `.module`.",
    "PackedSequence": (
        "A packed sequence is no tensor: give it to the recurrent layer, and unpack what comes back with "
        "`out, lengths = pad_packed_sequence(out, batch_first=True)`."
    ),
}
"""What to say of an object of this class, whatever it was asked for."""
_OF_METHODS: Final = {
    "train_data": "torchvision calls it `.data` now.",
    "train_labels": "torchvision calls it `.targets` now.",
    "module": (
        "Only a model wrapped in `DataParallel` or `DistributedDataParallel` has `.module`: leave "
        "`.module` out, or wrap the model."
    ),
    "astype": "That is NumPy's: a tensor has `.to(dtype)`, `.float()` and `.long()`.",
    "append": "Collect in a list first, then `torch.stack(items)` or `torch.cat(items)`.",
    "item": "PyTorch before 0.4 had no `.item()`: update it. A plain number needs none.",
    "next": "An iterator has no `.next()` any more: write `next(batches)` instead of `batches.next()`.",
    "copy": (
        "A model has no `copy`. If the line is `load_state_dict(...)`, it was given a whole model: give it "
        "`other.state_dict()`. To copy a model: `copy.deepcopy(model)`."
    ),
}
"""What to say of a name, whatever object was asked for it."""
_LAST: Final = (
    {"ResNet": "fc", "Inception3": "fc", "GoogLeNet": "fc", "ShuffleNetV2": "fc"}
    | dict.fromkeys(
        (
            "VGG",
            "AlexNet",
            "DenseNet",
            "MobileNetV2",
            "MobileNetV3",
            "EfficientNet",
            "ConvNeXt",
            "SqueezeNet",
        ),
        "classifier",
    )
    | {"VisionTransformer": "heads"}
)
"""What the networks of torchvision call their last layer."""
_TENSORS: Final = ("Tensor", "Variable", "Parameter", "FloatTensor", "LongTensor")
_OF_PICTURES: Final = frozenset(
    ("convert", "crop", "filename", "getdata", "getpixel", "height", "mode", "paste", "putpixel", "rotate")
) | {"save", "thumbnail", "tobytes", "width"}
_OF_ARRAYS: Final = frozenset(dir(np.ndarray))
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


def _nearest_name(found: Holes) -> str:
    module, name = found["m"].strip("'\" "), found["n"].strip("'\" .").split("'")[0].split(" ")[0]
    if name in _OF_DATA and module in ("torch", "torch.utils", "torch.data", "torch.nn"):
        return f"`{name}` is in `torch.utils.data`."
    if name == "v2":
        return "It is there since torchvision 0.15, once imported: `from torchvision.transforms import v2`."
    if name in _RENAMED:
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
            "hides PyTorch."
        )
    if not close and module.startswith("torchvision"):
        return _of_torchvision(name)
    return f"The nearest name that does exist is `{module}.{close}`." if close else ""


def _of_torchvision(name: str) -> str:
    return (
        f"If `{name}` is spelled right, your torchvision is older than it: `print(torchvision.__version__)`, "
        "and update torch and torchvision together. A name with an underscore before it is torchvision's "
        "own and may go with any version."
    )


def _of_tensor(cls: str, name: str) -> str:
    """What to say of a name that a tensor was asked for."""
    if name in _OF_PICTURES:
        return (
            f"`{name}` belongs to a picture (PIL), and a tensor came: put what works on pictures before "
            "`ToTensor()`, or turn it back with `ToPILImage()`."
        )
    if hasattr(torch.Tensor, name):
        return f"Tensors have `{name[:40]}` in the version here: yours is older. Update PyTorch."
    if cls == "Variable":
        return "`Variable` is from before PyTorch 0.4: program and installed version do not belong together."
    if name in _OF_ARRAYS:
        return (
            f"`{name}` belongs to NumPy's arrays: `x.detach().cpu().numpy().{name}`, or the tensor's own way."
        )
    close = difflib.get_close_matches(name[:40], dir(torch.Tensor), n=1, cutoff=0.75)
    if close:
        return f"A tensor has no `{name[:40]}`; the nearest name that it has is `{close[0]}`."
    return f"A tensor has no `{name[:40]}`, in the version here either: another object was meant."


def _missing(found: Holes) -> str:
    cls, name = found["c"].strip("'\" "), found["n"].strip("'\" .").split("'")[0]
    if name.startswith("__getattr__"):
        return (
            "A very old PyTorch says so of any name that a network does not have: the line above it has a "
            "layer or a method that is misspelled, or that `__init__` never set."
        )
    if found["message"].lower().startswith("type object"):
        return f"`{cls[:40]}` is the class, not an object of it: make one first, `model = {cls[:40]}()`."
    hint = _OF_OBJECTS.get(cls) or (_OF_METHODS.get(name) if cls not in _PLAIN else None)
    if hint and not name.startswith("__"):
        return hint
    if cls in _TENSORS:
        return _of_tensor(cls, name)
    if name in _KERAS and cls not in _PLAIN:
        return f"`{name}` is a method of Keras: a PyTorch model has none. {_KERAS[name]}"
    if cls in _PLAIN:
        return (
            f"The object is of type {cls[:40]} and has no `{name[:40]}`: `print(type(x))` above the line "
            "shows what came instead of what you expected."
        )
    if cls in _LAST and name in _LAST.values():
        return f"torchvision's {cls} calls its last layer `{_LAST[cls]}`: `model.{_LAST[cls]}`."
    if hasattr(torch.nn.Module, name) and not name.startswith("__"):
        return (
            f"Every `nn.Module` has `{name}`, so {cls[:40]} is none: write `class {cls[:40]}(nn.Module):`, "
            "with `super().__init__()` in the first line of its `__init__`. Or the object is not the "
            "network: `print(type(model))`."
        )
    if cls in dir(torch.nn):
        return f"PyTorch's `nn.{cls}` has no `{name[:40]}`: `print(layer)` shows what it is and holds."
    return (
        f"The class {cls[:40]} has no `{name[:40]}`: compare it, letter by letter, with the names "
        "in `__init__`."
    )


def _none(found: Holes) -> str:
    name = found["n"].strip("'\" .").split("'")[0]
    if name == "python_exit_status":
        return "It comes from a loader's workers while Python is ending, after the work is done: harmless."
    if ".bias" in found["text"]:
        return "A layer made with `bias=False` has None there: ask `if layer.bias is not None` first."
    if name in ("zero_", "data", "norm", "detach_", "abs", "clone") or ".grad." in found["text"]:
        return (
            "It is probably a `.grad` that is None: `backward()` has not run yet, the tensor is no leaf, "
            "or it takes no part in the loss."
        )
    return (
        "Something that was called gave None back: a function without `return` (look at the end of "
        "`forward`), or a search that found nothing."
    )


KINDS: Final = (
    kind(
        "no-attribute",
        "An attribute that the object does not have",
        "'{c}' object has no attribute '{n}'",
        "type object '{c}' has no attribute '{n}'",
        means=(
            "The object has no attribute of that name. In a network of yours it is often that `forward` "
            "uses a name that `__init__` never set."
        ),
        cure="`print(type(x))` shows which object it is, `dir(x)` which names it has. In a network compare "
        "the spelling in `forward` with that in `__init__`; if it is a layer of another model, print the "
        "model to see its names.",
        reads=_missing,
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_stack = nn.Linear(4, 2)

    def forward(self, x):
        return self.linar_stack(x)


print(Network()(torch.rand(1, 4)).shape)
""",
        change=(("return self.linar_stack(x)", "return self.linear_stack(x)"),),
        excludes=("'dataframe' object has no", "'series' object has no"),
        page="model",
        weight=-3,
    ),
    kind(
        "no-such-name",
        "PyTorch has no such name",
        "module '{m}' has no attribute '{n}'",
        "module {m} has no attribute '{n}'",
        "module '{m}' has no attribute '{n}",
        "cannot import name '{n}' from '{m}'",
        "cannot import name {n} from {m}",
        means="The module exists, the name in it does not: it is misspelled (`nn.linear` for `nn.Linear`), "
        "newer or older than your version, or a file of yours named `torch.py` stands before PyTorch.",
        cure=(
            "Check the spelling, capitals included; `print(torch.__version__, torch.__file__)` shows "
            "version and place."
        ),
        reads=_nearest_name,
        program="""
from torch import nn

print(nn.linear(784, 10))
""",
        change=(("print(nn.linear(784, 10))", "print(nn.Linear(784, 10))"),),
        page="model",
        weight=-1,
        needs=("torch",),
        excludes=("circular import",),
    ),
    kind(
        "not-defined",
        "A name that was never imported or set",
        "name '{n}' is not defined",
        means="Python met a name that nothing before has given a value: a missing import, or a cell not run.",
        cure=(
            "`import torch`, `from torch import nn`, `import torch.nn.functional as F`; in a notebook run "
            "the cells from the top."
        ),
        reads=lambda found: f"The name is `{found['n'].strip()[:40]}`.",
        program="""
print(nn.Linear(784, 10))
""",
        change=(("print(nn.Linear(784, 10))", "from torch import nn\n\nprint(nn.Linear(784, 10))"),),
        page="quickstart",
        weight=-2,
        excludes=("name '_c' is", "name 'fn' is"),  # PyTorch's own, of a broken installation and of 0.3
    ),
    kind(
        "none-attribute",
        "None where an object was meant",
        "'NoneType' object has no attribute '{n}'",
        "'NoneType' object is not iterable",
        "'NoneType' object is not subscriptable",
        "cannot unpack non-iterable NoneType object",
        "supported between instances of 'NoneType' and",
        "unsupported operand type(s) for +: 'NoneType' and",
        "and 'NoneType'",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
        "unsupported operand type(s) for {o}: 'NoneType' and",
        "a number, not 'NoneType'",
        "must be real number, not NoneType",
        "must be Tensor, not NoneType",
        means=(
            "The value is None: a gradient that was never computed, or a function that gave nothing back."
        ),
        cure="If it is `.grad`: call `loss.backward()` before, and check that the tensor requires a "
        "gradient, is a leaf and takes part in the loss. Otherwise: `forward` needs a `return`.",
        reads=lambda found: (
            _none(found)
            if "n" in found
            else "A function without `return` gives None: look at the end of `forward`."
        ),
        program="""
import torch

weights = torch.rand(3, requires_grad=True)
loss = (weights * 2).sum()
weights.grad.zero_()
loss.backward()
""",
        change=(("weights.grad.zero_()", "weights.grad = None"),),
        page="autograd",
        weight=1,
    ),
)
