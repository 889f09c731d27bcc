"""Names that a tensor was asked for and does not have."""

import difflib
from typing import Final

import numpy as np
import torch

_OF_PICTURES: Final = frozenset(
    ("convert", "crop", "filename", "getdata", "getpixel", "height", "mode", "paste", "putpixel", "rotate")
) | {"save", "thumbnail", "tobytes", "width"}
_OF_ARRAYS: Final = frozenset(dir(np.ndarray))


def of_tensor(cls: str, name: str) -> str:
    """What to say of a name that a tensor was asked for."""
    if name in _OF_PICTURES:
        return (
            f"A picture (PIL) has `{name}`, and a tensor came: put what works on pictures before "
            "`ToTensor()`, or turn it back with `ToPILImage()`."
        )
    if hasattr(torch.Tensor, name):
        return f"Tensors have `{name[:40]}` in the version here: yours is older. Update PyTorch."
    if cls == "Variable":
        return (
            "`Variable` is from before PyTorch 0.4: update PyTorch, if the program was written for a "
            "newer one."
        )
    if name in _OF_ARRAYS:
        return (
            f"`{name}` belongs to NumPy's arrays: `x.detach().cpu().numpy().{name}`, or the tensor's own way."
        )
    close = difflib.get_close_matches(name[:40], dir(torch.Tensor), n=1, cutoff=0.75)
    if close:
        return f"A tensor has no `{name[:40]}`; the nearest name that it has is `{close[0]}`."
    return (
        f"A tensor has no `{name[:40]}`, in the version here either: it is misspelled, or another object "
        "was meant."
    )
