"""Values that do not fit: nothing in a list, numbers too large, tensors where plain Python is wanted."""

import re
from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings.files import refused

_NAN: Final = re.compile(r"\bnan\b(?!['`] or element)")
_HALF: Final = "In float16, fill a mask with `torch.finfo(x.dtype).min` or `float('-inf')`, not with -1e9."

KINDS: Final = (
    kind(
        "empty-list",
        "Nothing to join",
        "stack expects a non-empty TensorList",
        "expected a non-empty list of Tensors",
        "There were no tensor arguments to this function",
        means="`torch.stack` and `torch.cat` join the tensors of a list, and the list is empty.",
        cure="Print `len(items)` before it. Often the loop that fills the list never ran: an empty loader, a "
        "folder without files, a condition that nothing meets.",
        program="""
import torch

scores = []
for images in torch.rand(0, 28, 28):
    scores.append(images.mean())
print(torch.stack(scores))
""",
        change=(("for images in torch.rand(0, 28, 28):", "for images in torch.rand(8, 28, 28):"),),
        page="tensors",
    ),
    kind(
        "empty-tensor",
        "The largest of nothing",
        "Expected reduction dim to be specified for input.numel() == 0",
        "Specify the reduction dim with the 'dim' argument",
        "on a tensor with no elements because the operation does not have an identity",
        "operation does not have an identity",
        "Expected reduction dim {k} to have non-zero size",
        "non-empty vector or matrix expected",
        "cannot perform reduction function {k} on tensor with no elements",
        "cannot perform reduction function {k} on a tensor with no elements",
        means="The tensor has no elements, so it has no maximum or minimum.",
        cure="Print `x.shape` before it, and leave the step out when `x.numel() == 0`. A mask that nothing "
        "passes gives an empty tensor.",
        program="""
import torch

scores = torch.rand(8)
print(scores[scores > 1].max())
""",
        change=(("print(scores[scores > 1].max())", "print(scores[scores > 0].max())"),),
        page="tensors",
    ),
    kind(
        "distribution-values",
        "A distribution of impossible numbers",
        "to satisfy the constraint {c}, but found invalid values",
        "invalid multinomial distribution",
        "normal expects all elements of std >= 0",
        "probability tensor contains either 'inf', 'nan' or element < 0",
        "probability tensor contains either `inf`, `nan` or element < 0",
        "Expected parameter probs",
        "normal expects std >= 0.0, but found std",
        "normal expects all elements of std >= 0.0",
        "normal_ expects std >= 0.0",
        means="A distribution was given numbers that it does not allow: mostly NaN, sometimes negative "
        "probabilities or a spread of 0.",
        cure="NaN comes from before: look for the first step with a loss of NaN, lower the learning rate, "
        "clip the gradients. Otherwise give `logits=` what the network gives as it is, and make a spread "
        "positive with `F.softplus(x) + 1e-6`.",
        trap="`validate_args=False` only silences it: the samples and the loss stay NaN.",
        reads=lambda found: "NaN is among the numbers." if _NAN.search(found["text"].lower()) else "",
        program="""
import torch

scores = torch.tensor([1.0, float("nan"), 2.0])
print(torch.distributions.Categorical(logits=scores, validate_args=True))
""",
        change=(
            (
                'scores = torch.tensor([1.0, float("nan"), 2.0])',
                "scores = torch.tensor([1.0, 1.5, 2.0])",
            ),
        ),
        page="autograd",
    ),
    kind(
        "overflow",
        "A number too large for its type",
        "value cannot be converted to type {t} without overflow",
        "Overflow when unpacking long",
        reads=lambda found: _HALF if "half" in found.get("t", "").lower() else "",
        means="Every type holds a range: uint8 from 0 to 255, int64 up to about 9 quintillion, float16 up to "
        "65,504.",
        cure="Choose a type that holds the number (`torch.int64` for labels and indices), or look for the "
        "number that should not be that large.",
        program="""
import torch

print(torch.tensor([12, 300], dtype=torch.uint8))
""",
        change=(
            (
                "print(torch.tensor([12, 300], dtype=torch.uint8))",
                "print(torch.tensor([12, 300], dtype=torch.int64))",
            ),
        ),
        page="tensors",
    ),
    kind(
        "json-tensor",
        "A tensor, or a NumPy number, in JSON or in a log",
        "Object of type Tensor is not JSON serializable",
        "Object of type float32 is not JSON serializable",
        "Object of type int64 is not JSON serializable",
        "Object of type ndarray is not JSON serializable",
        "has type <class 'torch.Tensor'>, but expected one of",
        means="JSON, and what is written for TensorBoard, know plain Python numbers and lists only.",
        cure="`.item()` for one number, `.tolist()` for several, before `json.dump` or "
        "`writer.add_scalar('loss', loss.item(), step)`.",
        program="""
import json

import torch

print(json.dumps({"loss": torch.tensor(0.5)}))
""",
        change=(
            (
                'print(json.dumps({"loss": torch.tensor(0.5)}))',
                'print(json.dumps({"loss": torch.tensor(0.5).item()}))',
            ),
        ),
        page="tensors",
    ),
    kind(
        "tensor-key",
        "A tensor as the key of a dict",
        "KeyError: tensor({t}",
        means="A dict does not compare the values of tensors: `tensor(5)` is another key than 5.",
        cure="`int(label)` or `label.item()` before looking it up.",
        program="""
import torch

names = {0: "T-shirt/top", 9: "Ankle boot"}
print(names[torch.tensor(9)])
""",
        change=(("print(names[torch.tensor(9)])", "print(names[torch.tensor(9).item()])"),),
        page="tensors",
    ),
    kind(
        "autocast-setting",
        "autocast was given something else than a device's name",
        "Expected 'device_type' of type 'str', got",
        "User specified an unsupported autocast device_type",
        "autocast()(func) requires a callable",
        "autocast.__init__() missing 1 required positional argument: 'device_type'",
        "Current CUDA Device does not support bfloat16",
        means="`torch.autocast` wants the kind of device as a text, without a number, and as a type one that "
        "the device computes in.",
        cure="`torch.autocast('cuda')`, or `torch.autocast(device.type)` where `device` is a "
        "`torch.device`. On GPUs older than Ampere `dtype=torch.float16` (with a `GradScaler`) instead of "
        "`bfloat16`.",
        program="""
import torch

device = torch.device("cpu")
with torch.autocast(device):
    print((torch.rand(2, 2) @ torch.rand(2, 2)).dtype)
""",
        change=(("with torch.autocast(device):", "with torch.autocast(device.type):"),),
        page="optimization",
    ),
    kind(
        "autocast-loss",
        "A loss that mixed precision refuses",
        "binary_cross_entropy and torch.nn.BCELoss are unsafe to autocast",
        means="In half precision a probability near 0 or 1 is rounded to it, and its logarithm is infinite.",
        cure="Drop the sigmoid at the end of the network and use `nn.BCEWithLogitsLoss()`, which works under "
        "`autocast`.",
        program="""
import torch
from torch import nn

scores, labels = torch.rand(8, device="cuda"), torch.ones(8, device="cuda")
with torch.autocast("cuda"):
    print(nn.BCELoss()(scores.sigmoid(), labels))
""",
        change=(
            (
                "print(nn.BCELoss()(scores.sigmoid(), labels))",
                "print(nn.BCEWithLogitsLoss()(scores, labels))",
            ),
        ),
        page="optimization",
        runs="elsewhere",
        weight=1,
    ),
    kind(
        "wrong-path",
        "A path that is no file, or that may not be opened",
        "[Errno 13] Permission denied",
        "[Errno 21] Is a directory",
        "[Errno 20] Not a directory",
        "[WinError 267]",
        "[WinError 5] Access is denied",
        means="The system found the path and refused: it is a folder where a file is wanted (or the other "
        "way round), or your account may not read or write there.",
        cure="Print the path. Name the file itself (`models/best.pth`, not `models/`), and for writing "
        "choose a folder of your own. On Windows opening a folder reads `Permission denied` too.",
        reads=refused,
        program="""
import tempfile

import torch

folder = tempfile.mkdtemp()
torch.save(torch.zeros(3), folder + "/best.pth")
print(torch.load(folder))
""",
        change=(("print(torch.load(folder))", 'print(torch.load(folder + "/best.pth"))'),),
        page="checkpoints",
    ),
    kind(
        "disk-full",
        "The disk is full",
        "No space left on device",
        "PytorchStreamWriter failed writing file",
        "unexpected pos {a} vs {b}",
        "write(): fd {a} failed with",
        "write(): fd {a} failed",
        means="A file could not be written to its end: mostly the disk, or your share of it, is used up.",
        cure="`df -h` shows the disks. Keep the best and the last checkpoint only, empty `~/.cache`, or save "
        "to another disk. What was being written is not whole: delete it.",
        page="checkpoints",
        runs="elsewhere",
    ),
    kind(
        "singular-matrix",
        "A matrix that has no inverse",
        "because the input matrix is singular",
        "is zero, singular U",
        "the input matrix is singular",
        "because the input is not positive-definite",
        "is not positive-definite",
        "the input is singular",
        "The algorithm failed to converge because the input matrix",
        means="Its rows depend on each other (or hold NaN), so the equations have no single solution; "
        "Cholesky also needs a symmetric matrix with positive eigenvalues.",
        cure="Look for NaN first. Then `torch.linalg.lstsq` or `torch.linalg.pinv`, which need no inverse, "
        "or a small number on the diagonal: `A + 1e-6 * torch.eye(len(A))`. For equations `solve` is "
        "better than `inverse`.",
        program="""
import torch

A = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
print(torch.linalg.inv(A))
""",
        change=(("print(torch.linalg.inv(A))", "print(torch.linalg.pinv(A))"),),
        page="tensors",
        needs=("torch", "linalg", "singular u", "inverse", "cholesky"),
    ),
    kind(
        "range-bounds",
        "A range that ends before it begins",
        "upper bound and lower bound inconsistent with step sign",
        "upper bound and larger bound inconsistent with step sign",
        "random_ expects 'from' to be less than 'to', but got from={a} >= to={b}",
        "random_ expects 'from' to be less than 'to'",
        "step must be nonzero",
        means="`arange(start, end)` and `randint(low, high)` count up to the second number, without it; here "
        "it is not larger than the first, or the step is 0 or leads away from it.",
        cure="Exchange the two, or give a negative step: `torch.arange(5, 0, -1)`. Print both numbers "
        "where they are computed: an empty list or a division rounded down often gives 0.",
        reads=lambda found: (
            "The step is 0: a division of whole numbers (`1 // n`, or `/` in Python 2) was rounded down to "
            "it. `1.0 / n`, or `torch.linspace(start, end, steps=n)`."
            if "nonzero" in found["message"][:30]
            else ""
        ),
        program="""
import torch

print(torch.arange(5, 0))
""",
        change=(("print(torch.arange(5, 0))", "print(torch.arange(5, 0, -1))"),),
        page="tensors",
    ),
    kind(
        "text-mode",
        "A file of bytes, read as text",
        "'utf-8' codec can't decode byte {b} in position",
        "'ascii' codec can't decode byte {b} in position",
        "'gbk' codec can't decode byte {b} in position",
        "'charmap' codec can't decode byte {b} in position",
        "'cp949' codec can't decode byte {b} in position",
        means="A checkpoint, a pickle or a picture holds bytes, and the program decodes them as letters. Or "
        "it is a text, written in another encoding than the one it is read with.",
        cure="A checkpoint: `torch.load(path)` opens the file itself; with `open`, the mode is `'rb'`. A "
        "pickle of Python 2: `pickle.load(file, encoding='latin1')`, and so for `torch.load`. A text or a "
        "table: `open(path, encoding='utf-8')`, `pd.read_csv(path, encoding='latin1')`.",
        program="""
import io
import pickle

file = io.BytesIO(pickle.dumps([0.5, 0.25]))
print(pickle.loads(file.read().decode("utf-8")))
""",
        change=(('print(pickle.loads(file.read().decode("utf-8")))', "print(pickle.loads(file.read()))"),),
        page="checkpoints",
        runs="apart",
        needs=("torch", "pickle", "load", "dataset", "csv", ".pth", ".pkl", "label"),
    ),
    kind(
        "zero-division",
        "A mean over nothing",
        "ZeroDivisionError",
        means="Something was divided by 0, mostly by a count: a loader without batches, a data set "
        "without samples, a class that never came.",
        cure="Print the number below the line: `len(dataset)`, `len(loader)`, `total`. With `drop_last=True` "
        "a data set smaller than one batch gives none. A split may be empty, or the path may be wrong.",
        program="""
import torch
from torch.utils.data import DataLoader

loader = DataLoader(torch.rand(8, 4), batch_size=16, drop_last=True)
total = sum(batch.mean().item() for batch in loader)
print(total / len(loader))
""",
        change=(
            (
                "loader = DataLoader(torch.rand(8, 4), batch_size=16, drop_last=True)",
                "loader = DataLoader(torch.rand(8, 4), batch_size=4, drop_last=True)",
            ),
        ),
        reads=lambda found: (
            "It is a `StepLR` whose `step_size` is 0: give it 1 or more, as `max(1, epochs // 3)`."
            if "self.step_size" in found["text"]
            else ""
        ),
        page="datasets",
        weight=-3,
        runs="apart",
        needs=("loader", "dataset", "epoch", "loss", "accuracy", "train", "correct", "batch"),
    ),
)
