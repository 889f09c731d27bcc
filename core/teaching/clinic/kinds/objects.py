"""Other objects in the place of tensors: lists, tuples, pictures, arrays."""

from typing import Final

import torch

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings import combination
from core.teaching.clinic.readings.given import given
from core.teaching.clinic.readings.wrong_objects import attribute

_WITHOUT_LENGTH: Final = (
    *("int", "float", "bool", "NoneType", "type", "function", "method", "builtin_function_or_method"),
    *("generator", "map", "zip", "filter", "numpy.int64", "numpy.float32", "numpy.float64"),
)
_OF_TENSORS: Final = frozenset((*dir(torch.Tensor), *dir(torch.nn.Module)))


def _is_of_tensors(found: Holes) -> bool:
    """Whether the name asked for is one that tensors, or layers, have."""
    return found["b"].strip(" '\".").split(" ")[0].strip("'\".,`") in _OF_TENSORS


KINDS: Final = (
    kind(
        "not-a-tensor",
        "Something else where a tensor, or an array, is wanted",
        "argument '{x}' (position {p#}) must be Tensor, not {t}",
        "argument '{x}' must be Tensor, not {t}",
        "expected Tensor as element {p#} in argument 0, but got {t}",
        "expected Variable as element {p#} in argument 0, but got {t}",
        "expected np.ndarray (got {t})",
        "from_numpy expects an np.ndarray but got {t}",
        "must be Variable, not {t}",
        "expected a Variable argument, but got {t}",
        "can't convert Series to Tensor",
        "argument 'tensors' (position 1) must be tuple of Tensors, not {t}",
        "too many dimensions '{t}'",
        "could not determine the shape of object type '{t}'",
        "must be Tensor, not {t}",
        "Could not infer dtype of {t}",
        "new(): invalid data type '{t}'",
        "new(): data must be a sequence (got {t})",
        "can't assign a {t} to a torch.",
        "unsupported operand type(s) for {o}: 'Tensor' and '{t}'",
        "unsupported operand type(s) for {o}: '{t}' and 'Tensor'",
        "loss{x}unsupported operand type(s) for /: 'str' and 'int'",
        "Variable data has to be a tensor, but got",
        "tried to construct a tensor from a {x} sequence, but found an item of type {t} at index",
        means=(
            "The function, or an operator such as `+`, cannot take a value of that type. The message names "
            "the type, mostly as its last word."
        ),
        cure="A list of tensors: `torch.stack(items)`. An array: `torch.from_numpy(a)`. A tuple: a layer "
        "before gave several values, as an LSTM does: `out, hidden = lstm(x)`. A picture: `ToTensor()`. "
        "Texts have to become numbers first.",
        reads=given,
        program="""
import torch
from torch import nn

lstm, head = nn.LSTM(4, 8, batch_first=True), nn.Linear(8, 2)
out = lstm(torch.rand(1, 5, 4))
print(head(out).shape)
""",
        change=(("out = lstm(torch.rand(1, 5, 4))", "out, hidden = lstm(torch.rand(1, 5, 4))"),),
        page="tensors",
        complaints=("lstm|rnn|gru & tuple & error|sequential|fails|linear",),
    ),
    kind(
        "arguments",
        "Arguments that no version of the function takes",
        "{x} received an invalid combination of arguments",
        "received an invalid combination of arguments",
        "failed to unpack the object at pos",
        "must be tuple of ints, but found element of type",
        "must be tuple of ints,but got {t}",
        "must be tuple of SymInts, but found element of type",
        "(position 1) must be tuple of ints, not",
        "(position 1) must be tuple of SymInts, not",
        "must be tuple of ints, not {t}",
        "must be int, not {t}",
        "must be float, not {t}",
        "must be bool, not {t}",
        "must be Number, not {t}",
        "argument should be set by using `torch.device`",
        means="The types given fit no form of the function. What was given stands after `got` or `not` in "
        "the message; where it lists several forms, they stand below.",
        cure="Compare what was given with what is wanted. Common ones: a tuple or list where a tensor is "
        "wanted (unpack it), a float where a whole number is wanted (use `//` for sizes), a tensor where a "
        "number is wanted (`.item()`).",
        reads=combination.combination,
        program="""
import torch

width = 784 / 2
print(torch.zeros(8, width).shape)
""",
        change=(("width = 784 / 2", "width = 784 // 2"),),
        page="tensors",
    ),
    kind(
        "no-len",
        "len() of something that has no length",
        *(f"object of type '{name}' has no len()" for name in _WITHOUT_LENGTH),
        means="`len` counts the entries of a list, a text or a tensor. It was given something without "
        "entries: one number, None, a class, a function, or a generator that makes its values one by one.",
        cure="`print(type(x))` just before the line. One number where a list is wanted often comes from a "
        "loop or a bracket too many; of a function the parentheses are missing; of a generator, "
        "`list(...)` makes a list.",
        reads=lambda found: (
            f"It was given: {found['message'].split(chr(39))[1][:40]}."
            if found["message"].count("'") > 1
            else ""
        ),
        program="""
reviews = [4, 7, 5]
print(max(len(review) for review in reviews))
""",
        change=(("reviews = [4, 7, 5]", "reviews = [[4, 7], [5]]"),),
        page="datasets",
    ),
    kind(
        "wrong-object",
        "A method of a tensor asked of something else",
        "'list' object has no attribute '{b}",
        "'tuple' object has no attribute '{b}",
        "'dict' object has no attribute '{b}",
        "'numpy.ndarray' object has no attribute '{b}",
        "'int' object has no attribute '{b}",
        "'float' object has no attribute '{b}",
        "'str' object has no attribute '{b}",
        *(f"'{name}' object has no attribute {{b}}" for name in ("list", "tuple", "dict")),
        "'Image' object has no attribute '{b}",
        "'{a}ImageFile' object has no attribute '{b}",
        "'Series' object has no attribute '{b}",
        "'DataFrame' object has no attribute '{b}",
        means=(
            "The object is not what the line takes it for: it is a plain Python or NumPy object, a table of "
            "pandas, or a picture."
        ),
        cure=(
            "`print(type(x))` just before the line. Then make it a tensor, or take the right part out of it."
        ),
        reads=lambda found: attribute({**found, "a": found["message"].partition("'")[2].partition("'")[0]}),
        holds=_is_of_tensors,
        program="""
import torch

batch = [torch.rand(1, 28, 28), torch.rand(1, 28, 28)]
print(batch.to("cpu").shape)
""",
        change=(('print(batch.to("cpu").shape)', 'print(torch.stack(batch).to("cpu").shape)'),),
        page="tensors",
    ),
    kind(
        "copy-warning",
        "torch.tensor() of a tensor",
        "To copy construct from a tensor, it is recommended to use",
        means="A warning, no error: `torch.tensor(x)` copies `x` and cuts it off its graph.",
        cure="Write `x.clone().detach()` if a copy is what you want, or use `x` as it is.",
        program="""
import warnings

import torch

warnings.simplefilter("error")
scores = torch.rand(3)
print(torch.tensor(scores).shape)
""",
        change=(("print(torch.tensor(scores).shape)", "print(scores.clone().detach().shape)"),),
        page="tensors",
        symptom=True,
        runs="apart",
    ),
    kind(
        "values-and-indices",
        "Values and their positions, taken for one tensor",
        "'torch.return_types.{f}' object",
        "'torch.return_types.{f}' and",
        "and 'torch.return_types.{f}'",
        "must be Tensor, not torch.return_types",
        means="`x.max(dim)`, `min`, `sort`, `topk`, `median` and `mode` give two tensors back: the values, "
        "and where they stood. `svd`, `qr` and their like give several as well.",
        cure="Take the one you want: `values, indices = x.max(1)`, `x.max(1).values`, or `x.argmax(1)` for "
        "the class. Without `dim`, `x.max()` is a single tensor.",
        reads=lambda found: f"It comes from `{found['f'].split(chr(39))[0][:20]}`." if "f" in found else "",
        program="""
import torch

scores = torch.rand(8, 3)
print(scores.max(1).float())
""",
        change=(
            (
                "print(scores.max(1).float())",
                "print(scores.max(1).values.float())",
            ),
        ),
        page="tensors",
        weight=2,
    ),
    kind(
        "old-variable",
        "A program for PyTorch before 0.4",
        "'torch.{a}Tensor' and 'Variable'",
        "'Variable' and 'torch.{a}Tensor'",
        "doesn't implement stateless method",
        "volatile Variables can't require gradients",
        "received an invalid combination of arguments - got (Variable",
        means="Before 0.4 there were tensors, and Variables around them that had gradients, and the two "
        "could not be mixed. Today a tensor is both.",
        cure="Update PyTorch, and leave `Variable(...)` out. With the old version, wrap both sides: "
        "`Variable(x)`, or take the tensor out of both with `.data`.",
        page="tensors",
        runs="elsewhere",
        program="""
import torch
from torch.autograd import Variable

print(torch.ones(3) + Variable(torch.ones(3)))
""",
        change=(("print(torch.ones(3) + Variable(torch.ones(3)))", "print(torch.ones(3) + torch.ones(3))"),),
    ),
)
