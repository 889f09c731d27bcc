"""Writing a network as a class: constructors, attributes, calls, names that do not exist."""

import difflib
import sys
from typing import Final

from core.teaching.clinic.kind import Found, kind

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


def _nearest_name(found: Found) -> str:
    module, name = found["m"].strip("'\" "), found["n"].strip("'\" .").split("'")[0].split(" ")[0]
    if module not in _MODULES or not name or len(name) > 60:
        return ""
    if module not in sys.modules:  # importing it would take longer than an answer may
        return ""
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
    return f"The nearest name that does exist is `{module}.{close}`." if close else ""


def _missing(found: Found) -> str:
    cls, name = found["c"].strip("'\" "), found["n"].strip("'\" .").split("'")[0]
    if name in ("_modules", "_parameters", "_buffers", "_forward_hooks", "_backward_hooks"):
        return f"`{name}` is what `super().__init__()` makes: the class {cls[:40]} never called it."
    return (
        f"The class {cls[:40]} has no `{name[:40]}`: compare it, letter by letter, with the names "
        "in `__init__`."
    )


def _arguments(found: Found) -> str:
    text = found["message"]
    if "forward()" in text and "positional arguments but" in text:
        return "`self` counts as one of the arguments."
    if "ToTensor" in text or "Compose" in text:
        return "`Compose` takes one list: `Compose([ToTensor(), Normalize(...)])`."
    return ""


def _callable(found: Found) -> str:
    hints = {
        "torch.Size": "`x.shape` has no parentheses; `x.size()` has.",
        "Tensor": (
            "A tensor has the name of a function: look for `loss = loss(...)` or `sum = ...` further up."
        ),
        "list": (
            "A list has the name of a function, or `model` is a Python list of layers: call the "
            "layers one by one."
        ),
        "tuple": "A comma after a layer's definition (`self.fc = nn.Linear(8, 2),`) makes a tuple of it.",
        "module": (
            "The module was imported, not the class in it: `from tqdm import tqdm`, `from datetime "
            "import datetime`."
        ),
        "collections.OrderedDict": "What was loaded is a state_dict, not a model: build the model, then "
        "`model.load_state_dict(...)`.",
        "int": "A number has the name of a function (`len`, `size`, `max`): look further up.",
        "float": (
            "A number has the name of a function: `loss = loss(...)` in a loop does this the second "
            "time around."
        ),
        "NoneType": "The function was never made, or a function gave None back.",
        "str": "A text has the name of a function.",
    }
    return hints.get(found["t"].strip("'\" "), "")


def _none(found: Found) -> str:
    name = found["n"].strip("'\" .").split("'")[0]
    if name in ("zero_", "data", "norm", "detach_", "abs", "clone") or ".grad." in found["text"]:
        return (
            "It is probably a `.grad` that is None: `backward()` has not run yet, the tensor is no "
            "leaf, or it takes no "
            "part in the loss."
        )
    return "A function without `return` gives None: look at the end of `forward`."


