"""Packages that are compiled while they are installed, and environments that conda cannot make."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _toolkit(found: Holes) -> str:
    if "a" in found and "b" in found:
        mine, wanted = found["a"].strip(" ()")[:8], found["b"].strip(" ().")[:8]
        return (
            f"`nvcc` is of CUDA {mine}, PyTorch of {wanted}: install the CUDA toolkit {wanted} beside the "
            f"other and point `CUDA_HOME` to it, or a PyTorch built for CUDA {mine.partition('.')[0]}."
        )
    message = found["message"].lower()
    if "cuda_home" in message[:60]:
        return (
            "No `nvcc` was found. If the toolkit is installed: `export CUDA_HOME=/usr/local/cuda` (on "
            "Windows the variable `CUDA_HOME` or `CUDA_PATH`), in the same terminal. If not: `conda install "
            "-c nvidia cuda-toolkit=11.8`, with the number of `torch.version.cuda`."
        )
    if "gnu version" in message or "gcc" in message[:40]:
        return (
            "The compiler is newer than this CUDA takes: install an older one, and `export CC=gcc-11 "
            "CXX=g++-11` with the number that the message names."
        )
    if "gpu architecture" in message:
        return (
            "This `nvcc` is older than the card: a newer CUDA toolkit, or `export "
            "TORCH_CUDA_ARCH_LIST='8.6'` with an architecture that it knows."
        )
    return ""


def _conda(found: Holes) -> str:
    text = found["text"]
    if "not available from current channels" in found["message"] or "NotFound" in found["message"][:40]:
        return (
            "None of the channels has a package of that name and version for your system: look at the "
            "spelling, at the system, and whether `-c pytorch` is there. That channel has "
            "no version after PyTorch 2.5: newer ones come by `pip`."
        )
    if "cudatoolkit" in text and "->" in text:
        return (
            "The version of PyTorch asked for was not built for that CUDA; behind the arrow stands the one "
            "that it wants. pytorch.org lists which versions go together under `Previous versions`."
        )
    return ""


KINDS: Final = (
    kind(
        "parameter-assigned",
        "A plain tensor in the place of a parameter",
        "cannot assign '{t}' as parameter '{n}' (torch.nn.Parameter or None expected)",
        "cannot assign '{t}' as parameter",
        "cannot assign '{t}' object to parameter '{n}' (torch.nn.Parameter or None required)",
        "Cannot assign non-leaf Tensor to parameter '{n}'",
        "cannot assign '{t}' object to buffer",
        "cannot assign '{t}' as buffer",
        means="The name belongs to a parameter (or a buffer) of the module, and takes no other value than "
        "one of that sort, or None. What was computed from a parameter is a plain tensor.",
        cure="In `forward` give the result a name of its own, and leave the parameter alone: "
        "`weight = F.softmax(self.weight, dim=0)`, then use `weight`. To put other values into a parameter, "
        "before training or between its steps: `with torch.no_grad(): layer.weight.copy_(values)`. A new "
        "parameter, `layer.weight = nn.Parameter(values)`, has to be there before the optimizer is made.",
        trap="`nn.Parameter(...)` around the result in `forward` makes a new parameter at each call, which "
        "no optimizer knows: the one that is to learn gets no gradient.",
        reads=lambda found: (
            "`register_parameter` takes an `nn.Parameter` (or None): wrap the tensor, "
            "`nn.Parameter(torch.rand(3))`. "
            "For values that are not to be trained there is `register_buffer(name, tensor)`."
            if "register_parameter(" in found["text"] or "register_parameter(" in found["message"]
            else f"The parameter is `{found['n'].split(chr(39))[0][:40]}`."
            if found.get("n", "").strip()
            else ""
        ),
        program="""
import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(3))

    def forward(self, x):
        self.scale = self.scale.softmax(dim=0)
        return x * self.scale


