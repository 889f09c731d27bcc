"""The confusion matrix, the same on all pages: green is right, orange a mix-up, stronger where commoner."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from ui.charts import layered
from ui.theme import is_dark, text_color

CELL: Final = "cell"
"""Name of the selection: the cell that was clicked."""
OFTEN: Final = 0.2
"""Share of a class, taken for another one, from which a cell has its full color."""

_AXIS: Final[dict[str, Any]] = {
    "labelLimit": 110,
    "labelOverlap": False,
    "ticks": False,
    "domain": False,
    "grid": False,
}


def confusion_chart(
    matrix: Sequence[Sequence[int]],
    classes: Sequence[str],
    *,
    shares: bool = False,
    chosen: tuple[int, int] | None = None,
    clickable: bool = False,
) -> alt.LayerChart:
    """Test images by actual and predicted class, as a table of colored cells.

    Args:
        matrix: Counts; rows are actual classes, columns predicted ones.
        classes: Their names.
        shares: Show the share of the row instead of the count.
        chosen: The cell to frame: actual and predicted class.
        clickable: Whether a click on a cell selects it.
    """
    base = alt.Chart(_rows(matrix, classes, shares, chosen)).encode(
        x=alt.X(
            "predicted:N", sort=list(classes), title="Predicted",
            axis=alt.Axis(labelAngle=-40, orient="top", **_AXIS),
        ),
        y=alt.Y("actual:N", sort=list(classes), title="Actual", axis=alt.Axis(**_AXIS)),
    )  # fmt: skip
    right, none, often, text = cell_colors()
    mix_up = alt.Color(
        "share:Q", legend=None,
        scale=alt.Scale(domain=[0, OFTEN], range=[none, often], clamp=True, interpolate="rgb"),
    )  # fmt: skip
    cells = base.mark_rect(cornerRadius=3).encode(
        color=alt.condition("datum.right", alt.value(right), mix_up),
        stroke=alt.StrokeValue(None, condition={"test": "datum.chosen", "value": text_color()}),
        strokeWidth=alt.StrokeWidthValue(2.5),
        tooltip=[
            alt.Tooltip("actual:N", title="Actual"),
            alt.Tooltip("predicted:N", title="Predicted"),
            alt.Tooltip("count:Q", title="Images", format=",d"),
            alt.Tooltip("share:Q", title="Share of the class", format=".1%"),
        ],
    )
    texts = base.mark_text(fontSize=12, color=text).encode(text=alt.Text("text:N"))
    if clickable:
        click = alt.selection_point(name=CELL, fields=["actual", "predicted"], on="click", empty=False)
        cells = cells.mark_rect(cornerRadius=3, cursor="pointer").add_params(click)
        texts = texts.mark_text(fontSize=12, color=text, cursor="pointer")
    # the last class's slanted name needs room beside the table
    return layered(cells, texts).properties(
        height=440, padding={"left": 0, "top": 0, "right": 24, "bottom": 8}
    )


def _rows(
    matrix: Sequence[Sequence[int]], classes: Sequence[str], shares: bool, chosen: tuple[int, int] | None
) -> pd.DataFrame:
    rows = []
    for i, counts in enumerate(matrix):
        total = max(1, sum(counts))
        for j, count in enumerate(counts):
            text = f"{count / total:.1%}" if shares else f"{count:,}"
            rows.append(
                {
                    "actual": classes[i],
                    "predicted": classes[j],
                    "count": count,
                    "share": count / total,
                    "right": i == j,
                    "text": text if count else "",
                    "chosen": (i, j) == chosen,
                }
            )
    return pd.DataFrame(rows)


def cell_colors() -> tuple[str, str, str, str]:
    """A cell that is right, one without images, one with a fifth of its row, and the text on each of them."""
    if is_dark():
        return "#1f7a5c", "#1e2327", "#c8511f", "#ffffff"
    return "#9fd3bf", "#f1f2f0", "#e0662f", "#101418"
