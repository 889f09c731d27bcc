"""Shapes that do not fit: products and broadcasts."""

from math import isqrt
from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes

_MAPS: Final = 4
"""How far the sizes of two feature maps lie apart where rounding is to blame."""
_CHANNELS: Final = 16
"""More channels no picture has."""
_FIELD: Final = 9
"""Cells of the smallest feature map that a number is read as."""
_SIDE: Final = 28
"""Pixels of the smallest pictures."""


def _maps(given: int, taken: int) -> str:
    """Where both are the same number of channels times squares: the pictures are of another size."""
    for channels in (2048, 1024, 512, 256, 128):
        have, want = isqrt(given // channels), isqrt(taken // channels)
        if (
            have
            and want
            and max(have, want) > 2
            and (channels * have * have, channels * want * want) == (given, taken)
        ):
            return (
                f" {taken:,} = {channels} × {want} × {want}, {given:,} = {channels} × {have} × {have}: the "
                "pictures are of another size than the network was made for. `Resize` them, or put "
                f"`nn.AdaptiveAvgPool2d({want})` before the flatten."
            )
    return ""


def _picture(count: int) -> str:
    """What size the square picture has that is so many numbers; empty if there is none."""
    for channels in (1, 3):
        side = isqrt(count // channels)
        if channels * side * side == count and side >= _SIDE:
            return f"{channels} × {side} × {side}"
    return ""


def _features(found: Holes) -> str:
    rows, given, taken, gives = (int(found.get(name, "0")[:12]) for name in "abcd")
    said = (
        f"The layer takes {taken:,} numbers per row, it was given {given:,} (the input is "
        f"{rows:,} × {given:,})."
    )
    if given and given * given == taken:
        said += (
            f" {given} × {given} = {taken}: the flatten is missing, so the layer met rows of {given} "
            "pixels"
            " instead of whole images."
        )
    elif taken and given > taken and rows == 1 and given % taken == 0:
        said += (
            f" {given:,} = {given // taken:,} × {taken:,}: the whole batch was flattened into one "
            "row. Keep"
            " dimension 0: `torch.flatten(x, 1)` or `x.view(x.size(0), -1)`."
        )
    elif _maps(given, taken):
        said += _maps(given, taken)
    elif taken and rows * given % taken == 0 and rows != taken and rows % (rows * given // taken) == 0:
        said += (
            f" All together it was given {rows * given:,} numbers = {rows * given // taken:,} × "
            f"{taken:,}: the"
            " flatten is missing, or it keeps the wrong dimensions."
        )
    elif _picture(given) and _picture(taken):
        said += (
            f" {given:,} = {_picture(given)}, and {taken:,} = {_picture(taken)}: the pictures are of another "
            "size, or have other channels, than the layer is for. `Resize` them, or build it for their size."
        )
    elif given == gives:
        said += (
            f" Both have {given:,} columns: if it is a product of your own and no layer, transpose the "
            "second, `x @ w.T`."
        )
    elif rows == taken and isqrt(given) ** 2 == given and given >= _FIELD:
        said += (
            f" {given:,} = {isqrt(given)} × {isqrt(given)}: one image came without its batch axis, so its "
            f"{rows:,} channels were taken for rows. `x.unsqueeze(0)`, and `nn.Linear({rows * given}, "
            f"{gives})`."
        )
    elif rows == taken:
        said += " The sizes would fit the other way round: one of the two is transposed."
    else:
        said += (
            f" Either the flatten is missing, or what comes before gives {given:,}: then the layer "
            "has to be"
            f" `nn.Linear({given}, {gives})`."
        )
    return said


def _pair(found: Holes) -> str:
    if "d" not in found:
        old = "inconsistent tensor size" in found["text"].lower() or "sizes do not match" in found["text"]
        return "Before PyTorch 0.4 the message had no sizes in it: print both shapes." if old else ""
    if "sub_(mean" in found["text"] or "F.normalize(" in found["text"]:
        if found["a"].isdigit() and int(found["a"]) > _CHANNELS and found["d"] == "0":
            return (
                f"It happens in `Normalize`: the picture begins with {found['a']}, which is its height. "
                "Channels come first there: `x.permute(2, 0, 1)` before `Normalize`, not after it."
            )
        return (
            f"It happens in `Normalize`: the picture has {found['a']} channels and was given {found['b']} "
            "means or deviations."
            + (" The fourth is transparency: `image.convert('RGB')`." if found["a"] == "4" else "")
        )
    if "0" in (found["a"], found["b"]):
        return "One of the tensors is empty: a sample without boxes, or a mask that nothing passes."
    return (
        f"Dimension {found['d']} (counted from 0) is {found['a']} in one tensor and {found['b']} "
        "in the other; neither is 1, so nothing can be stretched." + _likely(found)
    )


def _likely(found: Holes) -> str:
    """What the numbers and the code around them suggest."""
    text, sizes_of = found["text"].lower(), (found["a"], found["b"])
    if found["d"] == "0" and sizes_of == ("4", "3") and ("ormalize(" in text or "image" in text):
        return " If it is a picture of 4 channels, the fourth is transparency: `image.convert('RGB')`."
    if any(name in text for name in ("pos_table", "pos_embed", "positional", "position_embed", "self.pe[")):
        return (
            " The table of positions has another length than the sequence: make it at least as long as "
            "the longest sequence, or feed pictures of the size that the model was built for."
        )
    if found["d"] in "23" and all(size.isdigit() for size in sizes_of):
        return (
            " If these are the heights or widths of two feature maps, the picture's size does not halve "
            "evenly on the way down: resize or pad to a multiple of 32, or bring one map to the size of "
            "the other with `F.interpolate(x, size=y.shape[-2:])`."
            if abs(int(sizes_of[0]) - int(sizes_of[1])) <= _MAPS
            else ""
        )
    return ""


def _normalized(found: Holes) -> str:
    have, want = sizes(found["a"]), sizes(found["b"])
    if len(have) == len(want) == 3 and (have[0], want[0]) == (1, 3):
        return (
            "The image has 1 channel and was given 3 means or deviations: `Normalize` needs one of each "
            "per channel, here `Normalize((0.5,), (0.5,))`."
        )
    return f"The result would have shape {list(want)}, and there is room for {list(have)}."


def _expanded(found: Holes) -> str:
    if "b" not in found:
        return ""
    if not found["message"].lower().startswith("shape mismatch: value tensor"):
        return f"{found['a']} is wanted, {found['b']} is there."
    said = f"The value has shape [{found['a']}], the place it is written to [{found['b']}]."
    if sizes(found["a"]) == sizes(found["b"])[::-1]:
        said += " They are the same backwards: `value.T`, or `value.transpose(0, 1)`."
    return said


KINDS: Final = (
    kind(
        "linear-features",
        "A linear layer was given rows of the wrong length",
        "mat1 and mat2 shapes cannot be multiplied ({a#}x{b#} and {c#}x{d#})",
        "mat1 and mat2 shapes cannot be multiplied ({a#}*{b#} and {c#}*{d#})",
        "size mismatch, m1: [{a#} x {b#}], m2: [{c#} x {d#}]",
        "mat1 dim 1 must match mat2 dim 0",
        "mat1 and mat2 shapes cannot be multiplied",
        "mat2 shapes cannot be multiplied ({a#}x{b#} and {c#}x{d#})",
        "size mismatch, m1:",
        "RuntimeError: size mismatch at {p}TensorMath",
        means="A matrix product needs as many columns on the left as rows on the right. In a linear layer: "
        "as many numbers per row as its `in_features`.",
        cure="Print `x.shape` before the layer, then either flatten the input (`nn.Flatten()`, "
        "`torch.flatten(x, 1)`) or give the layer the number of features that really arrives.",
        trap="Changing the batch size, or a layer further on, does not help: only the last dimension of "
        "the input and `in_features` count.",
        reads=lambda found: _features(found) if "a" in found else "",
        program="""
import torch
from torch import nn

images = torch.rand(64, 1, 28, 28)
model = nn.Sequential(nn.Linear(784, 10))
print(model(images).shape)
""",
        change=(
            (
                "model = nn.Sequential(nn.Linear(784, 10))",
                "model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))",
            ),
        ),
        page="model",
        weight=2,
    ),
    kind(
        "matmul-dims",
        "A matrix product of tensors whose dimensions do not fit",
        "size mismatch, got input ({a}), mat ({b}), vec ({c})",
        "expected size for first two dimensions of batch2 tensor to be: [{a}] but got: [{b}]",
        "batch1 and batch2 must be 3D",
        "batch1 must be a 3D tensor",
        "batch2 must be a 3D tensor",
        "self must be a matrix",
        "mat1 must be a matrix",
        "mat2 must be a matrix",
        "1D tensors expected, but got {a}D and {b}D tensors",
        "Expected tensor to have size {a#} at dimension {d#}, but got size {b#} for argument #2",
        "both arguments to linear need to be at least 1D",
        "vector and matrix must have same",
        "size mismatch, got {a#}, {b#}x{c#}",
        "tensors must be 2-D",
        "matrices expected, got {a}D, {b}D tensors",
        ("inconsistent tensor size, expected tensor [{a}] and src [{b}] to have the same number of elements"),
        "both arguments to matmul need to be at least 1D",
        "t() expects a tensor with <= 2 dimensions",
        "size mismatch, [{a}], [{b}]",
        "vector and vector expected, got",
        "matrix and vector expected, got",
        "t() expects a 2D tensor",
        "expected 3D tensor at ",
        "expected 2D tensor at ",
        "expected 1D tensor at ",
        "ldc should be at least max(",
        "matrices expected, got",
        "Expected batch1 and batch2 to be 3D",
        "Expected size for first two dimensions of batch2 tensor to be",
        means="`mm` multiplies matrices, `bmm` batches of matrices, `mv` a matrix by a vector, `dot` two "
        "vectors; `@` chooses by the shapes. The last dimension on the left has to equal the last but one "
        "on the right.",
        cure="Print both shapes. Transpose one (`.T`, `.transpose(1, 2)`), or add the missing dimension "
        "with `unsqueeze`.",
        program="""
import torch

queries = torch.rand(2, 5, 8)
keys = torch.rand(2, 5, 8)
print(torch.bmm(queries, keys).shape)
""",
        change=(
            (
                "print(torch.bmm(queries, keys).shape)",
                "print(torch.bmm(queries, keys.transpose(1, 2)).shape)",
            ),
        ),
        page="tensors",
    ),
    kind(
        "broadcast",
        "Two tensors whose shapes cannot be broadcast",
        (
            "The size of tensor a ({a#}) must match the size of tensor b ({b#}) at non-singleton "
            "dimension {d#}"
        ),
        "invalid argument {k#}: sizes do not match",
        "inconsistent tensor size",
        "indexing tensors could not be broadcast together with shapes",
        means="In an elementwise operation shapes are compared from the right: each pair of sizes has to "
        "be equal, or one of them 1.",
        cure="Print both shapes and decide which dimension is wrong. Give one tensor a dimension of 1 "
        "where it should be stretched (`unsqueeze`), or make the sizes equal. In a loss: the output of the "
        "network and the target need one shape.",
        trap="`view` or `reshape` to whatever fits silences the message and may mix up the values.",
        reads=_pair,
        excludes=("default_collate",),
        program="""
import torch

scores = torch.rand(64, 10)
weights = torch.rand(64)
print((scores * weights).shape)
""",
        change=(("print((scores * weights).shape)", "print((scores * weights.unsqueeze(1)).shape)"),),
        page="tensors",
    ),
    kind(
        "expand",
        "A tensor cannot be expanded to that shape",
        (
            "The expanded size of the tensor ({a#}) must match the existing size ({b#}) at "
            "non-singleton dimension {d#}"
        ),
        (
            "The number of sizes provided ({a#}) must be greater or equal to the number of "
            "dimensions in the tensor ({b#})"
        ),
        "the number of sizes provided must be greater or equal to the number of dimensions in the tensor",
        ("shape mismatch: value tensor of shape [{a}] cannot be broadcast to indexing result of shape [{b}]"),
        "Number of dimensions of repeat dims can not be smaller",
        "number of dimensions of repeat dims can not be smaller",
        means="Assigning into a slice, or `expand`, stretches dimensions of size 1 only; every other size "
        "has to be equal already.",
        cure="Print the shape of both sides. The left side of an assignment sets the shape; cut or pad the "
        "right side to it.",
        reads=_expanded,
        program="""
import torch

table = torch.zeros(4, 10)
table[0] = torch.rand(8)
print(table[0])
""",
        change=(("table[0] = torch.rand(8)", "table[0, :8] = torch.rand(8)"),),
        page="tensors",
    ),
    kind(
        "output-shape",
        "The result does not fit into the tensor it is written to",
        "output with shape [{a}] doesn't match the broadcast shape [{b}]",
        "output with shape [{a}] doesn&#39;t match the broadcast shape [{b}]",
        means="An in-place operation (`+=`, `sub_`, and `transforms.Normalize`, which works in place "
        "inside) cannot make its tensor larger.",
        cure="With `Normalize`: one mean and one deviation per channel, so a single number each for gray "
        "images (or turn them into three channels first). Elsewhere: write `x = x + y` instead of `x += "
        "y`.",
        reads=_normalized,
        program="""
import torch
from torchvision import transforms

normalize = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
print(normalize(torch.rand(1, 28, 28)).shape)
""",
        change=(
            (
                "normalize = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))",
                "normalize = transforms.Normalize((0.5,), (0.5,))",
            ),
        ),
        page="transforms",
    ),
)
