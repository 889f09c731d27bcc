"""The datasets page's pictures: browse a split, look at one garment closely, walk to its neighbours."""

import io
from dataclasses import dataclass
from typing import Final

import streamlit as st
from matplotlib.figure import Figure
from torch import Tensor

from core.analysis import explore
from core.data import Split
from core.teaching.snippets import StepResult
from core.training.engine import predict_logits
from ui.components.grid import image_grid
from ui.images import png
from ui.models import pick_model
from ui.resources import test_split, train_split
from ui.sample import prediction_card
from ui.shell import params

GRID: Final = 35  # images in the grid
ALL: Final = "All classes"
SPLITS: Final = ("Training", "Test")
ORDERS: Final = ("As stored", "At random")


@dataclass(frozen=True, eq=False)
class Choice:
    """What the visitor looks at.

    Attributes:
        split: The images.
        index: The chosen image's position in the split.
    """

    split: Split
    index: int

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


def browse() -> None:
    """A grid of garments by class or at random, and the chosen one beside it."""
    with st.container(horizontal=True, gap="medium"):
        split = pick_split()
        options = [ALL, *split.classes]
        name = st.selectbox("Class", options, key="class", width=190, bind="query-params")
        at_random = (
            st.segmented_control(
                "Order", ORDERS, default=ORDERS[0], required=True, key="order", bind="query-params"
            )
            == ORDERS[1]
        )
        seed = 0
        if at_random:
            seed = st.number_input("Seed", 0, 9_999, 0, key="draw", width=140, bind="query-params")
    choice = current(split)
    members = explore.select(split.labels, None if name == ALL else options.index(name) - 1)
    shown = explore.draw(members, GRID, int(seed) if at_random else None).tolist()

    card, pictures = st.columns([2, 3], gap="medium")
    with pictures:
        kind = "images" if name == ALL else f"images of class {name}"
        how = f"{len(shown)} drawn at random with seed {seed}" if at_random else f"the first {len(shown)}"
        st.caption(f"{how.capitalize()} of {len(members):,} {choice.name} {kind}. Click one.")
        clicked = image_grid(
            split.images[shown],
            [split.classes[int(split.labels[i])] for i in shown],
            key="browse",
            selected=shown.index(choice.index) if choice.index in shown else None,
            columns=7,
            names=[f"{split.classes[int(split.labels[i])]}, {choice.name} image {i:,}" for i in shown],
            label=f"{choice.name.capitalize()} images; arrow keys move, Enter chooses",
        )
        if clicked is not None and shown[clicked] != choice.index:
            move_to(shown[clicked])
    with card:
        show_choice(choice)


def show_nine(result: StepResult) -> None:
    """The notes' figure, at a size that leaves room for the code."""
    picture = _drawn(result.code, result.values["figure"])
    st.image(picture, width=480, alt="Nine training images, each with its class and index")


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(code: str, _figure: Figure) -> bytes:
    """A figure as a PNG file: Matplotlib takes a fifth of a second to draw it."""
    file = io.BytesIO()
    _figure.savefig(file, format="png", dpi=110)
    return file.getvalue()


def show_choice(choice: Choice) -> None:
    """What a network makes of the chosen image, and the image's numbers."""
    card = st.container()  # filled when the network below it is known
    model = pick_model()
    logits = predict_logits(model.module, choice.image[None], model.normalize)[0]
    with card:
        prediction_card(choice.split, choice.index, logits, model, key="choice_probabilities")
    pixels = choice.image.float()
    st.caption(
        f"Label {int(choice.split.labels[choice.index])}. 784 pixels from {int(pixels.min())} to "
        f"{int(pixels.max())} (0 black, 255 white): mean {pixels.mean():.1f}, standard deviation "
        f"{pixels.std(correction=0):.1f}; {(pixels == 0).float().mean():.0%} are black."
    )
    if choice.split.train:
        st.caption("This is a training image: the network may have learned from it.")


def neighbours() -> None:
    """The images nearest to the chosen one, to click and walk on."""
    with st.container(horizontal=True, gap="medium"):
        split = pick_split()
        index = st.number_input(
            "Image", 0, len(split) - 1, current(split).index, key="neighbours_index", width=160
        )
        count = st.slider("Neighbours", 5, 40, 15, key="k", width=220, bind="query-params")
    choice = current(split)
    if int(index) != choice.index and st.session_state.get("neighbours_seen") == choice.index:
        move_to(int(index))
    st.session_state["neighbours_seen"] = choice.index

    found, distances = explore.nearest(split.images, choice.image, int(count), skip=choice.index)
    labels = split.labels[found]
    same = int((labels == split.labels[choice.index]).sum())
    st.markdown(
        f"Compared pixel by pixel with the other {len(split) - 1:,} {choice.name} images: "
        f"**{same} of the {len(found)} nearest** are of the same class, {choice.label}."
    )
    picture, grid = st.columns([1, 3], gap="medium")
    with picture:
        st.image(png(choice.image, 7), width=196, alt=f"{choice.name} image {choice.index}: {choice.label}")
        st.caption(f"**{choice.label}**, {choice.name} image {choice.index:,}")
    with grid:
        clicked = image_grid(
            split.images[found],
            [
                f"{split.classes[label]}\n{distance:.2f}"
                for label, distance in zip(labels.tolist(), distances.tolist(), strict=True)
            ],
            key="neighbours",
            columns=8,
            marks=["" if label == split.labels[choice.index] else "≠" for label in labels],
            names=[
                f"{split.classes[int(split.labels[i])]}, {choice.name} image {i:,}, distance {d:.2f}"
                for i, d in zip(found.tolist(), distances.tolist(), strict=True)
            ],
            label="Nearest images, nearest first; arrow keys move, Enter goes to one",
        )
        st.caption(
            "Under each, its class and distance: the root of the sum of squared pixel differences, pixels in "
            "[0, 1]. ≠ marks another class. **Click one** to go there. Guessing the nearest image's class is "
            "a fair baseline: a network has to beat it."
        )
        if clicked is not None:
            st.session_state.pop("neighbours_index", None)
            move_to(int(found[clicked]))
