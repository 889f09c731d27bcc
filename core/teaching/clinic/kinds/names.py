"""Attributes and names that do not exist."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings import attributes
from core.teaching.clinic.readings.undefined import undefined

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
        reads=attributes.missing,
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
        "A module has no such name",
        "module '{m}' has no attribute '{n}'",
        "module {m} has no attribute '{n}'",
        "module '{m}' has no attribute '{n}",
        "cannot import name '{n}' from '{m}'",
        "cannot import name {n} from {m}",
        means="The module exists, the name in it does not: it is misspelled (`nn.linear` for `nn.Linear`), "
        "newer or older than your version, or a file of yours with the module's name (`torch.py`) stands "
        "before it.",
        cure=(
            "Check the spelling, capitals included; `print(torch.__version__, torch.__file__)`, or the same "
            "of the module named, shows version and place."
        ),
        reads=attributes.nearest_name,
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
        means="Python met a name that nothing before has given a value: mostly a missing import, a slip in "
        "its spelling, or a cell not run.",
        cure=(
            "For the names of PyTorch: `import torch`, `from torch import nn`, `import torch.nn.functional "
            "as F`. In a notebook run the cells from the top. A variable of another function has to be "
            "passed to this one."
        ),
        reads=undefined,
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
            "The value is None: often a function without a `return`, something that was looked for and not "
            "found, as a picture by `cv2.imread`, or a gradient that was never computed."
        ),
        cure="If it is `.grad`: call `loss.backward()` before, and check that the tensor requires a "
        "gradient, is a leaf and takes part in the loss. Otherwise print each part of the line: a function "
        "of yours, `forward` too, needs a `return`; `cv2.imread` gives None where there is no picture, "
        "`re.match` and `dict.get` where nothing fits.",
        reads=attributes.none,
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
