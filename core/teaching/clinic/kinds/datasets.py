"""Datasets and loaders."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings import unpacking


def _collated(found: Holes) -> str:
    given = found.get("t", "")
    if "NoneType" in given:
        return (
            "A sample, or a part of one, is None: mostly `__getitem__` has a way out without `return`, or a "
            "picture could not be read."
        )
    if "PIL" in given or ("Image" in given and "ImageFolder" not in given):
        return (
            "A sample is still a picture: put `ToTensor()` into the dataset's transform, and see that "
            "`__getitem__` applies it."
        )
    name = given.strip().removeprefix("<class ").split(">")[0].split(" ")[0].strip("'.,")[:50]
    if name in ("builtin_function_or_method", "method", "function"):
        return "A sample holds a function itself: its parentheses are missing, as in `x.size` for `x.size()`."
    if name.startswith(("<U", "str", "numpy.str", "object", "<S", "|S")):
        return "A sample holds an array of texts or objects: make numbers of them first."
    if name.startswith("torch_geometric"):
        return (
            "A sample is a graph: take the loader of PyTorch Geometric, `torch_geometric.loader.DataLoader`."
        )
    return f"A sample is a {name}." if name else ""


def _length(found: Holes) -> str:
    name = found.get("t", "").split("'")[0].strip()[:40]
    if "Iterable" in name or "IterableDataset" in found["text"]:
        return ("" if "Iterable" in name else "If it is the dataset: ") + (
            "An `IterableDataset` has no length, and so has its loader: count the batches in the loop, leave "
            "`len(loader)` and `shuffle=True` out, or give the class a `__len__` if it is known."
        )
    if "ampler" in name:
        return (
            f"It is the sampler that has none: give `{name}` a `__len__` that returns how many numbers its "
            "`__iter__` gives. The data set's own length is `len(loader.dataset)`."
        )
    if found.get("n") != "0":
        return ""
    return (
        "The dataset's `__len__` returned 0. Where it counts files, none were found: check the path and the "
        "endings. If it is your own class, perhaps made from a template, look at its `__len__`: `return 0` "
        "has to become the true number of samples, `return len(self.items)`, and `__getitem__` has to return "
        "them."
    )


_ROUNDING: Final = 1e-9


def _parts(found: Holes) -> str:
    """Why the parts of `random_split` do not add up."""
    fractions = re.search(r"random_split\([^()]{1,80}[\[(] ?(0?\.\d[\d., ]{0,40})[\])]", found["text"])
    if fractions:
        parts = [float(part) for part in fractions[1].split(",") if part.strip(" .")]
        if abs(sum(parts) - 1) > _ROUNDING:
            return f"The fractions sum up to {sum(parts):.4g}, and have to sum up to 1."
        if sum(parts) > 1:
            return "As the computer adds them, the fractions are a hair above 1: give whole numbers."
        return "Fractions are known since PyTorch 1.13: update it, or give whole numbers."
    if re.search(r"random_split\([^()]{1,80}[\[(] ?0?\.\d", found["text"]):
        return "Fractions have to sum up to 1, and are known since PyTorch 1.13 only."
    if re.search(r"\bint\( ?(?:len\(|0?\.\d|[\w.]{1,30} ?\*)", found["text"]):
        return (
            "If each part has its own `int(...)`, which cuts off its fraction, a sample or two are left "
            "over: compute all parts but one, and let the last be `len(dataset)` minus the others."
        )
    return ""


KINDS: Final = (
    kind(
        "iterator-empty",
        "An iterator that has given all its batches",
        "StopIteration",
        means="`next(...)` was called on an iterator that has nothing left: `iter(loader)` goes over the "
        "data once, and then it is used up; over an empty dataset not even once.",
        cure="Make it anew for each epoch: `for epoch in ...: for X, y in loader:`. Where steps are counted, "
        "not epochs: `try: X, y = next(batches)`, and `except StopIteration: batches = iter(loader); X, y = "
        "next(batches)`.",
        trap="`itertools.cycle(loader)` keeps all batches in memory and never shuffles again.",
        program="""
import torch
from torch.utils.data import DataLoader

loader = DataLoader(torch.rand(8, 4), batch_size=4)
batches = iter(loader)
for step in range(3):
    print(next(batches).shape)
