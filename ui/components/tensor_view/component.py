"""Small tensors as grids of cells that can be marked and clicked, which Streamlit does not have.

Several grids stand in one row with signs between them (`A @ B = C`) and wrap on a narrow screen. A cell's
tint grows with the size of its number; what is marked is also bold and outlined, so that nothing is told
by color alone. Keyboard: Tab reaches a clickable grid, arrows move, Enter or Space chooses.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st
from torch import Tensor

from ui.components.assets import register

MAX_CELLS: Final = 400
"""Most cells in one grid; larger tensors are shown as pictures."""


_mount = register("tensor_row", __file__)


@dataclass(frozen=True, eq=False)
class Cells:
    """One tensor in a row."""

    tensor: Tensor
    """At most 400 elements and 4 dimensions."""
    name: str
    """What the code calls it; unique in the row."""
    marks: Mapping[int, str] = field(default_factory=dict)
    """By position in row-major order: `picked`, `chosen`, `faint`, `stretched`, or several."""
    note: str = ""
    """The line under the name; shape and dtype if empty."""
    click: bool = False
    """Whether its cells can be clicked."""


def describe_tensor(tensor: Tensor, strides: bool = True) -> str:
    """Shape, dtype, device and strides in one line."""
    parts = [f"shape {tuple(tensor.shape)}", str(tensor.dtype).removeprefix("torch."), str(tensor.device)]
    return " · ".join([*parts, f"strides {tensor.stride()}"] if strides else parts)


def tensor_row(parts: Sequence[Cells | str], *, key: str) -> None:
    """Show tensors side by side, with signs between them; `clicked_cell(key)` tells what was clicked.

    Raises:
        ValueError: A tensor has more than 400 elements or 4 dimensions.
    """
    data = {"parts": [{"sign": part} if isinstance(part, str) else _part(part) for part in parts]}

    def keep() -> None:
        clicked = getattr(st.session_state.get(key), "clicked", None)
        for part in parts:
            # what comes from a browser can be anything
            if isinstance(part, Cells) and isinstance(clicked, dict) and clicked.get("name") == part.name:
                at = clicked.get("at")
                if part.click and type(at) is int and 0 <= at < part.tensor.numel():
                    st.session_state[f"{key}_cell"] = (part.name, at)

    _mount(key=key, data=data, on_clicked_change=keep)


def clicked_cell(key: str, name: str, size: int, default: int = 0) -> int:
    """The position last clicked in the tensor `name` of the row `key`, or `default`."""
    clicked = st.session_state.get(f"{key}_cell")
    if clicked and clicked[0] == name and clicked[1] < size:
        return int(clicked[1])
    return default


def number(value: float | bool) -> str:
    """A number as a cell shows it: four significant digits, whole floats with their point."""
    if isinstance(value, bool) or type(value) is int:
        return str(value)
    if not math.isfinite(value):
        return str(value)
    return f"{value:.0f}." if value == int(value) and abs(value) < 10**6 else f"{value:.4g}"


def _part(view: Cells) -> dict[str, Any]:
    tensor = view.tensor.detach().cpu()
    if tensor.numel() > MAX_CELLS or tensor.ndim > 4:
        raise ValueError(f"{view.name} is too large for a grid: {tuple(tensor.shape)}.")
    flat = tensor.reshape(-1).tolist()
    largest = max((abs(v) for v in flat if math.isfinite(v)), default=0) or 1
    cells = [
        {
            "text": number(value),
            "at": at,
            "index": str(_index(at, tuple(tensor.shape))),
            "heat": round(abs(value) / largest, 3) if math.isfinite(value) else 1,
            "negative": bool(value < 0),
            "mark": view.marks.get(at, ""),
        }
        for at, value in enumerate(flat)
    ]
    return {
        "name": view.name,
        "note": view.note or describe_tensor(tensor, strides=False),
        "ndim": tensor.ndim,
        "click": view.click,
        "slabs": _slabs(cells, tuple(tensor.shape)),
    }


def _slabs(cells: list[dict[str, Any]], shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """The last two dimensions as grids, one for each index of those before them."""
    rows, columns = (1, *shape)[-2:] if shape else (1, 1)
    count = math.prod(shape[:-2])
    if not cells:
        return [{"label": "", "rows": []}]
    slabs = []
    for slab in range(count):
        start = slab * rows * columns
        lines = [cells[start + r * columns : start + (r + 1) * columns] for r in range(rows)]
        label = f"[{', '.join(map(str, _index(slab, shape[:-2])))}]" if len(shape) > 2 else ""
        slabs.append({"label": label, "rows": lines})
    return slabs


def _index(at: int, shape: tuple[int, ...]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        index.insert(0, at % size)
        at //= size
    return index
