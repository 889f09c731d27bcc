"""Cards that PyTorch does not see, or that others hold."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind

_BUILD: Final = re.compile(r"\+cu(\d\d)\d")
_DRIVER: Final = re.compile(r"CUDA Version: (\d\d)\.")


def _unseen(found: Holes) -> str:
    """What the versions in the text say of the reason."""
    text = found["text"]
    if "+cpu" in text:
        return (
            "The version ends in `+cpu`: it is the build without CUDA. `pip uninstall torch torchvision`, "
            "then the command that pytorch.org gives for CUDA."
        )
    if re.search(r"py\d[\d.]{0,4}_cpu", text) or "[cpuonly]" in text:
        return (
            "conda installed the build for CPUs, as the letters `cpu` in its name say: it has no build with "
            "CUDA for this combination of versions, or `cpuonly` is installed. `conda remove cpuonly "
            "pytorch`, then the line that pytorch.org gives, with its versions unchanged."
        )
    if "is_available)" in text:
        return (
            "Without parentheses `torch.cuda.is_available` is the function itself, and tells nothing: write "
            "`torch.cuda.is_available()`."
        )
    build, driver = _BUILD.search(text), _DRIVER.search(text)
    if build and driver and int(build[1]) > int(driver[1]):
        return (
            f"PyTorch is built for CUDA {build[1]}, the driver serves {driver[1]} at most: update the "
            "driver, or install a PyTorch for an older CUDA."
        )
    return ""


KINDS: Final = (
    kind(
        "illegal-access",
        "Something on the GPU reached outside of its memory",
        "an illegal memory access was encountered",
        "cuda runtime error (77)",
        means="A program on the GPU read or wrote where it may not. Mostly an index or a label is out of "
        "range in an operation that does not check it; else a package's own program was compiled for another "
        "PyTorch or does not mind which of two GPUs its tensors are on, or PyTorch itself has a fault with "
        "very large tensors.",
        cure="Run one batch on the CPU: a wrong index or label then gets an exact message. Else "
        "`CUDA_LAUNCH_BLOCKING=1` before Python starts names the right line. If that is in a package, update "
        "it or compile it again; with several GPUs, `torch.cuda.set_device(device)` first; with very large "
        "tensors, a smaller batch or a newer PyTorch. Restart the process after it.",
        where="The line named may be innocent: GPUs report late.",
        page="optimization",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "cuda-unavailable",
        "PyTorch sees no GPU",
        "You requested gpu: [{g}] But your machine only has: []",
        "No supported gpu backend found",
        "'CUDAAccelerator' can not run on your system since the accelerator is not available",
        "is_available() False",
        "is_available() returns False",
        "is_available() return False",
        "is_available() is False",
        "is_available()=False",
        "is_available()) return False",
        "is_available()) returns False",
        "is_available()) False",
        "device_count() returns 0",
        "device_count()) returns 0",
        means="PyTorch looks for an NVIDIA card through its driver. It finds none where the PyTorch "
        "installed is the one for CPUs, where the driver is missing or older than PyTorch's CUDA, or where "
        "the card is hidden.",
        cure="`print(torch.__version__, torch.version.cuda)`: `+cpu` or `None` means a build without CUDA; "
        "uninstall it and install the CUDA build with the command that pytorch.org gives. Otherwise "
        "`nvidia-smi`: if it fails, install or update the driver; the CUDA version it shows has to be at "
        "least PyTorch's. In Colab: Runtime, Change runtime type, GPU. An environment variable "
        "`CUDA_VISIBLE_DEVICES` may hide the card. Then check that this Python is the one you installed "
        "into: `print(sys.executable)`.",
        trap="Installing the CUDA toolkit or cuDNN does not change it: PyTorch brings its own.",
        page="quickstart",
        runs="elsewhere",
        reads=_unseen,
        symptom=True,
        weight=-4,
        excludes=(
            "tensorflow",
            "keras",
            "memory unavailable",
            "busy or unavailable",
            "is_available() returns true",
            "is_available() is true",
            "is_available() = true",
            "available: true",
            "on cuda but",
            "on the gpu but",
            "model and data are on",
        ),
        complaints=(
            "is_available & false",
            "no gpu|no cuda & found|detected|see|sees|recogn|available & but|although|even though|tho ",
            "device_count & 0",
            "gpu|cuda|graphics card|graphic card & not detect|isnt detect|doesnt detect|not recogni|isnt "
            "recogni|doesnt recogni|not found|not finding|doesnt find|fails to find|not available|isnt "
            "available|unavailable|not visible|not see|cant see|cant find|cannot find|cant detect|cannot "
            "detect|unable to find|unable to detect|not being used|not used|isnt used|not using|isnt using|"
            "doesnt use|not use |wont use|instead of the cpu|instead of cpu|only cpu|only the cpu",
        ),
    ),
    kind(
        "gpu-busy",
        "Another process holds the GPU",
        "all CUDA-capable devices are busy or unavailable",
        "CUDA-capable device(s) is/are busy or unavailable",
        means="The card is there, and it is set to serve one process at a time, or a process that ended "
        "badly still holds it.",
        cure="`nvidia-smi` lists the processes: end your own old ones and restart the notebook's kernel. "
        "On a shared machine choose a free card with `CUDA_VISIBLE_DEVICES=1`, or wait. `Compute M.` in "
        "that table says whether the card is exclusive; the administrator can change it.",
        program="""
import torch

print(torch.zeros(3, device="cuda"))
""",
        change=(
            (
                'print(torch.zeros(3, device="cuda"))',
                'print(torch.zeros(3, device="cuda" if torch.cuda.is_available() else "cpu"))',
            ),
        ),
        page="tensors",
        runs="elsewhere",
    ),
)
