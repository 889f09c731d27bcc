"""Files: what `torch.load` and `torch.save` refuse."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.files import not_checkpoint, sought

_SAVE = "import io\n\nimport torch\nfrom torch import nn\n\n"
_CARD: Final = re.compile(
    r"\b(?:rtx|gtx|geforce|quadro|tesla|titan|[23]0[5-9]0(?: ?ti)?|nvidia(?!-smi)|a100|v100|t4|my gpu|own a "
    r"gpu|have a gpu)\b",
    re.I,
)
"""What somebody writes who has a card."""


def _class(found: Holes) -> str:
    """Which class `torch.load` refuses."""
    told = found.get("k") or found["text"].partition("GLOBAL ")[2]
    name = next(iter(told.split()), "").strip("`'\".,")[:60]
    if not name:
        return ""
    if name.startswith("numpy") and "multiarray" in name:
        return _of_numpy(name)
    return f"The class in question is `{name}`: if you trust the file, `add_safe_globals([{name}])`."


def _of_numpy(name: str) -> str:
    """What to say of a number or an array of NumPy in a file."""
    function = name.rpartition(".")[2]
    what = "a number" if function == "scalar" else "an array"
    second = "" if function == "scalar" else "numpy.ndarray, "
    return (
        f"`{name}`: the file holds {what} of NumPy, perhaps a loss or a setting, besides the weights. If "
        "you trust it: `torch.load(path, weights_only=False)`. If a package makes the call, take a newer "
        "version of it, or set `TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1` before Python starts. "
        "`add_safe_globals` with the function alone is not enough: NumPy 2 calls its module `numpy._core`, "
        f"and the types are asked for next, `[(numpy._core.multiarray.{function}, '{name}'), "
        f"{second}numpy.dtype, numpy.dtypes.Float64DType]`. When saving, `float(x)` or a tensor avoids it."
    )


KINDS: Final = (
    kind(
        "load-without-cuda",
        "A file saved on a device that is not here",
        "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False",
        "Attempting to deserialize object on a CUDA device",
        "Attempting to deserialize object on MPS device",
        "don't know how to restore data location of",
        "Attempting to deserialize object on {d} device {k#} but",
        "device module is not registered. If you are running on a CPU-only machine",
        "Attempting to deserialize object on CUDA device {k#} but",
        "don't know how to determine data location of",
        means="A saved tensor remembers its device and wants to go back to it.",
        cure="`torch.load(path, map_location='cpu')`, or `map_location=device`. If this machine has an "
        "NVIDIA card that you mean to use, PyTorch does not see it: where `print(torch.version.cuda)` says "
        "None, a build without CUDA is installed, and the line from pytorch.org for your system replaces "
        "it; else look at the driver, `nvidia-smi`.",
        reads=lambda found: (
            "The machine seems to have an NVIDIA card, and PyTorch does not see it: "
            "`print(torch.version.cuda)`. If that is None, a build without CUDA is installed: `pip uninstall "
            "torch torchvision`, then the line for CUDA from pytorch.org. `map_location='cpu'` makes the "
            "file load, and leaves the card unused."
            if _CARD.search(found["text"]) and "is_available() is False" in found["text"]
            else ""
        ),
        program="""
import io
import zipfile

import torch

saved, moved = io.BytesIO(), io.BytesIO()
torch.save(torch.zeros(3), saved)
with zipfile.ZipFile(saved) as old, zipfile.ZipFile(moved, "w") as new:  # as a GPU would have saved it
    for name in old.namelist():
        data = old.read(name).replace(b"X\\x03\\x00\\x00\\x00cpu", b"X\\x06\\x00\\x00\\x00cuda:0")
        new.writestr(name, data)
