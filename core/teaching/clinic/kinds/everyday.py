"""Python's and NumPy's own errors that a training program meets often."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.indices import lengths


def _is_plain_key(found: Holes) -> bool:
    """Whether it is a key, and not a sentence of pandas or of `nn.Module`."""
    sentences = (
        "Unable to open object (bad",
        "not found in axis",
        "not in index",
        "None of [",
        "name can",
        "unexpected key",
    )
    return not any(words in found["message"][:120] for words in sentences)


_OWNER: Final = re.compile(r"\b(\w{1,40})(?:\[|\.pop\()['\"](\w{1,40})['\"]")
"""`batch['labels']`: of what an entry is asked, and which."""
_BATCHES: Final = ("batch", "batch_data", "data", "sample", "inputs", "data_batch", "item", "example")


def owner_is_group(text: str) -> bool:
    """Whether the key is asked of a group of an optimizer's parameters."""
    return (
        any(word in text for word in ("group[", "param_groups", "dict `group`")) and "optim" in text.lower()
    )


def _asked_for(found: Holes) -> str:
    """What the form of the key tells."""
    key = found["k"].strip(" '\",")[:60]
    if key == "lr" and "lr_scheduler" in found["text"]:
        return (
            "The scheduler asked the optimizer's groups for their learning rate, and they have none: it was "
            "given a wrapper around the optimizer, or something else. Give it the optimizer of `torch.optim` "
            "itself, the one inside the wrapper."
        )
    if key.isdigit() and len(key) > 10:
        return (
            f"The key {key} looks like an `id()`, which holds within one run only. Optimizers number their "
            "parameters from 0 in `state_dict()` since PyTorch 1.5: an older program asks for ids."
        )
    if key.isdigit():
        return (
            f"The key is the number {key}. A pandas table is asked by position with `.iloc[{key}]`; a dict "
            "of classes or words needs every value that the data has."
        )
    if key.endswith((".weight", ".bias", ".running_mean")):
        return (
            f"`{key}` is the name of a weight: the file names its weights otherwise, so print `state.keys()`."
        )
    if (key.isupper() and "_" in key) or key == "RANK":
        return (
            f"If `{key}` is an environment variable, as its capitals look like, it is not set: "
            f"`os.environ.get({key!r})`."
        )
    if owner_is_group(found["text"]):
        return (
            f"`{key}` is a setting of an optimizer's group. It is missing where `load_state_dict` brought "
            "the state of another optimizer (Adam's into SGD), or of an older version: leave the saved "
            "state out, and start the new optimizer afresh."
        )
    asked = _OWNER.findall(found["text"])
    owner = next((name for name, entry in reversed(asked) if entry == key), "")
    if owner:
        told = "What makes it, a Dataset's `__getitem__` or its `collate_fn`, has to put it there."
        return f"`{owner}` has no entry `{key}`: `print({owner}.keys())` shows those it has." + (
            f" {told}" if owner in _BATCHES else ""
        )
    return f"The key asked for is `{key}`."


_BRACES: Final = re.compile(r"-{1,2}\w[\w-]{0,30}[ =][{<\[](\w{1,40})[}>\]]")
"""A setting of a command that still stands in the brackets of its instruction."""


def _unset(found: Holes) -> str:
    """Which variable it is, and whether its name, or the code, says that a loop sets it."""
    name = found["n"][:40]
    braces = _BRACES.search(found["text"])
    if braces is not None:
        return (
            f"It is `{name}`. An `if` sets it, by a setting that none of its names is equal to: in the "
            f"command the braces of `{braces[0]}` are part of the word. Instructions mark with them what to "
            f"replace: write `{braces[1]}` without."
        )
    looped = name in ("i", "idx", "batch_idx", "i_batch", "step", "batch", "output", "outputs")
    return f"It is `{name}`" + (
        ", which a loop sets as a rule: if so, that loop had nothing to go through." if looped else "."
    )