KINDS: Final = (
    kind(
        "super-init",
        "super().__init__() is missing",
        "cannot assign module before Module.__init__() call",
        "cannot assign parameters before Module.__init__() call",
        "'{c}' object has no attribute '_modules",
        "'{c}' object has no attribute '_parameters",
        "'{c}' object has no attribute '_backward_hooks",
        "'{c}' object has no attribute '_forward_hooks",
        "cannot assign parameter before Module.__init__() call",
        means="`nn.Module` keeps its layers in tables that its own constructor makes.",
        cure="Call `super().__init__()` in the first line of `__init__`, with parentheses after both.",
        program="""
from torch import nn


class Network(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(784, 10)


print(Network())
""",
        change=(("def __init__(self):", "def __init__(self):\n    super().__init__()"),),
        page="model",
        weight=3,
    ),
    kind(
        "no-forward",
        "The class has no forward()",
        'is missing the required "forward" function',
        "_forward_unimplemented",
        "raise NotImplementedError NotImplementedError",
        means="Calling a network calls its `forward`, and this class has none: it is misspelled, or "
        "indented into "
        "`__init__`, or below it outside of the class.",
        cure="Define `def forward(self, x):` at the same indentation as `__init__`. `ModuleList` has "
        "no `forward`: "
        "loop over its layers.",
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def foward(self, x):
        return self.fc(x)


print(Network()(torch.rand(1, 4)).shape)
""",
        change=(("def foward(self, x):", "def forward(self, x):"),),
        page="model",
    ),
    kind(
        "no-attribute",
        "An attribute that the object does not have",
        "'{c}' object has no attribute '{n}'",
        means=(
            "The object has no attribute of that name. In a network: `forward` uses a name that "
            "`__init__` never set."
        ),
        cure="Compare the two spellings. If the name is set in another method, call that first; if it "
        "is a layer of another "
        "model, print the model to see its names.",
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
        page="model",
        weight=-3,
    ),
    kind(
        "no-such-name",
        "PyTorch has no such name",
        "module '{m}' has no attribute '{n}'",
        "module {m} has no attribute '{n}'",
        "cannot import name '{n}' from '{m}'",
        "cannot import name {n} from {m}",
        means="The module exists, the name in it does not: it is misspelled (`nn.linear` for "
        "`nn.Linear`), newer or older than "
        "your version, or a file of yours named `torch.py` stands before PyTorch.",
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
        "not-a-module",
        "Something that is no layer among the layers",
        "{t} is not a Module subclass",
        "is not a Module subclass",
        "cannot assign '{t}' as child module",
        "cannot assign '{t}' as parameter '{n}' (torch.nn.Parameter or None expected)",
        "cannot assign '{t}' as parameter",
        means="`nn.Sequential` and `ModuleList` take layers: objects, not functions and not classes.",
        cure="Write `nn.ReLU()` with parentheses instead of `nn.ReLU` or `F.relu`; give `Sequential` "
        "the layers one by one, or "
        "`*layers` for a list. A weight that is replaced has to be an `nn.Parameter`.",
        program="""
from torch import nn

print(nn.Sequential(nn.Linear(784, 10), nn.ReLU))
""",
        change=(
            (
                "print(nn.Sequential(nn.Linear(784, 10), nn.ReLU))",
                "print(nn.Sequential(nn.Linear(784, 10), nn.ReLU()))",
            ),
        ),
        page="model",
    ),
    kind(
        "call-arguments",
        "A call with too few, too many or unknown arguments",
        "__init__() missing {k#} required positional argument",
        "forward() missing {k#} required positional argument",
        "__init__() got an unexpected keyword argument '{n}'",
        "forward() got an unexpected keyword argument '{n}'",
        "forward() takes {k} positional argument",
        "__init__() takes {k} positional argument",
        "__init__() takes from {k} positional arguments",
        "takes {k#} positional argument but {j#} were given",
        "takes no arguments",
        "takes {k#} positional arguments but {j#} were given",
        means="The function's definition and the call do not agree.",
        cure="Compare them. `forward(self, x)` needs its `self`; a class has to be made before it is "
        "called "
        "(`Network()(x)`, not `Network(x)`); `__init__` has two underscores on either side.",
        reads=_arguments,
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def forward(x):
        return x * 2


print(Network()(torch.rand(1, 4)).shape)
""",
        change=(("def forward(x):", "def forward(self, x):"),),
        page="model",
        excludes=("closure", "'metrics'", "__array__"),
        weight=-2,
    ),
    kind(
        "not-callable",
        "Something that is no function is called",
        "'{t}' object is not callable",
        means="Parentheses after it make it a call, and it is not a function.",
        cure=(
            "Look at the name before the parentheses: a variable may have taken the function's name "
            "further up."
        ),
        reads=_callable,
        program="""
import torch

images = torch.rand(8, 1, 28, 28)
print(images.shape()[0])
""",
        change=(("print(images.shape()[0])", "print(images.shape[0])"),),
        page="tensors",
        weight=-2,
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
    ),
    kind(
        "none-attribute",
        "None where an object was meant",
        "'NoneType' object has no attribute '{n}'",
        "'NoneType' object is not iterable",
        "'NoneType' object is not subscriptable",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
        "must be Tensor, not NoneType",
        means=(
            "The value is None: a gradient that was never computed, or a function that gave nothing back."
        ),
        cure="If it is `.grad`: call `loss.backward()` before, and check that the tensor requires a "
        "gradient, is a leaf and takes "
        "part in the loss. Otherwise: `forward` needs a `return`.",
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
