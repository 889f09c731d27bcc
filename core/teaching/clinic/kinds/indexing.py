"""Indices and dimensions that are not there, single values, and Python types in the place of tensors."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings import brackets, indices

KINDS: Final = (
    kind(
        "index-bounds",
        "An index that is out of range",
        "index {i} is out of bounds for dimension {d#} with size {n#}",
        "index {i} is out of bounds for axis {d#} with size {n#}",
        "index {i} is out of bounds for axis",
        "index {i#} is out of bounds for dim with size {n#}",
        "RuntimeError: index out of range at ",
        "index out of range at /",
        "INDICES element is out of DATA bounds",
        "index out of range for tensor of dimension",
        "start ({i}) + length ({l}) exceeds dimension size ({n#})",
        "invalid argument 2: out of range at",
        "index {i#} is out of range for dimension {d#}",
        "index {i#} out of range for tensor of size [{s}] at dimension {d#}",
        "Invalid index in gather at",
        "Invalid index in scatter at",
        "IndexError: index {i#} is out of range",
        means="Entries are numbered from 0, so the last of n has the number n - 1 (or -1), and the first is "
        "-n from the end.",
        cure="Print the shape and the index. Loops often go one too far: `range(len(x))`. A Dataset's "
        "`__getitem__` must only be asked for indices below its `__len__`, so the two have to count the "
        "same thing.",
        reads=indices.bounds,
        program="""
import torch

labels = torch.arange(10)
print(labels[10])
""",
        change=(("print(labels[10])", "print(labels[9])"),),
        page="tensors",
    ),
    kind(
        "too-many-indices",
        "More indices than dimensions",
        "too many indices for tensor of dimension {d#}",
        "too many indices for array",
        "too many indices for a tensor of dimension",
        "trying to index {a#} dimensions of a {b#} dimensional tensor",
        means="Each index takes one dimension, and the tensor has fewer.",
        cure="Print `x.shape`. A dimension has been lost before (by `squeeze`, or an index), or was never "
        "there: add it with `unsqueeze`.",
        reads=brackets.too_many,
        program="""
import torch

labels = torch.arange(10)
print(labels[:, 0])
""",
        change=(("print(labels[:, 0])", "print(labels[0])"),),
        page="tensors",
    ),
    kind(
        "dimension-range",
        "Numbers of dimensions that do not fit the tensor",
        "Dimension out of range (expected to be in range of [{a}, {b}], but got {c})",
        "dim out of range (got {c}, but input has {n} dim",
        "Dimension specified as {c} but tensor has no dimensions",
        (
            "number of dimensions in the tensor input does not match the length of the desired "
            "ordering of dimensions"
        ),
        "number of dims don't match in permute",
        "out of range of {d#}D tensor",
        "axes don't match array",
        means="`dim` names a dimension by its number, from 0, or from the end with -1; `permute` wants each "
        "once.",
        cure="Print `x.shape` there. With `softmax`, `argmax` or cross-entropy and `dim=1`, the batch "
        "dimension is often missing: `x.unsqueeze(0)`. In a loss, check that outputs are (batch, classes).",
        trap=(
            "Where the batch dimension is missing, `dim=0` removes the message, and compares the wrong "
            "things when it is back."
        ),
        reads=indices.dimension,
        program="""
import torch

logits = torch.rand(10)
print(logits.softmax(dim=1).shape)
""",
        change=(("print(logits.softmax(dim=1).shape)", "print(logits.unsqueeze(0).softmax(dim=1).shape)"),),
        page="tensors",
        complaints=("dimension & out of range & error|why|tensor|torch",),
    ),
    kind(
        "one-number",
        "A tensor that does not make one number where one is wanted",
        "a Tensor with {n#} elements cannot be converted to Scalar",
        "only one element tensors can be converted to Python scalars",
        "only single-element",
        "only size-1 arrays can be converted to Python scalars",
        "only length-1 arrays can be converted to Python scalars",
        "only integer tensors of a single element can be converted to an index",
        "only 0-dimensional arrays can be converted to Python scalars",
        "must be a string, a bytes-like object or a number, not 'Tensor'",
        "must be a string, a bytes-like object or a real number, not 'Tensor'",
        "'Tensor' object cannot be interpreted as an integer",
        means=(
            "`.item()`, `float()` and `int()` turn a tensor of exactly one value into a Python number; "
            "`range` and sizes want a whole one."
        ),
        cure="Reduce first, with `.mean()`, `.sum()` or an index; for several numbers, `.tolist()`. If it "
        "is a loss, look for `reduction='none'`. `torch.tensor([t1, t2])` of tensors: use "
        "`torch.stack([t1, t2])`.",
        reads=indices.elements,
        program="""
