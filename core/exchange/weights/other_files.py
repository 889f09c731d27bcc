"""Files that are not weights, told for what they are, with what to do instead.

Each is known by its first bytes, or by the names in its archive. Nothing here reads more than that.
"""

import re
from collections.abc import Collection
from typing import Final

from core.text import shown

SAVE_AGAIN: Final = 'torch.save(model.state_dict(), "model.pth")'
_HEAD: Final = 4_096  # bytes that are looked at

_WEIGHTS: Final = f"save the weights with {SAVE_AGAIN} and upload that"
_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (
        b"version https://git-lfs",
        "The file is a Git LFS pointer, a few lines that stand for the weights: run git lfs pull in the "
        "repository, or download the file itself from its page, and upload that.",
    ),
    (b"\x89HDF\r\n\x1a\n", f"The file is HDF5, as Keras saves its models, not PyTorch's: {_WEIGHTS}."),
    (b"\x93NUMPY", f"The file is a NumPy array, not a network's named tensors: {_WEIGHTS}."),
    (b"GGUF", f"The file is GGUF, the weights of a language model: {_WEIGHTS}."),
    (b"\x89PNG", "The file is a picture (PNG): pictures are for the Predictions page."),
    (b"\xff\xd8\xff", "The file is a picture (JPEG): pictures are for the Predictions page."),
    (b"%PDF", f"The file is a PDF document: {_WEIGHTS}."),
    (b"\x1f\x8b", "The file is compressed (gzip): unpack it, and upload the file of weights inside."),
    (b"BZh", "The file is compressed (bzip2): unpack it, and upload the file of weights inside."),
    (b"\xfd7zXZ", "The file is compressed (xz): unpack it, and upload the file of weights inside."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed (zstd): unpack it, and upload the file of weights inside."),
    (b"7z\xbc\xaf", "The file is a 7z archive: unpack it, and upload the file of weights inside."),
    (b"Rar!", "The file is a RAR archive: unpack it, and upload the file of weights inside."),
    (
        b"\x80",
        "The file is a bare pickle, written by pickle or joblib rather than torch.save, and is not opened: "
        f"{_WEIGHTS}.",
    ),
)
_CODE_OF_ERROR: Final = re.compile(rb"<Code>(\w{1,40})</Code>")


def what_it_is(data: bytes) -> str:
    """One sentence on a file that is neither from `torch.save` nor `.safetensors`."""
    if not data:
        return "The file is empty."
    for beginning, sentence in _BEGINNINGS:
        if data.startswith(beginning):
            return sentence
    if data[4:8] == b"TFL3":
        return f"The file is a TensorFlow Lite model, not PyTorch's: {_WEIGHTS}."
    if data[257:262] == b"ustar":
        return "The file is a tar archive: unpack it, and upload the file of weights inside."
    if data[:2] in (b"(d", b"(l"):
        return f"The file is a bare pickle of an old protocol and is not opened: {_WEIGHTS}."
    # a protocol buffer whose first field is a small number, the version, and whose second is a text
    if data[:1] == b"\x08" and data[2:3] in (b"\x12", b"\x1a", b"\x3a"):
        return f"The file is an ONNX model, made for programs other than PyTorch: {_WEIGHTS}."
    return _text(data[:_HEAD]) or (
        f"The file is neither what torch.save writes nor a .safetensors file: {_WEIGHTS}."
    )


def _text(head: bytes) -> str:
    """One sentence on a text; empty for anything else."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
        return (
            "The file is a web page, which is what a browser saves in place of a file that is not there or "
            "needs a login: download the file itself, with its Download or Raw button, and upload that."
        )
    if start.startswith((b"<?xml", b"<error")):
        code = _CODE_OF_ERROR.search(head)
        reason = f" ({shown(code[1].decode())})" if code else ""
        return (
            f"The file is an error message{reason} that a server sent in place of the weights: the link has "
            "expired or is wrong, so download the file again."
        )
    if start.startswith(b"{") and b'"weight_map"' in start:
        return (
            "The file is a safetensors index, which lists the files that hold the weights: upload the "
            ".safetensors file that it names."
        )
    if start.startswith((b"{", b"[")):
        return f"The file is JSON, text that describes something else than weights: {_WEIGHTS}."
    if start and all(byte >= 32 or byte in b"\t\n\r" for byte in head):
        return f"The file is text, such as a program or a table, not weights: {_WEIGHTS}."
    return ""


def what_archive(names: Collection[str]) -> str:
    """One sentence on a zip archive that is not from `torch.save`; empty if nothing speaks against it.

    Args:
        names: The paths in it.
    """
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        return (
            "The file is a TorchScript archive, which holds code and is not opened. Save its weights alone: "
            'torch.save(torch.jit.load("model.pt").state_dict(), "weights.pth").'
        )
    if any(name.endswith("model.weights.h5") for name in names):
        return f"The file is a Keras model, not PyTorch's: {_WEIGHTS}."
    if any("exported_program" in name or name.endswith("archive_format") for name in names):
        return (
            "The file is an exported program (torch.export), which holds a graph as well as weights: "
            f"{_WEIGHTS}."
        )
    if any("/.data/extern_modules" in name or name.startswith(".data/") for name in names):
        return f"The file is a torch.package archive, which holds code, so it is not opened: {_WEIGHTS}."
    if names and all(name.endswith(".npy") for name in names):
        return f"The file is a NumPy archive (.npz), not what torch.save writes: {_WEIGHTS}."
    inside = next((name for name in names if name.endswith((".pth", ".pt", ".safetensors"))), None)
    if inside is not None:
        return f"The file is a zip archive with {shown(inside)} in it: unpack it, and upload that file."
    return ""
