"""Compiled libraries that do not fit each other, or are not there."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.boards import is_jetson, jetson
from core.teaching.clinic.readings.pairs import versions

INNER: Final = (
    *(f"module 'torch.{name}' has no attribute '{{n}}'" for name in ("jit", "library", "utils._pytree")),
    "module 'torch.{m}' has no attribute '_{n}'",
)
"""Names inside of PyTorch, which only other packages ask for."""
_TORCHS_OWN: Final = ("/torch/_c.", "/torch/_c/", "/torch/lib/", "libtorch", "libc10")
"""Parts of the paths, in lower case, of the compiled files of PyTorch itself."""
_SISTERS: Final = ("torchvision", "torchaudio", "torchtext")
"""Packages that are released together with PyTorch, version by version."""
_BESIDE: Final = 10
"""The last CUDA whose `libcudart` no wheel of pytorch.org looks for under its plain name: they hold it."""
_LD_PATH: Final = "and another one is found first: `unset LD_LIBRARY_PATH` before Python starts"
_SYMBOLS: Final = {
    "nvJitLink": f"It is a part of CUDA, {_LD_PATH}, or `pip install --upgrade nvidia-nvjitlink-cu12`.",
    "iJIT": "It is a part of Intel's MKL, and conda installed a newer one: `conda install mkl=2024.0`.",
    "nccl": f"It is a part of NCCL, {_LD_PATH}.",
    **dict.fromkeys(("nvrtc", "cublas", "cudnn", "cusparse", "cuda"), f"It is a part of CUDA, {_LD_PATH}."),
}
"""What to say of a symbol, by its beginning."""


def _symbol(found: Holes) -> str:
    if "s" not in found:
        return ""
    name = found["s"].strip().split(" ")[0].strip("'\".,")[:60]
    hint = next((said for start, said in _SYMBOLS.items() if name.strip("_").startswith(start)), "")
    return f"The symbol is `{name}`. {hint}".strip()


def _owner(found: Holes) -> str:
    """Whose compiled file misses a symbol: `torch`, a package that is released with it, or `other`."""
    before = found["text"][: found["text"].rfind(found["message"][:40])][-400:].lower().replace(chr(92), "/")
    path = next((word for word in reversed(before.split()) if ".so" in word), "")
    if any(name in path for name in _SISTERS):
        return "sister"
    if any(place in path for place in _TORCHS_OWN):
        return "torch"
    return "other" if "packages/" in path and ".so" in path else ""


def _asked_library(found: Holes) -> str:
    """Whose library is asked for, and by whom, as far as the paste shows it."""
    before = found["message"].partition(": cannot open shared")[0]
    name = before.rpartition(" ")[2].strip("'\"")
    itself = "torch/__init__.py" in found["text"].replace(chr(92), "/")
    if name.startswith(("libtorch", "libc10", "libcaffe2")):
        return (
            f"`{name}` is a part of PyTorch: a package that was compiled for another PyTorch asks for it. "
            f"{_OF_ONE.get(name, _OWN_PARTS)}"
        )
    number = ".".join(part for part in name.partition(".so.")[2].split(".") if part.isdigit())
    if not number or not name.startswith("libcu"):
        return ""
    if itself and is_jetson(number, found["text"]):
        return jetson(name, number, found["text"])
    if itself and name.startswith("libcudart") and int(number.partition(".")[0]) <= _BESIDE:
        return (
            f"`{name}` is a part of CUDA {number}, and this PyTorch looks for it outside of itself, as one "
            "that was built for conda's `cudatoolkit`, or for the system's CUDA, does: it was made for "
            f"CUDA {number}, which is not there. Install a PyTorch made for what is there, or one with CUDA "
            "inside."
        )
    if itself:
        return (
            f"`{name}` is a part of CUDA {number}, and PyTorch itself asks for it: its CUDA libraries are "
            "packages of their own (`pip list` shows `nvidia-...`), and are missing or lie elsewhere."
        )
    if any(path in found["text"] for path in ("cpp_extension", "extension module", "Loading extension")):
        return (
            f"`{name}` is a part of CUDA {number}: your extension was compiled earlier, with that CUDA. "
            "Delete its `build` folder (and `~/.cache/torch_extensions`), so that it is compiled again."
        )
    return f"`{name}` is a part of CUDA {number}: what asks for it was made for CUDA {number.split('.')[0]}."


_OWN_PARTS: Final = (
    "If the versions agree, `import torch` has to stand before that package's import. A PyTorch for the CPU "
    "alone has no `libtorch_cuda.so`."
)
_OF_ONE: Final = dict.fromkeys(
    ("libtorch_cuda_cu.so", "libtorch_cuda_cpp.so"),
    "Only PyTorch 1.x has a file of that name: with PyTorch 2, install the package's version for your "
    "PyTorch and CUDA, or compile it again.",
)
"""What is known of parts of PyTorch that only some versions have."""


def _file(found: Holes) -> str:
    if "_imaging" in found["text"]:
        return "It is Pillow's file: `pip install --upgrade --force-reinstall pillow`."
    named = next((name for name in _DLLS if name in found["text"]), "")
    name = found.get("k", named).replace(chr(92), "/").rpartition("/")[2].strip()[:60]
    if not name and "DLL load failed" in found["message"] and "torch._C import" in found["text"]:
        return (
            "A library that `torch._C` needs is missing. If Microsoft's runtime is installed: the wheels of "
            "PyTorch 0.4 and 1.0 also lack Intel's libraries, `pip install numpy mkl intel-openmp`."
        )
    if not name:
        return ""
    return f"The file is `{name}`. {_DLLS.get(name, '')}".strip()


_DLLS: Final = {
    "fbgemm.dll": (
        "It is mostly there itself, and misses `libomp140.x86_64.dll`, which PyTorch 2.4.0 forgot to "
        "bring: update to 2.4.1 or newer."
    ),
    "shm.dll": (
        "It is mostly there itself, and misses a library of its own. PyTorch 2.3.0 did not find those of "
        "an installation for one user: update to 2.3.1 or newer, in a virtual environment."
    ),
    "c10.dll": (
        "It is mostly there itself, and needs a newer Visual C++ Redistributable than the one installed: "
        "take the latest, and start Windows anew."
    ),
}
"""What is known of a file that Windows cannot load."""

KINDS: Final = (
    kind(
        "two-sources",
        "Compiled packages of two versions, mostly torch and torchvision",
        "operator torchvision::nms does not exist",
        "Couldn't load custom C++ ops",
        "Failed to register operator torchvision::",
        "Could not run 'torchvision::nms'",
        "partially initialized module 'torchvision' has no attribute 'extension'",
        "undefined symbol: {s}",
        "Detected that PyTorch and torchvision were compiled with different CUDA",
        "torchvision::{s} does not exist",
        "symbol not found in flat namespace",
        "requires torch=={a}, but you have torch {b} which is incompatible",
        "operator torchvision::{s}. Please make sure",
        "No such operator torchvision::{s}",
        "Could not find the operator torchvision::",
        "Symbol not found: __ZN3c10",
        "Symbol not found: _Py{s} Referenced from",
        "Symbol not found: __ZN2at",
        "Symbol not found: __ZN5torch",
        "undefined symbol: _ZN",
        "symbol '_ZN",
        *INNER,
        means="Mostly it is torch and torchvision, which are built for each other, version by version. Here "
        "they come from different versions or sources: pip and conda, CPU and CUDA, or one was updated "
        "alone.",
        cure="Uninstall both, then install both in one command from one source: `pip uninstall torch "
        "torchvision`, then the line that pytorch.org gives, in a fresh environment if need be. `pip list` "
        "shows the versions; torch 2.9 goes with torchvision 0.24. If the message names another package, it "
        "needs another torch: install the version made for yours.",
        reads=lambda found: _symbol(found) or versions(found),
        program="""
