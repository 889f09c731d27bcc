"""What `import matplotlib.pyplot as plt` gives a traced program.

pyplot keeps one current figure for the whole process, which two visitors must not share. This has the calls
that the programs use, on figures of its own, and `show()` hands the picture to the trace.
"""

import io
import types
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

_DPI: Final = 45


class Pyplot(types.ModuleType):
    """The part of pyplot that the programs use.

    Args:
        show: Called with each picture that the program shows.
    """

    def __init__(self, show: Callable[[Image.Image], None]) -> None:
        super().__init__("matplotlib.pyplot")
        self._show = show
        self._figure: Figure | None = None

    def figure(self, **options: Any) -> Figure:
        """A new figure, the current one from now on."""
        self._figure = Figure(**options)
        return self._figure

    def title(self, text: str) -> None:
        """Write above the current axes."""
        self._current().gca().set_title(text)

    def axis(self, option: str) -> None:
        """`off` leaves the current axes without lines and numbers."""
        self._current().gca().axis(option)

    def imshow(self, image: Any, **options: Any) -> None:
        """Draw an image into the current axes."""
        pixels = image.detach().cpu().numpy() if isinstance(image, Tensor) else np.asarray(image)
        self._current().gca().imshow(pixels, **options)

    def show(self) -> None:
        """Show the current figure; the next drawing begins another one."""
        file = io.BytesIO()
        self._current().savefig(file, format="png", dpi=_DPI)
        self._show(Image.open(file).convert("L"))
        self._figure = None

    def _current(self) -> Figure:
        return self._figure or self.figure()
