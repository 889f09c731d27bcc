"""The card of the viewer and of home's run, without a grid beside it."""

from collections.abc import Sequence

from torch import Tensor

from ui.components.assets import register
from ui.components.grid import sheet
from ui.theme import CLASS_COLORS

_mount = register("card", __file__)


def card(
    image: Tensor,
    probabilities: Sequence[float],
    *,
    predicted: int,
    actual: int,
    classes: Sequence[str],
    name: str,
    key: str,
) -> None:
    """Show the image beside the verdict, and the probabilities as bars.

    Args:
        image: uint8, 28 x 28.
        probabilities: One per class, in [0, 1].
        predicted: The class with the largest.
        actual: The image's class.
        classes: Names of the classes.
        name: What the image is called, such as "Test image 0".
        key: Unique on the page.
    """
    data = {
        **sheet(image[None]),
        "probabilities": [round(p, 4) for p in probabilities],
        "predicted": predicted,
        "actual": actual,
        "classes": list(classes),
        "colors": list(CLASS_COLORS),
        "words": f"{name}: {classes[actual]}, predicted {classes[predicted]}",
    }
    _mount(key=key, data=data)