import torch

print(torch.ops.torchvision.nms_of_another_build(torch.zeros(1, 4), torch.zeros(1), 0.5))
""",
        change=(
            (
                ("print(torch.ops.torchvision.nms_of_another_build(torch.zeros(1, 4), torch.zeros(1), 0.5))"),
                "import torchvision\n\nprint(torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5))",
            ),
        ),
        page="quickstart",
        runs="elsewhere",
        holds=lambda found: (
            _owner(found) in ("sister", "")
            and (not found["message"].startswith("module 'torch") or "torchvision" in found["text"])
        ),
        weight=3,
    ),
    kind(
        "torch-symbol",
        "PyTorch meets a library of another version",
        "undefined symbol: {s}",
        means="A compiled file of PyTorch looks for a function in another library, and finds that library in "
        "a version that has no such function: remains of another installation, or a second CUDA or MKL.",
        cure="Install PyTorch in a fresh environment, with one command from pytorch.org. If it stays, look "
        "for libraries from elsewhere: `echo $LD_LIBRARY_PATH` should be empty, `pip list` should show one "
        "torch, and `conda list` no second CUDA.",
        reads=_symbol,
        page="quickstart",
        runs="elsewhere",
        holds=lambda found: _owner(found) == "torch",
        weight=4,
    ),
    kind(
        "extension-symbol",
        "A package compiled for another PyTorch",
        "undefined symbol: {s}",
        "Symbol not found: __ZN3c10",
        "Symbol not found: __ZN2at",
        "Symbol not found: __ZN5torch",
        means="A package with compiled parts of its own (detectron2, flash-attn, apex, torch-scatter and "
        "their like) works with the one version of PyTorch, and of its CUDA, that it was compiled for. "
        "PyTorch was changed since.",
        cure="Uninstall that package, and install it anew for the PyTorch you have: its page lists a wheel "
        "for each version, or compile it again without pip's cache: `pip install --no-cache-dir "
        "--no-build-isolation --force-reinstall PACKAGE`. `print(torch.__version__, torch.version.cuda)` "
        "shows what to look for.",
        reads=_symbol,
        page="quickstart",
        runs="elsewhere",
        holds=lambda found: _owner(found) == "other",
        weight=4,
    ),
    kind(
        "shared-library",
        "A library of another CUDA or PyTorch is asked for",
        "Error: {k}: cannot open shared object file",
        "cannot open shared object file",
        means="A compiled file asks for a library by its exact name, version included, and the system does "
        "not find it: the file was made for another CUDA or another PyTorch than the ones installed, or the "
        "library's folder is not searched.",
        cure="Compare `print(torch.__version__, torch.version.cuda)` with what the file that asks was made "
        "for: install that package for these two, or compile it again. If it is `import torch` itself: "
        "reinstall PyTorch with the line from pytorch.org, which brings its own CUDA libraries; on a Jetson, "
        "NVIDIA's wheel for the installed JetPack.",
        reads=_asked_library,
        program="""
