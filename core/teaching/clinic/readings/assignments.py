"""Layers that a constructor sets."""

import re
from typing import Final

_LAYER: Final = re.compile(r"self\.(\w{1,30}) ?= ?(?:torch\.)?nn\.(\w{1,30})\(|\bclass \w|\belse ?:|\belif ")


def overwritten(text: str) -> str:
    """What to say where a constructor sets one name to two kinds of layers; empty if it does not."""
    kinds: dict[str, str] = {}
    for found in _LAYER.finditer(text):
        name, layer = found.groups()
        if not name:  # another class begins, or another branch
            kinds.clear()
        elif kinds.setdefault(name, layer) != layer:
            return (
                f"`self.{name}` is set twice, to a `{kinds[name]}` and then to a `{layer}`, and only the "
                "last one stays: give the second another name."
            )
    return ""
