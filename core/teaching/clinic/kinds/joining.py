"""Tensors joined, stacked and viewed."""

from math import isqrt, prod
from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes
from core.teaching.clinic.readings import joins


def _batch_of(wanted: tuple[int, ...], count: int) -> int:
    """How many samples there are, if the sizes of one fit and only their number differs; else 0."""
    rest = prod(wanted[1:])
    times = count // rest if rest and count % rest == 0 else 0
    return times if wanted[0] > times > 0 or (0 < wanted[0] < times <= 2 * wanted[0]) else 0


_FLAT: Final = 256
"""Numbers from which on a row may be flattened maps."""


def _view(found: Holes) -> str:
    wanted, count = sizes(found["s"].replace("-1", "")), int(found["n"][:12])
    product = prod(wanted)
    if not count:
        return (
            "The tensor is empty, often a batch of 0, or a mask that nothing passed: leave this out for it."
        )
    if "multi_head_attention" in found["text"]:
        return (
            "It happens inside `nn.MultiheadAttention`. Mostly query, key and value came with their axes in "
            "another order than (length, batch, width), or (batch, length, width) with `batch_first=True`, "
            "which PyTorch has since 1.9."
        )
    if "-1" in found["s"]:
        if product and count % product:
            inside = joins.batch_inside(product, count, found["text"])
            return inside or (
                f"{count:,} numbers cannot be cut into pieces of {product:,}: {count % product:,} would "
                "be left over."
                + (
                    " If it is the flatten before the first `nn.Linear`, the pictures are of another size "
                    "than the number was worked out for: `Resize` them, or print the shape before and work "
                    "it out anew."
                    if product >= _FLAT
                    else ""
                )
            )
        return f"There are {count:,} numbers."
    said = f"The shape [{found['s']}] holds {product:,} numbers, the tensor has {count:,}."
    side = isqrt(count)
    if wanted[-2:-1] == wanted[-1:] and side * side == count and "mask" in found["text"].lower():
        said += (
            f" If it is the mask, that is {side} × {side}, and the sequence has {wanted[-1]} positions: make "
            "it from the sequence's length, `x.size(1)` with `batch_first=True` and `x.size(0)` without."
        )
    elif wanted[-3:-2] == (3,) and len(wanted) in (3, 4) and product and count * 3 == product * 4:
        said += (
            " If it is a picture, it has 4 channels instead of 3, mostly colors and transparency: "
            "`image.convert('RGB')`."
        )
    elif len(wanted) > 1 and _batch_of(wanted, count) and "-1" not in found["s"]:
        batch = _batch_of(wanted, count)
        said += (
            f" {count:,} = {batch} × {product // wanted[0]:,}: if the first size is the batch, it has "
            f"{batch} "
            f"samples here, and the code counts on {wanted[0]}. Take the number from the tensor, `x.size(0)`"
            + (
                "; or, if it is the last batch of an epoch, `drop_last=True` in the loader."
                if batch < wanted[0]
                else "."
            )
        )
    elif product and count % product == 0:
        said += (
            f" That is {count // product} times as many: mostly a dimension, such as the batch, was left out."
        )
    elif "-1" not in found["s"]:
        said += joins.other_map(wanted, count, found["text"])
    return said


