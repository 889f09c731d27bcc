"""Which network a page looks through, and what it says about the test images."""

from typing import Final

import streamlit as st
from torch import Tensor

from core.analysis import heavy
from core.errors import CoreError
from core.training import pretrained
from core.training.trained_model import TrainedModel
from ui.heavy import compute
from ui.resources import runs, test_split, train_split, visible_runs
from ui.server.visitors import tab
from ui.shell import params

UPLOADS: Final = "uploaded_models"
"""Key in the session state: the networks this visitor brought, by id."""

_CHOSEN: Final = "chosen_model"


def uploads() -> dict[str, TrainedModel]:
    """The networks that this visitor uploaded in this session, by id."""
    models: dict[str, TrainedModel] = st.session_state.setdefault(UPLOADS, {})
    return models


def catalogue() -> dict[str, str]:
    """Every network this visitor can choose: id to title, the pretrained one first."""
    titles = {pretrained.MODEL_ID: "Pretrained model (shipped with the app)"}
    titles |= {name: f"{model.title} (your upload)" for name, model in uploads().items()}
    here = train_split().fingerprint
    for run in visible_runs():
        if run.epochs_done and run.test_accuracy is not None:
            where = "" if run.config.data.dataset == here else ", trained on other images"
            titles[run.key] = f"{run.title} ({run.test_accuracy:.1%} of test images{where})"
    return titles


def find(id: str) -> TrainedModel:  # noqa: A002
    """The network `id` of `catalogue()`.

    Raises:
        CoreError: Its files are gone or damaged.
    """
    if id == pretrained.MODEL_ID:
        return pretrained.load()
    if id in uploads():
        return uploads()[id]
    return _stored(id, runs().stamp(id))


@st.cache_resource(max_entries=4, show_spinner="Loading the network")
def _stored(key: str, stamp: tuple[int, ...]) -> TrainedModel:
    return runs().trained_model(key)


def pick_model(key: str = "model") -> TrainedModel:
    """Let the visitor choose a network; the choice is in the link as `?model=` and holds on every page.

    Args:
        key: Name of the query parameter, and of the widget.
    """
    titles = catalogue()
    ids = list(titles)
    remembered = st.session_state.get(_CHOSEN, ids[0])
    fallback = remembered if remembered in titles else ids[0]
    gone = f"The network in the link is not here; this page shows: {titles[fallback]}."
    chosen = params.choice_param(key, ids, fallback, sentence=gone)

    def remember() -> None:
        st.session_state[_CHOSEN] = st.session_state[f"{key}_choice"]
        params.set_param(key, st.session_state[_CHOSEN], ids[0])

    st.session_state[f"{key}_choice"] = chosen
    st.selectbox(
        "Network",
        ids,
        format_func=lambda name: titles.get(name, name),
        key=f"{key}_choice",
        on_change=remember,
        help="The pretrained one ships with the app; runs appear after their first epoch.",
    )
    st.session_state[_CHOSEN] = chosen
    params.set_param(key, chosen, ids[0])
    try:
        return find(chosen)
    except CoreError as error:
        st.warning(f"{error} This page shows the pretrained model instead.", icon=":material/warning:")
        return pretrained.load()


def choose(name: str) -> None:
    """Make the network `name` the one that every page looks through, from a button's callback."""
    st.session_state[_CHOSEN] = name
    params.set_param("model", name, pretrained.MODEL_ID)


def test_logits(model: TrainedModel) -> Tensor:
    """The network's logits of every test image, float32, N x 10: computed once for each set of weights."""
    split = test_split()
    return _logits(cache_key(model), split.fingerprint, model)


def cache_key(model: TrainedModel) -> str:
    """What caches know a network by: all that its answers depend on, and whose it is.

    What is made of an uploaded network is its visitor's alone: nobody learns from a cache, not even by how
    soon the answer is there, that somebody else has brought the same.
    """
    return f"{model.digest} {tab()}" if model.id in uploads() else model.digest


@st.cache_resource(max_entries=16, show_spinner=False)
def _logits(key: str, fingerprint: str, _model: TrainedModel) -> Tensor:
    images = test_split().images
    logits: Tensor = compute(
        "core.analysis.heavy:predict",
        f"Predicting {len(images):,} test images",
        heavy.predict_bytes(_model, len(images)),
        light=heavy.is_light(_model, len(images)),
        model=heavy.plain(_model),
        images=images,
    )
    return logits
