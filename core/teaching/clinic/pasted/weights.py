"""What pasted lines show of saved weights and their names: each function looks for one thing."""

import re
from typing import Final

from core.teaching.clinic.pasted.code import PastedCode

_OF_WRAPPER: Final = r"['\"](_orig_mod\.?|module\.)['\"]"
_ASKS: Final = re.compile(rf"\bif (?:{_OF_WRAPPER} in \w{{1,20}}|\w{{1,20}}\.startswith\({_OF_WRAPPER}\)) ?:")
"""The names that begin with a wrapper's prefix are looked for."""
_LEFT_OUT: Final = re.compile(
    rf"\{{ ?\w{{1,20}} ?: ?\w{{1,20}} for .{{1,60}} if (?:{_OF_WRAPPER} not in \w{{1,20}}"
    rf"|not \w{{1,20}}\.startswith\({_OF_WRAPPER}\))"
)
"""A table made anew without them."""
_TAKEN_OUT: Final = re.compile(r"\bdel \w{1,30}\[\w{1,20}\]|\b\w{1,30}\.pop\(\w{1,20}(?:, ?None)?\)$")
_MADE_NEW: Final = re.compile(
    r"\.replace\(|removeprefix\(|\.split\(|partition\(|\[(?:\d{1,2}|len\(.{1,20}\)) ?:\]|= ?\w{1,30}\.pop\("
)
"""What makes a name without its prefix, or keeps the value that is taken out."""


def weights_deleted(code: PastedCode) -> str:
    """Weights that are taken out of a table for their prefix, where the prefix alone was to go."""
    found = code.first(_LEFT_OUT)
    line = found[0] if found is not None else ""
    if found is None:
        found, taken = code.first(_ASKS), code.first(_TAKEN_OUT)
        if found is None or taken is None or code.first(_MADE_NEW) is not None:
            return ""
        line = taken[0]
    prefix = next(group for group in found.groups() if group).strip(".")
    wraps, inner = _WRAPPERS[prefix]
    return (
        f"`{line[:90]}` takes the weights out with their names: {wraps} puts `{prefix}.` before every name "
        "of what it wraps, so none is left. Take off the prefix alone, "
        f"`{{k.removeprefix('{prefix}.'): v for k, v in "
        f"state_dict.items()}}`, or save `{inner}`, which has none."
    )


_WRAPPERS: Final = {
    "_orig_mod": ("`torch.compile`", "model._orig_mod.state_dict()"),
    "module": ("`DataParallel`", "model.module.state_dict()"),
}
"""What puts a prefix before the names, and what saves without it."""
