"""Installations that do not fit together."""

import re
import sys
from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.kinds.libraries import INNER
from core.teaching.clinic.readings.newer_names import SINCE

_PLACES: Final = (
    *(
        "torchvision.transforms",
        "torchvision.datasets",
        "torchvision.models",
        "torch.utils.data",
        "torch.optim",
    ),
    *("torch.nn", "torch.nn.functional"),
)
"""Where names stand that people import from `torch` or `torchvision` itself."""


def _module_name(found: Holes) -> str:
    name = found["n"].strip(" '\".,;").split("'")[0][:60]
    if found["message"].lower().startswith("module 'numpy'"):
        return "NumPy 1.24 removed `np.int`, `np.float` and `np.bool`: write `int`, `float`, `bool` instead."
    if found["message"].lower().startswith("module 'torch'"):
        name = "torch._six"
    if name.endswith(("_Weights", "_weights")):
        return (
            f"`{name}` is no old name but a new one, there since torchvision 0.13: update torch and "
            "torchvision, or load as older versions do, `models.resnet50(pretrained=True)`."
        )
    if name in SINCE:
        return f"It is no old name but a new one, there since {SINCE[name][1]}: update torch and torchvision."
    hints = {
        "torch._six": "`torch._six` is gone since PyTorch 2.0: the package that asks for it is too old.",
        "torchvision.transforms.functional_tensor": (
            "It was removed in torchvision 0.17: update the package that asks for it (basicsr, for example)."
        ),
        "torchvision.models.utils": "It was removed: `load_state_dict_from_url` is in `torch.hub` now.",
        "torchtext.legacy": "torchtext dropped `legacy` in 0.12.",
        "PILLOW_VERSION": "Pillow 7 removed it: update torchvision (0.5 and later), or take `pillow<7`.",
        "ANTIALIAS": "Pillow 10 removed it: write `Image.LANCZOS`, or update the package that asks for it.",
        "version": (
            "setuptools 59.6 and later do not load `distutils.version` any more, and TensorBoard's writer in "
            "PyTorch up to 1.10 counts on it: `pip install setuptools==59.5.0`, or update PyTorch."
        ),
        "container_abcs": "Use `collections.abc` instead.",
        "load_state_dict_from_url": "It is in `torch.hub` now.",
    }
    for place in _PLACES if "from 'torch" in found["message"] and "." not in name else ():
        if name in dir(sys.modules.get(place)):
            return f"The name stands elsewhere: `from {place} import {name}`."
    for whole in (name, f"torchvision.{name}", f"torchtext.{name}", f"torch.{name}"):
        if whole in hints:
            return hints[whole]
    return (
        f"The name is `{name}`. If today's documentation has it, what is installed is older than the "
        "program: update torch and torchvision together. If not, it is gone."
    )


_PACKAGES: Final = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "numpy": "numpy",
    "matplotlib": "matplotlib",
    "pandas": "pandas",
    "tqdm": "tqdm",
    "torchmetrics": "torchmetrics",
    "torchinfo": "torchinfo",
    "torchsummary": "torchsummary",
    "tensorboard": "tensorboard",
    "timm": "timm",
    "transformers": "transformers",
    "pytorch_lightning": "pytorch-lightning",
    "fastai": "fastai",
    "torch_geometric": "torch_geometric",
    "onnx": "onnx onnxscript",
}
"""Packages that PyTorch programs often import, by the name that `pip install` wants."""


def _package(found: Holes) -> str:
    name = (
        found["message"].partition("module named")[2].strip(" '\"").split("'")[0].split(".")[0].split(" ")[0]
    )
    if "torch._c" in found["message"].lower():
        return (
            "`torch` was found, and its compiled part was not. Mostly Python was started in PyTorch's own "
            "source folder, or a folder of yours is named `torch`: `cd` elsewhere. Else reinstall it."
        )
    known = _PACKAGES.get(name, "")
    return f"`{name}` comes with `python -m pip install {known}`." if known else ""


_SHADOWS: Final = ("/torch", "/torchvision", "\\torch", "\\torchvision")
"""Ends of paths of files that are named like the package."""