moved.seek(0)
print(torch.load(moved, weights_only=True))
""",
        change=(
            (
                "print(torch.load(moved, weights_only=True))",
                'print(torch.load(moved, weights_only=True, map_location="cpu"))',
            ),
        ),
        page="checkpoints",
    ),
    kind(
        "weights-only",
        "A file that holds more than weights",
        "Weights only load failed",
        "was not an allowed global by default",
        "Unsupported global: GLOBAL {k} was not an allowed global",
        "Unsupported class {k}",
        "WeightsUnpickler error: Unsupported class",
        "types accepted by default with weights_only",
        "changed the default value of the `weights_only` argument",
        means=(
            "Since PyTorch 2.6 `torch.load` reads tensors and plain containers only; the file also "
            "holds Python objects, such as a whole model."
        ),
        cure="Save `model.state_dict()` instead of the model. For a file of your own: `torch.load(path, "
        "weights_only=False)`. For a known class: `torch.serialization.add_safe_globals([Class])`.",
        trap=(
            "`weights_only=False` runs whatever code the file contains: only for files whose origin "
            "you trust."
        ),
        reads=_class,
        program=_SAVE
        + """
file = io.BytesIO()
torch.save(nn.Linear(4, 2), file)
print(torch.load(io.BytesIO(file.getvalue())))
""",
        change=(("torch.save(nn.Linear(4, 2), file)", "torch.save(nn.Linear(4, 2).state_dict(), file)"),),
        page="checkpoints",
        weight=1,
        excludes=(
            *("invalid load key", "magic number", "unsupported operand", "ran out of input"),
            "deserialize object on a",
        ),
        complaints=(
            "weights_only|unpicklingerror & fails|failing|failed|error|unpicklingerror|cannot|cant|breaks "
            "|no longer & 2.6|upgrad|default & torch|weights|checkpoint|model|resum|load",
            "torch load & fails|failing|failed|cannot|cant|breaks|no longer|changed & to 2.6|in 2.6|in "
            "pytorch 2.6|pytorch to 2.6|torch to 2.6|upgraded|upgrading|upgrade ",
        ),
    ),
    kind(
        "no-checkpoint",
        "A file that is no checkpoint",
        "invalid load key, '{k}'",
        "invalid load key",
        "PytorchStreamReader failed reading zip archive: {k}",
        "PytorchStreamReader failed",
        "unexpected EOF, expected {n} more bytes",
        "The file might be corrupted",
        "Ran out of input",
        "Invalid magic number; corrupt file",
        "unpickling stack underflow",
        "file in archive is not in a subdirectory",
        'Expected hasRecord("version") to be true',
        "not a ZIP archive",
        "WeightsUnpickler error: Unsupported operand {n}",
        "storage has wrong size: expected",
        "invalid hash value (expected",
        "hash mismatch for",
        "pickle data was truncated",
        "UnpicklingError: STACK_GLOBAL requires str",
        "file not found: {k}/data.pkl",
        "UnpicklingError: could not find MARK",
        "MetadataIncompleteBuffer",
        "HeaderTooLarge",
        "WeightsUnpickler error: ran out of input",
        "filename 'storages' not found",
        means=("`torch.load` expects what `torch.save` wrote; this file is something else, or a part of it."),
        cure="Look at its size and at its first bytes (`open(path, 'rb').read(50)`), then fetch or save it "
        "again. A `.safetensors` file is read with its own library.",
        trap=("`weights_only=False` is not the cure: a file that is no checkpoint is none in either mode."),
        complaints=(
            "tar |untar|unzip|extract|decompress|unpack & pth|.pt |checkpoint & cant|cannot|can not|not "
            "|error|how",
        ),
        reads=not_checkpoint,
        program="""
import io

import torch

file = io.BytesIO()
torch.save(torch.zeros(3), file)
half = file.getvalue()[:400]
print(torch.load(io.BytesIO(half), weights_only=True))
""",
        change=(("half = file.getvalue()[:400]", "half = file.getvalue()"),),
        page="checkpoints",
        weight=3,
        excludes=("load(from_parent)", "spawn.py", "input with num_workers", "input when num_workers"),
    ),
    kind(
        "newer-file",
        "A file of a newer PyTorch, or one of TorchScript",
        "is a zip archive (did you mean to use torch.jit.load()?)",
        "version_ <= kMaxSupportedFileFormatVersion",
        "kMaxSupportedFileFormatVersion",
        "you are trying to load a TorchScript archive",
        "has no attribute '_rebuild_tensor_v2'",
        "invalid literal for int() with base 8",
        "KeyError: \"filename 'storages' not found\"",
        "tarfile.ReadError: invalid header",
        "tarfile.InvalidHeaderError",
        "has no attribute '_rebuild_parameter'",
        "Can't get attribute '_rebuild_tensor",
        "Can't get attribute '_rebuild_parameter",
        "Cannot use ``weights_only=True`` with TorchScript archives",
        "looks like a TorchScript archive",
        means=(
            "The file's format is not the one that this `torch.load` reads: mostly a newer PyTorch wrote it, "
            "or `torch.jit.save` did."
        ),
        cure="Read it with `torch.jit.load` if it is TorchScript. Otherwise update PyTorch, or save it "
        "anew with `torch.save(state, path, _use_new_zipfile_serialization=False)`.",
        program="""
