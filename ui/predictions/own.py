"""A visitor's own picture: uploaded, photographed or drawn, prepared step by step, and predicted.

Pictures stay in the visitor's session: nothing is written to disk or shown to anybody else.
"""

import hashlib
from typing import Final

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from core.analysis import attribution
from core.data.pictures import Preparation, Prepared, novelty, prepare
from core.data.pictures.decoding import MAX_BYTES, decode_picture
from core.data.pictures.novelty import Usual
from core.errors import ImageError
from core.exchange.card import card_png
from ui.charts import probability_bars, show_chart
from ui.components.pad import drawing_pad
from ui.images import png
from ui.predictions.state import View
from ui.resources import test_split, train_split
from ui.server.kept import hold

SOURCES: Final = ("Upload", "Camera", "Draw")
_TURNS: Final = {"0°": 0, "90°": 1, "180°": 2, "270°": 3}
_POLARITIES: Final = {"Find out": "auto", "Keep": "keep", "Invert": "invert"}


@st.fragment
def show(view: View) -> None:
    """The section "Your own picture"."""
    st.markdown(
        "**Photograph one garment on a plain ground, or draw one.** A network knows only gray garments of "
        "28 × 28 pixels, light on black: each step from your picture to there is shown."
    )
    source = st.segmented_control(
        "From", SOURCES, default="Upload", required=True, key="from", bind="query-params"
    )
    data = _picture_data(source or "Upload")
    if data is None:
        st.info(
            "No picture yet. It stays in this session: it is not stored, and nobody else sees it.",
            icon=":material/lock:",
        )
        return
    try:
        prepared = prepare(_decoded(data), _settings())
    except ImageError as error:
        st.error(str(error), icon=":material/error:")
        return
    _stages(prepared)
    _answer(view, prepared)


def _picture_data(source: str) -> bytes | None:
    if source == "Draw":
        return drawing_pad(key="pad")
    if source == "Camera":
        file = st.camera_input("Take a picture of a garment", key="camera", width=420)
    else:
        file = st.file_uploader(
            "A picture of one garment: PNG, JPEG, WebP, GIF or BMP, up to 20 MB",
            key="upload",
            max_upload_size=MAX_BYTES // 1_000_000,
            width="stretch",
        )
    return file.getvalue() if file else None


def _decoded(data: bytes) -> Image.Image:
    """The decoded picture, kept in the session while it is the same file: sliders do not decode it again."""
    kept = st.session_state.get("own_picture")
    digest = hashlib.sha256(data).digest()  # the file itself may have 20 MB
    if kept is None or kept[0] != digest:
        st.session_state.pop("own_picture", None)
        kept = (digest, decode_picture(data))
        hold("own_picture", kept[1].width * kept[1].height * len(kept[1].getbands()))
        st.session_state["own_picture"] = kept
    picture: Image.Image = kept[1]
    return picture


def _settings() -> Preparation:
    with st.expander("Set each step yourself", icon=":material/tune:"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            turn = st.segmented_control(
                "Turn to the left", list(_TURNS), default="0°", required=True, key="turn", bind="query-params"
            )
            polarity = st.segmented_control(
                "Invert",
                list(_POLARITIES),
                default="Find out",
                required=True,
                key="polarity",
                bind="query-params",
                help="The networks know garments light on black. A dark garment on a light ground is "
                "inverted.",
            )
            by_hand = st.toggle("Set the tolerance", False, key="by_hand", bind="query-params")
            tolerance = st.slider(
                "Tolerance",
                0.0,
                1.0,
                0.15,
                0.01,
                key="tolerance",
                width=150,
                disabled=not by_hand,
                bind="query-params",
                help="What differs less than this from the background is black: 0 nothing, 1 all.",
            )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            crop = st.toggle("Cut to the garment", True, key="cut", bind="query-params")
            size = st.slider("Longer side, pixels", 8, 28, 28, key="side", width=150, bind="query-params")
            right = st.slider("Right, pixels", -10, 10, 0, key="move_right", width=120, bind="query-params")
            down = st.slider("Down, pixels", -10, 10, 0, key="move_down", width=120, bind="query-params")
            stretch = st.toggle("Brightest pixel to 1", True, key="stretch", bind="query-params")
    return Preparation(
        turn=_TURNS[turn or "0°"],
        polarity=_POLARITIES[polarity or "Find out"],  # type: ignore[arg-type]
        tolerance=tolerance if by_hand else None,
        crop=None if crop else False,
        size=size,
        right=right,
        down=down,
        stretch=stretch,
    )


def _stages(prepared: Prepared) -> None:
    st.markdown("**From your picture to what the network sees**")
    with st.container(horizontal=True, gap="small"):
        for number, stage in enumerate(prepared.steps, start=1):
            with st.container(width=122, gap="xsmall"):
                if stage.image.ndim == 3:
                    st.image(stage.image.clamp(0, 1).numpy(), width=122, alt=stage.title)
                else:
                    scale = max(1, 168 // max(stage.image.shape))
                    st.image(png(stage.image, scale), output_format="PNG", width=122, alt=stage.title)
                st.caption(f"**{number}. {stage.title}.** {stage.note}")


def _answer(view: View, prepared: Prepared) -> None:
    with torch.no_grad():
        probabilities = attribution.logits_of(view.model, prepared.image[None]).softmax(1)[0]
    classes = view.split.classes
    best = int(probabilities.argmax())
    train = train_split()
    judged = novelty.judge(_usual(train.fingerprint, view.split.fingerprint), prepared.pixels)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"Predicted: **{classes[best]}**, {float(probabilities[best]):.1%} sure")
        nearest = train.classes[int(train.labels[judged.nearest])]
        with st.container(horizontal=True, gap="small"):
            _picture(prepared.pixels, "What the network sees")
            _picture(
                train.images[judged.nearest],
                f"The nearest of {novelty.REFERENCE:,} training images: {nearest}",
            )
        if judged.reasons:
            st.warning(
                "This looks like nothing in the training set, so the answer means little. "
                + " ".join(judged.reasons),
                icon=":material/help:",
            )
        else:
            st.caption(
                "It looks like the training images: the nearest is as near as it usually is for test images.",
                help=f"{judged.distance:.2f}: the root mean squared difference of the pixels, where black "
                "is 0 and white 1.",
            )
    with right:
        values = probabilities.tolist()
        show_chart(
            probability_bars(values, classes),
            alt_text=f"Ten probabilities of your picture; the highest is {classes[best]}.",
            key="own_bars",
        )
        image, title = prepared.pixels, view.model.title
        st.download_button(
            "Card (PNG)",
            lambda: card_png(image, values, classes, caption="My own picture", model=title),
            file_name="my-garment.png",
            mime="image/png",
            icon=":material/image:",
            on_click="ignore",
            key="own_card",
        )


def _picture(image: Tensor, caption: str) -> None:
    with st.container(width=140, gap="xsmall"):
        st.image(png(image, 8), output_format="PNG", width="stretch", alt=caption)
        st.caption(caption)


@st.cache_resource(max_entries=2, show_spinner="Finding out what training images look like")
def _usual(train_fingerprint: str, test_fingerprint: str) -> Usual:
    return novelty.learn(train_split().images, test_split().images)