def _is_own(found: Holes) -> bool:
    """Whether a file named like the package is none of a package itself, as `safetensors/torch.py` is."""
    before = found["text"].rpartition(found["message"][:60])[0] if found["message"][0] in "/\\" else ""
    return "packages" not in before.rpartition('File "')[2]


def _wheel(found: Holes) -> str:
    text = found["text"].lower()
    if "requirement pytorch" in text or "found for pytorch" in text:
        return "The package is called `torch` for pip, not `pytorch`."
    if any(sign in text for sign in ("-32\\", "-32>", "-32/", "32-bit", "32 bit", "win32", "(x86)")):
        return "This Python is a 32-bit one: install the 64-bit Python from python.org, and use its pip."
    if "from versions: 0.1.2" in text or "from versions: none" in text:
        return (
            "pip sees no wheel at all for this Python: it is a 32-bit one, or too new or too old for the "
            "version asked for, or pip does not reach its index. "
            '`python -c "import sys; print(sys.version, sys.maxsize > 2**32)"` tells: '
            "the second has to be `True`."
        )
    offered = re.search(r"from versions: (\d[\w.+]{1,30}),.{0,2000}?(\d[\w.+]{1,30})\)", text)
    asked = re.search(r"requirement torch==(\d[\w.+]{1,30})", text)
    if not offered or not asked:
        return ""
    return (
        f"For your Python there are versions from {offered[1]} to {offered[2]}, and {asked[1]} is none of "
        "them: take one of those, or a Python for which it was made."
        + (
            f" Builds with `+{asked[1].partition('+')[2]}` are on PyTorch's own index only: `pip install "
            f"torch --index-url https://download.pytorch.org/whl/{asked[1].partition('+')[2]}`."
            if "+" in asked[1]
            else ""
        )
    )


