"""Losses over a plane with the epochs' paths, and a point that can be dragged, which no chart has.

Mouse and finger drag the point; with the keyboard the arrow keys move it. It tells the server where it is, at
most five times a second.
"""

import math
from dataclasses import dataclass
from typing import Any

import streamlit as st
import torch

from core.analysis.landscape import Landscape
from ui.components.assets import register
from ui.theme import CLASS_COLORS

_mount = register("landscape", __file__)


@dataclass(frozen=True)
class Point:
    """A place in the plane."""

    x: float
    y: float


def landscape_view(landscape: Landscape, names: tuple[str, ...], *, key: str, movable: bool = True) -> Point:
    """Draw the landscape, and give the point's place: the origin at first.

    Args:
        landscape: What there is of it.
        names: What the runs are called, one per track.
        key: Unique on the page and for this landscape.
        movable: Whether there is a point.
    """
    x, y = landscape.x.tolist(), landscape.y.tolist()
    sent = getattr(st.session_state.get(key), "point", None)
    point = _inside(sent, x, y) or Point(0.0, 0.0)
    losses = landscape.losses.clamp_min(1e-9).log()
    seen = losses[losses.isfinite()]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    shades = ((losses - low) / max(high - low, 1e-9)).nan_to_num(-1, 1, -1)
    tracks = [
        {"places": track.places.tolist(), "epochs": list(track.epochs), "name": name, "color": color}
        for track, name, color in zip(landscape.tracks, names, CLASS_COLORS, strict=False)
    ]
    data: dict[str, Any] = {
        "x": [x[0], x[-1]],
        "y": [y[0], y[-1]],
        "shades": [[round(value, 3) for value in row] for row in shades.tolist()],
        "range": [_words(math.exp(low)), _words(math.exp(high))],
        "tracks": tracks,
        "point": [point.x, point.y] if movable else None,
        "label": f"Test loss around the run, {landscape.size.side} by {landscape.size.side} points, "
        f"from {_words(math.exp(low))} to {_words(math.exp(high))}; arrow keys move the point",
    }
    _mount(key=key, data=data, on_point_change=lambda: None)
    return point


def _words(loss: float) -> str:
    """A loss with three digits, written out as long as that can be read."""
    return f"{loss:.3g}" if loss < 1000 or loss >= 1e6 else f"{loss:,.0f}"


def _inside(sent: object, x: list[float], y: list[float]) -> Point | None:
    """The place that a browser sent, which can be anything; `None` where it is none."""
    if not isinstance(sent, list | tuple) or len(sent) != 2:
        return None
    if not all(isinstance(value, int | float) and abs(value) < 1e30 for value in sent):
        return None
    both = torch.tensor([float(value) for value in sent], dtype=torch.float64)
    if not bool(both.isfinite().all()):
        return None
    return Point(min(max(float(both[0]), x[0]), x[-1]), min(max(float(both[1]), y[0]), y[-1]))
