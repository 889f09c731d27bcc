"""What if the picture were different: live probabilities, and a small step that changes the answer."""

from typing import Final

import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from core.analysis import attribution, heavy
from core.analysis.whatif import WhatIf
from core.training.trained_model import TrainedModel
from ui.charts import probability_bars, show_chart
from ui.heavy import compute
from ui.images import png
from ui.predictions.state import View
from ui.predictions.why import PICTURE, colored
from ui.shell import params

SLIDER: Final = 168  # pixels: two stand beside each other on a phone
_LINES: Final = ("The gradient", "Its sign")


def show(view: View, index: int) -> None:
    """Change the sample by hand, then along the gradient."""
    st.markdown("**Change the picture** and see how soon the answer changes.")
    change = _sliders()
    image = view.image(index)
    changed = change.apply(image)
    with torch.no_grad():
        logits = attribution.logits_of(view.model, torch.stack([image, changed]))
    probabilities = logits.softmax(1)
    before, after = (view.split.classes[int(row.argmax())] for row in logits)
    pictures, bars = st.columns([2, 3], gap="medium")
    with pictures:
        with st.container(horizontal=True, gap="small"):
            _picture(png(image, 8), f"As it is: {before}")
            _picture(png(changed, 8), f"Changed: {after}")
        if before != after:
            st.markdown(f"The answer changes from **{before}** to **{after}**.")
        else:
            st.markdown(f"The answer stays **{after}**.")
    with bars:
        show_chart(
            probability_bars(
                probabilities[1].tolist(), view.split.classes, actual=int(view.scores.labels[index])
            ),
            alt_text=f"Ten probabilities of the changed image; the highest is {after}.",
            key="whatif_bars",
        )
    _smallest(view, index, image)


def _sliders() -> WhatIf:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        rotation = st.slider(
            "Rotation, degrees", -180, 180, 0, 5, key="rotation", width=SLIDER, bind="query-params"
        )
        right = st.slider("Shift right, pixels", -14, 14, 0, key="right", width=SLIDER, bind="query-params")
        down = st.slider("Shift down, pixels", -14, 14, 0, key="down", width=SLIDER, bind="query-params")
        blur = st.slider("Blur, pixels", 0.0, 4.0, 0.0, 0.25, key="blur", width=SLIDER, bind="query-params")
        bright = st.slider(
            "Brightness", 0.0, 3.0, 1.0, 0.05, key="brightness", width=SLIDER, bind="query-params"
        )
        noise = st.slider(
            "Noise",
            0.0,
            1.0,
            0.0,
            0.02,
            key="noise",
            width=SLIDER,
            bind="query-params",
            help="Standard deviation of normal noise on every pixel, where black is 0 and white 1. Seed 0.",
        )
        st.button("Undo all", icon=":material/undo:", on_click=_reset, key="undo")
    return WhatIf(
        rotation=float(rotation), right=right, down=down, blur=blur, brightness=bright, noise=noise, seed=0
    )


def _reset() -> None:
    for name in ("rotation", "right", "down"):
        st.session_state[name] = 0
    st.session_state["blur"] = st.session_state["noise"] = 0.0
    st.session_state["brightness"] = 1.0


def _picture(picture: bytes | Image.Image, caption: str, *, width: int = 140) -> None:
    with st.container(width=width, gap="xsmall"):
        st.image(picture, output_format="PNG", width="stretch", alt=caption)
        st.caption(caption)


def _smallest(view: View, index: int, image: Tensor) -> None:
    st.markdown(
        "**A small step that changes the answer.** The gradient says for each pixel whether lighter or "
        "darker makes the answer less likely; all pixels go that way together, as far as it takes. Along "
        "another direction less may be enough."
    )
    params.choice_param("line", _LINES, _LINES[0])
    line = st.segmented_control(
        "Direction", _LINES, default=_LINES[0], required=True, key="line", bind="query-params"
    )
    found = _change(view.model, image, sign=line == _LINES[1])
    if found is None:
        st.info("Along this line no step changes the answer, not even one from black to white.")
        return
    classes = view.split.classes
    before, after = classes[found.before], classes[found.after]
    difference = found.image - image
    signed = difference[0] / max(1e-6, float(difference.abs().max()))
    with st.container(horizontal=True, gap="small"):
        _picture(png(image, 8), f"As it is: {before}", width=PICTURE)
        _picture(
            colored(image * 0, signed),
            "The change, on a scale of its own: red lighter, blue darker",
            width=PICTURE,
        )
        _picture(png(found.image, 8), f"Changed: {after}", width=PICTURE)
        with st.container(width=PICTURE):
            st.metric("Largest change of a pixel", f"{found.step:.3f}", help="Black is 0, white is 1.")
            st.metric("Mean change of a pixel", f"{float(difference.abs().mean()):.4f}")
    st.caption(f"Test image {index:,}. One gray level of the file is 1/255 = 0.004.")


def _change(model: TrainedModel, image: Tensor, *, sign: bool) -> attribution.Change | None:
    """The first step along one line that changes the answer."""
    found = compute(
        "core.analysis.heavy:change",
        "Looking for a small change",
        heavy.explain_bytes(model),
        light=heavy.is_light(model, heavy.CHANGED),
        model=heavy.plain(model),
        image=image,
        sign=sign,
    )
    return attribution.Change(*found) if found is not None else None
