"""Writing a network as a class: constructors, calls, layers."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings import calls, uncallable


def _of_name(found: Holes) -> str:
    """What to say where a layer's name is given to something else."""
    _, _, name = found["message"].partition("as child module '")
    name = name.partition("'")[0][:40]
    if not name or "ensor" not in found.get("t", ""):
        return ""
    return (
        f"`self.{name}` is the layer, and the line gives its name to a tensor: in `forward` the result needs "
        f"a name of its own, `x = self.{name}(x)`."
    )


KINDS: Final = (
    kind(
        "super-init",
        "super().__init__() is missing, too late, or not that of this class",
        "cannot assign module before Module.__init__() call",
        "cannot assign parameters before Module.__init__() call",
        "'{c}' object has no attribute '_modules",
        "'{c}' object has no attribute '_parameters",
        "'{c}' object has no attribute '_backward_hook",
        "'{c}' object has no attribute '_forward_hooks",
        "cannot assign parameter before Module.__init__() call",
        "cannot assign buffer before Module.__init__() call",
        "super() takes at least 1 argument (0 given)",
        "super(type, obj): obj must be an instance or subtype of type",
        means="`nn.Module` keeps its layers in tables that its own constructor makes.",
        cure="Call `super().__init__()` in the first line of `__init__`, with parentheses after both. In the "
        "long form, `super(Network, self).__init__()`, the class has to be the one it stands in; in a "
        "notebook, make the object again after running the class's cell again. Python 2 knows the long form "
        "only.",
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
        "NotImplementedError",
        "Should be overriden by all subclasses",
        "Should be overridden by all subclasses",
        "ParameterList should not be called",
        "ParameterDict should not be called",
        means="Calling a network calls its `forward`, and this class has none: mostly it is misspelled, or "
        "indented into `__init__`, or below it outside of the class. Or a method of a base class was called "
        "that only says so.",
        cure="Define `def forward(self, x):` at the same indentation as `__init__`. `ModuleList` has no "
        "`forward`: loop over its layers.",
        complaints=("notimplementederror & model|forward|network|nn |class|module|input",),
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
        reads=lambda found: (
            "A `ModuleList` only keeps layers and cannot be called: `for layer in self.layers: x = "
            "layer(x)`, or take `nn.Sequential`."
            if "[ModuleList]" in found["text"]
            else ""
        ),
        excludes=("in __getitem__ raise notimplementederror",),
        holds=lambda found: (
            not found["message"].startswith("NotImplementedError")
            or ("nn.Module" in found["text"] and not found["message"].startswith("NotImplementedError:"))
        ),
    ),
    kind(
        "not-a-module",
        "Something that is no layer among the layers",
        "{t} is not a Module subclass",
        "is not a Module subclass",
        "cannot assign '{t}' as child module",
        "is not an nn.Module",
        "should be called with an iterable, but got {t}",
        means="`nn.Sequential` and `ModuleList` take layers: objects, not functions and not classes.",
        cure="Write `nn.ReLU()` with parentheses instead of `nn.ReLU` or `F.relu`; give `Sequential` the "
        "layers one by one, or `*layers` for a list.",
        reads=_of_name,
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
        "() got an unexpected keyword argument'{n}'",
        means="The function's definition and the call do not agree.",
        cure="Compare them. `forward(self, x)` needs its `self`; a class has to be made before it is "
        "called (`Network()(x)`, not `Network(x)`); `__init__` has two underscores on either side.",
        reads=calls.arguments,
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
        reads=calls.uncalled,
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
        reads=uncallable.not_callable,
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
