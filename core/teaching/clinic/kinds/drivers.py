"""Builds, drivers and libraries of a GPU."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _backend(found: Holes) -> str:
    backend = found["b"].strip("'\" ")
    said = f"The operation is `{found['o'].strip()[:40]}`, the tensor's kind `{backend[:20]}`."
    if backend == "CUDA" and not found["o"].strip("'\" ").startswith(("aten::empty", "aten::_copy")):
        said += (
            " On the GPU it does not exist, or this PyTorch was built without CUDA "
            "(`torch.cuda.is_available()` tells): `x.cpu()` before it."
        )
    elif backend == "CUDA":
        said += (
            " This PyTorch was built without CUDA: install one with it, or load the file with "
            "`map_location='cpu'`."
        )
    elif backend.startswith("Quantized"):
        said += " The tensor is quantized and the operation is not: `x.dequantize()`, or keep both quantized."
    elif backend == "CPU":
        said += " The operation is for another kind (often a quantized model that is given plain tensors)."
    return said


_NEW_CARDS: Final = (
    *(
        "sm_120",
        "sm_100",
        "blackwell",
        "rtx 50",
        "rtx50",
        "5060",
        "5070",
        "5080",
        "5090",
        "b200",
        "rtx pro 6",
    ),
)
_OLD_CARDS: Final = (
    *(
        "sm_30",
        "sm_35",
        "sm_37",
        "sm_50",
        "sm_52",
        "gt 7",
        "gt 6",
        "gtx 6",
        "gtx 7",
        "geforce 9",
        "k80",
        "k40",
    ),
    *("k20", "k620", "kepler", "940m", "920m", "920mx", "940mx", "m1000m", "quadro k", "tesla k", "titan x"),
)
_TENS: Final = ("rtx 30", "rtx30", "3060", "3070", "3080", "3090", "a100", "a6000", "sm_80", "sm_86")


_NO_CARD: Final = re.compile(
    r"(?:without|not have|n't have|lacks?)(?: \w{1,8}){0,3} (?:gpu|graphics card)|\bno (?:nvidia )?gpu\b"
    r"|cpu only|only (?:a )?cpu|on (?:a |the |my )?cpu|intel (?:hd|iris)|radeon",
    re.IGNORECASE,
)
"""Words that say that the machine has no card for it."""
_WITHOUT: Final = (
    "Without an NVIDIA card the program has to run on the CPU: take `.cuda()` out of it, or write "
    "`.to(device)` with `device = 'cuda' if torch.cuda.is_available() else 'cpu'` everywhere, and load files "
    "with `map_location='cpu'`. Many programs have a setting for it, as `--gpu_ids -1` or `--no-cuda`."
)


def _driver(found: Holes) -> str:
    """Whether the machine has a card at all, or which CUDA its driver serves."""
    if "CUDA_VISIBLE_DEVICES" in found["text"]:
        return (
            "`CUDA_VISIBLE_DEVICES` says which cards the program sees, counted from 0: with one card it is "
            "`0`, and a number that is not there, or an empty one, hides all. Set it right, or leave the "
            "line out."
        )
    if _NO_CARD.search(found["text"]):
        return _WITHOUT
    if not found.get("v", "").isdigit():
        return ""
    version = int(found["v"][:5])
    return (
        f"The driver serves CUDA {version // 1000}.{version % 1000 // 10}, and this PyTorch is built for "
        "a newer one: update the driver, or install a PyTorch built for that CUDA or an older one."
    )


_OLDER: Final = (
    "The card is older than the build, which no longer has programs for it: an older PyTorch (of the card's "
    "time), one compiled by yourself, or the CPU."
)
_CAPABILITY: Final = re.compile(r"capability (?:sm_)?(\d{1,3})(?:\.(\d))?")
_BLACKWELL: Final = 100


def _card(found: Holes) -> str:
    """Whether the card named in the text is newer or older than the build."""
    text = found["text"].lower()
    capability = _CAPABILITY.search(text)
    known = [int(number) for number in re.findall(r"sm_(\d{2,3})", text.partition("supports cuda cap")[2])]
    text = text.partition("supports cuda cap")[0]
    if capability and known:
        card = int(capability[1] + (capability[2] or ""))
        if card < min(known):
            return _OLDER
        if card <= max(known):
            return f"The card is a sm_{card}, between those that the build knows: take another build."
        if card < _BLACKWELL:
            return (
                f"The card is a sm_{card}, newer than the build, which knows cards up to sm_{max(known)}: it "
                "needs a PyTorch for a newer CUDA; `torch.version.cuda` shows yours."
            )
    new = capability and known and int(capability[1] + (capability[2] or "")) >= _BLACKWELL
    if new or any(name in text for name in _NEW_CARDS):
        return (
            "The card is newer than the build: it needs PyTorch 2.7 or newer for CUDA 12.8 or newer, `pip "
            "install torch torchvision --index-url https://download.pytorch.org/whl/cu128`, after "
            "uninstalling what is there."
        )
    if any(name in text for name in _TENS):
        return (
            "The card is newer than the build: it needs a PyTorch for CUDA 11 or newer; `torch.version.cuda` "
            "shows yours."
        )
    return _OLDER if any(name in text for name in _OLD_CARDS) else ""


KINDS: Final = (
    kind(
        "no-cuda-build",
        "A PyTorch without the device asked for, mostly without CUDA",
        "Torch not compiled with CUDA enabled",
        "PyTorch is not linked with support for cuda devices",
        "PyTorch is not linked with support for mps devices",
        "Cannot access accelerator device when none is available",
        means=(
            "The PyTorch installed has no code for the device asked for, whatever card the machine has, or "
            "sees no such device. Mostly it is the build for CPUs."
        ),
        cure="Choose the device by what is there: `device = 'cuda' if torch.cuda.is_available() else "
        "'cpu'`. With an NVIDIA card: uninstall, then install the CUDA build with the command that "
        "pytorch.org gives. On a Mac use `'mps'`.",
        trap="Installing the CUDA toolkit does not change it: PyTorch brings its own.",
        program="""
