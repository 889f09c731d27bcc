"""Data sets and weights on their way from a server to a folder."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind

_ENDS: Final = ".'"


def _failed(found: Holes) -> str:
    if "f" in found:
        name = found["f"].strip().rpartition("/")[2][:60]
        return (
            f"`{name}` came incomplete, or is no longer the one that torchvision knows: delete it and load "
            "it again. If it stays so, update torchvision, or fetch the file by hand."
        )
    if "n" not in found:
        return f"The reason given: {found['k'].strip()[:80]}." if "k" in found else ""
    said = f"The server answered with {found['n']}."
    if "yann.lecun.com" in found["text"]:
        said += " That old address of MNIST no longer gives it to programs: update torchvision."
    return said


def _folders(found: Holes) -> str:
    """What the names in the message tell of the level at which `ImageFolder` was pointed."""
    if re.search(r"is_valid_file ?= ?(?!is_valid_file|None)\w", found["text"]):
        return (
            "`is_valid_file` said no to every file: call it on one path by hand. It gets the whole path, not "
            "the name alone, and an error that it catches counts as a no."
        )
    named = found.get("k", "").partition(" Supported")[0].split(" ")[0][:80].rstrip(_ENDS)
    if not named:
        return ""
    if "no valid file" in found["message"] and named in _SPLITS:
        return (
            f"`{named}` was taken for a class: point it one level lower, at the folder `{named}` itself, "
            "which has to hold one folder per class."
        )
    if "Found 0 " in found["message"] and "/" in named:
        parent = named.rstrip("/").rpartition("/")[0]
        return (
            f"It looked below `{named}`. If the pictures lie right in it, it is a class itself: point it at "
            f"`{parent}`. If they lie in folders below it, their endings are not among those listed."
        )
    return f"It names {named}."


_SPLITS: Final = ("train", "val", "test", "valid", "validation", "training", "testing")
"""What people call the parts of their data."""

KINDS: Final = (
    kind(
        "dataset-missing",
        "The dataset's files are not there",
        "Dataset not found. You can use download=True to download it",
        "Dataset not found or corrupted. You can use download=True to download it",
        "Dataset not found or corrupted",
        "File not found or corrupted",
        "Dataset not found.",
        "The dataset is no longer publicly accessible",
        "is not present in the root directory",
        "You need to download it externally",
        "The archive {k} is not present",
        means=(
            "torchvision looks in `root` for the files in its own layout, and finds none, or some "
            "with another checksum."
        ),
        cure=(
            "`download=True`, once. If it is there already, `root` has to be the folder above "
            "`FashionMNIST/raw`; delete a half-loaded file first. What may not be downloaded by programs, as "
            "ImageNet: fetch the archives by hand and put them, unopened, into `root`."
        ),
        program="""
from torchvision import datasets

print(datasets.FashionMNIST(root="/tmp/nothing_here", download=False))
""",
        change=(
            (
                'print(datasets.FashionMNIST(root="/tmp/nothing_here", download=False))',
                "print(datasets.FakeData(size=8))",
            ),
        ),
        page="datasets",
    ),
    kind(
        "class-folders",
        "No class folders, or no pictures in them",
        "Couldn't find any class folder in {k}",
        "Found no valid file for the classes {k}. Supported",
        "Found 0 files in subfolders of: {k}",
        "Found 0 images in subfolders of",
        "Found no valid file for the classes",
        means="`ImageFolder` expects one folder per class below the path given, with pictures in each.",
        cure="Point it at the folder that holds the class folders, as `data/train` with "
        "`data/train/cats/1.jpg`. Empty folders, also hidden ones such as `.ipynb_checkpoints`, have to go. "
        "If there are no classes, but a table of numbers or one flat folder, write a `Dataset` of your own "
        "that opens the files.",
        reads=_folders,
        program="""
import tempfile

from torchvision import datasets

with tempfile.TemporaryDirectory() as folder:
    print(datasets.ImageFolder(folder))
""",
        change=(
            (
                "print(datasets.ImageFolder(folder))",
                'import pathlib\n\nfrom PIL import Image\n\n(pathlib.Path(folder) / "cats").mkdir()\n'
                'Image.new("L", (4, 4)).save(pathlib.Path(folder) / "cats" / '
                '"1.png")\nprint(datasets.ImageFolder(folder))',
            ),
        ),
        page="datasets",
    ),
    kind(
        "download-failed",
        "The download did not work",
        "CERTIFICATE_VERIFY_FAILED",
        "<urlopen error {k}>",
        "HTTP Error {n#}:",
        "urllib.error.HTTPError",
        "Error downloading {k}",
        "Compressed file ended before the end-of-stream marker",
        "BadZipFile: File is not a zip file",
        "Not a gzipped file",
        "CRC check failed",
        "Connection reset by peer",
        "RemoteDisconnected",
        "The MD5 checksum of the download file {f} does not match",
        means=(
            "The files' server could not be reached, refused, was not trusted, or gave a part of the file, "
            "or another page in its place; PyTorch itself is fine."
        ),
        cure="Try again later; update torchvision, which knows newer addresses. Certificates: on a Mac run "
        "`Install Certificates.command`, elsewhere `pip install -U certifi`. Or fetch the files by hand "
        "and put them under `root`.",
        trap="Switching off certificate checks for the whole program lets anybody send you files.",
        reads=_failed,
        program="""
import urllib.request

print(urllib.request.urlopen("http://127.0.0.1:9/train-images.gz"))
""",
        change=(
            (
                'print(urllib.request.urlopen("http://127.0.0.1:9/train-images.gz"))',
                'print(urllib.request.urlopen("data:,images").read())',
            ),
        ),
        page="datasets",
        weight=-1,
        needs=(
            "torch",
            "download",
            "dataset",
            "mnist",
            "cifar",
            "urlopen",
            "urllib",
            "pretrained",
            "weights",
        ),
        complaints=(
            "download & stuck|very slow|too slow|fails|failed|hangs|timeout|timed out|403|interrupted & "
            "mnist|cifar|torchvision|fashion|imagenet|pretrained weights",
        ),
    ),
    kind(
        "model-download",
        "Pretrained weights that could not be fetched",
        "HTTP Error 403: rate limit exceeded",
        'int(u.headers["Content-Length"])',
        "HASH_REGEX.search(filename).group(1)",
        means="`torch.hub` and `model_zoo` fetch code from GitHub and weights from the address in the "
        "program. GitHub answers only so many questions per hour and network, which Colab's machines share; "
        "other servers move or close; and names of weights end in a part of their hash, `-5c106cde.pth`.",
        cure="Wait an hour, or leave the hub out where the model is in torchvision: "
        "`torchvision.models.resnet18(weights='DEFAULT')`. `torch.hub.load(..., skip_validation=True)` asks "
        "GitHub less. Else fetch the file by hand and `model.load_state_dict(torch.load(path))`. A name "
        "without a hash: `load_state_dict_from_url(address, check_hash=False)`.",
        program="""
import torch

for _ in range(100):
    print(torch.hub.load("pytorch/vision", "resnet18", force_reload=True))
""",
        change=(
            ("import torch", "import torchvision"),
            ("for _ in range(100):", "for _ in range(1):"),
            (
                'print(torch.hub.load("pytorch/vision", "resnet18", force_reload=True))',
                "print(torchvision.models.resnet18())",
            ),
        ),
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
)
