"""Warnings: the program goes on, and says something about it."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind

_LOUD = "import warnings\n\n"

_FORMS: Final = (
    ("verbose parameter", "Leave `verbose=` out, and print `scheduler.get_last_lr()` yourself."),
    (
        "weights_only",
        "`torch.load(path, weights_only=True)` for weights; `weights_only=False` only for a file that you "
        "trust, since it can run what it holds.",
    ),
    ("'pretrained'", "`models.resnet18(weights='DEFAULT')` for `pretrained=True`, `weights=None` for False."),
    ("volatile", "`with torch.no_grad():` around what was `volatile=True`."),
    ("functional.sigmoid", "`torch.sigmoid(x)`, or an `nn.Sigmoid()`."),
    ("functional.tanh", "`torch.tanh(x)`, or an `nn.Tanh()`."),
    ("meshgrid", "`torch.meshgrid(x, y, indexing='ij')` keeps what it did."),
    ("grid_sample", "`align_corners=False` says so openly; weights from before 1.3 may need `True`."),
    ("float scale_factor", "`recompute_scale_factor=False` says so openly."),
    ("upsampling behavior", "`align_corners=False` says so openly; weights from before 0.4 may need `True`."),
    ("epoch parameter", "`scheduler.step()` without a number: it counts by itself."),
    ("non-full backward hook", "`register_full_backward_hook` for `register_backward_hook`."),
    ("floor", "`torch.div(a, b, rounding_mode='floor')`, or `'trunc'` for what it did."),
    ("autocast(args", "`torch.amp.autocast('cuda')` for `torch.cuda.amp.autocast()`."),
    ("gradscaler(args", "`torch.amp.GradScaler('cuda')` for `torch.cuda.amp.GradScaler()`."),
    ("antialias", "`antialias=True` in `Resize` gives for tensors what pictures get."),
)
"""What to write, by a word of the warning."""


def _form(found: Holes) -> str:
    if "The transform" in found["text"] and "ToTensor()" in found["text"]:
        return "`v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])` is the new form of it."
    message = found["message"][:200].lower()
    return next((said for word, said in _FORMS if word in message), "")


KINDS: Final = (
    kind(
        "old-form",
        "An old way of writing it (a warning)",
        "The parameter 'pretrained' is deprecated since 0.13",
        "Arguments other than a weight enum or 'None' for 'weights' are deprecated",
        "is now deprecated in favor of 'nn.init.",
        "is now deprecated in favor of nn.init.",
        "size_average and reduce args will be deprecated",
        "nn.functional.sigmoid is deprecated",
        "nn.functional.tanh is deprecated",
        "volatile was removed and now has no effect",
        "You are using 'torch.load' with 'weights_only=False'",
        "with a mask with dtype torch.uint8, this behavior is now deprecated",
        "received a mask with dtype torch.uint8, this behavior is now deprecated",
        "indexing with dtype torch.uint8 is now deprecated",
        "please use 'get_last_lr()'",
        "epoch parameter in 'scheduler.step()' was not necessary",
        "__floordiv__ is deprecated",
        "torch.meshgrid: in an upcoming release",
        "nn.Upsample is deprecated",
        "autocast(args...)' is deprecated",
        "GradScaler(args...)' is deprecated",
        "The use of 'x.T' on tensors of dimension other than 2",
        "The verbose parameter is deprecated",
        "antialias parameter of all the resizing transforms",
        "nn.functional.upsample is deprecated",
        "torch.autograd.variable(...) is deprecated",
        "parameter with dtype torch.uint8, this behavior is now deprecated",
        "has been deprecated. Please use",
        "is deprecated. Please switch to",
        "is deprecated and will be removed",
        "Default upsampling behavior when mode=",
        "Default grid_sample and affine_grid behavior has changed",
        "The default behavior for interpolate/upsample with float scale_factor changed",
        "Default behavior of interpolate",
        "floor_divide is deprecated",
        "ANTIALIAS is deprecated",
        "Using a non-full backward hook when",
        means="A warning, no error: the program runs. The form still works, or had to be replaced, and a "
        "newer one exists, which the message names.",
        cure="Write the new form: `weights=...` for `pretrained=True`, `nn.init.xavier_uniform_` with its "
        "underscore, `reduction='mean'`, `torch.sigmoid`, `torch.no_grad()`, "
        "`torch.load(path, weights_only=True)`, `mask.bool()`.",
        reads=_form,
        program=_LOUD
        + """
import torch
from torch import nn

warnings.simplefilter("error")
print(nn.init.xavier_uniform(torch.zeros(2, 2)).shape)
""",
        change=(
            (
                "print(nn.init.xavier_uniform(torch.zeros(2, 2)).shape)",
                "print(nn.init.xavier_uniform_(torch.zeros(2, 2)).shape)",
            ),
        ),
        page="model",
        symptom=True,
        runs="apart",
    ),
    kind(
        "not-deterministic",
        "An operation that has no reproducible version",
        "does not have a deterministic implementation",
        "Deterministic behavior was enabled with either",
        "CUBLAS_WORKSPACE_CONFIG=:4096:8",
        means="`torch.use_deterministic_algorithms(True)` allows only operations that give the same numbers "
        "each time. This one adds in an order that changes from run to run on a GPU.",
        cure="`torch.use_deterministic_algorithms(True, warn_only=True)` lets it pass with a warning; or "
        "take another operation (`interpolate` with `mode='nearest'`, padding with zeros), or that step on "
        "the CPU. For matrix products: `CUBLAS_WORKSPACE_CONFIG=:4096:8` before Python starts. With seeds "
        "alone, the results differ in the last digits only.",
        program="""