""",
        change=(
            (
                "print(next(batches).shape)",
                "try:\n    X = next(batches)\nexcept StopIteration:\n    batches = iter(loader)\n"
                "    X = next(batches)\nprint(X.shape)",
            ),
        ),
        page="datasets",
        excludes=("next(self.parameters", "next(model.parameters", "in replica", "generator raised"),
        weight=-10,
    ),
    kind(
        "collate",
        "Samples that cannot become a batch",
        ("default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {t}"),
        "batch must contain tensors, numpy arrays, numbers, dicts or lists; found {t}",
        "batch must contain tensors, numbers, dicts or lists; found {t}",
        "batch must contain numbers, dicts or lists; found {t}",
        "default_collate: batch must contain",
        means="The `DataLoader` stacks tensors, arrays and numbers, also those in dicts and lists, and "
        "leaves texts as they are. It knows nothing else.",
        cure=(
            "Return tensors: `ToTensor()` for pictures, `torch.tensor(...)` for the rest; or pass a "
            "`collate_fn` of your own."
        ),
        reads=_collated,
        program="""
from PIL import Image
from torch.utils.data import DataLoader

images = [Image.new("L", (28, 28)) for _ in range(4)]
print(next(iter(DataLoader(images, batch_size=2))))
""",
        change=(
            (
                "print(next(iter(DataLoader(images, batch_size=2))))",
                (
                    "from torchvision.transforms import "
                    "ToTensor\n\nprint(next(iter(DataLoader([ToTensor()(image) for image in images], "
                    "batch_size=2))).shape)"
                ),
            ),
        ),
        page="datasets",
        weight=1,
    ),
    kind(
        "no-length",
        "No length, or no entries, mostly of a Dataset",
        "object of type '{t}' has no len()",
        "num_samples should be a positive integer value, but got num_samples={n#}",
        "num_samples should be a positive integeral value, but got num_samples={n#}",
        "'{t}' object has no attribute '__len__",
        "num_samples should be a positive",
        "Subclasses of Dataset should implement __getitem__",
        "in __getitem__ raise NotImplementedError",
        "datasets should not be an empty iterable",
        means=(
            "To draw samples, the loader asks the Dataset for its length, then for entries by their numbers; "
            "a `len(...)` of yours asks what stands in its parentheses. Here there is none, or it is 0."
        ),
        cure="A class without them: define `__len__` and `__getitem__` (two underscores on either side, "
        "indented in the class). A length of 0 is what `__len__` returned: it found no files, or it is "
        "unfinished.",
        reads=_length,
        program="""
from torch.utils.data import DataLoader

images = []
print(len(DataLoader(images, batch_size=4, shuffle=True)))
""",
        change=(("images = []", "images = [1.0, 2.0]"),),
        page="datasets",
    ),
    kind(
        "unpack",
        "Another number of values than of names",
        "too many values to unpack (expected {a#}",
        "not enough values to unpack (expected {a#}, got {b#})",
        "need more than {b#} value to unpack",
        "cannot unpack non-iterable int object",
        "cannot unpack non-iterable float object",
        "cannot unpack non-iterable Tensor object",
        means="The names on the left and what comes from the right differ in number. Often the loop goes "
        "over the Dataset instead of the loader, or `enumerate` is missing or too many.",
        cure=(
            "Print what stands on the right. Of a loader: `batch = next(iter(loader)); print(type(batch), "
            "len(batch))`; `for X, y in loader`, or `for i, (X, y) in enumerate(loader)`. Of a shape: "
            "`print(x.shape)`."
        ),
        reads=unpacking.unpacked,
        program="""
import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(8, 4), torch.arange(8)), batch_size=4)
for i, X, y in enumerate(loader):
    print(X.shape)
""",
        change=(("for i, X, y in enumerate(loader):", "for i, (X, y) in enumerate(loader):"),),
        page="datasets",
        weight=-2,
    ),
    kind(
        "not-subscriptable",
        "Brackets after, or a loop over, something that has no entries",
        "'DataLoader' object is not subscriptable",
        "'{t}' object is not subscriptable",
        "'{t}' object does not support indexing",
        "'{t}' object is not an iterator",
        "'{t}' object is not iterable",
        means="A `DataLoader` gives batches in a loop and has no numbers; a Dataset has numbers and no "
        "batches; a transform is called, not walked through.",
        cure=(
            "One batch: `next(iter(loader))`. One sample: `dataset[0]`, or `loader.dataset[0]`. "
            "Transforms go into a list: `Compose([a, b])`."
        ),
        reads=unpacking.bracketed,
        program="""
