"""What the sections of the network page share: the network composed here, and the one that is looked into."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st
from torch import Generator, nn

from core.config import LayerConfig, ModelConfig, Normalization
from core.errors import ConfigError, CoreError
from core.model import build, layers_of
from core.model.architecture import find_problem
from core.model.layer_text import layers_from_text, layers_to_text
from core.model.summary import NetworkSummary
from core.training import pretrained
from core.training.trained_model import TrainedModel
from ui.models import pick_model
from ui.resources import runs
from ui.shell import params

LAYERS: Final = "layers"
"""Query parameter, and key in the session state, of the network composed here."""
MAX_SEED: Final = 9_999

PRESETS: Final[dict[str, ModelConfig]] = {
    "The tutorial's": ModelConfig(),
    "Linear only": ModelConfig(architecture="mlp", hidden=()),
    "Small": ModelConfig(architecture="mlp", hidden=(64,)),
    "Batch norm and dropout": ModelConfig(
        architecture="mlp", hidden=(256, 256), batch_norm=True, dropout=0.2
    ),
    "Convolutional": ModelConfig(architecture="cnn"),
}
"""Where a visitor can start from."""

TUTORIAL: Final = layers_of(ModelConfig())

_WHICH: Final = {"trained": "A trained network", "built": "The one built here, untrained"}


def built_layers() -> tuple[LayerConfig, ...]:
    """The layers of the network composed here: from the link, or as this visitor left them."""
    text = st.query_params.get(LAYERS) or st.session_state.get(LAYERS)
    if text is None:
        return TUTORIAL
    try:
        layers = layers_from_text(text)
    except ConfigError as error:
        st.session_state.pop(LAYERS, None)
        params.set_param(LAYERS, None)
        st.toast(f"{error} This page shows the tutorial's network instead.", icon=":material/link_off:")
        return TUTORIAL
    set_layers(layers)
    return layers


def set_layers(layers: tuple[LayerConfig, ...]) -> None:
    """Make `layers` the network composed here, in the link and in this session."""
    spec = layers_to_text(layers)
    st.session_state[LAYERS] = spec
    params.set_param(LAYERS, spec, layers_to_text(TUTORIAL))


def config_of(layers: tuple[LayerConfig, ...]) -> ModelConfig:
    """The configuration of a stack of layers; the tutorial's own class where they are the tutorial's."""
    return ModelConfig() if layers == TUTORIAL else ModelConfig(architecture="custom", layers=layers)


@dataclass(frozen=True, eq=False)
class Subject:
    """The network that a section looks into."""

    title: str
    """What to call it."""
    about: str
    """Where its values come from, in words."""
    module: nn.Module
    """The network in evaluation mode; never change it."""
    config: ModelConfig
    """What it is made of."""
    normalize: Normalization
    """How its images are prepared."""
    first: Callable[[], nn.Module] | None
    """Gives it with the values it began with; `None` where nobody knows them."""


@st.cache_resource(max_entries=1, show_spinner="Drawing the first values")
def fresh_module(key: str, seed: int, _config: ModelConfig) -> nn.Module:
    """A network with newly drawn values, shared by all who ask for the same. One is kept: it may have 40 MB.

    Args:
        key: Tells configurations apart: `repr` of it.
        seed: Seed of the generator that draws the values.
    """
    return build(_config, Generator().manual_seed(seed)).eval()


def pick_subject() -> Subject | None:
    """Let the visitor choose what to look into; `None`, after saying why, where it cannot be built."""
    layers = built_layers()
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        if _which() == "trained":
            trained, seed = pick_model(), 0
        else:
            trained = None
            seed = int(st.number_input("Seed", 0, MAX_SEED, 0, key="seed", bind="query-params", width=140))
    if trained is not None:
        return _trained(trained)
    problem = find_problem(layers)
    if problem is not None:
        st.error(f"{problem.sentence} The Build section offers the fix.", icon=":material/error:")
        return None
    config = config_of(layers)

    def first() -> nn.Module:
        return fresh_module(repr(config), seed, config)

    about = f"Values as PyTorch draws them when the network is made, with seed {seed}: nothing is trained."
    return Subject("The network built here", about, first(), config, "none", first)


def show_origin(subject: Subject) -> None:
    """What is looked into, and where its values come from."""
    named = subject.title in subject.about  # a run's text names it
    st.caption(subject.about if named else f"**{subject.title}.** {subject.about}")


def show_totals(summary: NetworkSummary) -> None:
    """What a whole network comes to."""
    with st.container(horizontal=True, gap="medium"):
        st.metric("Parameters", f"{summary.parameters:,}", width="content")
        st.metric(
            "Multiply-adds, one image",
            f"{summary.multiply_adds:,}",
            width="content",
            help="A multiply-add is one weight times one input, added to a sum.",
        )
        st.metric("Memory of parameters", f"{summary.parameter_bytes / 1e6:,.2f} MB", width="content")


def _which() -> str:
    """`trained` or `built`; it is in the link as `?weights=`, and holds while this session lasts."""
    default = st.session_state.get("weights", "trained")
    now = params.choice_param("weights", list(_WHICH), default)
    st.session_state["weights_field"] = now

    def picked() -> None:
        st.session_state["weights"] = st.session_state["weights_field"]
        params.set_param("weights", st.session_state["weights"], "trained")

    st.segmented_control(
        "Look into",
        list(_WHICH),
        required=True,
        format_func=_WHICH.__getitem__,
        key="weights_field",
        on_change=picked,
    )
    params.set_param("weights", now, "trained")
    return now


def _trained(model: TrainedModel) -> Subject:
    model = _at_epoch(model)
    seed = _seed(model)

    def first() -> nn.Module:
        return fresh_module(repr(model.model), seed or 0, model.model)

    return Subject(
        model.title, model.about, model.module, model.model, model.normalize, None if seed is None else first
    )


def _at_epoch(model: TrainedModel) -> TrainedModel:
    """The run's network after the epoch that the visitor slides to, where epochs are kept."""
    kept = runs().kept_epochs(model.id) if model.history and model.id != pretrained.MODEL_ID else ()
    if len(kept) < 2:
        return model
    last = str(kept[-1])
    epoch = int(params.choice_param("epoch", [str(number) for number in kept], last))
    st.session_state["epoch_field"] = epoch

    def slid() -> None:
        params.set_param("epoch", st.session_state["epoch_field"], last)

    st.select_slider(
        "After epoch", kept, key="epoch_field", on_change=slid, width=260, help="Weights as they were then."
    )
    if epoch == kept[-1]:
        return model
    try:
        return runs().trained_model(model.id, epoch)
    except CoreError as error:
        st.warning(f"{error} This page shows the last epoch instead.", icon=":material/warning:")
        return model


def _seed(model: TrainedModel) -> int | None:
    """The seed that a network's first values were drawn with, where it is known."""
    if model.id == pretrained.MODEL_ID:
        return int(pretrained.about()["config"]["seed"])
    try:
        run = runs().load(model.id)
    except CoreError:
        return None
    return None if run is None else run.config.seed
