"""What a network is: its kind, or its layers one by one."""

from dataclasses import dataclass
from typing import Final, Literal

from core.config.checks import in_range, number, one_of, require, reset

MAX_WIDTH: Final = 2048
MAX_DEPTH: Final = 12
MAX_LAYERS: Final = 4 * MAX_DEPTH
MAX_CHANNELS: Final = 128
MAX_PARAMETERS: Final = 10_000_000

Activation = Literal["relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"]
Architecture = Literal["tutorial", "mlp", "cnn", "custom"]
LayerKind = Literal[
    "flatten", "linear", "conv", "max_pool", "avg_pool", "batch_norm", "dropout",
    "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "softmax",
]  # fmt: skip

_UNUSED_BY_ARCHITECTURE: Final[dict[str, tuple[str, ...]]] = {
    "tutorial": ("hidden", "channels", "activation", "dropout", "batch_norm"),
    "mlp": ("channels",),
    "cnn": ("bias",),
    "custom": ("hidden", "channels", "activation", "dropout", "batch_norm", "bias"),
}


@dataclass(frozen=True, kw_only=True)
class LayerConfig:
    """One layer of a network that a visitor composed."""

    kind: LayerKind
    """What the layer is."""
    size: int = 0
    """Output features (linear), output channels (conv), or the side of the window (pooling)."""
    inputs: int = 0
    """Input features or channels this layer insists on; 0 takes whatever arrives."""
    kernel: int = 3
    """Side of a convolution's window, pixels, odd."""
    padding: int | None = None
    """Zeros on each side of what a convolution is given; `None` is half the window, which keeps the size."""
    stride: int = 1
    """Pixels from one place of a convolution's window to the next."""
    p: float = 0.0
    """Dropout probability, in [0, 1)."""
    bias: bool = True
    """Whether a linear or convolutional layer has a bias."""

    def __post_init__(self) -> None:
        one_of("A layer's kind", self.kind, LayerKind)
        limits = {"linear": MAX_WIDTH, "conv": MAX_CHANNELS, "max_pool": 14, "avg_pool": 14}
        if self.kind in limits:
            in_range(f"The size of a {self.kind} layer", self.size, 1, limits[self.kind])
        in_range("A layer's inputs", self.inputs, 0, 1_000_000)
        in_range("A convolution's kernel, in pixels,", self.kernel, 1, 9)
        require(self.kernel % 2 == 1, f"A convolution's kernel must be odd, not {self.kernel}.")
        if self.padding is not None:
            in_range("A convolution's padding, in pixels,", self.padding, 0, 8)
            if self.padding == self.kernel // 2:
                object.__setattr__(self, "padding", None)
        in_range("A convolution's stride, in pixels,", self.stride, 1, 4)
        require(0 <= self.p < 1, f"A dropout probability must be in [0, 1), not {number(self.p)}.")


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """A network for 28 x 28 gray images and 10 classes."""

    architecture: Architecture = "tutorial"
    """`tutorial` (784-512-512-10), `mlp` (any depth and width), `cnn` (small and convolutional) or `custom`
    (layer by layer)."""
    hidden: tuple[int, ...] = (512, 512)
    """Widths of the hidden layers of an `mlp`; of the one hidden layer before a `cnn`'s output when given."""
    channels: tuple[int, ...] = (32, 64)
    """Output channels of a `cnn`'s blocks, each a convolution and a 2 x 2 max pooling."""
    activation: Activation = "relu"
    """Nonlinearity of `mlp` and `cnn`."""
    dropout: float = 0.0
    """Dropout probability after each hidden layer of `mlp` and `cnn`, in [0, 1)."""
    batch_norm: bool = False
    """Whether `mlp` and `cnn` normalize each hidden layer over the batch."""
    bias: bool = True
    """Whether linear layers of `tutorial` and `mlp` have a bias."""
    layers: tuple[LayerConfig, ...] = ()
    """The layers of a `custom` network, first to last."""

    def __post_init__(self) -> None:
        one_of("The architecture", self.architecture, Architecture)
        one_of("The activation", self.activation, Activation)
        require(0 <= self.dropout < 1, f"Dropout must be in [0, 1), not {number(self.dropout)}.")
        in_range("The number of hidden layers", len(self.hidden), 0, MAX_DEPTH)
        for width in self.hidden:
            in_range("The width of a hidden layer", width, 1, MAX_WIDTH)
        in_range("The number of convolutional blocks", len(self.channels), 1, 4)
        for count in self.channels:
            in_range("The channels of a convolutional block", count, 1, MAX_CHANNELS)
        in_range("The number of layers", len(self.layers), 0, MAX_LAYERS)
        require(
            (self.architecture == "custom") == bool(self.layers),
            "Only a custom network lists its layers, and it needs at least one.",
        )
        reset(self, _UNUSED_BY_ARCHITECTURE[self.architecture])