import ctypes

ctypes.CDLL("libcudnn_of_another_version.so.9")
""",
        change=(('ctypes.CDLL("libcudnn_of_another_version.so.9")', "ctypes.CDLL(None)"),),
        excludes=("could not load dynamic library",),
        page="quickstart",
        needs=("torch", "cuda", "cudnn", "c10", "caffe2", "libcu", "libnv"),
        weight=1,
    ),
    kind(
        "library-missing",
        "A library that PyTorch needs cannot be loaded",
        "[WinError 126]",
        "[WinError 127]",
        "[WinError 1114]",
        "[WinError 193]",
        "version 'GLIBCXX_{v}' not found",
        "DLL load failed",
        'Error loading "{k}" or one of its dependencies',
        "cannot open shared object file",
        "Library not loaded: {k}",
        means=(
            "A file of the installation is missing or does not fit: Microsoft's runtime, a CUDA "
            "library, or a half-finished install."
        ),
        cure=(
            "Windows: install the Visual C++ Redistributable (x64). Otherwise reinstall in a fresh "
            "environment with one command from pytorch.org; do not mix conda and pip."
        ),
        reads=_file,
        runs="elsewhere",
        excludes=("could not load dynamic library",),
        page="quickstart",
        needs=("torch", "cuda", "cudnn", "193", "c10", "caffe2", "numpy", "libcu", "_c", "glibcxx", "_imag"),
    ),
    kind(
        "gpu-library",
        "Something on the GPU failed, and does not say why",
        "cuDNN error: {a}",
        "CUDNN_STATUS_{a}",
        "cublas runtime error",
        "CUBLAS_STATUS_{a}",
        "CUDA error: CUBLAS_STATUS_{a} when calling",
        "Unable to find a valid cuDNN algorithm to run convolution",
        "CUDA error: unspecified launch failure",
        "Could not load library libcudnn",
        "cuda runtime error (9)",
        "cuda runtime error (7)",
        "too many resources requested for launch",
        "CUDA error: an illegal instruction",
        "CUDA error: invalid resource handle",
        "FIND was unable to find an engine to execute",
        "uncorrectable ECC error",
        "cuDNN version incompatibility: PyTorch was compiled against",
        "cuda runtime error (11)",
        "error=11 : invalid argument",
        "CUDA error: invalid configuration argument",
        "CUDA error: invalid argument",
        "CUDA error: misaligned address",
        "cuFFT error: {a}",
        "GET was unable to find an engine to execute this computation",
        "CUDA error: the launch timed out and was terminated",
        "cuda runtime error (4)",
        "Creating MTGP constants failed",
        means="cuDNN, cuBLAS or another program on the GPU failed. The three usual causes: the memory is "
        "full, an index or label is out of range (reported late), or its version does not fit.",
        cure="Run one batch on the CPU: a wrong label, index or shape then gets an exact message. If it "
        "runs there, take a smaller batch. If both fail to help, reinstall PyTorch in a fresh environment, "
        "without a CUDA library of another origin.",
        where="The line named may be innocent: GPUs report late.",
        reads=lambda found: (
            "PyTorch up to 1.1 prints this line with cards that are newer than its CUDA. It is no error of "
            "yours: if the program goes on, leave it; if not, install a PyTorch for a newer CUDA."
            if "line=" in found["text"] and "error=11 :" in found["text"]
            else "It could not even begin, which mostly means that the memory is full: a smaller batch, and "
            "`nvidia-smi` for other processes. Otherwise its version does not fit the driver."
            if "NOT_INITIALIZED" in found["message"]
            else "It asked for memory of its own and got none. Look at `nvidia-smi` while it runs: if the "
            "memory is full, take a smaller batch. If there is enough, an index is mostly out of range and "
            "was reported late: a token that the embedding has no row for (a tokenizer of another model), or "
            "a label that is no class. One batch on the CPU names it."
            if "ALLOC_FAILED" in found["message"]
            else "Another cuDNN than PyTorch's own is found first: `unset LD_LIBRARY_PATH` before Python "
            "starts, and uninstall a `nvidia-cudnn` of another version."
            if "cuDNN version incompatibility" in found["message"]
            else ""
        ),
        program="""
