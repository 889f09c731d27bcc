"""You against the network: the room's answers to ten images beside the network's, and where they part."""

from typing import Final

import pandas as pd
import streamlit as st

from core.teaching.classroom import Prompt, Tally
from core.teaching.classroom.offers import game_images
from core.training import pretrained
from ui.images import png
from ui.models import test_logits
from ui.resources import test_split

NETWORK: Final = "The network that ships with the app"
HUMAN_ACCURACY: Final = 0.835
"""Of people without expertise in fashion, by crowdsourcing: the dataset's own benchmark table,
https://github.com/zalandoresearch/fashion-mnist#benchmark."""


def wall(prompt: Prompt, tally: Tally) -> None:
    """Both scores, the published one of people, and each image with what the room and the network said."""
    split, images = test_split(), game_images(prompt)
    labels = [int(split.labels[index]) for index in images]
    guesses = test_logits(pretrained.load()).argmax(1)[images].tolist()
    given = len(tally.answers)
    right = sum(int(value) == labels[part] for part, _, value in tally.answers)
    network = sum(guess == label for guess, label in zip(guesses, labels, strict=True))
    with st.container(horizontal=True, gap="large"):
        st.metric("The room", f"{right / given:.0%}" if given else "no answers", width="content")
        st.metric("The network", f"{network / len(images):.0%}", width="content")
        st.metric("People, published", f"{HUMAN_ACCURACY:.1%}", width="content")
    st.caption(
        f"The room: {right:,} of {given:,} answers right. The network: {network} of {len(images)} images. "
        "Published: people without expertise in fashion, in the "
        "[dataset's benchmark](https://github.com/zalandoresearch/fashion-mnist#benchmark). "
        "Ten images are few: one image more or less is ten points."
    )
    _images(prompt, tally, labels, guesses)
    _confusions(tally, labels, guesses)


def _images(prompt: Prompt, tally: Tally, labels: list[int], guesses: list[int]) -> None:
    """The ten images; those where the room and the network part come first."""
    split, images = test_split(), game_images(prompt)
    shares = []
    for part, label in enumerate(labels):
        counts = tally.counts(len(prompt.options), part)
        shares.append(counts[label] / sum(counts) if sum(counts) else 0.0)
    apart = [abs(shares[part] - (guesses[part] == label)) for part, label in enumerate(labels)]
    columns = st.columns(5)
    for place, part in enumerate(sorted(range(len(labels)), key=lambda part: -apart[part])):
        with columns[place % 5]:
            name = split.classes[labels[part]]
            st.image(
                png(split.images[images[part]], 5), width=140, alt=f"Test image {images[part]:,}: {name}"
            )
            verdict = "right" if guesses[part] == labels[part] else f"said {split.classes[guesses[part]]}"
            st.markdown(f"**{name}**  \nRoom: {shares[part]:.0%} right  \nNetwork: {verdict}")


def _confusions(tally: Tally, labels: list[int], guesses: list[int]) -> None:
    """Which classes the room took for which, most often first, beside the network's own."""
    classes = test_split().classes
    mixed: dict[tuple[int, int], int] = {}
    for part, _, value in tally.answers:
        pair = (labels[part], int(value))
        if pair[0] != pair[1]:
            mixed[pair] = mixed.get(pair, 0) + 1
    rows = [
        {
            "Actual": classes[actual],
            "Named": classes[named],
            "Answers of the room": count,
            "Images of the network": sum(
                (label, guess) == (actual, named) for label, guess in zip(labels, guesses, strict=True)
            ),
        }
        for (actual, named), count in sorted(mixed.items(), key=lambda item: -item[1])
    ]
    if rows:
        st.markdown("**What the room confused**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
