"""What `import matplotlib.pyplot as plt` gives a program that runs on a page.

pyplot keeps one current figure for the whole process, so two visitors who draw at once would draw into each
other's picture. This has the calls that lessons and programs use, on figures of its own. The same text in a
download imports the real pyplot and draws the same picture, as a test holds.
"""

import types
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure
from torch import Tensor


class Pyplot(types.ModuleType):
    """The part of pyplot that lessons and programs use.

    Args:
        show: Called with each figure that the program shows; there is no window to open.
    """

    def __init__(self, show: Callable[[Figure], None] = lambda figure: None) -> None:
        super().__init__("matplotlib.pyplot")
        self._show = show
        self._figure: Figure | None = None

    def figure(self, **options: Any) -> Figure:
        """A new figure, the current one from now on."""
        self._figure = Figure(**options)
        return self._figure

    def title(self, text: str, **options: Any) -> None:
        """Write above the current axes."""
        self._current().gca().set_title(text, **options)

    def axis(self, option: str) -> None:
        """`off` leaves the current axes without lines and numbers."""
        self._current().gca().axis(option)

    def imshow(self, image: Any, **options: Any) -> None:
        """Draw an image into the current axes."""
        pixels = image.detach().cpu().numpy() if isinstance(image, Tensor) else image
        self._current().gca().imshow(pixels, **options)

    def show(self) -> None:
        """Show the current figure; the next drawing begins another one."""
        self._show(self._current())
        self._figure = None

    def _current(self) -> Figure:
        return self._figure or self.figure()