import torch

print(torch.zeros(3).cuda().device)
""",
        change=(
            (
                "print(torch.zeros(3).cuda().device)",
                (
                    'device = "cuda" if torch.cuda.is_available() else '
                    '"cpu"\nprint(torch.zeros(3).to(device).device)'
                ),
            ),
        ),
        page="quickstart",
        runs="elsewhere",
    ),
    kind(
        "no-driver",
        "No GPU, or no driver for it",
        "Found no NVIDIA driver on your system",
        "No CUDA GPUs are available",
        "no NVIDIA devices found",
        "NVIDIA-SMI has failed because it couldn't communicate",
        "The NVIDIA driver on your system is too old (found version {v#})",
        "The NVIDIA driver on your system is too old",
        "CUDA driver initialization failed",
        "no CUDA-capable device is detected",
        "CUDA driver version is insufficient",
        "Unexpected error from cudaGetDeviceCount",
        means="PyTorch could use a GPU, and finds none it can talk to.",
        reads=_driver,
        cure="`nvidia-smi` in a terminal has to show the card; if not, the driver is missing or too old. "
        "On Colab: Runtime, Change runtime type, GPU. Check `CUDA_VISIBLE_DEVICES`. Until then: `device = "
        "'cuda' if torch.cuda.is_available() else 'cpu'`.",
        program="""
import torch

print(torch.zeros(3).cuda().device)
""",
        change=(
            (
                "print(torch.zeros(3).cuda().device)",
                (
                    'device = "cuda" if torch.cuda.is_available() else '
                    '"cpu"\nprint(torch.zeros(3).to(device).device)'
                ),
            ),
        ),
        page="quickstart",
        runs="elsewhere",
    ),
    kind(
        "driver-state",
        "The driver of the GPU is in a bad state",
        "CUDA unknown error - this may be due to an incorrectly set up environment",
        "CUDA error: unknown error",
        "cuda runtime error (30)",
        "cuda runtime error (999)",
        "error=30 : unknown error",
        "error=999 : unknown error",
        "CUDA driver error: unknown error",
        "CUDA error: system not yet initialized",
        "forward compatibility was attempted on non supported HW",
        "system has unsupported display driver / cuda driver combination",
        means="The driver does not answer as it should: after a suspend, an update without a restart, or a "
        "crash of another program. Or `CUDA_VISIBLE_DEVICES` was changed after CUDA had been used.",
        cure="Restart the machine. On Linux it may do to reload a part of the driver, `sudo rmmod "
        "nvidia_uvm` and `sudo modprobe nvidia_uvm`. If it comes back, compare the driver that `nvidia-smi` "
        "shows with the CUDA of your build, `torch.version.cuda`. Set `CUDA_VISIBLE_DEVICES` before Python "
        "starts.",
        trap="Your program is innocent: the line named is the first that uses the GPU.",
        program="""
import torch

