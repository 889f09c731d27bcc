"""Small tensors as grids of cells that can be marked and clicked, which Streamlit does not have.

Several grids stand in one row with signs between them (`A @ B = C`) and wrap on a narrow screen. A cell's
tint grows with the size of its number; what is marked is also bold and outlined, so that nothing is told
by colour alone. Keyboard: Tab reaches a clickable grid, arrows move, Enter or Space chooses.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st
from torch import Tensor

MAX_CELLS: Final = 400
"""Most cells in one grid; larger tensors are shown as pictures."""

_CSS: Final = """
.row {
  display: flex; flex-wrap: wrap; align-items: center; gap: 12px 18px;
  font-family: var(--st-font); color: var(--st-text-color);
}
.sign { font: 500 1.25rem var(--st-code-font); opacity: 0.75; }
figure { margin: 0; min-width: 0; max-width: 100%; }
figcaption { width: 0; min-width: max(100%, var(--words)); font-size: 0.8125rem; line-height: 1.4; }
figcaption { margin-bottom: 6px; }
figcaption b { font: 600 0.875rem var(--st-code-font); }
figcaption span { opacity: 0.8; }
.slabs { display: flex; flex-wrap: wrap; gap: 12px; }
.slab { max-width: 100%; overflow-x: auto; padding: 3px; }
table { border-collapse: separate; border-spacing: 3px; font: 0.8125rem var(--st-code-font); }
th { font-weight: 400; opacity: 0.65; padding: 0 4px; min-width: 12px; text-align: center; }
.label { font: 0.75rem var(--st-code-font); opacity: 0.8; padding: 0 4px; }
td { padding: 0; }
.cell {
  display: block; box-sizing: border-box; width: 100%; min-width: 42px; padding: 6px;
  border: 2px solid transparent; border-radius: 6px; text-align: center; white-space: nowrap;
  color: var(--st-text-color); font: inherit; line-height: 1.2;
  background: color-mix(in srgb, var(--tint) calc(var(--heat) * 42%), var(--st-secondary-background-color));
}
button.cell { cursor: pointer; }
button.cell:hover { border-color: var(--st-text-color); }
button.cell:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 1px; }
.faint { background: transparent; opacity: 0.75; }
.picked { border-color: var(--st-primary-color); font-weight: 700; }
.chosen { border-color: var(--st-text-color); font-weight: 700; }
.stretched { border-style: dashed; border-color: var(--st-text-color); }
@media (max-width: 640px) {  /* ten short numbers side by side on a phone */
  table { border-spacing: 2px; }
  .cell { min-width: 28px; padding: 6px 3px; }
}
.empty { font-size: 0.8125rem; opacity: 0.8; padding: 6px; }
"""

_JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".row")
  const drawn = JSON.stringify(data)
  if (root.drawn === drawn) return
  const before = parentElement.activeElement ?? document.activeElement
  const focus = before && before.dataset ? before.dataset.at : undefined
  root.drawn = drawn
  const make = (tag, cls, text) => {
    const node = document.createElement(tag)
    if (cls) node.className = cls
    if (text !== undefined) node.textContent = text
    return node
  }
  const grid = (part, slab) => {
    const table = make("table")
    table.setAttribute("aria-label", part.name + (slab.label ? " " + slab.label : ""))
    if (part.ndim) {  // a single number has no index
      const head = table.createTHead().insertRow()
      if (part.ndim > 1) head.append(make("th"))
      slab.rows[0].forEach((_, c) => head.append(make("th", "", String(c))))
    }
    const body = table.createTBody()
    slab.rows.forEach((cells, r) => {
      const line = body.insertRow()
      if (part.ndim > 1) line.append(make("th", "", String(r)))
      cells.forEach((cell) => {
        const box = make(part.click ? "button" : "div", "cell " + cell.mark, cell.text)
        box.style.setProperty("--heat", cell.heat)
        box.style.setProperty("--tint", cell.negative ? "#e8833a" : "#3b82f6")
        if (part.click) {
          box.type = "button"
          box.tabIndex = -1
          box.dataset.at = part.name + ":" + cell.at
          box.setAttribute("aria-label", part.name + cell.index + " is " + cell.text)
          box.setAttribute("aria-pressed", cell.mark.includes("chosen") ? "true" : "false")
          box.onclick = () => setTriggerValue("clicked", { name: part.name, at: cell.at })
        }
        line.insertCell().append(box)
      })
    })
    return table
  }
  root.replaceChildren(...data.parts.map((part) => {
    if (part.sign) return make("span", "sign", part.sign)
    const figure = make("figure")
    const caption = make("figcaption")
    caption.style.setProperty("--words", Math.min(256, 10 + 6.6 * part.note.length) + "px")
    caption.append(make("b", "", part.name), document.createElement("br"), make("span", "", part.note))
    const slabs = make("div", "slabs")
    part.slabs.forEach((slab) => {
      const box = make("div", "slab")
      if (slab.label) box.append(make("div", "label", slab.label))
      const filled = slab.rows.length && slab.rows[0].length
      box.append(filled ? grid(part, slab) : make("div", "empty", "no elements"))
      slabs.append(box)
    })
    figure.append(caption, slabs)
    return figure
  }))
  const buttons = [...root.querySelectorAll("button.cell")]
  const chosen = buttons.find((b) => b.classList.contains("chosen"))
  const home = buttons.find((b) => b.dataset.at === focus) || chosen || buttons[0]
  if (home) home.tabIndex = 0
  if (focus && home && home.dataset.at === focus) home.focus()
  root.onkeydown = (event) => {
    const box = event.target.closest("button.cell")
    if (!box || event.altKey || event.ctrlKey || event.metaKey) return
    const cell = box.parentElement, line = cell.parentElement
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key], right = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    let to
    if (right) to = line.cells[cell.cellIndex + right]
    if (down) to = line.parentElement.rows[line.sectionRowIndex + down]?.cells[cell.cellIndex]
    const next = to && to.querySelector("button.cell")
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    box.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
}
"""