KINDS: Final = (
    kind(
        "view-size",
        "A shape that the numbers of the tensor do not fill",
        "shape '[{s}]' is invalid for input of size {n#}",
        "shape '{s}' is invalid for input of size {n#}",
        "invalid argument 2: size '[",
        "don't multiply up to the size of dim {d#}",
        "only one dimension can be inferred",
        "size '[{s}]' is invalid for input with {n#} elements",
        "size '[{s}]' is invalid for input of with {n#} elements",
        "cannot reshape tensor of {n} elements into shape [{s}]",
        "cannot reshape array of size {n#} into shape ({s})",
        means="`view` and `reshape` give the same numbers another shape; none may be added or lost.",
        cure="Print `x.shape` before it, and take the sizes from there. Before an `nn.Linear` keep the batch "
        "and let PyTorch work out the rest: `x.view(x.size(0), -1)`, then give that layer the number of "
        "features.",
        trap="`x.view(-1, 400)` with a wrong 400 may pass and change the batch size instead; the loss then "
        "complains about batch sizes.",
        reads=lambda found: (
            _view(found)
            if "n" in found and "s" in found
            else "Only one size may be -1, and PyTorch works it out from the others."
            if "only one dimension" in found["message"][:40]
            else ""
        ),
        program="""
import torch

maps = torch.rand(8, 16, 4, 4)
print(maps.view(8, 400).shape)
""",
        change=(("print(maps.view(8, 400).shape)", "print(maps.view(maps.size(0), -1).shape)"),),
        page="tensors",
    ),
    kind(
        "view-stride",
        "view() of a tensor that is not contiguous",
        "view size is not compatible with input tensor's size and stride",
        "input is not contiguous at",
        means="`view` only looks at the same memory in another way. After `transpose`, `permute`, `.T` or "
        "a slice, neighboring entries no longer lie side by side, so the view asked for does not exist.",
        cure="Use `.reshape(...)`, which copies where it has to, or `.contiguous().view(...)`.",
        trap="If the numbers then look scrambled, the order of the dimensions is wrong: `permute` moves "
        "dimensions, `view` never does.",
        program="""
import torch

images = torch.rand(8, 3, 4, 4)
print(images.permute(0, 2, 3, 1).view(8, 48).shape)
""",
        change=(
            (
                "print(images.permute(0, 2, 3, 1).view(8, 48).shape)",
                "print(images.permute(0, 2, 3, 1).reshape(8, 48).shape)",
            ),
        ),
        page="tensors",
    ),
    kind(
        "not-contiguous",
        "A function that wants its tensor in one piece",
        "input must be contiguous",
        "output must be contiguous",
        "grad_input must be contiguous",
        "tensor must be contiguous",
        "tensors must be contiguous",
        "must be a contiguous tensor",
        "has to be contiguous",
        "have to be contiguous",
        "rnn: hx is not contiguous",
        "is not contiguous",
        "must be contiguous",
        "expects contiguous",
        "Expected contiguous tensor",
        "ndarray is not C-contiguous",
        means="After `transpose`, `permute`, `.T`, `expand` or a slice the entries of a tensor no longer lie "
        "side by side in memory, and this function (often one written for the GPU) needs them so.",
        cure="`.contiguous()` on the tensor it names, just before the call: `f(x.contiguous())`. In a "
        "backward of your own, on the gradients: `grad_output.contiguous()`. An array: "
        "`np.ascontiguousarray(a)`. If a package raises it, update that.",
        program="""
import torch
from torch import nn

lstm = nn.LSTM(4, 8, batch_first=True).cuda()
hidden = torch.zeros(2, 1, 8, device="cuda").transpose(0, 1)
print(lstm(torch.rand(2, 5, 4, device="cuda"), (hidden, hidden))[0].shape)
""",
        change=(
            (
                'hidden = torch.zeros(2, 1, 8, device="cuda").transpose(0, 1)',
                'hidden = torch.zeros(2, 1, 8, device="cuda").transpose(0, 1).contiguous()',
            ),
        ),
        page="tensors",
        runs="elsewhere",
        weight=-1,
    ),
    kind(
        "cat-sizes",
        "Tensors to be joined differ in something else than the dimension of the joint",
        (
            "Sizes of tensors must match except in dimension {d#}. Expected size {a#} but got size "
            "{b#} for tensor number"
        ),
        "Sizes of tensors must match except in dimension {d#}. Got {a#} and {b#}",
        (
            "Sizes of tensors must match except in dimension {d#}. Expected size {a#} in dimension "
            "{e#} but got {b#}"
        ),
        "Tensors must have same number of dimensions: got",
        "zero-dimensional tensor (at position",
        "zero-dimensional tensor (at position {k#}) cannot be concatenated",
        "Sizes of tensors must match except in dimension",
        means=("`torch.cat` puts tensors one after the other along one dimension; all others have to agree."),
        cure="Print the shapes. Join along another `dim`, or bring the tensors to one size first (crop, "
        "pad, `F.interpolate`); in a U-Net an odd input size makes the two sides differ by one. Single "
        "numbers are joined with `torch.stack`.",
        reads=lambda found: (
            "`torch.stack` wants all parts of one and the same shape. To join them along a dimension that "
            "they have, use `torch.cat`."
            if "torch.stack(" in found["text"] and "torch.cat(" not in found["text"]
            else "They are single numbers, without a dimension to join along: `torch.stack(items)`."
            if found["message"].lower().startswith("zero-dimensional")
            else joins.joined(found)
        ),
        complaints=(
            "unet|u net|skip connection|upsampl|decoder|expan|compression path & concat|torch.cat|cat & "
            "mismatch|not match|dont match|differ",
        ),
        program="""
import torch

skip = torch.rand(1, 64, 57, 57)
up = torch.rand(1, 64, 56, 56)
print(torch.cat([skip, up], dim=1).shape)
""",
        change=(
            (
                "print(torch.cat([skip, up], dim=1).shape)",
                "print(torch.cat([skip[:, :, :56, :56], up], dim=1).shape)",
            ),
        ),
        page="tensors",
        excludes=("collate",),
    ),
    kind(
        "stack-sizes",
        "Samples of different sizes in one batch",
        ("stack expects each tensor to be equal size, but got [{a}] at entry {i#} and [{b}] at entry {k#}"),
        "stack expects each tensor to be equal size",
        "Sizes of tensors must match except in dimension",
        "each element in list of batch should be of equal size",
        "at least two tensors in the batch are not the same size",
        "Trying to resize storage that is not resizable",
        "default_collate{x}inconsistent tensor sizes",
        "inconsistent tensor sizes at {x} default_collate",
        "default_collate{x}cannot unsqueeze empty tensor",
        "torch.cat(inputs, dim, out=out){x}inconsistent tensor sizes",
        "t.unsqueeze(dim) for t in sequence]{x}cannot unsqueeze empty tensor",
        means="A batch is one tensor, so all its samples need one shape. Here the `DataLoader` (or "
        "`torch.stack`) met samples that differ.",
        cure="Bring images to one size in the transform: `Resize((64, 64))`, with both numbers, or `Resize` "
        "and `CenterCrop`. Texts are padded, in a `collate_fn` with `torch.nn.utils.rnn.pad_sequence`. Mixed "
        "gray and color images: `image.convert('RGB')`.",
        trap=(
            "`Resize(64)` sets the shorter side only; the other still differs. `batch_size=1` is right for a "
            "test on pictures of many sizes, and slow in training."
        ),
        reads=joins.samples,
        program="""
import torch
from torch.utils.data import DataLoader

images = [torch.rand(3, 64, 48), torch.rand(3, 64, 64)]
print(next(iter(DataLoader(images, batch_size=2))).shape)
""",
        change=(
            (
                "images = [torch.rand(3, 64, 48), torch.rand(3, 64, 64)]",
                "from torchvision.transforms import Resize\n\nimages = [Resize((64, 64))(image) for image in "
                "(torch.rand(3, 64, 48), torch.rand(3, 64, 64))]",
            ),
        ),
        page="datasets",
        weight=1,
        needs=("stack expects", "collate", "each element in list", "resize storage"),
        where=(
            "A line that loops over a DataLoader is innocent: the sizes come from your Dataset "
            "and its transform."
        ),
    ),
    kind(
        "gather-shape",
        "An index tensor that does not fit the tensor it picks from",
        "Index tensor must have the same number of dimensions as",
        "Index tensor must have same dimensions as",
        "Index tensor must have same size as",
        "Index tensor must be the same size as",
        "Input tensor must have same size as output tensor apart from the specified dimension",
        "Expected index [{a}] to be smaller than self [{b}] apart from dimension",
        "Expected index [{a}] to be no larger than self [{b}] apart from dimension",
        "Expected index [{a}] to be smaller size than src [{b}]",
        "Size does not match at dimension {k#} expected index [{a}] to be smaller than",
        "Size does not match at dimension {k#} expected index [{a}] to be no larger than",
        "index tensor must have the same number of dimensions as",
        "index_select(): Index is supposed to be a vector",
        "Index is supposed to be an empty tensor or a vector",
        means="`gather` and `scatter` take an index with as many axes as the tensor, and in every axis but "
        "`dim` no longer than it. The result of `gather` has the shape of the index.",
        cure="Print both shapes. One score per row: `scores.gather(1, labels.unsqueeze(1)).squeeze(1)`. "
        "One-hot: `torch.zeros(n, classes).scatter_(1, labels.unsqueeze(1), 1)`, where labels that have an "
        "axis of size 1 already need no `unsqueeze`. Whole rows by number: `x[index]`, or `index_select` "
        "with an index of one axis.",
        reads=lambda found: (
            "If the line adds a dimension with `unsqueeze`: since PyTorch 0.2 sums and indices lose theirs, "
            "so leave it out, or add it on both sides."
            if "same dimensions as" in found["message"][:60] and "unsqueeze(" in found["text"]
            else ""
        ),
        program="""
import torch

scores, labels = torch.rand(4, 10), torch.tensor([1, 0, 3, 7])
print(scores.gather(1, labels).shape)
""",
        change=(
            (
                "print(scores.gather(1, labels).shape)",
                "print(scores.gather(1, labels.unsqueeze(1)).squeeze(1).shape)",
            ),
        ),
        page="tensors",
    ),
)
