"""How layers with weights can be put together: everything their shapes allow, the likeliest first.

A file of weights has no ReLU, no pooling, no padding. What it has are shapes, and those tell much: the first
linear layer says how many pixels the convolutions leave, which only some paddings, strides and poolings do.
What shapes cannot tell (`core.exchange.weights.scoring`) is found by trying.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.config import Activation, LayerConfig, LayerKind, ModelConfig
from core.errors import CheckpointError, ConfigError
from core.exchange.weights.chain import WINDOWS, Chain, Geometry
from core.exchange.weights.weighted_layers import WeightedLayer
from core.model import layers_of
from core.model.architecture import trace_shapes


@dataclass(frozen=True)
class Style:
    """What neither names nor shapes tell."""

    after_conv: Activation | None = "relu"
    """What follows each convolution."""
    after_linear: Activation | None = "relu"
    """What follows each linear layer but the last."""
    pool: LayerKind = "max_pool"
    order: str = "pna"
    """How normalization, pooling and activation follow a convolution: n, p and a."""
    norm_last: bool = False
    """Whether a linear layer's activation comes before its normalization."""

    def plain(self, chain: Chain) -> "Style":
        """The same style without what makes no difference to this chain, so that equal networks are one."""
        order = self.order if chain.norms else self.order.replace("n", "")
        if self.pool == "max_pool" and self.after_conv not in ("gelu", "silu"):
            order = order.replace("ap", "pa")  # the largest value is the largest after a rising function too
        hidden = len(chain.linears) > 1
        return Style(
            after_conv=self.after_conv if chain.convs else self.after_linear,
            after_linear=self.after_linear if hidden else self.after_conv,
            pool=self.pool,
            order=order,
            norm_last=self.norm_last and hidden and bool(chain.norms),
        )

    @property
    def surprise(self) -> float:
        """How unusual it is; 0 is what most networks do."""
        return (
            {"relu": 0.0, "tanh": 1.0, "sigmoid": 1.0}.get(self.after_conv or self.after_linear or "", 3.0)
            + (self.after_linear != self.after_conv)
            + (self.order in ("pan", "apn", "anp") and self.pool == "max_pool")
            + self.norm_last
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
    for conv, step in zip(chain.convs, geometry.steps, strict=True):
        put(
            "conv", conv, size=conv.outputs, kernel=conv.kernel, padding=step.padding, stride=step.stride,
            bias=conv.bias,
        )  # fmt: skip
        ends = not chain.linears and conv is chain.convs[-1]
        # pooling over all that is left takes the mean, as the last step
        whole = step.pool > WINDOWS[-1]
        for part in style.order.replace("p", "") + "p" if whole else style.order:
            if part == "n":
                put("batch_norm", norms.get(conv.name))
            elif part == "p" and step.pool > 1:
                put("avg_pool" if whole else style.pool, size=step.pool)
            elif part == "a" and not ends:
                put(style.after_conv)
    if chain.convs:
        put("flatten")
        put("batch_norm", chain.flat)
    for linear in chain.linears:
        put("linear", linear, size=linear.outputs, bias=linear.bias)
        activation = style.after_linear if linear is not chain.linears[-1] else None
        if style.norm_last:
            put(activation)
        put("batch_norm", norms.get(linear.name))
        if not style.norm_last:
            put(activation)
    layers = tuple(layer for layer, _ in placed)
    trace_shapes(layers)
    return Arrangement(_named(layers), tuple(source.name for _, source in placed if source is not None))


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


ACTIVATIONS: Final = ("relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid")


def with_activation(arrangement: Arrangement, activation: Activation) -> Arrangement:
    """The same network with another activation wherever it has one."""
    layers = tuple(
        LayerConfig(kind=activation) if layer.kind in ACTIVATIONS else layer
        for layer in layers_of(arrangement.model)
    )
    return Arrangement(_named(layers), arrangement.sources)


def arrangements(chain: Chain, styles: Sequence[Style] = (Style(),)) -> list[Arrangement]:
    """The networks of a chain, with every geometry that its shapes allow and each style, none twice.

    Raises:
        CheckpointError: None is small enough for networks here.
    """
    found: list[Arrangement] = []
    problem = ""
    for geometry in chain.geometries:
        for style in styles:
            try:
                found.append(arrange(chain, geometry, style))
            except ConfigError as error:
                problem = str(error)
    if not found:
        raise CheckpointError(f"The network is larger than networks here may be: {problem}")
    return list(dict.fromkeys(found))