import torch

losses = torch.rand(64)
print(losses.item() > 0)
""",
        change=(("print(losses.item() > 0)", "print(losses.mean().item() > 0)"),),
        page="tensors",
        complaints=(
            "convert & tensor|tensors & scalar|scalars & error|valueerror|only one|cannot|cant|fail",
        ),
    ),
    kind(
        "zero-dim-index",
        "An index into a single number",
        "invalid index of a 0-dim tensor",
        "invalid index to scalar variable",
        "slice() cannot be applied to a 0-dim tensor",
        means=(
            "The tensor has no dimensions: it is one number. Programs from before PyTorch 0.4 wrote "
            "`loss.data[0]`."
        ),
        cure="The value is `loss.item()`. If it should have entries, look for what took its dimension: an "
        "index too many, a `squeeze()`, or a sum.",
        program="""
import torch

loss = torch.tensor(0.5)
print(loss.data[0])
""",
        change=(("print(loss.data[0])", "print(loss.item())"),),
        page="tensors",
    ),
    kind(
        "zero-dim-loop",
        "A loop over, or the length of, a single number",
        "iteration over a 0-d tensor",
        "len() of a 0-d tensor",
        "iteration over a 0-d array",
        "len() of unsized object",
        means=(
            "The tensor or array has no dimensions: it is one value, and there is nothing to count or walk "
            "through."
        ),
        cure="Look for what made it a single number: a loss, a `squeeze()` of a batch of one, an index too "
        "many. `squeeze(1)` with a number, or `x.reshape(-1)`, keeps the dimension you need.",
        program="""
import torch

labels = torch.tensor([[7]]).squeeze()
print([label.item() for label in labels])
""",
        change=(("labels = torch.tensor([[7]]).squeeze()", "labels = torch.tensor([[7]]).squeeze(1)"),),
        page="tensors",
    ),
    kind(
        "ambiguous-truth",
        "A tensor that is not one value where yes or no is wanted",
        "Boolean value of Tensor with more than one value is ambiguous",
        "bool value of Tensor with more than one value is ambiguous",
        "Boolean value of Tensor with no values is ambiguous",
        "bool value of Variable objects containing non-empty",
        "The truth value of an array with more than one element is ambiguous",
        means=(
            "`if`, `and`, `or`, `not` and `in` need one yes or no; a comparison of tensors gives one per "
            "element, and an empty tensor none."
        ),
        cure="Look at the line. A loss or a network that is called with tensors before it is made "
        "(`nn.BCELoss(pred, y)`): `nn.BCELoss()(pred, y)`. A condition: say which you mean, `.any()`, "
        "`.all()`, or `&` and `|` for element by element. Two tensors are compared as a whole with "
        "`torch.equal(a, b)`.",
        reads=indices.ambiguous,
        program="""
import torch
from torch import nn

logits, labels = torch.rand(8, 10), torch.arange(8)
loss = nn.CrossEntropyLoss(logits, labels)
print(loss)
""",
        change=(
            ("loss = nn.CrossEntropyLoss(logits, labels)", "loss = nn.CrossEntropyLoss()(logits, labels)"),
        ),
        page="tensors",
    ),
    kind(
        "mask-shape",
        "A mask of another shape",
        (
            "The shape of the mask [{a}] at index {d#} does not match the shape of the indexed "
            "tensor [{b}] at index {e#}"
        ),
        (
            "The shape of the mask [{a}] at index {d#} does not match the shape of the indexed "
            "tensor [{b}] at index"
        ),
        means="A mask of True and False has one entry per element, or per row, of what it chooses from.",
        cure="Make the mask from the tensor that it indexes (`x[x > 0]`), or index the dimension that it "
        "belongs to: `x[:, mask]`.",
        reads=indices.mask,
        program="""
