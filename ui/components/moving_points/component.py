"""Points in the plane that move as a slider goes on, smoothly and without the server, which no chart does."""

from collections.abc import Sequence

from torch import Tensor

from ui.components.assets import register
from ui.theme import CLASS_COLORS

_mount = register("moving_points", __file__)


def moving_points(
    points: Tensor, labels: Sequence[int], classes: Sequence[str], names: Sequence[str], *, key: str
) -> None:
    """Show the points at one moment, a slider over the moments, and a button that plays them.

    Args:
        points: float, E x N x 2, with E at most 50 and N at most 1,000.
        labels: The class of each point, N.
        classes: The classes' names.
        names: Of the moments, E, such as "epoch 3".
        key: Unique on the page.
    """
    low, high = points.amin((0, 1)), points.amax((0, 1))
    whole = ((points - low) / (high - low).clamp_min(1e-12) * 10_000).round().int()
    data = {
        "frames": whole.flatten(1).tolist(),
        "labels": list(labels),
        "classes": list(classes),
        "colors": list(CLASS_COLORS),
        "names": list(names),
        "label": f"{len(labels)} test images as points in the colors of their classes",
    }
    _mount(key=key, data=data)
