"""Share one prediction: the link, and a card."""

import streamlit as st

from core.exchange.card import card_png
from core.training import pretrained
from ui.models import cache_key, uploads
from ui.predictions.state import View
from ui.shell import share


def show(view: View, index: int) -> None:
    """The link to what is on the screen, and a picture of the sample with its prediction."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown("**The link** opens this page as you see it: network, filter and image.")
        st.code(share.link(), language=None, wrap_lines=True)
        if view.model.id in uploads():
            st.caption(
                "Your uploaded network is yours alone: for others, this link shows the pretrained one."
            )
        elif view.model.id != pretrained.MODEL_ID:
            st.caption("Networks that were trained here are known to this server only.")
    with right:
        st.markdown("**The card** is a picture for a message or a slide.")
        data = _card(cache_key(view.model), view.model.title, view.split.fingerprint, index, view)
        st.image(data, width="stretch", alt=f"Card: {view.alt(index)}")
        st.download_button(
            "Download the card",
            data,
            file_name=f"fashion-mnist-{index}.png",
            mime="image/png",
            icon=":material/download:",
            on_click="ignore",
            key="card_download",
        )


@st.cache_data(max_entries=64, show_spinner="Drawing the card")
def _card(key: str, title: str, fingerprint: str, index: int, _view: View) -> bytes:
    return card_png(
        _view.split.images[index],
        _view.scores.probabilities[index].tolist(),
        _view.split.classes,
        caption=f"Fashion-MNIST, test image {index:,} of {len(_view.split):,}",
        model=title,
        actual=int(_view.scores.labels[index]),
    )