import torch

scores = torch.rand(3, 10)
mask = torch.arange(10) < 5
print(scores[mask].shape)
""",
        change=(("print(scores[mask].shape)", "print(scores[:, mask].shape)"),),
        page="tensors",
    ),
    kind(
        "index-dtype",
        "An index of a type that is none",
        "tensors used as indices must be long",
        "scatter(): Expected dtype int64 for index",
        "gather(): Expected dtype int64 for index",
        "index_select(): Expected dtype int32 or int64 for index",
        "Expected dtype int64 for index",
        "Expected dtype int32/int64 for index",
        ("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices"),
        "only integers, slices (`:`), ellipsis (`...`)",
        "one_hot is only applicable to index tensor",
        "slice indices must be integers or None",
        "Performing basic indexing on a tensor and encountered an error indexing",
        "indexing a tensor with an object of type {t}. The only supported types are integers",
        "are valid indices (got {t})",
        "must be int64, int32, uint8 or bool",
        "Expected object of scalar type Long but got scalar type {t} for argument #{n#} 'index'",
        means="Positions are whole numbers: an index is an int64 tensor, or a bool mask; other types of "
        "whole numbers are not taken everywhere.",
        cure=(
            "`.long()` on the index. If it was computed with `/`, use `//` or `torch.div(..., "
            "rounding_mode='floor')`."
        ),
        reads=lambda found: (
            "The index is a NumPy array, which old versions of PyTorch do not take: "
            "`torch.from_numpy(index)`, or a newer PyTorch."
            if "numpy.ndarray" in found["message"]
            else ""
        ),
        program="""
import torch

names = torch.arange(10)
chosen = torch.tensor([0.0, 3.0])
print(names[chosen])
""",
        change=(("print(names[chosen])", "print(names[chosen.long()])"),),
        page="tensors",
    ),
    kind(
        "topk-range",
        "More entries asked for than there are",
        "selected index k out of range",
        "start ({a}) + length ({b}) exceeds dimension size ({n})",
        "start ({a}) + length ({b}) must be",
        "k not in range for dimension",
        means=(
            "`topk`, `kthvalue`, `narrow` and `random` pieces cannot give more entries than the "
            "dimension has."
        ),
        cure=("Ask for `min(k, x.size(dim))`, or pass the dimension you mean: `topk` looks at the last one."),
        program="""
import torch

logits = torch.rand(1, 3)
print(logits.topk(5).values.shape)
""",
        change=(
            (
                "print(logits.topk(5).values.shape)",
                "print(logits.topk(min(5, logits.size(-1))).values.shape)",
            ),
        ),
        page="tensors",
    ),
    kind(
        "ragged-list",
        "Lists of different lengths, or several values for one cell",
        "expected sequence of length {a#} at dim {d#} (got {b#})",
        "setting an array element with a sequence",
        means="A tensor is a full table: all lists at one depth need the same number of entries. NumPy says "
        "it also where one cell of an array is given several values.",
        cure="Cut or pad them to one length (`torch.nn.utils.rnn.pad_sequence` for sequences), or keep a "
        "Python list of tensors.",
        reads=lambda found: (
            f"The first list has {found['a']} entries, another {found['b']}, at depth {found['d']}."
            + (
                " A collator pads what the tokenizer makes. A column of your own, such as `labels`, it "
                "leaves as it is: take it out (for language models the collator makes its own), or "
                "`DataCollatorForSeq2Seq`, which pads labels with -100."
                if "ollator" in found["text"]
                else ""
            )
            if "a" in found
            else ""
        ),
        program="""
import torch

words = [[4, 8, 15], [16, 23]]
print(torch.tensor(words).shape)
""",
        change=(("words = [[4, 8, 15], [16, 23]]", "words = [[4, 8, 15], [16, 23, 0]]"),),
        page="tensors",
    ),
)