KINDS: Final = (
    kind(
        "not-installed",
        "A package that this Python does not have, or not whole",
        "No module named 'torch'",
        "No module named torch",
        "No module named 'torchvision'",
        "No module named 'torch._C'",
        "No module named 'torchtext'",
        "No module named 'torchaudio'",
        'No module named "torch"',
        *(f"No module named '{name}" for name in _PACKAGES),
        means="The Python that runs your program has no such package: it was never installed, or into "
        "another Python.",
        cure="`python -m pip install torch torchvision` (or the package named) with the same `python`; in a "
        "notebook `%pip install torch`. `import sys; print(sys.executable)` shows which Python "
        "it is; in PyCharm and VS Code choose the interpreter of your environment.",
        reads=_package,
        trap="A plain `pip install` may go to another Python.",
        program="""
import sys

sys.path = [folder for folder in sys.path if "packages" not in folder]
import torch
""",
        change=(
            (
                'sys.path = [folder for folder in sys.path if "packages" not in folder]',
                "print(sys.executable)",
            ),
        ),
        page="quickstart",
        runs="apart",
        complaints=(
            "torch|pytorch|torchvision & module not found|no module|not found|cannot import|cant import|"
            "unable to import & vscode|vs code|pycharm|jupyter|conda|anaconda|spyder|import",
            "cant|cannot|doesnt|unable|not able|fails|no module|not found & import & torch|pytorch",
        ),
    ),
    kind(
        "gone-name",
        "A name that the version installed does not have",
        "No module named 'torch._six",
        "No module named 'torchvision.{n}'",
        "No module named 'torch.{n}'",
        "cannot import name '{n}' from 'torch",
        "cannot import name '{n}' from 'torchvision",
        "cannot import name '{n}' from 'PIL'",
        "cannot import name 'PILLOW_VERSION'",
        "No module named 'torchtext.{n}'",
        "cannot import name '{n}' from 'torch._six'",
        "cannot import name 'container_abcs'",
        "module 'torch' has no attribute '{n}six'",
        *(f"module 'numpy' has no attribute '{name}'" for name in ("int", "float", "bool", "object")),
        "module 'PIL.Image' has no attribute '{n}'",
        "module 'distutils' has no attribute '{n}'",
        *INNER,
        means=(
            "A program or package was written for another version of torch, torchvision, NumPy or "
            "Pillow: there the name is, here it has moved or gone, or has not come yet."
        ),
        cure=(
            "Update the package that asks for it (the last lines of the traceback name it), or "
            "install the versions it was written for."
        ),
        reads=lambda found: (
            _module_name(found)
            if "n" in found
            else _module_name({**found, "n": found["message"].partition("'")[2]})
        ),
        program="""
from torchvision.models.utils import load_state_dict_from_url

print(load_state_dict_from_url)
""",
        change=(
            (
                "from torchvision.models.utils import load_state_dict_from_url",
                "from torch.hub import load_state_dict_from_url",
            ),
        ),
        page="quickstart",
        weight=1,
        excludes=(
            "circular import",
            "no module named 'torch._c'",
            "import name '_c'",
            "import name 'data",  # DataLoader and Dataset are in torch.utils.data, as ever
            "import name 'random_split'",
            "import name 'tensordataset'",
        ),
    ),
    kind(
        "shadowed",
        "A file of yours hides a package, or two files import each other",
        "partially initialized module 'torch{n}' has no attribute",
        "partially initialized module 'torch' has no attribute '{n}'",
        "cannot import name '{n}' from partially initialized module 'torch",
        "most likely due to a circular import",
        "partially initialized module '{n}'",
        *(f'{name}.py", line {{k}}ImportError: No module named' for name in _SHADOWS),
        *(f'{name}.py", line {{k}}NotFoundError: No module named' for name in _SHADOWS),
        means="A file named like the package (`torch.py`, `random.py`, `types.py`) stands in your folder, "
        "and Python imports it instead. If the module named is one of yours, two files import each other.",
        cure="Rename your file, and delete the `__pycache__` beside it. `import torch; "
        "print(torch.__file__)` shows which file is used. Of two files that import each other, move what "
        "both need into a third, or one import into the function that uses it.",
        program="""
import pathlib
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "torch.py").write_text("import torch\\nprint(torch.rand(3))\\n")
    sys.path.insert(0, folder)
    import torch
""",
        change=(
            (
                ('(pathlib.Path(folder) / "torch.py").write_text("import torch\\nprint(torch.rand(3))\\n")'),
                (
                    '(pathlib.Path(folder) / "my_torch.py").write_text("import '
                    'torch\\nprint(torch.rand(3))\\n")'
                ),
            ),
        ),
        page="quickstart",
        runs="apart",
        holds=_is_own,
        excludes=("has no attribute 'extension'",),  # of torchvision: its compiled half was not found
        weight=3,
    ),
    kind(
        "no-wheel",
        "pip finds no PyTorch for this Python",
        "No matching distribution found for torch",
        "Could not find a version that satisfies the requirement torch",
        "is not a supported wheel on this platform",
        "No matching distribution found for pytorch",
        "Could not find a version that satisfies the requirement pytorch",
        means="pip finds no PyTorch for this combination of Python version, system and processor.",
        cure="Use a 64-bit Python of a version that PyTorch supports (see pytorch.org; the newest Python "
        "often comes later), and update pip. On an Intel Mac, 2.2 was the last.",
        reads=_wheel,
        page="quickstart",
        runs="elsewhere",
    ),
    kind(
        "audio-backend",
        "torchaudio finds nothing that reads sound files",
        'Backend "{k}" is not one of available backends',
        "No audio backend is available",
        "No audio I/O backend is available",
        "Couldn't find appropriate backend to handle uri",
        means="torchaudio leaves reading and writing to another package, and none is installed, or none that "
        "knows this file's format.",
        cure="`pip install soundfile`, and restart Python; `torchaudio.list_audio_backends()` shows what it "
        "finds. On Linux soundfile also needs the system's `libsndfile1`. For MP3 and video, FFmpeg. Since "
        "torchaudio 2.9 loading goes through torchcodec: `pip install torchcodec`.",
        page="quickstart",
        runs="elsewhere",
    ),
)