print(Scaled()(torch.ones(3)))
""",
        change=(
            ("self.scale = self.scale.softmax(dim=0)", "scale = self.scale.softmax(dim=0)"),
            ("return x * self.scale", "return x * scale"),
        ),
        page="model",
    ),
    kind(
        "cuda-toolkit",
        "A package that has to be compiled, and no CUDA toolkit that fits",
        "CUDA_HOME environment variable is not set",
        "The detected CUDA version ({a}) mismatches the version that was used to compile PyTorch ({b})",
        "The detected CUDA version",
        "unsupported GNU version! gcc versions later than",
        "nvcc fatal : Unsupported gpu architecture",
        "nvcc fatal   : Unsupported gpu architecture",
        "Unknown CUDA arch ({a}) or GPU not supported",
        "Error compiling objects for extension",
        "The current installed version of g++ ({g}) is less than the minimum required version",
        "No CUDA runtime is found, using CUDA_HOME",
        means="The package brings code in C++ and CUDA that is compiled during the installation. That takes "
        "`nvcc` from a CUDA toolkit of the same version as PyTorch's own CUDA, and a compiler that this CUDA "
        "knows. PyTorch brings the libraries to run, not the toolkit to compile.",
        cure="First look for a finished wheel of the package for your PyTorch and CUDA, which needs no "
        "toolkit. Otherwise install the toolkit of the version that `print(torch.version.cuda)` shows, and "
        "check with `nvcc --version`.",
        trap="The version in the corner of `nvidia-smi` is that of the driver, not of the toolkit.",
        reads=_toolkit,
        page="quickstart",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "build-isolation",
        "A package that looks for torch while it is being installed",
        "Getting requirements to build wheel did not run successfully{x}No module named 'torch'",
        "Getting requirements to build wheel{x}ModuleNotFoundError: No module named 'torch'",
        "pip-build-env-{x}No module named 'torch'",
        "egg_info did not run successfully{x}No module named 'torch'",
        "Preparing metadata (setup.py){x}No module named 'torch'",
        means="pip builds a package in an empty environment of its own, and this package's `setup.py` "
        "imports torch, which is not in there, although it is in yours.",
        cure="Install torch first, then `pip install --no-build-isolation PACKAGE`, in the same environment "
        "(and `pip install wheel setuptools ninja` for what the build needs).",
        page="quickstart",
        runs="elsewhere",
        weight=5,
    ),
    kind(
        "conda-conflict",
        "conda finds no set of packages that fits together",
        "UnsatisfiableError: The following specifications were found",
        "LibMambaUnsatisfiableError",
        "PackagesNotFoundError: The following packages are not available from current channels",
        "PackageNotFoundError: Dependency missing",
        "PackageNotFoundError: Package not found",
        "ResolvePackageNotFound",
        "Found conflicts! Looking for incompatible packages",
        "Solving environment: failed",
        means="What is installed in this environment, or the versions that are asked for, exclude each "
        "other; nothing was changed.",
        cure="A new environment with nothing else in it: `conda create -n torch python=3.11`, `conda "
        "activate torch`, then the command of pytorch.org, which is one for `pip` today. Other packages "
        "after it.",
        trap="Into `base`, which is full of packages, hardly anything large can be installed.",
        reads=_conda,
        page="quickstart",
        runs="elsewhere",
        needs=("torch", "cudatoolkit"),
        weight=2,
    ),
    kind(
        "layer-not-made",
        "The class of a layer that was given the data",
        "dim must be an int or None, got {t}",
        means="`nn.Softmax`, `nn.LogSoftmax` and their like are classes. Called, they make a layer and take "
        "what is in the parentheses for its settings.",
        cure="Make the layer once, in `__init__`, `self.softmax = nn.LogSoftmax(dim=1)`, and call it in "
        "`forward`, `self.softmax(x)`. Or take the function: `F.log_softmax(x, dim=1)`. Before "
        "`CrossEntropyLoss` neither.",
        program="""
import torch
from torch import nn

scores = torch.rand(4, 3)
print(nn.LogSoftmax(scores).shape)
""",
        change=(("print(nn.LogSoftmax(scores).shape)", "print(nn.LogSoftmax(dim=1)(scores).shape)"),),
        page="model",
    ),
)
