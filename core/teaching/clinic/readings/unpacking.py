"""Values taken apart into names."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_LOOP: Final = re.compile(r"loader\w{0,12}\b|[Dd]ataset\(")
_COLORS: Final = re.compile(
    r"\b(?:h\w{0,6}, ?w\w{0,5}|w\w{0,5}, ?h\w{0,6}|rows|cols).{0,40}\.shape|(?:im|img|image|frame)\.shape"
)
"""The shape of a picture, taken apart into height, width and channels."""


def unpacked(found: Holes) -> str:
    """How many values came for how many names, and of what."""
    if "a" not in found:
        return ""
    said = f"{found['a']} names stand on the left" + (
        f", {found['b']} values came." if "b" in found else ", more values came."
    )
    if "pack_padded_sequence(" in found["text"] and "b" not in found:
        return (
            f"{said} If it is a `PackedSequence`, that has four parts since PyTorch 1.1, two before: take "
            "the data by its name, `pack_padded_sequence(...).data`."
        )
    if found["a"] == "2" and "b" not in found and _LOOP.search(found["text"]):
        return (
            f"{said} If it is the loop over the loader, a sample of this dataset has more than two parts, a "
            "file's name or a mask, say: `for X, y, *rest in loader:` takes them all, and "
            "`print(len(next(iter(loader))))` counts them."
        )
    line = found["text"][: found["text"].rfind("values to unpack")][-160:]
    if found["a"] == "3" and found.get("b") == "2" and _COLORS.search(line):
        return (
            f"{said} A gray picture has height and width and no channels: `image.convert('RGB')` (in OpenCV "
            "`cv2.imread(path)` without a flag) gives it three."
        )
    if found["a"] == "2" and "b" not in found and _COLORS.search(line):
        return (
            f"{said} A color picture has its channels as well: `h, w = image.shape[:2]`; or make it gray, "
            "`image.convert('L')` (in OpenCV `cv2.IMREAD_GRAYSCALE`)."
        )
    if found["a"] == "2" and found.get("b") == "1" and "input_shape" in line:
        return (
            f"{said} The models of the transformers package want (batch, length), and one text came: "
            "`input_ids.unsqueeze(0)`, or let the tokenizer do it with `return_tensors='pt'`."
        )
    if ".size()" in line or ".shape" in line:
        said += (
            " If what is taken apart is the shape, the tensor has another number of dimensions than the line "
            "expects: print it, and add the missing one (`x.unsqueeze(0)` for a batch) or take one away."
        )
    return said


def bracketed(found: Holes) -> str:
    """What has no entries, and where its parts are."""
    name = found.get("t", "").strip()[:40]
    if not name:
        return ""
    said = f"The object is of type {name}."
    if name in ("int", "float"):
        return (
            f"{said} It is one number, and brackets pick from several: leave `[...]` out, or look where the "
            "list came to be a number."
        )
    if f"class {name}(nn.Module)" in found["text"] or f"class {name}(torch.nn.Module)" in found["text"]:
        layers = [part.partition("=")[0].strip() for part in found["text"].split("self.")[1:]]
        layer = next((part for part in layers if part.isidentifier()), "fc")
        return (
            f"{said} Only `nn.Sequential` and `nn.ModuleList` have numbers: ask your network for a layer by "
            f"its name, as in `net.{layer}`."
        )
    return said