_mount = st.components.v2.component("tensor_row", html='<div class="row"></div>\n', css=_CSS, js=_JS)


@dataclass(frozen=True, eq=False)
class View:
    """One tensor in a row.

    Attributes:
        tensor: At most 400 elements and 4 dimensions.
        name: What the code calls it; unique in the row.
        marks: By position in row-major order: `picked`, `chosen`, `faint`, `stretched`, or several.
        note: The line under the name; shape and dtype if empty.
        click: Whether its cells can be clicked.
    """

    tensor: Tensor
    name: str
    marks: Mapping[int, str] = field(default_factory=dict)
    note: str = ""
    click: bool = False


def describe(tensor: Tensor, strides: bool = True) -> str:
    """Shape, dtype, device and strides in one line."""
    parts = [f"shape {tuple(tensor.shape)}", str(tensor.dtype).removeprefix("torch."), str(tensor.device)]
    return " · ".join([*parts, f"strides {tensor.stride()}"] if strides else parts)


def tensor_row(parts: Sequence[View | str], *, key: str) -> None:
    """Show tensors side by side, with signs between them; `clicked_cell(key)` tells what was clicked.

    Raises:
        ValueError: A tensor has more than 400 elements or 4 dimensions.
    """
    data = {"parts": [{"sign": part} if isinstance(part, str) else _part(part) for part in parts]}

    def keep() -> None:
        clicked = getattr(st.session_state.get(key), "clicked", None)
        for part in parts:
            # what comes from a browser can be anything
            if isinstance(part, View) and isinstance(clicked, dict) and clicked.get("name") == part.name:
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


def _part(view: View) -> dict[str, Any]:
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
        "note": view.note or describe(tensor, strides=False),
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