import io

import torch
from torch import nn

file = io.BytesIO()
traced = torch.jit.trace(nn.Linear(4, 2), torch.rand(1, 4))
torch.jit.save(traced, file)
print(torch.load(io.BytesIO(file.getvalue()), weights_only=True))
""",
        change=(
            (
                "print(torch.load(io.BytesIO(file.getvalue()), weights_only=True))",
                "print(torch.jit.load(io.BytesIO(file.getvalue())))",
            ),
        ),
        page="checkpoints",
        weight=4,
        runs="apart",
    ),
    kind(
        "no-place",
        "Saving or loading without a file",
        "argument must have 'write' attribute",
        "file must have a 'write' attribute",
        "file must have 'read' and 'readline' attributes",
        "a file-like object with a 'write' attribute",
        "has no attribute 'seek'. You can only torch.load from a file that is seekable",
        "save() missing 1 required positional argument: 'f'",
        "load() missing 1 required positional argument: 'f'",
        "object has no attribute 'write'",
        "expected str, bytes or os.PathLike object, not dict",
        "expected str, bytes or os.PathLike object, not collections.OrderedDict",
        "expected str, bytes or os.PathLike object, not OrderedDict",
        means="`torch.save(what, where)` and `torch.load(where)` want a path, or a file that is open in "
        "binary mode. Here the two are the wrong way round, one is missing, or the path is of a type that "
        "this version does not know.",
        cure="`torch.save(model.state_dict(), 'weights.pt')`: first what, then where. An old PyTorch takes "
        "no `Path`: `str(path)`. An open file: `open(path, 'wb')`.",
        program="""
import torch
from torch import nn

torch.save("/tmp/weights.pt", nn.Linear(4, 2).state_dict())
""",
        change=(
            (
                'torch.save("/tmp/weights.pt", nn.Linear(4, 2).state_dict())',
                'torch.save(nn.Linear(4, 2).state_dict(), "/tmp/weights.pt")',
            ),
        ),
        page="checkpoints",
        weight=1,
    ),
    kind(
        "no-file",
        "A file or folder that is not there",
        "[Errno 2] No such file or directory: '{k}'",
        '[Errno 2] No such file or directory: "{k}"',
        "errno 2 on fopen: No such file or directory, file path: {k}",
        "No such file or directory: '{k}'",
        'No such file or directory: "{k}"',
        "Parent directory {k} does not exist",
        "RuntimeError: File {k} cannot be opened.",
        "The system cannot find the path specified: '{k}'",
        "[Errno 2] No such file or directory",
        "No such file or directory",
        "FileNotFoundError: No such file: '{k}'",
        means=(
            "Relative paths start at the folder that the program was started from, which is not "
            "always the folder of the script."
        ),
        cure=(
            "Print `os.getcwd()`. Make folders before saving: `Path('models').mkdir(exist_ok=True)`. "
            "On Windows write `r'C:\\data'` or use forward slashes. If the folder is there, the disk may be "
            "full, or the name holds characters such as `:` and `?`."
        ),
        reads=sought,
        program="""
import torch

torch.save(torch.zeros(3), "no_such_folder/weights.pt")
""",
        change=(
            (
                'torch.save(torch.zeros(3), "no_such_folder/weights.pt")',
                (
                    'import os\n\nos.makedirs("/tmp/no_such_folder_made", '
                    'exist_ok=True)\ntorch.save(torch.zeros(3), "/tmp/no_such_folder_made/weights.pt")'
                ),
            ),
        ),
        page="checkpoints",
        weight=-2,
        excludes=("_share_filename_", "torch_shm", "shared memory", "shared object file"),
    ),
)
