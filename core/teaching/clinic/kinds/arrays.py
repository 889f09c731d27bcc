"""NumPy arrays, tables of pandas and patterns of einops that do not fit what is asked of them."""

from math import prod
from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes

_PICTURE: Final = 8
"""Rows and columns that a picture has at least."""


def _arrays(found: Holes) -> str:
    """What is between the shapes of two arrays, as NumPy writes them: `(8,3) (8,)`."""
    groups = [sizes(part) for part in found["message"].partition("shape")[2][:90].split("(")[1:3]]
    shapes = [group for group in groups if group]
    if len(shapes) != 2:
        return ""
    first, second = shapes
    said = f"The shapes are {first} and {second}."
    longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
    if first == second[::-1] and first != second:
        return f"{said} They are the same backwards: `array.T`; Pillow's `size` is (width, height)."
    if longer == (*shorter, 1):
        return f"{said} The last dimension of 1 is missing in the other: `array[..., None]`."
    if shorter in ((3,), (4,)) and len(longer) == 2 and min(longer) >= _PICTURE:
        return (
            f"{said} If it is a gray picture, it meets {shorter[0]} values, one for each color: "
            "`image.convert('RGB')`."
        )
    if prod(shorter) == shorter[-1] == 3 and longer[-1:] == (4,):
        return (
            f"{said} If it is a picture, its fourth channel is mostly transparency: `image.convert('RGB')`."
        )
    if len(longer) == len(shorter) + 1 and longer[-1] == shorter[-1]:
        return (
            f"{said} One has a dimension more, often the batch: an index took it away, as `output[0]` does, "
            "or it was never there. `array[None]` adds one in front."
        )
    if len(first) == len(second) == 3 and first[1:] == second[1:] and {first[0], second[0]} == {1, 3}:
        return (
            f"{said} If it is a gray picture (1 channel), it meets something made for three, as a mean of "
            "colors: read it in color, `image.convert('RGB')`, or average the other, `mean.mean(axis=0)`."
        )
    if len(longer) == len(shorter) and longer[1:] == shorter[1:]:
        return (
            f"{said} They differ in the number of rows only: mostly two lists of samples that are not the "
            "same."
        )
    return said


def _axes(found: Holes) -> str:
    parts = sizes(found["text"].rpartition("Shape mismatch, ")[2][:60])
    if len(parts) == 2 and "b" not in found:
        divided = "chunks of" if "chunks of" in found["text"] else ""
        found = {"message": divided, "a": str(parts[0]), "b": str(parts[1])}
    if "b" in found and "chunks" in found["message"][:80]:
        return (
            f"{found['a']} is no multiple of {found['b']}. If these are the pixels or cells of a side, and "
            f"{found['b']} is the patch: resize or pad the picture so that every side divides; a network "
            "that halves it on the way needs a multiple of the patch times 2 for each halving."
        )
    if "b" in found:
        return (
            f"There are {found['a']} entries, and the sizes that were given for them make {found['b']}: "
            "mostly the picture, or the map that is left of it, is of another size than the one set in the "
            "model."
        )
    return ""


def _key(found: Holes) -> str:
    """What the last KeyError in the text asked for, as Python writes it; empty if there is none."""
    return (
        found["text"].rpartition("KeyError: ")[2].partition(" ")[0] if "KeyError: " in found["text"] else ""
    )


def _is_name(found: Holes) -> bool:
    """Whether that was a text, so the name of a column, and not the number of a row."""
    return _key(found)[:1] in ("'", '"')


