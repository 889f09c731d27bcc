"""The images nearest to the chosen one, to click and walk on."""

import streamlit as st

from core.analysis import explore
from ui.components.grid import image_grid
from ui.datasets.choice import current, move_to, pick_split
from ui.images import png


def show() -> None:
    """The chosen image and its neighbors."""
    with st.container(horizontal=True, gap="medium"):
        split = pick_split()
        index = st.number_input(
            "Image", 0, len(split) - 1, current(split).index, key="neighbors_index", width=160
        )
        count = st.slider("Neighbors", 5, 40, 15, key="k", width=220, bind="query-params")
    choice = current(split)
    if int(index) != choice.index and st.session_state.get("neighbors_seen") == choice.index:
        move_to(int(index))
    st.session_state["neighbors_seen"] = choice.index

    found, distances = explore.nearest_images(split.images, choice.image, int(count), skip=choice.index)
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
            key="neighbors",
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
            st.session_state.pop("neighbors_index", None)
            move_to(int(found[clicked]))
