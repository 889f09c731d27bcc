"""A grid of small images that can be clicked, which Streamlit does not have.

One picture of all thumbnails goes to the browser as a data URL, a few tens of kilobytes: no file is left on
the server for a visitor. Keyboard: Tab reaches the grid, arrows move, Enter or Space chooses.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st
from torch import Tensor

from ui.images import sprite

MAX_IMAGES: Final = 400
"""Most thumbnails in one grid: about 200 kB."""

_HTML: Final = """
<div class="grid" role="group"></div>
"""

_CSS: Final = """
.grid {
  display: grid;
  gap: 8px;
  --share: calc((100% - (var(--columns) - 1) * 8px) / var(--columns));
  grid-template-columns: repeat(auto-fill, minmax(max(var(--least), var(--share)), 1fr));
  font-family: var(--st-font);
}
.cell {
  position: relative;
  display: flex;
  flex-direction: column;
  min-width: 0;
  margin: 0;
  padding: 0;
  border: 2px solid var(--st-border-color);
  border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color);
  color: var(--st-text-color);
  font: inherit;
  text-align: center;
  overflow: hidden;
  cursor: pointer;
}
.cell:hover { border-color: var(--st-text-color); }
.cell:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 2px; }
.cell[aria-pressed="true"] {
  border-color: var(--st-primary-color);
  box-shadow: 0 0 0 2px var(--st-primary-color);
}
.picture {
  display: block;
  width: 100%;
  aspect-ratio: 1;
  background-color: #000;
  image-rendering: pixelated;
}
.caption {
  display: block;
  padding: 3px 2px 4px;
  font-size: 0.75rem;
  line-height: 1.2;
  letter-spacing: -0.01em;
  overflow-wrap: anywhere;
  white-space: pre-line;
}
.mark {
  position: absolute;
  top: 4px;
  right: 4px;
  padding: 0 5px;
  border-radius: 999px;
  font-size: 0.75rem;
  font-weight: 600;
  line-height: 1.15rem;
  background: #ffffff;
  color: #1b1f24;
}
.right .mark { background: #0b6b4f; color: #ffffff; }
.wrong .mark { background: #b42318; color: #ffffff; }
"""

_JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid")
  const { sprite, across, down, columns, least, captions, marks, names, selected, label } = data
  grid.style.setProperty("--columns", columns)
  grid.style.setProperty("--least", least + "px")
  grid.setAttribute("aria-label", label)
  const drawn = sprite + "|" + captions.join("|") + "|" + marks.join("|")
  if (grid.drawn !== drawn) {
    grid.drawn = drawn
    grid.replaceChildren(...captions.map((caption, i) => {
      const cell = document.createElement("button")
      cell.type = "button"
      cell.className = "cell " + (["right", "wrong"].includes(marks[i]) ? marks[i] : "")
      cell.setAttribute("aria-label", names[i])
      cell.title = names[i]
      const picture = document.createElement("span")
      picture.className = "picture"
      picture.style.backgroundImage = "url(" + sprite + ")"
      picture.style.backgroundSize = across * 100 + "% " + down * 100 + "%"
      const x = i % across, y = Math.floor(i / across)
      const share = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0) + "%"
      picture.style.backgroundPosition = share(x, across) + " " + share(y, down)
      cell.append(picture)
      if (caption) {
        const text = document.createElement("span")
        text.className = "caption"
        text.textContent = caption
        cell.append(text)
      }
      if (marks[i]) {
        const mark = document.createElement("span")
        mark.className = "mark"
        mark.textContent = { right: "\\u2713", wrong: "\\u2717" }[marks[i]] || marks[i]
        mark.setAttribute("aria-hidden", "true")
        cell.append(mark)
      }
      return cell
    }))
  }
  const cells = [...grid.children]
  const active = parentElement.activeElement ?? document.activeElement
  const focused = cells.indexOf(active)
  const home = focused >= 0 ? focused : Math.max(0, selected)
  cells.forEach((cell, i) => {
    cell.tabIndex = i === home ? 0 : -1
    cell.setAttribute("aria-pressed", i === selected ? "true" : "false")
    cell.onclick = () => setTriggerValue("clicked", i)
  })
  grid.onkeydown = (event) => {
    const at = cells.indexOf(event.target.closest(".cell"))
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const perRow = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key]
    let to = step === undefined ? undefined : at + step
    if (event.key === "Home") to = 0
    if (event.key === "End") to = cells.length - 1
    if (to === undefined || to < 0 || to >= cells.length) return
    event.preventDefault()
    event.stopPropagation()
    cells[at].tabIndex = -1
    cells[to].tabIndex = 0
    cells[to].focus()
  }
}
"""

_mount = st.components.v2.component("image_grid", html=_HTML, css=_CSS, js=_JS)


def image_grid(
    images: Tensor,
    captions: Sequence[str],
    *,
    key: str,
    selected: int | None = None,
    columns: int = 10,
    marks: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    label: str = "Images; arrow keys move, Enter chooses",
    least: int = 60,
    on_click: Callable[[int], None] | None = None,
) -> int | None:
    """Show images in a grid and tell which one was clicked.

    Args:
        images: uint8, N x H x W, at most 400.
        captions: One a picture, a word or two; "" shows none.
        key: Unique on the page.
        selected: Position of the highlighted picture; `None` highlights none.
        columns: Most pictures in a row; narrow screens show fewer.
        marks: One a picture: "right" (a tick), "wrong" (a cross), "" or a few characters for the corner.
        names: What a screen reader and a tooltip say of each; the captions and marks if `None`.
        label: What a screen reader says of the grid.
        least: Narrowest a picture may be, pixels.
        on_click: Called with the position before the page runs again, so that one run is enough.

    Returns:
        The position that was clicked since the last run, once; `None` otherwise.
    """
    count = len(images)
    if count == 0:
        return None
    if count > MAX_IMAGES:
        raise ValueError(f"A grid shows at most {MAX_IMAGES} images, not {count}.")
    marks = list(marks) if marks is not None else [""] * count
    if len(captions) != count or len(marks) != count:
        raise ValueError("A grid needs one caption and one mark for each image.")
    if names is None:
        names = [
            _name(i, caption, mark) for i, (caption, mark) in enumerate(zip(captions, marks, strict=True))
        ]
    across = min(count, 20)
    data = {
        "sprite": "data:image/png;base64," + base64.b64encode(sprite(images, across)).decode(),
        "across": across,
        "down": -(-count // across),
        "columns": columns,
        "least": least,
        "captions": list(captions),
        "marks": marks,
        "names": list(names),
        "selected": -1 if selected is None else selected,
        "label": label,
    }

    def changed() -> None:
        place = _position(st.session_state[key].clicked, count)
        if on_click is not None and place is not None:
            on_click(place)

    return _position(_mount(key=key, data=data, on_clicked_change=changed).clicked, count)


def _position(clicked: object, count: int) -> int | None:
    """What a browser sent, which can be anything, as a position in the grid."""
    return clicked if type(clicked) is int and 0 <= clicked < count else None


def _name(position: int, caption: str, mark: str) -> str:
    return ", ".join(part for part in (caption, mark) if part) or f"Image {position + 1}"
