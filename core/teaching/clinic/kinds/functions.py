"""Functions with rules of their own: sums by letters, and sampling of pictures."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _letters(found: Holes) -> str:
    if "c" in found:
        return (
            f"The letter `{found['l']}` stands for a dimension of {found['c']} in an operand before it, and "
            f"for one of {found['b']} in operand {found['o']}, counted from 0. A letter has one size."
        )
    if "o" in found:
        return (
            f"Operand {found['o']}, counted from 0, has {found['b']} dimension(s), and {found['a']} "
            "letter(s). A `squeeze()` takes away a batch of 1 as well: name the dimension."
        )
    return ""


def _grid(found: Holes) -> str:
    if "g" not in found:
        return ""
    said = f"The input has shape [{found['i']}], the grid [{found['g']}]."
    if "batch size" in found["message"][:100]:
        said += (
            " The first number of both is the batch: one picture for all grids is `x.expand(n, -1, -1, -1)`."
        )
    return said


KINDS: Final = (
    kind(
        "einsum",
        "Letters of einsum that do not fit the tensors",
        "einsum(): the number of subscripts in the equation ({a#}) does not match the number of dimensions "
        "({b#}) for operand {o#}",
        "einsum(): subscript {l} has size {b#} for operand {o#} which does not broadcast with previously "
        "seen size {c#}",
        "einsum(): subscript {l} has size",
        "einsum(): the number of subscripts in the equation",
        "einsum(): fewer operands were provided than",
        "einsum(): more operands were provided than",
        "einsum(): operands do not broadcast",
        "einsum() operands do not broadcast",
        "einsum(): operand subscript must be in",
        "einsum(): invalid subscript given at index",
        "einsum(): output subscript {l} does not appear",
        "einsum(): must specify the equation string and at least one operand",
        "size of dimension does not match previous size, operand",
        means="In `einsum('bij,bjk->bik', x, y)` every tensor has its group of letters: one letter for each "
        "of its dimensions, and the same letter only where the sizes are equal.",
        cure="Print both shapes above that line and write them under the letters. Add a missing dimension "
        "with `unsqueeze`, or write another letter where the sizes differ. `...` stands for the "
        "dimensions that are not named.",
        reads=_letters,
        program="""
import torch

queries = torch.rand(2, 5, 8)
keys = torch.rand(2, 7, 8)
print(torch.einsum("bqd,bdk->bqk", queries, keys).shape)
""",
        change=(
            (
                'print(torch.einsum("bqd,bdk->bqk", queries, keys).shape)',
                'print(torch.einsum("bqd,bkd->bqk", queries, keys).shape)',
            ),
        ),
        page="tensors",
        weight=1,
    ),
    kind(
        "grid-sample",
        "A grid that does not fit what is sampled",
        "grid_sampler(): expected grid and input to have same batch size, but got input with sizes [{i}] and "
        "grid with sizes [{g}]",
        "grid_sampler(): expected grid to have size {k} in last dimension, but got grid with sizes [{s}]",
        "grid_sampler(): expected input to have non-empty spatial dimensions",
        "grid_sampler(): expected input and grid to be on same device",
        "grid_sampler(): expected input to have {k} dimensions",
        "expected 4D or 5D input and grid with same number of dimensions",
        "grid_sampler(): expected",
        "Expected a batch of 2D affine matrices of shape",
        "Expected a batch of 3D affine matrices of shape",
        "Expected theta to have floating point type",
        "affine_grid only supports 4D and 5D sizes",
        "Expected non-zero, positive output size",
        "grid_sample(): expected mode to be",
        "grid_sample(): expected padding_mode to be",
        means="`grid_sample` takes pictures (batch, channels, height, width) and a grid "
        "(batch, height, width, 2) that says for every pixel of the result where it is read, from -1 to 1, "
        "width before height. "
        "`affine_grid` makes such a grid from matrices (batch, 2, 3).",
        cure="Print both shapes: the batch is the same number, the grid has its 2 (3 in volumes) at the end, "
        "`grid.permute(0, 2, 3, 1)` if it came from a convolution. Both are on one device and of one "
        "floating-point type.",
        reads=_grid,
        program="""
import torch
import torch.nn.functional as F

pictures = torch.rand(8, 1, 28, 28)
theta = torch.tensor([[[1.0, 0.0, 0.2], [0.0, 1.0, 0.0]]])
grid = F.affine_grid(theta, [1, 1, 28, 28], align_corners=False)
print(F.grid_sample(pictures, grid, align_corners=False).shape)
""",
        change=(
            (
                "theta = torch.tensor([[[1.0, 0.0, 0.2], [0.0, 1.0, 0.0]]])",
                "theta = torch.tensor([[[1.0, 0.0, 0.2], [0.0, 1.0, 0.0]]]).expand(8, -1, -1)",
            ),
            (
                "grid = F.affine_grid(theta, [1, 1, 28, 28], align_corners=False)",
                "grid = F.affine_grid(theta, [8, 1, 28, 28], align_corners=False)",
            ),
        ),
        page="transforms",
    ),
    kind(
        "asked-size",
        "A size that this layer cannot give",
        "requested an output size of {a}, but valid sizes range from {b} to {c} (for an input of {d})",
        "requested an output size of",
        "output_size should be a sequence containing",
        "max_unpooling: output_size must contain",
        "but valid sizes range from",
        means="`output_size` only says which of the few sizes is meant that a layer undoes: with a stride "
        "of 2, a convolution makes the same size of 9 and of 10. It does not resize.",
        cure="Give the size that the layer being undone had as its input, or leave `output_size` out. Any "
        "other size: `nn.functional.interpolate(x, size=(h, w))` after the layer.",
        reads=lambda found: (
            f"Asked for: {found['a'].strip()[:30]}. Possible: {found['b'].strip()[:30]} to "
            f"{found['c'].strip()[:30]}."
            if "c" in found
            else ""
        ),
        program="""
import torch
from torch import nn

x = torch.rand(1, 1, 4, 4)
print(nn.ConvTranspose2d(1, 1, 3, stride=2)(x, output_size=(12, 12)).shape)
""",
        change=(
            (
                "print(nn.ConvTranspose2d(1, 1, 3, stride=2)(x, output_size=(12, 12)).shape)",
                "print(nn.ConvTranspose2d(1, 1, 3, stride=2)(x, output_size=(10, 10)).shape)",
            ),
        ),
        page="model",
    ),
)
