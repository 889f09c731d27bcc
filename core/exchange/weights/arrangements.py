"""How layers with weights can be put together: everything their shapes allow, the likeliest first.

A file of weights has no ReLU, no pooling, no padding. What it has are shapes, and those tell much: the first
linear layer says how many pixels the convolutions leave, which only some paddings, strides and poolings do.
What shapes cannot tell (`core.exchange.weights.scoring`) is found by trying.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.config import Activation, LayerConfig, LayerKind, ModelConfig
from core.errors import CheckpointError, ConfigError
from core.exchange.weights.chain import Chain
from core.exchange.weights.geometry import Geometry, Step
from core.exchange.weights.weighted_layers import WeightedLayer
from core.model import layers_of
from core.model.architecture import trace_shapes

ACTIVATIONS: Final = ("relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid")
_RISING: Final = ("relu", "leaky_relu", "tanh", "sigmoid", None)
_ODDITY: Final = {"relu": 0.0, "tanh": 1.0, "sigmoid": 1.0, "leaky_relu": 1.5}


@dataclass(frozen=True)
class Style:
    """What neither names nor shapes tell."""

    after_convs: tuple[Activation | None, ...]
    """What follows each convolution."""
    after_linears: tuple[Activation | None, ...]
    """What follows each linear layer but the last."""
    pools: tuple[LayerKind, ...]
    """The kind of each convolution's pooling, where there is one."""
    whole: LayerKind = "avg_pool"
    """The kind of a pooling that leaves what the end asks for."""
    order: str = "nap"
    """How normalization, activation and pooling follow a convolution: n, a and p."""
    norm_last: bool = False
    """Whether a linear layer's activation comes before its normalization."""

    @property
    def surprise(self) -> float:
        """How unusual it is; 0 is what most networks do."""
        convs, linears = set(self.after_convs), set(self.after_linears)
        return (
            sum(_ODDITY.get(kind or "", 2.0) for kind in convs | linears)
            + 6 * (len(convs - {None}) > 1)
            + 6 * (len(linears) > 1)
            + (bool(linears) and not linears <= convs and bool(convs))
            + 2 * (len(set(self.pools)) > 1)
            + ("ap" not in self.order)
            + self.norm_last
        )


def uniform(
    chain: Chain,
    convs: Activation | None = "relu",
    linears: Activation | None = "relu",
    pool: LayerKind = "max_pool",
    order: str = "nap",
) -> Style:
    """The same after every convolution and after every linear layer of a chain."""
    after = [convs] * len(chain.convs)
    if after and not chain.linears:
        after[-1] = None
    return Style(
        tuple(after),
        (linears,) * max(0, len(chain.linears) - 1),
        (pool,) * len(chain.convs),
        "avg_pool" if pool == "max_pool" else pool,
        order,
    )


@dataclass(frozen=True)
class Arrangement:
    """A network that the weights fit, and which of the file's layers is where in it."""

    model: ModelConfig
    sources: tuple[str, ...]
    """Names in the file of the layers with weights, in the network's order."""


def arrange(chain: Chain, geometry: Geometry, style: Style) -> Arrangement:
    """The network of a chain, with one geometry and one style.

    Raises:
        ConfigError: A layer is wider than networks here may be, or the network is too large.
    """
    norms = dict(chain.norms)
    placed: list[tuple[LayerConfig, WeightedLayer | None]] = []

    def put(kind: LayerKind | None, source: WeightedLayer | None = None, **settings: Any) -> None:
        if kind is not None and (kind != "batch_norm" or source is not None):
            placed.append((LayerConfig(kind=kind, **settings), source))

    if not chain.convs:
        put("flatten")
    put("batch_norm", chain.front)
    around = zip(chain.convs, geometry.steps, style.after_convs, style.pools, strict=True)
    for conv, step, activation, pool in around:
        put(
            "conv", conv, size=conv.outputs, kernel=conv.kernel, padding=step.padding, stride=step.stride,
            bias=conv.bias,
        )  # fmt: skip
        kind = style.whole if step.whole else pool
        for part in _order(style.order, step, kind, activation):
            if part == "n":
                put("batch_norm", norms.get(conv.name))
            elif part == "a":
                put(activation)
            else:
                for window in step.windows:
                    put(kind, size=window)
    if chain.convs:
        put("flatten")
        put("batch_norm", chain.flat)
    for linear, activation in zip(chain.linears, (*style.after_linears, None), strict=False):
        put("linear", linear, size=linear.outputs, bias=linear.bias)
        if style.norm_last:
            put(activation)
        put("batch_norm", norms.get(linear.name))
        if not style.norm_last:
            put(activation)
    layers = tuple(layer for layer, _ in placed)
    trace_shapes(layers)
    return Arrangement(_named(layers), tuple(source.name for _, source in placed if source is not None))


def _order(order: str, step: Step, kind: LayerKind, activation: Activation | None) -> str:
    """An order in which equal networks are the same: the largest value is the largest after a rise, too."""
    if step.whole:
        order = order.replace("p", "") + "p"  # over what is left, as the last step
    return order.replace("ap", "pa") if kind == "max_pool" and activation in _RISING else order


def _named(layers: tuple[LayerConfig, ...]) -> ModelConfig:
    """Layers under the name that a network here has for them."""
    hidden = [layer for layer in layers if layer.kind == "linear"][:-1]
    convs = [layer for layer in layers if layer.kind == "conv"]
    kinds = [layer.kind for layer in layers]
    activation = next((kind for kind in kinds if kind in ACTIVATIONS), "relu")
    families = [ModelConfig(), ModelConfig(bias=False)]
    with contextlib.suppress(ConfigError):
        families.append(
            ModelConfig(
                architecture="cnn" if convs else "mlp",
                hidden=tuple(layer.size for layer in hidden),
                channels=tuple(layer.size for layer in convs) or (32, 64),
                activation=activation,  # type: ignore[arg-type]
                batch_norm="batch_norm" in kinds,
                bias=layers[-1].bias,
            )
        )
    named = next((config for config in families if layers_of(config) == layers), None)
    return named or ModelConfig(architecture="custom", layers=layers)


def with_activation(arrangement: Arrangement, activation: Activation) -> Arrangement:
    """The same network with another activation wherever it has one."""
    layers = tuple(
        LayerConfig(kind=activation) if layer.kind in ACTIVATIONS else layer
        for layer in layers_of(arrangement.model)
    )
    return Arrangement(_named(layers), arrangement.sources)


def arrangements(chain: Chain) -> Iterator[Arrangement]:
    """The networks of a chain in the usual style, with every geometry that its shapes allow.

    Raises:
        CheckpointError: None is small enough for networks here.
    """
    problem = ""
    found = False
    for geometry in chain.geometries:
        try:
            # the order of the networks here, whose files come back without a question
            arrangement = arrange(chain, geometry, uniform(chain, order="pna"))
        except ConfigError as error:
            problem = problem or str(error)
        else:
            found = True
            yield arrangement
    if not found:
        raise CheckpointError(f"The network is larger than networks here may be: {problem}")