import torch

torch.use_deterministic_algorithms(True)
print(torch.rand(8, device="cuda").cumsum(0))
""",
        change=(
            (
                "torch.use_deterministic_algorithms(True)",
                "torch.use_deterministic_algorithms(True, warn_only=True)",
            ),
        ),
        page="training",
        runs="elsewhere",
        weight=1,
    ),
    kind(
        "slow-list",
        "A tensor from a list of arrays (a warning)",
        "Creating a tensor from a list of numpy.ndarrays is extremely slow",
        means="A warning: PyTorch walks through the arrays number by number.",
        cure="`torch.from_numpy(np.stack(arrays))`, or `torch.tensor(np.array(arrays))`.",
        program=_LOUD
        + """
import numpy as np
import torch

warnings.simplefilter("error")
rows = [np.zeros(784), np.zeros(784)]
print(torch.tensor(rows).shape)
""",
        change=(("print(torch.tensor(rows).shape)", "print(torch.from_numpy(np.stack(rows)).shape)"),),
        page="tensors",
        symptom=True,
        runs="apart",
    ),
    kind(
        "many-workers",
        "A number of workers that does not suit the machine (a warning)",
        "This DataLoader will create {k#} worker processes in total",
        "does not have many workers which may be a bottleneck",
        means="A warning: the number of worker processes and of processors do not suit each other.",
        cure="`num_workers` of about the number of processors (`os.cpu_count()`), less if memory is short; 0 "
        "for data that is in memory already. Measure: more is not always faster.",
        program=_LOUD
        + """
from torch.utils.data import DataLoader

warnings.simplefilter("error")
print(len(DataLoader(range(64), num_workers=4096)))
""",
        change=(
            (
                "print(len(DataLoader(range(64), num_workers=4096)))",
                "print(len(DataLoader(range(64), num_workers=0)))",
            ),
        ),
        page="datasets",
        symptom=True,
        runs="apart",
    ),
    kind(
        "rnn-dropout",
        "Dropout in a recurrent layer of one layer (a warning)",
        "dropout option adds dropout after all but last recurrent layer",
        means="A warning: `dropout` acts between stacked layers, and a single layer has no such place.",
        cure="`num_layers=2`, or an `nn.Dropout` of its own after the layer.",
        program=_LOUD
        + """
from torch import nn

warnings.simplefilter("error")
print(nn.LSTM(4, 8, dropout=0.5))
""",
        change=(("print(nn.LSTM(4, 8, dropout=0.5))", "print(nn.LSTM(4, 8, num_layers=2, dropout=0.5))"),),
        page="model",
        symptom=True,
        runs="apart",
    ),
    kind(
        "no-gpu-notice",
        "Something for the GPU was asked for, and there is none (a warning)",
        "argument is set as true but no accelerator is found",
        "argument is set as true but not supported on",
        "but CUDA is not available. Disabling",
        "is enabled, but CUDA is not available",
        means="A warning: the program goes on without it, on the CPU.",
        cure="Leave it out on the CPU: `pin_memory=torch.cuda.is_available()`, and the same for autocast and "
        "`GradScaler(enabled=...)`. If there is a GPU, PyTorch does not see it: `torch.cuda.is_available()`.",
        program=_LOUD
        + """
import torch
from torch.utils.data import DataLoader

warnings.simplefilter("error")
print(len(list(DataLoader(torch.rand(8, 2), pin_memory=True))))
""",
        change=(
            (
                "print(len(list(DataLoader(torch.rand(8, 2), pin_memory=True))))",
                "print(len(list(DataLoader(torch.rand(8, 2), pin_memory=torch.cuda.is_available()))))",
            ),
        ),
        page="datasets",
        symptom=True,
        runs="apart",
    ),
    kind(
        "read-only-array",
        "A tensor that shares memory with an array one must not write to (a warning)",
        "The given NumPy array is not writ",
        "The given buffer is not writable",
        means="A warning: `from_numpy` shares the array's memory, and this array may only be read. Writing "
        "to the tensor would be an error that nothing reports.",
        cure="`torch.from_numpy(array.copy())`, or `torch.tensor(array)`.",
        program=_LOUD
        + """
import numpy as np
import torch

warnings.simplefilter("error")
array = np.zeros(3)
array.flags.writeable = False
print(torch.from_numpy(array))
""",
        change=(("print(torch.from_numpy(array))", "print(torch.from_numpy(array.copy()))"),),
        page="tensors",
        symptom=True,
        runs="apart",
    ),
    kind(
        "own-notice",
        "A notice of PyTorch about itself (a warning)",
        "Named tensors and all their associated APIs are an experimental feature",
        "Lazy modules are a new feature under heavy development",
        "Plan failed with a cudnnException",
        "Please don't use this property or method in production",
        "nested tensors are in prototype stage",
        "enable_nested_tensor is True, but",
        "Using padding='same' with even kernel lengths",
        "Anomaly Detection has been enabled",
        "An output with one or more elements was resized since it had shape",
        "The PyTorch API of nested tensors is in prototype stage",
        means="A warning that is meant for others than you: a part of PyTorch that is still changing, or "
        "one that fell back to another way. The results are right.",
        cure="Nothing has to be done. A newer version may no longer show it.",
        trap="Filtering out all warnings hides those that matter as well.",
        page="tensors",
        symptom=True,
        runs="elsewhere",
    ),
)
