"""Writing a network as a class: constructors, calls, layers."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind

_KEYWORDS: Final = {
    "fillcolor": "It is called `fill` since torchvision 0.13.",
    "resample": "It is called `interpolation` since torchvision 0.13.",
    "verbose": "Schedulers lost it in PyTorch 2.7: print `scheduler.get_last_lr()` instead.",
    "size_average": "It is called `reduction='mean'` today.",
    "reduce": "It is called `reduction='none'` today.",
    "inplace": "This one has no such setting.",
    "async": "It is called `non_blocking` since PyTorch 0.4, as `async` became a word of Python.",
    "device": "Move the object afterward: `.to(device)`.",
}
"""Arguments that were renamed or taken away."""


def _call(found: Holes) -> str:
    """What a message about a call's arguments says of the function and of them."""
    text = found["text"]
    place = text.lower().rfind(found["message"][:60].lower())
    before = text[:place].split()[-1:] if text[place : place + 2] == "()" else []
    words = found["message"].split()
    name = (before[0] if before else words[0].partition("(")[0]).strip("`'\"()*")[-60:]
    name = name if name.startswith("__") and name.endswith("__") else name.strip("_")
    if " missing " in found["message"][:60]:
        missing = found["message"].partition(":")[2].split("'")[1:2]
        if missing == ["self"]:
            return f"`{name}` was called on the class: make an object first, with parentheses after its name."
        if not missing or not name:
            return ""
        said = f"`{name}` also wants `{missing[0][:40]}`, and the call does not give it."
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
    counts = [int(word) for word in words[:9] if word.isdigit()][:2]
    if len(counts) == 2 and counts[1] == counts[0] + 1:
        return (
            "`self` counts as one of the arguments: a method in a class is written `def name(self, x)`, or "
            "has `@staticmethod` above it. If it has, the call gives one argument too many."
            + (
                " `nn.Sequential` passes on one input only: call the layers yourself where there are two."
                if "equential" in text
                else ""
            )
        )
    return "`self` counts as one of the arguments." if len(counts) == 2 else ""


def _arguments(found: Holes) -> str:
    text = found["message"]
    keyword = text.partition("unexpected keyword argument '")[2].partition("'")[0]
    if keyword in _KEYWORDS:
        return f"The argument `{keyword}` is not known. {_KEYWORDS[keyword]}"
    if "img.rotate(" in found["text"] or "PIL/Image" in found["text"]:
        return "The function is Pillow's, and its version does not fit that of torchvision: update both."
    if "t(img)" in found["text"]:
        return (
            "A transform in `Compose` is a class where an object is wanted: write its parentheses, "
            "`ToTensor()`."
        )
    if "ToTensor" in text or "Compose" in text:
        return "`Compose` takes one list: `Compose([ToTensor(), Normalize(...)])`."
    if "argument 'weights'" in text or "argument 'pretrained'" in text:
        return (
            "torchvision takes `weights=...` since 0.13 and took `pretrained=True` before: the program and "
            "the installed version are from different times. Update torchvision, or use the other form."
        )
    if keyword:
        return (
            f"The argument `{keyword[:40]}` is not known: it is misspelled, or the installed version is "
            "older or newer than the program. `help(...)` of the function lists those it takes."
        )
    return _call(found)


def _uncalled(found: Holes) -> str:
    """A picture's size is a pair, a tensor's is a method: a transform for pictures trips over it."""
    if "img.size" in found["text"] or "image.size" in found["text"]:
        return (
            "`.size` of a picture is two numbers, of a tensor it is a method: a transform for pictures was "
            "given a tensor. Put it before `ToTensor()`."
        )
    return ""


