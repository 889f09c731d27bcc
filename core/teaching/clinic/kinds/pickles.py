"""Pickles: what cannot be sent, and what cannot be read back."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind

_SAVE = "import io\n\nimport torch\nfrom torch import nn\n\n"
_MARKS: Final = "'\" "
"""What may stand around a name."""
_LATER: Final = (
    *("padding_mode", "track_running_stats", "num_batches_tracked", "approximate"),
    *("recompute_scale_factor", "ceil_mode", "_flat_weights_names", "_flat_weights"),
    *("proj_size", "divisor_override", "transposed", "_is_full_backward_hook"),
    *("_non_persistent_buffers_set", "_reversed_padding_repeated_twice"),
    *("_padding_repeated_twice", "norm_first", "_backward_pre_hooks"),
    *("_state_dict_pre_hooks", "_forward_hooks_with_kwargs", "_qkv_same_embed_dim"),
)
"""What PyTorch's layers keep for themselves, and an older version did not."""


def _unsendable(found: Holes) -> str:
    if "k" not in found:
        return ""
    name = found["k"].strip(_MARKS)[:80]
    if "<lambda>" in name or "lambda" in found["message"][:80]:
        return f"It is `{name}`: write the lambda as a function (`def`) at the top of the file."
    if name.startswith(("Variable.", "Tensor.")):
        return (
            f"It is `{name}`, which a tensor with a history carries along: save `model.state_dict()`, or "
            "`x.detach()`."
        )
    if "<locals>" in name:
        inner = name.rpartition(".")[2]
        return (
            f"`{inner}` is defined inside of `{name.partition('.<locals>')[0]}`, where no other process can "
            "find it: move its definition to the top of the file."
        )
    return f"It is `{name}`."


def _while_loading(found: Holes) -> bool:
    """Whether a missing module was met by a pickle, and is none of those that everybody installs."""
    if "no module" not in found["message"][:40].lower():
        return True
    text = found["text"]
    return any(word in text for word in ("torch.load", "serialization.py", "pickle", "Unpickl", "find_class"))


def _pickled(found: Holes) -> str:
    name = found["k"].split()[0].strip("'`")[:60]
    if "no module" in found["message"][:40].lower():
        return (
            f"The class was saved as one of the module `{name}`, which cannot be imported here: if it is a "
            f"package, `pip install` it; if it is a file of the program that saved, copy that beside yours."
        )
    place = found["message"].partition("<module '")[2].partition("'")[0]
    if place.startswith(("torch.", "torchvision.")):
        return (
            f"The class `{name}` is one of {place.partition('.')[0]} itself, and the version installed here "
            "has none of that name: it is older, or much newer, than the one that saved the file."
        )
    if any(folder in found["message"] for folder in ("site-packages", "dist-packages")):
        package = place.partition(".")[0][:40]
        return (
            f"The class `{name}` is one of the package `{package}`, and the version installed here has none "
            f"of that name: install the version of `{package}` with which the file was saved."
        )
    if place == "__main__":
        return (
            f"`{name}` was defined in the main program that saved the file: define it in, or import it into, "
            "the program that you start, before the file is loaded."
        )
    return f"The class is `{name}`."


