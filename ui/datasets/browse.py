"""The datasets page's pictures: browse a split, and look at one garment closely."""

from typing import Final

import streamlit as st
from matplotlib.figure import Figure

from core.analysis import explore
from core.teaching.snippets import StepResult
from core.training.engine import predict_logits
from ui.components.grid import image_grid
from ui.datasets.choice import Choice, current, move_to, pick_split
from ui.images import figure_png
from ui.models import pick_model
from ui.sample import prediction_card
from ui.theme import text_color

GRID: Final = 35  # images in the grid
ALL: Final = "All classes"
ORDERS: Final = ("As stored", "At random")


def show() -> None:
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
    members = explore.of_class(split.labels, None if name == ALL else options.index(name) - 1)
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
            answer="choice",
        )
        if clicked is not None and shown[clicked] != choice.index:
            move_to(shown[clicked])
    with card, st.container(key="choice"):
        show_choice(choice)


def show_nine(result: StepResult) -> None:
    """The notes' figure, at a size that leaves room for the code."""
    picture = _drawn(result.code, text_color(), result.values["figure"])
    st.image(picture, width=480, alt="Nine training images, each with its class and index")


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(code: str, ink: str, _figure: Figure) -> bytes:
    """A figure as a PNG file: Matplotlib takes a fifth of a second to draw it."""
    return figure_png(_figure, ink=ink)


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