KINDS: Final = (
    kind(
        "numpy-broadcast",
        "Two NumPy arrays whose shapes do not fit",
        "operands could not be broadcast together with shapes ({a}) ({b})",
        "operands could not be broadcast together with shapes",
        "operands could not be broadcast together with remapped shapes",
        "could not broadcast input array from shape ({a}) into shape ({b})",
        "could not broadcast input array from shape",
        "non-broadcastable output operand with shape",
        means="NumPy compares shapes from the right: each pair of sizes has to be equal, or one of them 1. "
        "What is written into a part of an array has to have that part's shape.",
        cure="Print `a.shape, b.shape` above the line. Add a dimension with `a[..., None]` or `a[None]`, "
        "exchange two with `.T`, or make the sizes equal: pictures by resizing, sequences by padding.",
        reads=_arrays,
        program="""
import numpy as np

image, mask = np.ones((28, 28, 3)), np.ones((28, 28))
print((image * mask).shape)
""",
        change=(("print((image * mask).shape)", "print((image * mask[..., None]).shape)"),),
        page="tensors",
    ),
    kind(
        "einops",
        "A pattern of einops that does not fit the tensor",
        "Shape mismatch, can't divide axis of length {a#} in chunks of {b#}",
        "Shape mismatch, {a#} != {b#}",
        "Error while processing rearrange-reduction pattern",
        "Wrong shape: expected {n#} dims. Received {m#}-dim tensor",
        means="In `rearrange(x, 'b c (h p) (w p) -> ...', p=16)` every dimension has its letter, and a "
        "bracket splits one into factors: their product has to be its size.",
        cure="The message gives the shape and the sizes that were set: write them under the letters. Resize "
        "or pad the input until it divides, or set the size in the model (`image_size`, `fmap_size`, "
        "`patch_size`) to the input.",
        reads=_axes,
        program="""
import torch
from einops import rearrange

images = torch.rand(2, 3, 30, 30)
print(rearrange(images, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4).shape)
""",
        change=(("images = torch.rand(2, 3, 30, 30)", "images = torch.rand(2, 3, 32, 32)"),),
        page="tensors",
        runs="elsewhere",
        needs=("einops", "rearrange", "reduction pattern"),
    ),
    kind(
        "pandas-row",
        "A row of a table asked for by its label",
        "pandas._libs.hashtable",
        "pandas/_libs/hashtable",
        "pandas/core/indexes",
        "pandas\\core\\indexes",
        means=(
            "`frame[i]` or `series[i]` looks for a label. After a split or a filter the labels have gaps, so "
            "that often a sample's number is not among them."
        ),
        cure=(
            "Use positions: `frame.iloc[i]`; or `frame = frame.reset_index(drop=True)` before the "
            "Dataset is made."
        ),
        program="""
import pandas as pd

labels = pd.Series([3, 1, 4, 1], index=[0, 2, 5, 7])
print(labels[1])
""",
        change=(("print(labels[1])", "print(labels.iloc[1])"),),
        page="datasets",
        holds=lambda found: "keyerror" in found["text"].lower() and not _is_name(found),
        runs="apart",
    ),
    kind(
        "pandas-column",
        "A column that the table does not have",
        "pandas._libs.hashtable",
        "pandas/_libs/hashtable",
        "pandas/core/indexes",
        "pandas\\core\\indexes",
        means="`frame['label']` looks for a column of exactly that name, and there is none.",
        cure="`print(list(frame.columns))`: often there is a space in the header, another spelling, or the "
        "file has no header at all (`pd.read_csv(path, header=None)`, then `frame[0]`). A file with "
        "semicolons needs `sep=';'`.",
        reads=lambda found: f"The name asked for is {_key(found)[:40]}.",
        program="""
import pandas as pd

frame = pd.DataFrame({"label ": [3, 1, 4]})
print(frame["label"].tolist())
""",
        change=(('print(frame["label"].tolist())', 'print(frame["label "].tolist())'),),
        page="datasets",
        holds=_is_name,
        runs="apart",
        weight=-1,
    ),
    kind(
        "numpy-pickle",
        "A file of NumPy that holds objects, or is none",
        "Object arrays cannot be loaded when allow_pickle=False",
        "Cannot load file containing pickled data when allow_pickle=False",
        "Failed to interpret file {k} as a pickle",
        means="`np.load` reads arrays of numbers. What it found is an array of objects, which is stored as a "
        "pickle, or a file that is not NumPy's at all: it takes what it does not know for a pickle.",
        cure="Look at how the file was made. Lists of different lengths, dicts or texts make arrays of "
        "objects: save each part as an array of numbers, `np.savez(path, x=x, y=y)`. Another format needs "
        "its own reader: `torch.load` for `.pt`, `np.loadtxt` or pandas for a table. A download that was "
        "cut off, or a page in place of the file, has a strange size.",
        trap="`allow_pickle=True` runs what the file says: only for files that you made yourself.",
        program="""
import io

import numpy as np

file = io.BytesIO()
np.save(file, np.array([[1, 2], [3]], dtype=object))
file.seek(0)
print(np.load(file).shape)
""",
        change=(
            (
                "np.save(file, np.array([[1, 2], [3]], dtype=object))",
                "np.save(file, np.array([[1, 2], [3, 0]]))",
            ),
        ),
        page="datasets",
    ),
)