print(torch.zeros(3, device="cuda"))
""",
        change=(('print(torch.zeros(3, device="cuda"))', 'print(torch.zeros(3, device="cpu"))'),),
        page="quickstart",
        runs="elsewhere",
        excludes=("no nvidia devices found", "couldn't communicate with the nvidia"),
    ),
    kind(
        "no-kernel",
        "A PyTorch that does not know this card",
        "no kernel image is available for execution on the device",
        "is not compatible with the current PyTorch installation",
        "Found GPU{a} which is of cuda capability",
        "with CUDA capability sm_{a#} is not compatible",
        "invalid device function",
        "which requires CUDA_VERSION >=",
        "invalid value for --gpu-architecture",
        reads=_card,
        means=(
            "The build contains programs for certain generations of cards, and yours is none of those: newer "
            "or older. If the line is in a package, its own programs were compiled for other cards."
        ),
        cure="A new card: install a newer PyTorch, for the newest CUDA on pytorch.org. An old card: an older "
        "PyTorch. `torch.cuda.get_arch_list()` shows what the build knows, "
        "`torch.cuda.get_device_capability()` what the card is.",
        program="""
import torch

print(torch.zeros(3, device="cuda") + 1)
""",
        change=(('print(torch.zeros(3, device="cuda") + 1)', 'print(torch.zeros(3, device="cpu") + 1)'),),
        page="quickstart",
        runs="elsewhere",
    ),
    kind(
        "device-number",
        "A device that does not exist",
        "invalid device ordinal",
        ("Attempting to deserialize object on CUDA device {a#} but torch.cuda.device_count() is {b#}"),
        "Invalid device id",
        "Invalid device string",
        "Invalid device, must be cuda device",
        "device >= 0 && device < num_gpus",
        "device type at start of device string: {k}",
        means=(
            "GPUs are numbered from 0; `cuda:1` is the second. With `CUDA_VISIBLE_DEVICES` set, they are "
            "counted anew among those visible. Names of devices are `cpu`, `cuda`, `cuda:0`, `mps`, and not "
            "`gpu`."
        ),
        cure=(
            "Use `cuda:0` or plain `cuda`; for a file saved elsewhere, `torch.load(path, "
            "map_location='cuda:0')` (or `'cpu'`)."
        ),
        reads=lambda found: (
            f"The file wants device {found['a']}; there are {found['b']}." if "b" in found else ""
        ),
        program="""
import torch

print(torch.device("gpu:0"))
""",
        change=(('print(torch.device("gpu:0"))', 'print(torch.device("cuda:0"))'),),
        page="quickstart",
    ),
    kind(
        "wrong-backend",
        "An operation that this kind of tensor does not have",
        "Could not run '{o}' with arguments from the '{b}' backend",
        means="Each operation is written once per kind of tensor: CPU, CUDA, sparse, quantized. For the kind "
        "named it is missing.",
        cure="Bring the tensor to a kind that has the operation: `.to_dense()` for a sparse one, "
        "`.dequantize()` for a quantized one, `.cpu()` or another build of PyTorch for a device.",
        reads=_backend,
        program="""
import torch

words = torch.zeros(2, 8).to_sparse()
print(words.view(16).shape)
""",
        change=(("print(words.view(16).shape)", "print(words.to_dense().view(16).shape)"),),
        page="tensors",
        excludes=("torchvision::", "from the 'mps' backend"),
    ),
    kind(
        "mps-missing",
        "Something that Apple's GPUs cannot do",
        "Cannot convert a MPS Tensor to float64 dtype",
        "is not currently implemented for the MPS device",
        "is not current implemented for the MPS device",
        "MPS framework doesn't support float64",
        "not implemented for the MPS device",
        "from the 'MPS' backend",
        "The MPS backend is supported on MacOS",
        means="The MPS device has no float64, and lacks some operations.",
        cure="Float64: `x.float()` before `.to('mps')` (arrays from NumPy are float64). A missing "
        "operation: `PYTORCH_ENABLE_MPS_FALLBACK=1` before Python starts, or that step on the CPU. The "
        "device itself needs a new macOS (newer versions of PyTorch want 14): update it, or use the CPU.",
        program="""
import torch

print(torch.zeros(3, dtype=torch.float64).to("mps"))
""",
        change=(
            (
                'print(torch.zeros(3, dtype=torch.float64).to("mps"))',
                'print(torch.zeros(3, dtype=torch.float32).to("mps"))',
            ),
        ),
        page="tensors",
        runs="elsewhere",
    ),
)