KINDS: Final = (
    kind(
        "old-model",
        "A whole model that another version saved",
        *(f"object has no attribute '{name}'" for name in _LATER),
        "KeyError: 'track_running_stats'",
        "KeyError: 'track running stat",
        "SourceChangeWarning: source code of class",
        means="Mostly the file holds a whole model as a pickle, with the inner attributes that its layers "
        "had in the version that saved it. The version here has others.",
        cure="Load it once with the version that saved it, and save `model.state_dict()` there. Here build "
        "the model from its code and load that: `model.load_state_dict(torch.load(path))`.",
        trap="Setting the one attribute by hand often only leads to the next that is missing.",
        program="""
import torch
from torch import nn

loaded = nn.Conv2d(1, 6, 5)
del loaded.padding_mode  # as in a file from before there was one
print(loaded(torch.rand(8, 1, 28, 28)).shape)
""",
        change=(
            (
                "print(loaded(torch.rand(8, 1, 28, 28)).shape)",
                "layer = nn.Conv2d(1, 6, 5)\nlayer.load_state_dict(loaded.state_dict())\n"
                "print(layer(torch.rand(8, 1, 28, 28)).shape)",
            ),
        ),
        page="checkpoints",
        weight=2,
    ),
    kind(
        "hdf5-workers",
        "An HDF5 file that several workers share",
        "h5py objects cannot be pickled",
        "Unable to open object (bad {k}",
        "Unable to open object (wrong {k}",
        "Unable to synchronously open object (bad {k}",
        "Can't read data (wrong {k}",
        "Can't read data (inflate{k}",
        "Can't synchronously read data (",
        means="Mostly the file was opened before the workers were started. They share the one open file and "
        "read it at odds with each other, or cannot be sent it at all.",
        cure="Open it in the worker, at the first use: in `__init__` keep the path and `self.file = None`; "
        "in `__getitem__` write `if self.file is None: self.file = h5py.File(self.path, 'r')`. Its length is "
        "read in `__init__` with a `with h5py.File(...)` of its own.",
        trap="`num_workers=0` hides it, and `swmr=True` alone does not cure it. If it comes with "
        "`num_workers=0` as well, the file is damaged.",
        page="datasets",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "cannot-pickle",
        "Something that cannot be pickled",
        "Can't pickle local object '{k}'",
        "Can't get local object '{k}'",
        "Can't pickle <function {k}",
        "cannot pickle '{k}' object",
        "can't pickle {k} objects",
        "Can't pickle <class {k}",
        "Can&#39;t pickle local object",
        "load(from_parent) EOFError: Ran out of input",
        "EOFError: Ran out of input with num_workers",
        "spawn.py{x}EOFError: Ran out of input",
        "EOFError: Ran out of input when num_workers",
        "Can't get local attribute '{k}'",
        "Can't pickle <type {k}",
        means="Worker processes (and `torch.save` of whole objects, and `copy.deepcopy`) send your objects "
        "as pickles. Lambdas, functions inside functions, open files, locks and generators cannot be sent.",
        cure="Replace the lambda by a function at the top of the file (or `functools.partial`); open files "
        "inside `__getitem__`. For saving: only the `state_dict()`. `num_workers=0` needs no pickles.",
        reads=_unsendable,
        complaints=(
            "cant pickle|cannot pickle|unable to pickle|not picklable|unpicklable & "
            "lambda|lamda|local|transform|worker",
        ),
        program="""
import io

import torch
from torch import nn

model = nn.Linear(4, 2)
model.scale = lambda x: x / 255
torch.save(model, io.BytesIO())
""",
        change=(("torch.save(model, io.BytesIO())", "torch.save(model.state_dict(), io.BytesIO())"),),
        page="datasets",
    ),
    kind(
        "pickled-class",
        "A pickle names a class, or a function, that is not here",
        "Can't get attribute '{k}' on <module",
        "Can't get attribute '{k}' on",
        "Can&#39;t get attribute '{k}' on",
        "No module named '{k}'",
        "ImportError: No module named {k}",
        "<module '__main__'> is a built-in class",
        "AttributeError: Can't get attribute '{k}'",
        means=(
            "A pickle, be it the file of a whole model or what a worker process is sent, holds the class's "
            "name and place, not its code. The program that reads it has no class of that name in that "
            "module."
        ),
        cure="Define or import the class under the same name before loading; better, save "
        "`model.state_dict()` and load it into a model that you build. With worker processes in a "
        "notebook: put the class into a file of its own and import it.",
        reads=_pickled,
        holds=_while_loading,
        weight=-1,
        program="""
import pickle
import types


class Network:
    pass


Network.__module__ = "network"
saved = b"cnetwork\\nNetwork\\n)\\x81."
place = types.ModuleType("network")
import sys

sys.modules["network"] = place
try:
    print(type(pickle.loads(saved)))
finally:
    del sys.modules["network"]
""",
        change=(
            (
                'place = types.ModuleType("network")',
                'place = types.ModuleType("network")\nplace.Network = Network',
            ),
        ),
        page="checkpoints",
    ),
    kind(
        "unpacked-checkpoint",
        "One file out of a checkpoint, or a checkpoint read by pickle",
        "A load persistent id instruction was encountered, but no persistent_load function was specified",
        "A load persistent id instruction was encountered",
        "persistent IDs in protocol 0 must be ASCII strings",
        means="Since PyTorch 1.6 a checkpoint is a zip archive: `data.pkl` in it holds the names, other "
        "files the numbers. Alone, or with Python's own `pickle`, `data.pkl` cannot be read.",
        cure="Do not unpack the file, whatever its ending (`.pth`, `.pt`, `.tar`, `.zip`), and give it whole "
        "to `torch.load(path)`. If only the folder is left, zip it again, with the folder in the archive.",
        trap="`weights_only=False` is not the cure: the numbers are in the other files.",
        program="""
import io
import pickle
import zipfile

import torch

file = io.BytesIO()
torch.save({"weight": torch.zeros(3)}, file)
inside = zipfile.ZipFile(file).read("archive/data.pkl")
print(pickle.loads(inside))
""",
        change=(("print(pickle.loads(inside))", "file.seek(0)\nprint(torch.load(file, weights_only=True))"),),
        page="checkpoints",
        weight=3,
    ),
)