KINDS: Final = (
    kind(
        "missing-key",
        "A dict, or a table, has no such entry",
        "KeyError: '{k}'",
        'KeyError: "{k}"',
        "KeyError: {k#}",
        "KeyError: ({k})",
        "KeyError('{k}')",
        means="Brackets asked a dict, or a table with labels, for a key that it does not have. The line of "
        "yours in the traceback shows which dict.",
        cure="Print what is there above that line: `print(list(table)[:20])`. Compare a name letter by "
        "letter: capitals, spaces, a file's name with or without its folder or ending. A number is often a "
        "label that starts at 1, or one that was not there when the dict was made.",
        trap="`except KeyError: pass` leaves samples out, and nobody notices.",
        reads=_asked_for,
        program="""
numbers = {"cat": 0, "dog": 1}
names = ["cat", "Dog", "dog"]
print([numbers[name] for name in names])
""",
        change=(
            (
                "print([numbers[name] for name in names])",
                "print([numbers[name.lower()] for name in names])",
            ),
        ),
        page="datasets",
        holds=_is_plain_key,
        excludes=("caught keyerror", "pandas._libs", "pandas/", "pandas\\", "tensorflow", "keras", "django"),
        weight=-20,
    ),
    kind(
        "list-range",
        "A list has no entry of that number",
        "list index out of range",
        "tuple index out of range",
        means="A list of n entries has the numbers 0 to n - 1, and one past its end was asked for; "
        "or the list is empty.",
        cure="Print the list's length and the number above the line of yours: `print(len(items), index)`. "
        "In a Dataset, `__len__` has to be the length of the list that `__getitem__` reads. A list of files "
        "that is empty means a wrong path or ending. `x.shape[3]` of a tensor with three "
        "dimensions is such a tuple.",
        reads=lambda found: (
            "The tuple may be a shape: a tensor of a single number has none, and `shape[0]` fails. A "
            "`squeeze()` of a batch of one makes such: `x.reshape(-1)` gives it its dimension back."
            if "tuple index" in found["message"][:20]
            and (".shape[" in found["text"] or ".size(" in found["text"])
            else lengths(found["text"])
        ),
        program="""
images = ["1.png", "2.png"]
labels = [0]
for index in range(len(images)):
    print(images[index], labels[index])
""",
        change=(("labels = [0]", "labels = [0, 1]"),),
        page="datasets",
        weight=-20,
    ),
    kind(
        "list-by-name",
        "A list or a tuple asked for an entry by something else than a whole number",
        "list indices must be integers or slices, not {t}",
        "tuple indices must be integers or slices, not {t}",
        "list indices must be integers, not {t}",
        "only integer scalar arrays can be converted to a scalar index",
        means="A list has numbered entries: it takes neither names nor tensors, arrays or pairs of "
        "indices. Where a dict was expected, such as a batch with names, a list or tuple came instead.",
        cure="Print its type. A batch that is a list: `images, labels = batch`. A list of rows: make it "
        "one tensor with `torch.stack(rows)` or an array with `np.array(rows)`, which take such indices.",
        reads=lambda found: (
            (
                "T"
                if "__getitems__" in found["text"] or "BatchSampler" in found["text"]
                else "If it is there: t"
            )
            + "he dataset was asked for a whole list of numbers at once. Either it has a "
            "method `__getitems__`, which since PyTorch 2 gets the numbers of a batch: call it "
            "`__getitem__`, which gets one. Or a `BatchSampler` was given as `sampler=`: it belongs to "
            "`batch_sampler=`."
            if found.get("t", "").startswith("list")
            and any(word in found["text"] for word in ("__getitem", "DataLoader", "fetch"))
            else f"The index is of type {found['t'].split()[0][:40]}."
            if found.get("t", "").split()
            else ""
        ),
        program="""
import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(8, 4), torch.arange(8)), batch_size=4)
for batch in loader:
    labels = batch["label"]
print(labels)
""",
        change=(('labels = batch["label"]', "images, labels = batch"),),
        page="datasets",
        weight=-1,
    ),
    kind(
        "async-keyword",
        "A program from before Python 3.7: async=True",
        "(async=True)",
        ", async=True",
        "got an unexpected keyword argument 'async'",
        "cuda(): argument 'device' (position 1) must be torch.device, not bool",
        means="`async` has been a word of the Python language since 3.7, so no argument can be called that; "
        "PyTorch renamed it.",
        cure="Write `non_blocking=True` instead of `async=True`. It only helps with `pin_memory=True` in the "
        "loader; leaving it out does no harm.",
        program="""
import torch

x = torch.zeros(3).to("cpu", async=True)
print(x)
""",
        change=(
            (
                'x = torch.zeros(3).to("cpu", async=True)',
                'x = torch.zeros(3).to("cpu", non_blocking=True)',
            ),
        ),
        page="tensors",
        needs=("syntaxerror", "invalid syntax", "unexpected keyword", "cuda(): argument"),
        reads=lambda found: (
            "`cuda(True)` takes True for the device: `cuda(non_blocking=True)`."
            if "not bool" in found["text"]
            else ""
        ),
        excludes=("asyncio", "await "),
        weight=1,
    ),
    kind(
        "never-set",
        "A variable that no line has set",
        "local variable '{n}' referenced before assignment",
        "cannot access local variable '{n}' where it is not associated with a value",
        "free variable '{n}' referenced before assignment",
        means="The function sets this variable only inside a loop or an `if` that did not run, or "
        "further down.",
        cure="If a loop sets it, the loop did not run once: print the length of what it goes through. A "
        "loader is empty where the path is wrong, or where `drop_last=True` meets a batch larger than the "
        "data. If an `if` sets it, none of the conditions was met: give it a value before them.",
        reads=_unset,
        program="""
import torch
from torch.utils.data import DataLoader


def train(loader):
    for batch in loader:
        loss = batch.mean()
    return loss


print(train(DataLoader(torch.ones(8), batch_size=16, drop_last=True)))
""",
        change=(
            (
                "print(train(DataLoader(torch.ones(8), batch_size=16, drop_last=True)))",
                "print(train(DataLoader(torch.ones(8), batch_size=4, drop_last=True)))",
            ),
        ),
        page="datasets",
        weight=-1,
    ),
    kind(
        "format-tensor",
        "A tensor that is not one number in a formatted text",
        "unsupported format string passed to Tensor.__format__",
        "unsupported format string passed to numpy.ndarray.__format__",
        "must be real number, not Tensor",
        "type Tensor doesn't define __round__ method",
        "type torch.Tensor doesn't define __round__ method",
        means="`:.2f` formats one number, and this tensor has a dimension, be it of a single value. (Old "
        "versions cannot `round` any tensor.)",
        cure="`loss.item()` for a tensor of one value, `.mean().item()` for several; or print the "
        "tensor without a format.",
        program="""
import torch

losses = torch.rand(3)
print(f"loss {losses:.2f}")
""",
        change=(('print(f"loss {losses:.2f}")', 'print(f"loss {losses.mean().item():.2f}")'),),
        page="tensors",
    ),
    kind(
        "numpy-dtype",
        "A type of PyTorch given to NumPy, or the other way round",
        "Cannot interpret 'torch.{t}' as a data type",
        "data type 'torch.{t}' not understood",
        "argument 'dtype' must be torch.dtype, not {t}",
        means="`torch.float32` and `np.float32` are different objects, and neither library takes the "
        "other's.",
        cure="For an array `np.float32`, for a tensor `torch.float32`.",
        program="""
import numpy as np
import torch

print(np.zeros(3).astype(torch.float32))
""",
        change=(("print(np.zeros(3).astype(torch.float32))", "print(np.zeros(3).astype(np.float32))"),),
        page="tensors",
    ),
    kind(
        "whole-number",
        "A fraction where a whole number is wanted",
        "'float' object cannot be interpreted as an integer",
        "can't multiply sequence by non-int of type 'float'",
        means="`/` always gives a fraction in Python 3, also where it comes out even: `10 / 2` is `5.0`; so "
        "is a number written as `1e3`. `range`, sizes and slices take whole numbers only.",
        cure="`//` instead of `/`, or `int(...)` around it. For parts of a data set: `int(0.8 * "
        "len(dataset))`, and the rest as the difference.",
        program="""
rows, batch_size = 10, 5
for batch in range(rows / batch_size):
    print(batch)
""",
        change=(("for batch in range(rows / batch_size):", "for batch in range(rows // batch_size):"),),
        page="tensors",
        weight=-1,
    ),
    kind(
        "read-only-name",
        "An attribute that cannot be set",
        "can't set attribute",
        "attribute '{n}' of '{c}' objects is not writable",
        "object has no setter",
        means="The name is computed by the object and not kept in it, so nothing can be assigned to it: "
        "`tensor.shape`, `tensor.device`, or a property of the class that yours is derived from.",
        cure="Ask for a new object instead: `x = x.reshape(3, 2)`, `x = x.to(device)`. In a class of yours "
        "that is derived from another (a `LightningModule`, a `Dataset`), choose another name.",
        program="""
import torch

x = torch.rand(2, 3)
x.shape = (3, 2)
print(x)
""",
        change=(("x.shape = (3, 2)", "x = x.reshape(3, 2)"),),
        page="tensors",
        weight=-1,
    ),
)
