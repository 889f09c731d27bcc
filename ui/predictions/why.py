"""Why the network says so: gradients over the picture, what covering costs, neighbors and a map."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from core.analysis import attribution, heavy
from core.analysis.projection import Projection
from core.training.trained_model import TrainedModel
from ui import charts
from ui.components.grid import image_grid
from ui.heavy import compute
from ui.images import png
from ui.models import cache_key
from ui.predictions import charts as predictions_charts
from ui.predictions import taught
from ui.predictions.state import View
from ui.resources import test_split, train_split

NEIGHBORS: Final = 10_000
"""Training images among which the nearest are sought: a few tens of megabytes for each network."""

MAP_POINTS: Final = 2_000
"""Test images on the map."""

PICTURE: Final = 168
"""Width of a picture, pixels: two stand beside each other on a phone."""

Method = Callable[[TrainedModel, Tensor, int], Tensor]


def show(view: View, index: int) -> None:
    """Everything about one sample; each part is computed for this sample only when the section is open."""
    image = view.image(index)
    classes = view.split.classes
    own = int(view.scores.predicted[index])
    asked = st.selectbox(
        "Ask about",
        list(classes),
        index=own,
        key=f"asked_{own}",
        width=220,
        help="Any class; at first the predicted one.",
    )
    label = classes.index(asked)
    st.markdown(
        f"**Which pixels speak for {asked}?** :red[Red speaks for it], :blue[blue against it]. Three ways to "
        "ask, each picture with a scale of its own:"
    )
    gradient, integrated, covered = _three(view.model, image, label)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=PICTURE, gap="xsmall"):
            st.image(png(image, 8), output_format="PNG", width="stretch", alt=view.alt(index))
            sure = float(view.scores.probabilities[index, label])
            st.caption(f"**The image.** The network says {asked}, {sure:.1%} sure.")
        _overlay(
            image,
            gradient,
            "Gradient",
            "If a pixel became a little lighter, would the answer gain or lose?",
            f"The gradient of the log-probability of {asked} with respect to each pixel.",
        )
        _overlay(
            image,
            integrated,
            "Integrated gradients",
            "What each pixel adds, on the way from black to the image.",
            f"The gradient of the logit of {asked}, averaged over {attribution.INTEGRATION_STEPS} points of "
            "that way, times the pixel: all pixels together give what the image adds to the logit.",
        )
        _overlay(
            image,
            covered,
            "Occlusion",
            "What covering each place costs.",
            f"How much the probability of {asked} falls when a black square of 5 × 5 pixels lies there.",
        )
    st.page_link(
        "pages/autograd.py",
        label="How autograd gets a gradient with respect to anything",
        icon=":material/share:",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _neighbors(view, index)
    with right:
        _map(view, index)
    taught.show(view, index, label)


def _three(model: TrainedModel, image: Tensor, label: int) -> tuple[Tensor, Tensor, Tensor]:
    """Gradient, integrated gradients and occlusion: a thousand passes of one image."""
    made: tuple[Tensor, Tensor, Tensor] = compute(
        "core.analysis.heavy:explain",
        "Asking the network a thousand times",
        heavy.explain_bytes(model),
        light=heavy.is_light(model, heavy.EXPLAINED),
        model=heavy.plain(model),
        image=image,
        label=label,
    )
    return made


def _overlay(image: Tensor, values: Tensor, title: str, text: str, exactly: str) -> None:
    with st.container(width=PICTURE, gap="xsmall"):
        st.image(
            colored(image, attribution.overlay(attribution.smooth(values))),
            width="stretch",
            alt=f"{title} as colors over the image",
        )
        st.caption(f"**{title}.** {text}", help=exactly)


def colored(image: Tensor, signed: Tensor, scale: int = 8) -> Image.Image:
    """The image darkened, with red where `signed` (28 x 28, in [-1, 1]) is positive, blue where not."""
    gray = image[0] * 0.45
    size = signed.abs()[..., None]
    red, blue = torch.tensor([0.96, 0.27, 0.16]), torch.tensor([0.24, 0.52, 0.98])
    tint = torch.where((signed > 0)[..., None], red, blue)
    pixels = gray[..., None] * (1 - size) + tint * size
    pixels = pixels.repeat_interleave(scale, 0).repeat_interleave(scale, 1)
    return Image.fromarray((pixels.clamp(0, 1) * 255).round().to(torch.uint8).numpy().astype(np.uint8))


def _neighbors(view: View, index: int) -> None:
    st.markdown("**What looks similar to it: the nearest training images**")
    features = _train_features(cache_key(view.model), train_split().fingerprint, view.model)
    one = attribution.hidden(view.model, view.split.images[index : index + 1])[0]
    found, distances = attribution.nearest_features(features, one, 10)
    train = train_split()
    labels = [train.classes[int(train.labels[i])] for i in found]
    image_grid(
        train.images[found],
        labels,
        key="neighbors",
        columns=5,
        marks=["" if name == view.predicted(index) else "≠" for name in labels],
        names=[
            f"{name}, training image {int(i):,}, distance {float(d):.1f}"
            for name, i, d in zip(labels, found, distances, strict=True)
        ],
        label="Nearest training images, nearest first",
        plain=True,
    )
    st.caption(
        f"Of the first {len(features):,} training images, those whose {features.shape[1]:,} values before "
        "the last linear layer are nearest (Euclidean distance). ≠: not the predicted class."
    )


def _map(view: View, index: int) -> None:
    st.markdown("**A map of these values**")
    plane = _plane(cache_key(view.model), view.split.fingerprint, view.model)
    points = len(plane.points)
    one = attribution.hidden(view.model, view.split.images[index : index + 1])
    charts.show_chart(
        predictions_charts.map_chart(
            plane, view.scores.labels[:points], view.split.classes, plane.project(one)[0], f"{index:,}"
        ),
        alt_text=f"The first {points:,} test images as dots colored by class; image {index:,} is ringed.",
        key="map",
    )
    st.caption(
        f"The first {points:,} test images, in the two directions in which their values differ most "
        f"(PCA, {plane.share:.0%} of the variance). Click a class in the legend to see it alone."
    )


@st.cache_resource(max_entries=2, show_spinner=False)  # up to `heavy.FEATURE_BYTES` each
def _train_features(key: str, fingerprint: str, _model: TrainedModel) -> Tensor:
    images = train_split().images[: heavy.hidden_count(_model, NEIGHBORS)]
    found: Tensor = _through(_model, images, "hidden", "training", heavy.is_light(_model, len(images)))
    return found


@st.cache_resource(max_entries=6, show_spinner=False)
def _plane(key: str, fingerprint: str, _model: TrainedModel) -> Projection:
    images = test_split().images[: heavy.hidden_count(_model, MAP_POINTS)]
    return Projection(*_through(_model, images, "plane", "test", heavy.is_plane_light(_model, len(images))))


def _through(model: TrainedModel, images: Tensor, function: str, split: str, light: bool) -> Any:
    """What `core.analysis.heavy` makes of the images' values before the last linear layer."""
    return compute(
        f"core.analysis.heavy:{function}",
        f"Running {len(images):,} {split} images up to the last hidden layer",
        heavy.hidden_bytes(model, len(images)),
        light=light,
        model=heavy.plain(model),
        images=images,
    )