def _callable(found: Holes) -> str:
    hints = {
        "torch.FloatTensor": "`x.data` and `x.grad` have no parentheses; `x.detach()` has.",
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
    if "lr_scheduler.py" in found["text"]:
        return "The scheduler wants a function: `lr_lambda=lambda epoch: 0.95`, not a number."
    return hints.get(found["t"].strip("'\" "), "")


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
        "cannot assign buffer before Module.__init__() call",
        "super() takes at least 1 argument (0 given)",
        "super(type, obj): obj must be an instance or subtype of type",
        means="`nn.Module` keeps its layers in tables that its own constructor makes.",
        cure="Call `super().__init__()` in the first line of `__init__`, with parentheses after both. In the "
        "long form, `super(Network, self).__init__()`, the class has to be the one it stands in.",
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
        "Should be overriden by all subclasses",
        "Should be overridden by all subclasses",
        "ParameterList should not be called",
        "ParameterDict should not be called",
        means="Calling a network calls its `forward`, and this class has none: it is misspelled, or "
        "indented into `__init__`, or below it outside of the class.",
        cure="Define `def forward(self, x):` at the same indentation as `__init__`. `ModuleList` has no "
        "`forward`: loop over its layers.",
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
        excludes=("in __getitem__ raise notimplementederror",),
    ),
    kind(
        "not-a-module",
        "Something that is no layer among the layers",
        "{t} is not a Module subclass",
        "is not a Module subclass",
        "cannot assign '{t}' as child module",
        "cannot assign '{t}' as parameter '{n}' (torch.nn.Parameter or None expected)",
        "cannot assign '{t}' as parameter",
        "cannot assign '{t}' object to parameter '{n}' (torch.nn.Parameter or None required)",
        "Cannot assign non-leaf Tensor to parameter '{n}'",
        "cannot assign '{t}' object to buffer",
        "cannot assign '{t}' as buffer",
        "is not an nn.Module",
        "should be called with an iterable, but got {t}",
        means="`nn.Sequential` and `ModuleList` take layers: objects, not functions and not classes.",
        cure="Write `nn.ReLU()` with parentheses instead of `nn.ReLU` or `F.relu`; give `Sequential` the "
        "layers one by one, or `*layers` for a list. A weight that is replaced has to be an "
        "`nn.Parameter`.",
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
        "() takes exactly {j#} argument",
        "() takes at least {j#} argument",
        "() takes at most {j#} argument",
        "object() takes no parameters",
        "this constructor takes no arguments",
        "() missing {k#} required positional argument",
        "takes {k#} positional arguments but {j#} were given",
        "() got an unexpected keyword argument '{n}'",
        means="The function's definition and the call do not agree.",
        cure="Compare them. `forward(self, x)` needs its `self`; a class has to be made before it is "
        "called (`Network()(x)`, not `Network(x)`); `__init__` has two underscores on either side.",
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
        "not-called",
        "A method that was named and not called",
        "'builtin_function_or_method' object is not {w}",
        "'builtin_function_or_method' object does not support indexing",
        "cannot unpack non-iterable builtin_function_or_method object",
        "'method' object is not {w}",
        "'function' object is not {w}",
        "cannot unpack non-iterable method object",
        "and 'builtin_function_or_method'",
        "'builtin_function_or_method' and '",
        "must be Tensor, not builtin_function_or_method",
        "must be Tensor, not method",
        means="Without its parentheses a method is an object of its own, and no value.",
        cure="Put the parentheses after it: `x.size(0)` or `x.shape[0]`, `loss.item()`, `x.numpy()`.",
        reads=_uncalled,
        program="""
import torch

images = torch.rand(64, 1, 28, 28)
print(images.size[0])
""",
        change=(("print(images.size[0])", "print(images.size(0))"),),
        page="tensors",
        weight=-1,
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
        "module-name",
        "A name under which a module cannot keep something",
        'module name can{v}t contain "."',
        'parameter name can{v}t contain "."',
        'buffer name can{v}t contain "."',
        "name can{v}t be empty string",
        "attribute '{n}' already exists",
        "module name should be a string. Got",
        "parameter name should be a string. Got",
        "buffer name should be a string. Got",
        means="A module keeps layers, parameters and buffers under names, which become the keys of its state "
        "dict: each a text without a dot, and not the name of something that it has already.",
        cure="Rename it: `conv_1` instead of `conv.1`, `str(index)` instead of a number, and no names that "
        "`nn.Module` has itself, such as `type`, `forward` or `training`.",
        program="""
import torch
from torch import nn

layers = nn.ModuleDict({"conv.1": nn.Conv2d(1, 6, 3)})
print(layers)
""",
        change=(
            (
                'layers = nn.ModuleDict({"conv.1": nn.Conv2d(1, 6, 3)})',
                'layers = nn.ModuleDict({"conv_1": nn.Conv2d(1, 6, 3)})',
            ),
        ),
        page="model",
    ),
)
