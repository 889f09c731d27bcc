"""What a file is that `torch.load` does not take for a checkpoint."""

from typing import Final

from core.teaching.clinic.kind import Holes

_KEYS: Final = {
    "<": "It begins with `<`: a web page was saved, not the file. Use the link of the raw file.",
    "v": "It begins with `v`: a pointer of Git LFS (`version https://...`). `git lfs pull` fetches the file "
    "itself.",
    "\\x1f": "It begins with `\\x1f`: a file packed by gzip, as `.tar.gz` files are. Unpack it first.",
    "\\x89": "It begins as HDF5 and PNG files do: a file of Keras, or a picture.",
}
"""What a file is, by its first letter."""
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
            "The file is empty."
            if "load(" in text or "nickler" in text
            else "The file that is read is empty; or, with `num_workers` on Windows, a worker was sent what "
            "cannot be pickled, or the program lacks the guard `if __name__ == '__main__':`."
        )
    if "central directory" in text or "unexpected EOF" in text:
        return "The end of the file is missing: the download or the saving was cut off."
    return ""
