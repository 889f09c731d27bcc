"""What a file is that `torch.load` does not take for a checkpoint."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_KEYS: Final = {
    "<": "It begins with `<`: mostly a web page was saved, not the file. Use the link of the raw file.",
    "v": (
        "It begins with `v`: mostly a pointer of Git LFS (`version https://...`). `git lfs pull` fetches the "
        "file itself."
    ),
    "\\x1f": "It begins with `\\x1f`: a file packed by gzip, as `.tar.gz` files are. Unpack it first.",
    "\\x89": "It begins as HDF5 and PNG files do: a file of Keras, or a picture.",
}
"""What a file is, by its first letter."""
_POINTER: Final = re.compile(
    r"\b1[23]\d (?:bytes\b|[A-Z][a-z]{2} [ \d][\d ] .{0,80}\.(?:pt|pth|bin|ckpt|onnx)\b)"
)
"""A size of 120 to 139 bytes, in words or in a listing of files."""
_SPAWNED: Final = re.compile(r"from_parent|spawn_main|spawn\.py")
"""What a worker that Windows starts reads is no file."""
_OPERANDS: Final = {"60": "<", "118": "v", "31": "\\x1f", "137": "\\x89"}
"""The same letters by their numbers, as loading of weights only tells them."""


def not_checkpoint(found: Holes) -> str:
    """What the message reveals of the file."""
    text = found["text"]
    first = text.partition("invalid load key, '")[2].partition("'")[0]
    number = text.partition("Unsupported operand ")[2][:3].strip(" .,\n")
    key = first or _OPERANDS.get(number, "")
    if key in _KEYS:
        return _KEYS[key]
    if "ran out of input" in text.lower():
        return (
            "The file is empty, or was read to its end before."
            if ("load(" in text or "nickler" in text) and not _SPAWNED.search(text)
            else "The file that is read is empty; or, with `num_workers` on Windows, a worker was sent what "
            "cannot be pickled, or the program lacks the guard `if __name__ == '__main__':`."
        )
    if _POINTER.search(text):
        return (
            "A file of about 130 bytes is a pointer of Git LFS, not the file: `git lfs "
            "install`, then `git lfs pull`."
        )
    if "central directory" in text or "unexpected EOF" in text:
        return (
            "The end of the file is missing: the download or the saving was cut off; or it is another file, "
            "as a pointer of Git LFS (look at its size)."
        )
    return ""


def sought(found: Holes) -> str:
    """What the path in a message reveals: a cache, letters, a bare name."""
    path = found.get("k", "").strip()[:160]
    place = (path or found["message"][:300]).replace(chr(92), "/").replace("//", "/")
    if "/.cache" in place and "ermission" in found["message"]:
        return (
            "It is the folder of downloads, in which this account may not write: set `TORCH_HOME` (and "
            "`XDG_CACHE_HOME`, for Hugging Face `HF_HOME`) to a folder of your own, as `/tmp/torch`, before "
            "Python starts."
        )
    if not place.isascii() and ("torch/hub" in place or "fopen" in found["message"]):
        return (
            "The path has letters outside of English, which this function often cannot open: set "
            "`TORCH_HOME` to a folder without them, or move the file."
        )
    if not place.isascii() and ":/" in place[:3]:
        return (
            f"It looked for `{place[:80]}`. Older versions of PyTorch cannot write or read under Windows "
            "where a path has letters outside of English: take a folder without them, or open the file "
            "yourself, `with open(path, 'wb') as file: torch.save(state, file)`. And the folder has to be "
            "there."
        )
    if "torch/hub" in place or "torch/checkpoints" in place:
        return (
            "It lies in torch.hub's cache, where mostly a download was cut off: delete that folder, then "
            "`torch.hub.load(..., force_reload=True)`."
        )
    if not path:
        return ""
    said = f"It looked for `{path[:80]}`."
    if "/" not in place and any(word in found["text"] for word in ("Image.open", "imread", "__getitem__")):
        return said + " That is a name without its folder: `os.path.join(folder, name)`."
    if not place.startswith(("/", "~")) and ":" not in place[:3]:
        return said + " That path is relative: it starts at the folder that `os.getcwd()` shows."
    return said


def refused(found: Holes) -> str:
    """What a path that was refused reveals."""
    if "/.cache" in found["message"][:200].replace(chr(92), "/"):
        return sought(found)
    path = found["message"].partition("'")[2].partition("'")[0].replace(chr(92), "/")
    name = path.rpartition("/")[2]
    if path and "." not in name and "ermission" in found["message"] and ":" in path[:3]:
        return f"`{path[:80]}` has no file ending: mostly it is a folder, and a file in it is wanted."
    return ""
