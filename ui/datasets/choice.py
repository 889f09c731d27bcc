"""Which image of which split the datasets page looks at; both are in the link."""

from dataclasses import dataclass
from typing import Final

import streamlit as st
from torch import Tensor

from core.data import Split
from ui.resources import test_split, train_split
from ui.shell import params

SPLITS: Final = ("Training", "Test")


@dataclass(frozen=True, eq=False)
class Choice:
    """What the visitor looks at."""

    split: Split
    """The images."""
    index: int
    """The chosen image's position in the split."""

    @property
    def name(self) -> str:
        """`training` or `test`."""
        return "training" if self.split.train else "test"

    @property
    def image(self) -> Tensor:
        """uint8, 28 x 28."""
        return self.split.images[self.index]

    @property
    def label(self) -> str:
        """The name of the image's class."""
        return self.split.classes[int(self.split.labels[self.index])]


def pick_split() -> Split:
    """Let the visitor choose training or test images (`?split=Test`)."""
    chosen = st.segmented_control(
        "Split",
        SPLITS,
        default=SPLITS[0],
        required=True,
        key="split",
        bind="query-params",
    )
    return test_split() if chosen == SPLITS[1] else train_split()


def current(split: Split) -> Choice:
    """The image that the link names (`?image=`)."""
    return Choice(split, params.int_param("image", 0, 0, len(split) - 1))


def move_to(index: int) -> None:
    """Look at another image of the split, and run the page again."""
    params.set_param("image", index, 0)
    st.rerun()
