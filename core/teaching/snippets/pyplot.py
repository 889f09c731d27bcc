"""What `import matplotlib.pyplot as plt` gives a snippet that runs on a page.

pyplot keeps one current figure for the whole process, so two visitors who draw at once would draw into each
other's picture. This has the calls that the lessons use, on a figure of its own. The same text in a download
imports the real pyplot and draws the same picture, as a test holds.
"""

from typing import Any

from matplotlib.figure import Figure
from torch import Tensor


class Pyplot:
    """The part of pyplot that the lessons use."""

    def __init__(self) -> None:
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
        pixels = image.numpy() if isinstance(image, Tensor) else image
        self._current().gca().imshow(pixels, **options)

    def show(self) -> None:
        """The page shows the figure that the step returns; there is no window to open."""

    def _current(self) -> Figure:
        return self._figure or self.figure()
