"""The network's part of the training form."""

import re
from typing import Any, Final

import streamlit as st

from core.config import ModelConfig
from core.errors import ConfigError
from core.model.layer_text import MAX_LENGTH, layers_from_text, layers_to_text
from core.model.summary import summary_of
from core.training.presets import network_of
from ui.shell import navigation
from ui.training.fields import choice, slider, text, toggle

_ARCHITECTURES: Final = {
    "tutorial": "Tutorial",
    "mlp": "Perceptron",
    "cnn": "Convolutional",
    "custom": "Layer by layer",
}
_ACTIVATIONS: Final = {
    "relu": "ReLU", "leaky_relu": "Leaky ReLU", "gelu": "GELU", "silu": "SiLU", "tanh": "Tanh",
    "sigmoid": "Sigmoid",
}  # fmt: skip
_FIRST_LAYERS: Final = "flatten-linear128-relu-linear10"


def choose(model: ModelConfig) -> Any:
    """Which kind of network."""
    return choice(
        "Network", "net", _ARCHITECTURES, model.architecture,
        help="The tutorial's has 784 pixels in, 512 and 512 hidden units, 10 scores out.",
    )  # fmt: skip


def detail(architecture: Any, model: ModelConfig) -> ModelConfig:
    """What the chosen kind leaves open.

    Raises:
        ConfigError: A width is no number, or the layers do not fit each other.
    """
    if architecture == "custom":
        found = _custom(model)
    elif architecture == "tutorial":
        bias = toggle("Bias", "bias", model.bias, help="Whether each linear layer adds a number of its own.")
        found = ModelConfig(bias=bias)
    else:
        found = _sized(architecture, model)
    st.caption(f"{network_of(found)}: {summary_of(found).parameters:,} parameters.")
    return found


def _sized(architecture: Any, model: ModelConfig) -> ModelConfig:
    left, right = st.columns(2)
    channels = model.channels
    with left:
        if architecture == "cnn":
            shown = ", ".join(map(str, channels))
            channels = _numbers(
                text(
                    "Channels of each block", "channels", shown,
                    help="Each block is a 3 × 3 convolution and a 2 × 2 max pooling; one to four blocks.",
                )
            )  # fmt: skip
        before = model.hidden if model.architecture == architecture else (128,)
        hidden = _numbers(
            text(
                "Widths of the hidden layers", "hidden", ", ".join(map(str, before)),
                help="First to last, with commas. Empty: none.",
            )
        )  # fmt: skip
        activation: Any = choice("Activation", "act", _ACTIVATIONS, model.activation)
    with right:
        dropout = slider(
            "Dropout", "dropout", model.dropout, 0.0, 0.95, 0.01,
            help="Share of hidden values set to 0 at random in training, so that none is relied on alone.",
        )  # fmt: skip
        batch_norm = toggle(
            "Batch norm", "bn", model.batch_norm,
            help="Brings each layer's values to mean 0 and deviation 1 over the batch.",
        )  # fmt: skip
        bias = toggle("Bias", "bias", model.bias) if architecture == "mlp" else True
    return ModelConfig(
        architecture=architecture, hidden=hidden, channels=channels, activation=activation,
        dropout=dropout, batch_norm=batch_norm, bias=bias,
    )  # fmt: skip


def _custom(model: ModelConfig) -> ModelConfig:
    start = layers_to_text(model.layers) if model.layers else _FIRST_LAYERS
    spec = text(
        "Layers", "layers", start, max_chars=MAX_LENGTH,
        help="First to last, with hyphens, such as conv16-relu-maxpool2-flatten-linear10.",
    )  # fmt: skip
    st.page_link(
        navigation.entry("model").path, label="Build one by clicking", icon=":material/account_tree:",
        query_params={"layers": spec},
    )  # fmt: skip
    return ModelConfig(architecture="custom", layers=layers_from_text(spec))


def _numbers(line: str) -> tuple[int, ...]:
    words = [word for word in re.split(r"[,\s-]+", line.strip()) if word]
    if any(not word.isascii() or not word.isdigit() or len(word) > 6 for word in words):
        raise ConfigError("Widths and channels are whole numbers with commas between them, such as 256, 128.")
    return tuple(int(word) for word in words)
