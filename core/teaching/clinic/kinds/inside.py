"""Failures below Python: checks inside PyTorch, libraries that clash, processes that end silently."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _check(found: Holes) -> str:
    """Where in PyTorch's own code the check stands, and what the place tells."""
    text = found["text"]
    if "driver_api" in text or "nvml" in text.lower():
        return (
            "The check is about the driver: the driver, the CUDA libraries and PyTorch do not fit each "
            "other. A restart, a newer driver or a fresh environment helps, your program does not."
        )
    if "CUDACachingAllocator" in text or "AllocatorConfig" in text:
        return (
            "The check is about the GPU's memory: look at the environment variable `PYTORCH_CUDA_ALLOC_CONF` "
            "(unset it once), and at an error further up."
        )
    if "torch/csrc/jit" in text or "/jit/" in text:
        return "The check is in the compiler of `torch.jit`: the same model runs without `torch.jit.script`."
    return ""


KINDS: Final = (
    kind(
        "internal-assert",
        "A check inside PyTorch failed",
        "INTERNAL ASSERT FAILED at",
        "please report a bug to PyTorch",
        means="PyTorch came into a state that its authors ruled out, so the message is written for them. "
        "Often it is a fault of that version; often an earlier error, a tensor on another device or "
        "packages that do not fit led there.",
        cure="Find out which of these it is, one at a time: run one batch on the CPU, with one process and "
        "without `DataParallel`, `torch.jit` and `torch.compile`, since there the message is often a plain "
        "one; read the errors above it; restart the process; try it in a fresh environment with the "
        "newest PyTorch. If it stays, look for the words before `INTERNAL ASSERT` among PyTorch's issues.",
        trap="The line that it names is in PyTorch's code, and there is nothing to change there.",
        reads=_check,
        program="""
import torch
from torch._C._functorch import current_level


def level(x):
    return x + current_level()


print(level(torch.zeros(3)))
""",
        change=(("print(level(torch.zeros(3)))", "print(torch.vmap(level)(torch.zeros(3)))"),),
        page="line_by_line",
        weight=-4,
    ),
    kind(
        "crash",
        "The process ended without a message from Python",
        "Segmentation fault",
        "SIGSEGV",
        "exit code -1073741819",
        "0xC0000005",
        "exit code 139",
        "kernel appears to have died",
        "The Kernel crashed while executing code",
        "Kernel died, restarting",
        "kernel has died",
        "exit code 134",
        "exit code -1073740791",
        "0xC0000409",
        "exit code -1073741795",
        "0xC000001D",
        "Aborted (core dumped)",
        "Illegal instruction (core dumped)",
        "free(): invalid pointer",
        "double free or corruption",
        "munmap_chunk(): invalid pointer",
        "corrupted size vs. prev_size",
        "terminate called without an active exception",
        "terminate called recursively",
        means="A library written in C or C++ reached into memory that is not its own, or the system ended "
        "the process; Python had no chance to say where.",
        cure="Let Python name the line: `python -X faulthandler train.py`. Run a notebook's code as a "
        "script, with `num_workers=0` and on the CPU. The usual causes: memory that is full (watch it), "
        "two copies of OpenMP (PyTorch together with matplotlib or OpenCV from conda), packages compiled "
        "for another version of torch or NumPy, or a driver. `import torch` alone, in a fresh environment, "
        "tells the installation from the program.",
        trap="Restarting the kernel again and again changes nothing: whatever ends it is still there.",
        page="quickstart",
        runs="elsewhere",
        reads=lambda found: (
            "`Illegal instruction`: a package was built for a newer processor than this one. On a Jetson or "
            "another ARM board with NumPy 1.19.5: `export OPENBLAS_CORETYPE=ARMV8` before Python starts, or "
            "another NumPy. Elsewhere: an older version of the package, or one compiled here."
            if "illegal instruction" in found["message"].lower()
            else ""
        ),
        needs=(
            "torch",
            "kernel",
            "train",
            "cuda",
            "gpu",
            "tensor",
            "python",
            "epoch",
            "model",
            "notebook",
            "jupyter",
            "process finished",
            "core dumped)",
        ),
        excludes=("c program", "c++ program", "java", "malloc", "kernel panic"),
        weight=-3,
        complaints=(
            "python|script|program|process|interpreter & crashes|crash|dies|exits|quits|closes & "
            "silently|no traceback|without traceback|without any traceback|without error|without "
            "an error|no error message|without any error|without any message",
            "python|process|program|script|kernel & stops|ends|exits|quits & without throwing|without "
            "raising",
            "kernel & dies|died|dying|crash|kernel restarts|kernel keeps restart|kernel is restarting|"
            "kernel will restart & train|run|cell|torch|pytorch|epoch|model|import",
            "segmentation fault|segfault|seg fault",
            "python & crashes|crashed & torch|pytorch|train",
        ),
    ),
    kind(
        "openmp-twice",
        "OpenMP loaded twice",
        "OMP: Error #15",
        "libiomp5md.dll already initialized",
        "found libiomp5",
        "found libomp",
        means=(
            "Two packages, often PyTorch and NumPy or Matplotlib from conda, each bring Intel's "
            "OpenMP library."
        ),
        cure="Install both from one source, in a fresh environment.",
        trap=(
            "`KMP_DUPLICATE_LIB_OK=TRUE` silences it and may crash or give wrong results, as the "
            "message itself says."
        ),
        page="quickstart",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "numpy-two",
        "NumPy 2 with a PyTorch built for NumPy 1",
        "A module that was compiled using NumPy 1.x cannot be run in NumPy 2",
        "Numpy is not available",
        *(f"Could not infer dtype of numpy.{name}" for name in ("float32", "float64", "int64", "int32")),
        "PyTorch was compiled without NumPy support",
        "module compiled against API version",
        "_ARRAY_API not found",
        "numpy.dtype size changed",
        "numpy.ndarray size changed",
        "numpy.core.multiarray failed to import",
        "expected np.ndarray (got numpy.ndarray)",
        "expected np.ndarray (got ndarray)",
        *(f"Could not infer dtype of numpy.{name}" for name in ("float", "int", "uint")),
        means=(
            "The installed PyTorch (or another package) was compiled for another NumPy than the one "
            "installed, mostly for 1 where 2 is installed; or NumPy is missing."
        ),
        cure=(
            "`pip install 'numpy<2'`, or update PyTorch to 2.3 or newer, which knows NumPy 2. "
            "Restart the notebook's kernel."
        ),
        page="quickstart",
        runs="elsewhere",
        weight=2,
    ),
)
