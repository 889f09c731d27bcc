"""A pad to draw on, which Streamlit does not have. Mouse, pen and finger; clearing and undoing by buttons.

The drawing goes to the server as a PNG data URL of 280 x 280 pixels after each stroke.
"""

import base64
import binascii
from typing import Final

import streamlit as st

SIDE: Final = 280  # pixels
MAX_URL: Final = 400_000
"""Longest data URL that is taken: a full pad of 280 x 280 pixels has far less."""

_PREFIX: Final = "data:image/png;base64,"

_HTML: Final = """
<div class="pad">
  <canvas width="280" height="280" tabindex="0" role="img"
    aria-label="Drawing pad: draw a garment with the mouse, a pen or a finger"></canvas>
  <div class="tools">
    <label>Brush <input class="size" type="range" min="4" max="60" value="26"
      aria-label="Brush, pixels"></label>
    <label>Grey <input class="grey" type="range" min="0" max="255" value="215"
      aria-label="Grey, 0 is black, 255 is white"></label>
    <button class="undo" type="button">Undo</button>
    <button class="clear" type="button">Clear</button>
  </div>
</div>
"""

_CSS: Final = """
.pad { display: flex; flex-wrap: wrap; gap: 16px; font-family: var(--st-font); color: var(--st-text-color); }
canvas {
  width: 280px; height: 280px; background: #000; border-radius: var(--st-base-radius);
  border: 2px solid var(--st-border-color); touch-action: none; cursor: crosshair; box-sizing: border-box;
}
canvas:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 2px; }
.tools { display: flex; flex-direction: column; gap: 12px; min-width: 150px; font-size: 0.875rem; }
label { display: flex; flex-direction: column; gap: 4px; }
input { accent-color: var(--st-primary-color); width: 150px; }
button {
  font: inherit; padding: 6px 12px; color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); cursor: pointer;
}
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 2px; }
"""

_JS: Final = """
export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas")
  const context = canvas.getContext("2d")
  const size = parentElement.querySelector(".size"), grey = parentElement.querySelector(".grey")
  if (!canvas.history) {
    canvas.history = []
    context.fillStyle = "#000"
    context.fillRect(0, 0, canvas.width, canvas.height)
    if (data.drawing) {
      const image = new Image()
      image.onload = () => context.drawImage(image, 0, 0)
      image.src = data.drawing
    }
  }
  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    return [
      ((event.clientX - box.left) / box.width) * canvas.width,
      ((event.clientY - box.top) / box.height) * canvas.height,
    ]
  }
  const stroke = (from, to) => {
    const shade = grey.value
    context.strokeStyle = "rgb(" + shade + "," + shade + "," + shade + ")"
    context.lineWidth = Number(size.value)
    context.lineCap = context.lineJoin = "round"
    context.beginPath()
    context.moveTo(...from)
    context.lineTo(...to)
    context.stroke()
  }
  const send = () => setStateValue("drawing", canvas.toDataURL("image/png"))
  const remember = () => {
    canvas.history.push(context.getImageData(0, 0, canvas.width, canvas.height))
    if (canvas.history.length > 20) canvas.history.shift()
  }
  canvas.onpointerdown = (event) => {
    remember()
    canvas.setPointerCapture(event.pointerId)
    canvas.last = place(event)
    stroke(canvas.last, canvas.last)
  }
  canvas.onpointermove = (event) => {
    if (!canvas.last) return
    const to = place(event)
    stroke(canvas.last, to)
    canvas.last = to
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!canvas.last) return
    canvas.last = null
    send()
  }
  parentElement.querySelector(".undo").onclick = () => {
    if (!canvas.history.length) return
    context.putImageData(canvas.history.pop(), 0, 0)
    send()
  }
  parentElement.querySelector(".clear").onclick = () => {
    remember()
    context.fillStyle = "#000"
    context.fillRect(0, 0, canvas.width, canvas.height)
    setStateValue("drawing", "")
  }
}
"""

_mount = st.components.v2.component("drawing_pad", html=_HTML, css=_CSS, js=_JS)


def drawing_pad(*, key: str) -> bytes | None:
    """Show the pad and give what is drawn on it.

    Args:
        key: Unique on the page.

    Returns:
        A PNG file as the browser made it, 280 x 280 pixels, light on black: check it as any stranger's file.
        `None` while nothing is drawn.
    """
    drawn = st.session_state.get(key, {}).get("drawing") or ""
    result = _mount(
        key=key,
        data={"drawing": drawn},
        default={"drawing": ""},
        on_drawing_change=lambda: None,
        height="content",
    )
    return read_drawing(result.drawing)


def read_drawing(drawing: object) -> bytes | None:
    """The file in a data URL that a browser sent; `None` where there is none, or it is something else."""
    if not isinstance(drawing, str) or not drawing.startswith(_PREFIX) or len(drawing) > MAX_URL:
        return None
    try:
        return base64.b64decode(drawing[len(_PREFIX) :], validate=True)
    except binascii.Error:
        return None