import torch
from torch.utils.data import DataLoader

loader = DataLoader(torch.rand(8, 4), batch_size=4)
print(loader[0].shape)
""",
        change=(("print(loader[0].shape)", "print(next(iter(loader)).shape)"),),
        page="datasets",
        weight=-2,
        needs=(
            *("torch", "loader", "dataset", "compose", "transform", "totensor", "module"),
            *("'linear'", "'conv2d'", "'sequential'", "'embedding'", "'parameter'"),
        ),
        excludes=(
            "nonetype",
            "builtin_function_or_method",
            "'method' object",
            "'function' object",
            "'type' object",
        ),
    ),
    kind(
        "split-lengths",
        "Parts that do not add up",
        "Sum of input lengths does not equal",
        "Size mismatch between datasets",
        "Size mismatch between tensors",
        "split_with_sizes expects split_sizes to sum exactly to",
        "Fraction at index {n#} is not between 0 and 1",
        means="`random_split` deals out every sample once; `TensorDataset` wants tensors of one length; "
        "sizes given to `split` add up to the dimension.",
        cure="Let the last part be what is left: `[n, len(dataset) - n]`; or give fractions: `[0.8, 0.2]`.",
        reads=_parts,
        program="""
import torch
from torch.utils.data import TensorDataset, random_split

dataset = TensorDataset(torch.rand(99, 4))
print(len(random_split(dataset, [80, 20])))
""",
        change=(
            (
                "print(len(random_split(dataset, [80, 20])))",
                "print(len(random_split(dataset, [80, len(dataset) - 80])))",
            ),
        ),
        page="datasets",
    ),
    kind(
        "sampler-shuffle",
        "shuffle and a sampler at once",
        "sampler option is mutually exclusive with shuffle",
        "batch_sampler option is mutually exclusive",
        means="A sampler decides the order, and so does `shuffle`; a `batch_sampler` decides the batches as "
        "well.",
        cure=(
            "Leave `shuffle` out; `RandomSampler`, `SubsetRandomSampler` and `WeightedRandomSampler` shuffle "
            "by themselves. With a `batch_sampler`, leave out `batch_size` and `drop_last` too."
        ),
        program="""
import torch
from torch.utils.data import DataLoader, RandomSampler

images = torch.rand(8, 4)
print(len(DataLoader(images, shuffle=True, sampler=RandomSampler(images))))
""",
        change=(
            (
                "print(len(DataLoader(images, shuffle=True, sampler=RandomSampler(images))))",
                "print(len(DataLoader(images, sampler=RandomSampler(images))))",
            ),
        ),
        page="datasets",
    ),
    kind(
        "class-order",
        "Labels of ImageFolder that are not the numbers of the folders",
        "the folder 10 has the label 2",
        means="`ImageFolder` sorts the folders' names as texts and counts them: `0, 1, 10, 100, 101, 2`. The "
        "folder `2` gets label 5 then, and another set of folders gets other labels.",
        cure="`print(dataset.class_to_idx)`. What the model predicts is translated back by "
        "`dataset.classes[prediction]`, kept with the weights. Names that sort as numbers have zeros before "
        "them, `002`; and all parts of the data need the same folders, empty ones included.",
        trap="The pictures and their labels belong together all the same: the training is right.",
        program="""
import pathlib
import tempfile

from PIL import Image
from torchvision.datasets import ImageFolder

with tempfile.TemporaryDirectory() as root:
    for number in (0, 1, 2, 10):
        name = str(number)
        (pathlib.Path(root) / name).mkdir()
        Image.new("L", (4, 4)).save(pathlib.Path(root) / name / "a.png")
    label = ImageFolder(root).class_to_idx[name]
print(f"the folder {number} has the label {label}")
""",
        change=(("name = str(number)", 'name = f"{number:03}"'),),
        page="datasets",
        symptom=True,
        needs=("imagefolder", "class_to_idx", "folder"),
        weight=-3,
        complaints=(
            "folder|folders|imagefolder|class_to_idx & label|labels|class|classes|category_id|category & "
            "wrong|order|mismatch|incorrect|not match|dont match|doesnt match|should the prediction match|"
            "different|shuffled|mixed up|sorted",
        ),
    ),
)
