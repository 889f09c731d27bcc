"""torch.compile, and the compilers that it needs."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _triton(found: Holes) -> str:
    text = found["text"].lower()
    if "cannot import name" in found["message"].lower()[:40]:
        return (
            "Triton is there, without the name asked for: it is newer or older than this PyTorch wants. "
            "Update PyTorch, or install the Triton of its time."
        )
    if "windows" in text or "c:\\" in text or "win_amd64" in text:
        return (
            "On Windows PyTorch brings no Triton: `pip install triton-windows`, in the version that goes "
            "with your PyTorch, or work in WSL."
        )
    return ""


KINDS: Final = (
    kind(
        "whole-graph",
        "A model that torch.compile cannot turn into one graph",
        "torch._dynamo.exc.Unsupported",
        "torch._dynamo.exc.UserError",
        "Data-dependent branching",
        "consider making the code branchless",
        "Dynamic control flow is not supported at the moment",
        "Could not guard on data-dependent expression",
        "torch._dynamo hit config.cache_size_limit",
        "torch._dynamo hit config.recompile_limit",
        means="The compiler follows `forward` without its numbers. Where the way depends on a tensor's value "
        "(`if x.sum() > 0`, `.item()`), or on something that is not PyTorch, it cannot go on in one piece.",
        cure="Leave `fullgraph=True` out: it then compiles the parts, and Python runs between them. In "
        "`torch.export` and for speed, write the choice with `torch.where(condition, a, b)`. Shapes that "
        "change at every call: `torch.compile(model, dynamic=True)`.",
        reads=lambda found: (
            "It compiled again and again, since something differs at every call; the line `last reason` "
            "names it. For sizes: `torch.compile(model, dynamic=True)`, or batches of one size "
            "(`drop_last=True`). It then runs uncompiled, and right."
            if "_limit" in found["message"][:80]
            else ""
        ),
        program="""
import torch


@torch.compile(fullgraph=True, backend="eager")
def activate(x):
    if x.sum() > 0:
        return x
    return -x


print(activate(torch.ones(3)))
""",
        change=(
            (
                '@torch.compile(fullgraph=True, backend="eager")',
                '@torch.compile(backend="eager")',
            ),
        ),
        page="training",
        runs="apart",
        weight=1,
    ),
    kind(
        "no-compiler",
        "torch.compile does not work here",
        "Windows not yet supported for torch.compile",
        "Python {v} not yet supported for torch.compile",
        "Dynamo is not supported on Python {v}",
        "torch.compile is not supported on Python {v}",
        "BackendCompilerFailed",
        "InductorError",
        "CppCompileError",
        "torch._inductor.exc.",
        "torch._dynamo.exc.BackendCompilerFailed: backend='{b}' raised",
        means="`torch.compile` translates the model with a compiler, and this system, Python or PyTorch has "
        "none that it can use, or one that failed.",
        cure="Leave `torch.compile` out: the model computes the same without it. To have it, update PyTorch, "
        "and install a C++ compiler (on a GPU also Triton). `torch.compile(model, backend='eager')` shows "
        "whether the compiler is at fault or the model.",
        reads=lambda found: (
            "Triton compiled for the card, and the driver refused it: the driver is older than the CUDA that "
            "Triton used. Update the driver, or install a PyTorch for an older CUDA."
            if "device kernel image is invalid" in found["text"]
            else ""
        ),
        page="training",
        runs="elsewhere",
        weight=2,
        excludes=("calledprocesserror: command '['/",),
    ),
    kind(
        "triton-missing",
        "torch.compile finds no Triton that fits",
        "Cannot find a working triton installation",
        "TritonMissing",
        "No module named 'triton",
        "cannot import name '{n}' from 'triton",
        "triton not found; flop counting will not work for triton kernels",
        "A matching Triton is not available",
        means="On an NVIDIA card `torch.compile` writes its programs in Triton, a package of its own. It is "
        "not there, or is of a version that this PyTorch was not made for.",
        cure="Leave `torch.compile` out: the model computes the same without it. To have it, take the Triton "
        "that comes with PyTorch on Linux: reinstall torch with its dependencies, in a fresh environment. "
        "`pip show torch triton` names the versions, and the lines `Requires-Dist` of torch the one it "
        "wants.",
        reads=_triton,
        page="training",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "c-compiler",
        "torch.compile finds no C++ compiler",
        "Failed to find C compiler. Please specify via CC environment variable",
        "Compiler: cl is not found",
        "No working C++ compiler found in",
        "InvalidCxxCompiler",
        "fatal error: Python.h: No such file or directory",
        "Command '['/usr/bin/gcc'",
        "BackendCompilerFailed{x}CalledProcessError: Command '['{c}gcc'",
        "Command '['where', 'cl']' returned non-zero exit status",
        means="`torch.compile` writes programs in C++ (or Triton does), and nothing here can translate them: "
        "no compiler is installed, or it is not on the `PATH` of this process.",
        cure="Leave `torch.compile` out: the model computes the same without it. To have it: on Linux "
        "`apt install build-essential python3-dev`; on Windows the Visual Studio Build Tools (`cl`), and "
        "Python started from their command prompt; on a Mac `xcode-select --install`. A compiler elsewhere "
        "is named by the variables `CC` and `CXX`.",
        reads=lambda found: (
            "Python's own header is missing: `apt install python3-dev`, in the version of your Python."
            if "Python.h" in found["text"]
            else "The compiler is there and failed: the lines before this message say at what. Mostly it is "
            "Python's header (`apt install python3-dev`), or `-lcuda`: `libcuda.so` is not where it looks. "
            "In WSL it is in `/usr/lib/wsl/lib`: `export LIBRARY_PATH=/usr/lib/wsl/lib`."
            if "-lcuda" in found["text"] and "exit status 1" in found["text"]
            else "One is installed: `which gcc` (on Windows `where cl`), in the terminal that starts the "
            "program, shows whether it is on its `PATH`; if not, set `CC` to its full path."
            if "i have gcc" in found["text"].lower() or "gcc and g++" in found["text"].lower()
            else ""
        ),
        page="training",
        runs="elsewhere",
        weight=4,
        needs=("torch", "triton", "inductor", "gcc", "dynamo"),
    ),
)
