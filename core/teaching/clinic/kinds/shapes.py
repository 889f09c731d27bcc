"""Shapes that do not fit: products and broadcasts."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes
from core.teaching.clinic.readings import broadcasts, expansions, products


def _normalized(found: Holes) -> str:
    have, want = sizes(found["a"]), sizes(found["b"])
    if len(have) == len(want) == 3 and (have[0], want[0]) == (1, 3):
        said = (
            "the image has 1 channel and was given 3 means or deviations. It needs one of each per channel, "
            "here `Normalize((0.5,), (0.5,))`."
        )
        sure = "normalize" in found["text"].lower()
        return f"T{said[1:]}" if sure else f"If it is in `Normalize`, {said}"
    return f"The result would have shape {list(want)}, and there is room for {list(have)}."


KINDS: Final = (
    kind(
        "linear-features",
        "A matrix product whose sizes do not fit, mostly that of a linear layer",
        "mat1 and mat2 shapes cannot be multiplied ({a#}x{b#} and {c#}x{d#})",
        "mat1 and mat2 shapes cannot be multiplied ({a#}*{b#} and {c#}*{d#})",
        "size mismatch, m1: [{a#} x {b#}], m2: [{c#} x {d#}]",
        "m1:[{a#},{b#}],m2:[{c#},{d#}]",
        "m1: [{a#},{b#}], m2: [{c#},{d#}]",
        "mat1 dim 1 must match mat2 dim 0",
        "mat1 and mat2 shapes cannot be multiplied",
        "mat2 shapes cannot be multiplied ({a#}x{b#} and {c#}x{d#})",
        "size mismatch, m1:",
        "RuntimeError: size mismatch at {p}TensorMath",
        means="A matrix product needs as many columns on the left as rows on the right. In a linear layer: "
        "as many numbers per row as its `in_features`.",
        cure="Print `x.shape` before the layer. Then flatten the input (`nn.Flatten()`, `torch.flatten(x, "
        "1)`), or resize pictures to the size that the network is made for, or give the layer the number of "
        "features that really arrives. In a product of your own (`@`, `torch.mm`) one side is often to be "
        "transposed: `.T`.",
        trap="For a layer, another batch size or a change further on does not help: only the last dimension "
        "of its input and `in_features` count.",
        reads=lambda found: products.features(found) if "a" in found else "",
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
        "A function of matrices or vectors was given other dimensions",
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
        "vectors; `@` chooses by the shapes, and `t()` turns a matrix. In a product of matrices the last "
        "dimension on the left has to equal the last but one on the right.",
        cure="Print both shapes. Transpose one (`.T`, `.transpose(1, 2)`), or add the missing dimension "
        "with `unsqueeze`.",
        reads=lambda found: (
            "`t()` is for matrices: of a tensor with more dimensions say which two to exchange, "
            "`x.transpose(0, 1)`."
            if found["message"].startswith("t() expects")
            else ""
        ),
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
        reads=broadcasts.pair,
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
        "A tensor cannot be expanded or repeated to that shape",
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
        "has to be equal already. `expand` and `repeat` need a number for each dimension that is there.",
        cure="Print the shape of both sides. In an assignment the left side sets the shape; cut or pad the "
        "right side to it. In `expand`, -1 keeps a size as it is.",
        reads=expansions.expanded,
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
        "images (or turn them into three channels first). Elsewhere: write `x = x + y` instead of `x += y`.",
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
