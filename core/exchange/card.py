"""A picture to share: one garment, what a network says of it, and where to see it live."""

import io
from collections.abc import Sequence
from typing import Final

from matplotlib.figure import Figure
from torch import Tensor

WIDTH: Final = 1200  # pixels: the size that previews of links use
HEIGHT: Final = 630
_DPI: Final = 100
_PAPER, _INK, _MUTED, _GRID = "#fcfcfb", "#1c2126", "#5b646d", "#d9dcd7"
_RIGHT, _WRONG, _BAR, _CHOSEN = "#0b6b4f", "#b42318", "#b9c3cd", "#d9541e"
_MAX_TEXT: Final = 90  # characters of a line that others wrote


def card_png(
    image: Tensor,
    probabilities: Sequence[float],
    classes: Sequence[str],
    *,
    caption: str,
    model: str,
    actual: int | None = None,
) -> bytes:
    """Draw the card.

    Args:
        image: 28 x 28 or 1 x 28 x 28, uint8 or float in [0, 1].
        probabilities: One per class, in [0, 1].
        classes: Their names.
        caption: What the picture is, such as "Test image 1,299 of 10,000".
        model: The network's name.
        actual: The image's class; `None` where nobody knows.

    Returns:
        A PNG file, 1200 x 630 pixels.
    """
    values = [float(p) for p in probabilities]
    best = max(range(len(values)), key=values.__getitem__)
    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_PAPER)

    picture = figure.add_axes((0.045, 0.2, 0.357, 0.68))
    top = 1.0 if image.is_floating_point() else 255.0
    picture.imshow(
        image.detach().cpu().reshape(28, 28).numpy(), cmap="gray", interpolation="nearest", vmin=0, vmax=top
    )
    picture.set_axis_off()

    tone = _INK if actual is None else _RIGHT if actual == best else _WRONG
    figure.text(0.44, 0.885, f"Predicted: {classes[best]}", size=25, weight="bold", color=tone, va="center")
    said = "" if actual is None else f"Actual: {classes[actual]}.  "
    figure.text(0.44, 0.815, f"{said}{values[best]:.1%} sure", size=16, color=_MUTED, va="center")

    _draw_bars(figure, values, classes, best=best, actual=actual)
    figure.text(0.045, 0.125, _plain(caption), size=14, color=_INK, va="center")
    figure.text(0.045, 0.07, _plain(f"Network: {model}"), size=12.5, color=_MUTED, va="center")
    figure.text(
        0.96, 0.125, "PyTorch Basics, Live", size=14, weight="bold", color=_INK, va="center", ha="right"
    )
    figure.text(
        0.96, 0.07, "dashed: a guess among ten, 10%", size=12.5, color=_MUTED, va="center", ha="right"
    )
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI)
    return file.getvalue()


def _draw_bars(
    figure: Figure, values: Sequence[float], classes: Sequence[str], *, best: int, actual: int | None
) -> None:
    """The probabilities as bars, with a dashed line where a guess stands."""
    bars = figure.add_axes((0.575, 0.2, 0.385, 0.55), facecolor="none")
    places = range(len(values))
    colors = [_CHOSEN if place == best else _BAR for place in places]
    bars.barh(places, values, color=colors, height=0.72)
    names = [f"{name} ✓" if place == actual else name for place, name in enumerate(classes)]
    bars.set_yticks(places, names, fontsize=13, color=_INK)
    bars.invert_yaxis()
    bars.set_xlim(0, 1.13)
    bars.set_xticks([])
    chance = 1 / len(values)
    bars.axvline(chance, color=_MUTED, linewidth=1, linestyle=(0, (4, 4)))
    for place, value in enumerate(values):
        bars.text(max(value, chance) + 0.015, place, f"{value:.1%}", va="center", size=12, color=_INK)
    for side in ("top", "right", "bottom"):
        bars.spines[side].set_visible(False)
    bars.spines["left"].set_color(_GRID)
    bars.tick_params(length=0)


def _plain(text: str) -> str:
    """One line without what the renderer takes for formulas or cannot draw."""
    text = "".join(c if c.isascii() and c.isprintable() else "?" for c in text.replace("·", "-"))
    text = text.replace("$", r"\$")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