import torch
from torch import nn

tokens = torch.tensor([[3, 12]], device="cuda")
table, head = nn.Embedding(10, 4).cuda(), nn.Linear(4, 2).cuda()
print(head(table(tokens)).shape)
""",
        change=(
            (
                'tokens = torch.tensor([[3, 12]], device="cuda")',
                'tokens = torch.tensor([[3, 9]], device="cuda")',
            ),
        ),
        page="quickstart",
        runs="elsewhere",
        weight=-1,
    ),
    kind(
        "image-extension",
        "torchvision cannot load its own reader of pictures",
        "Failed to load image Python extension",
        "torchvision not compiled with libjpeg support",
        "torchvision not compiled with libpng support",
        "No such operator image::",
        "operator image::{k} does not exist",
        means="`torchvision.io.read_image` reads JPEG and PNG with a compiled part of torchvision, which was "
        "not found, or does not fit this torch. Everything else in torchvision works without it.",
        cure="If your program reads pictures with PIL, as `ImageFolder` does, leave the warning. If it calls "
        "`read_image`: `pip uninstall torch torchvision`, then both in one command from pytorch.org; or "
        "`pil_to_tensor(Image.open(path))` in its place.",
        page="quickstart",
        runs="elsewhere",
        weight=2,
    ),
)
