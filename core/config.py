"""What a run is: frozen dataclasses that say everything that decides its numbers, and nothing else.

`TrainConfig.key()` names a run: two visitors who ask for the same numbers get the same key. What cannot
change the numbers (who asked, when, what it is called) is not here.
"""

import dataclasses
import hashlib
import json
import typing
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from core.errors import ConfigError
from core.system.json_dataclass import dataclass_from_json
from core.text import quoted

SCHEMA_VERSION: Final = 1
"""Part of every key: raise it when the engine's numbers change for an unchanged configuration."""

MAX_EPOCHS: Final = 60
MAX_WIDTH: Final = 2048
MAX_DEPTH: Final = 12
MAX_LAYERS: Final = 4 * MAX_DEPTH
MAX_CHANNELS: Final = 128
MAX_PARAMETERS: Final = 10_000_000
MIN_BATCH: Final = 1
MAX_BATCH: Final = 4096
MAX_STEPS: Final = 200_000
MAX_SEED: Final = 2**31 - 1

Activation = Literal["relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"]
Architecture = Literal["tutorial", "mlp", "cnn", "custom"]
LayerKind = Literal[
    "flatten", "linear", "conv", "max_pool", "avg_pool", "batch_norm", "dropout",
    "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "softmax",
]  # fmt: skip
OptimizerName = Literal["sgd", "adam", "adamw", "rmsprop"]
Schedule = Literal["constant", "step", "cosine", "one_cycle"]
Loss = Literal["cross_entropy", "nll", "mse"]
Precision = Literal["float32", "bfloat16"]
Normalization = Literal["none", "fashion_mnist", "half", "mnist", "imagenet"]


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # nor is NaN
        raise ConfigError(f"{name} must be between {_number(low)} and {_number(high)}, not {_number(value)}.")


def _number(value: float) -> str:
    """A number as a sentence shows it: whole ones to the last digit, unless there are very many."""
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else "a number of more than 15 digits"
    return f"{value:.12g}"


def _one_of(name: str, value: str, options: object) -> None:
    allowed = typing.get_args(options)
    _require(value in allowed, f"{name} must be one of {', '.join(allowed)}, not {quoted(value)}.")


_UNUSED_BY_ARCHITECTURE: Final[dict[str, tuple[str, ...]]] = {
    "tutorial": ("hidden", "channels", "activation", "dropout", "batch_norm"),
    "mlp": ("channels",),
    "cnn": ("bias",),
    "custom": ("hidden", "channels", "activation", "dropout", "batch_norm", "bias"),
}
_UNUSED_BY_SCHEDULE: Final[dict[str, tuple[str, ...]]] = {
    "constant": ("step_epochs", "gamma", "warmup"),
    "step": ("warmup",),
    "cosine": ("step_epochs", "gamma", "warmup"),
    "one_cycle": ("step_epochs", "gamma"),
}


def _reset(config: object, names: tuple[str, ...]) -> None:
    """Give settings that play no part their defaults, so that they cannot tell equal runs apart."""
    for entry in dataclasses.fields(typing.cast(Any, config)):
        if entry.name in names:
            object.__setattr__(config, entry.name, entry.default)


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
        _one_of("A layer's kind", self.kind, LayerKind)
        limits = {"linear": MAX_WIDTH, "conv": MAX_CHANNELS, "max_pool": 14, "avg_pool": 14}
        if self.kind in limits:
            _in_range(f"The size of a {self.kind} layer", self.size, 1, limits[self.kind])
        _in_range("A layer's inputs", self.inputs, 0, 1_000_000)
        _in_range("A convolution's kernel, in pixels,", self.kernel, 1, 9)
        _require(self.kernel % 2 == 1, f"A convolution's kernel must be odd, not {self.kernel}.")
        if self.padding is not None:
            _in_range("A convolution's padding, in pixels,", self.padding, 0, 8)
            if self.padding == self.kernel // 2:
                object.__setattr__(self, "padding", None)
        _in_range("A convolution's stride, in pixels,", self.stride, 1, 4)
        _require(0 <= self.p < 1, f"A dropout probability must be in [0, 1), not {_number(self.p)}.")


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
        _one_of("The architecture", self.architecture, Architecture)
        _one_of("The activation", self.activation, Activation)
        _require(0 <= self.dropout < 1, f"Dropout must be in [0, 1), not {_number(self.dropout)}.")
        _in_range("The number of hidden layers", len(self.hidden), 0, MAX_DEPTH)
        for width in self.hidden:
            _in_range("The width of a hidden layer", width, 1, MAX_WIDTH)
        _in_range("The number of convolutional blocks", len(self.channels), 1, 4)
        for count in self.channels:
            _in_range("The channels of a convolutional block", count, 1, MAX_CHANNELS)
        _in_range("The number of layers", len(self.layers), 0, MAX_LAYERS)
        _require(
            (self.architecture == "custom") == bool(self.layers),
            "Only a custom network lists its layers, and it needs at least one.",
        )
        _reset(self, _UNUSED_BY_ARCHITECTURE[self.architecture])


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which images a run sees, and how."""

    dataset: str = "auto"
    """`auto` until the run is submitted, then the fingerprint of the split in use: a run on the shipped
    sample is another run than one on the full data."""
    limit: int | None = None
    """Train on the first `limit` training images only; `None` takes all."""
    validation: float = 0.0
    """Share of the training images held out for validation, in [0, 0.5]; 0 holds out none."""
    normalize: Normalization = "none"
    """What is done to pixels in [0, 1]; the numbers are in `core.data.statistics`."""
    shift: int = 0
    """Largest random shift of a training image in each direction, pixels."""
    flip: bool = False
    """Whether to mirror each training image with probability 1/2."""
    erase: int = 0
    """Side of a random square set to black in each training image, pixels; 0 erases nothing."""

    def __post_init__(self) -> None:
        _require(0 < len(self.dataset) <= 80, "The dataset's name must have 1 to 80 characters.")
        if self.limit is not None:
            _in_range("The number of training images", self.limit, 10, 60_000)
        _in_range("The validation share", self.validation, 0, 0.5)
        _one_of("The normalization", self.normalize, Normalization)
        _in_range("The shift, in pixels,", self.shift, 0, 8)
        _in_range("The erased square's side, in pixels,", self.erase, 0, 20)

    @property
    def kind(self) -> str:
        """Which data: `auto`, `full`, `sample`, or `custom` for a visitor's own images."""
        return self.dataset.partition("-")[0]

    @property
    def augments(self) -> bool:
        """Whether training images are changed at random."""
        return self.shift > 0 or self.flip or self.erase > 0


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How parameters are updated."""

    name: OptimizerName = "sgd"
    """`sgd`, `adam`, `adamw` or `rmsprop`, as in `torch.optim`."""
    lr: float = 1e-3
    """Learning rate: the constant one, the first (`step`, `cosine`) or the peak (`one_cycle`)."""
    momentum: float = 0.0
    """Momentum of `sgd` and `rmsprop`, in [0, 1)."""
    nesterov: bool = False
    """Nesterov's form of momentum, `sgd` only."""
    weight_decay: float = 0.0
    """L2 penalty; decoupled for `adamw`."""
    schedule: Schedule = "constant"
    """How the learning rate changes during the run."""
    step_epochs: int = 1
    """Epochs between two drops of the `step` schedule."""
    gamma: float = 0.5
    """Factor of each drop of the `step` schedule, in (0, 1]."""
    warmup: float = 0.3
    """Share of the steps that `one_cycle` spends rising, in (0, 1)."""
    clip_norm: float | None = None
    """Largest L2 norm of all gradients together; `None` does not clip."""
    ema_decay: float = 0.0
    """Decay per step of an exponential moving average of the weights, in [0, 1). Above 0 it is the averaged
    weights that are evaluated and kept."""

    def __post_init__(self) -> None:
        _one_of("The optimizer", self.name, OptimizerName)
        _one_of("The schedule", self.schedule, Schedule)
        _require(
            0 < self.lr <= 1000,
            f"The learning rate must be above 0 and at most 1,000, not {_number(self.lr)}.",
        )
        _require(0 <= self.momentum < 1, f"Momentum must be in [0, 1), not {_number(self.momentum)}.")
        _require(
            not self.nesterov or (self.name == "sgd" and self.momentum > 0),
            "Nesterov momentum needs SGD with a momentum above 0.",
        )
        _in_range("Weight decay", self.weight_decay, 0, 1)
        _in_range("The epochs between drops", self.step_epochs, 1, MAX_EPOCHS)
        _require(0 < self.gamma <= 1, f"Gamma must be in (0, 1], not {_number(self.gamma)}.")
        _require(0 < self.warmup < 1, f"The warm-up share must be in (0, 1), not {_number(self.warmup)}.")
        if self.clip_norm is not None:
            _in_range("The largest gradient norm", self.clip_norm, 1e-6, 1e6)
        _require(
            0 <= self.ema_decay < 1,
            f"The decay of the average must be in [0, 1), not {_number(self.ema_decay)}.",
        )
        _reset(self, () if self.name in ("sgd", "rmsprop") else ("momentum",))
        _reset(self, _UNUSED_BY_SCHEDULE[self.schedule])


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """A whole run: the same configuration gives the same numbers on the same machine."""

    model: ModelConfig = field(default_factory=ModelConfig)
    """The network."""
    data: DataConfig = field(default_factory=DataConfig)
    """The images."""
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    """The update rule and its schedule."""
    loss: Loss = "cross_entropy"
    """`cross_entropy` on logits, `nll` on log-softmax, or `mse` of logits and one-hot labels."""
    label_smoothing: float = 0.0
    """Share of each label spread over all classes, in [0, 1); `cross_entropy` only."""
    epochs: int = 5
    """Passes over the training images."""
    batch_size: int = 64
    """Images per step. The last batch of an epoch may be smaller, as in the tutorial."""
    shuffle: bool = True
    """Whether each epoch visits the images in a new order."""
    seed: int = 0
    """Seeds weights, order, validation split, augmentation and dropout, each with its own generator."""
    patience: int = 0
    """Stop after this many epochs without a lower validation loss; 0 never stops early."""
    precision: Precision = "float32"
    """`bfloat16` runs the forward pass under autocast."""
    device: str = "auto"
    """`auto`, `cpu`, `cuda`, `cuda:N` or `mps`; resolved before the run starts."""
    threads: int = 0
    """CPU threads, pinned because one and two are not bit-equal; 0 until the run is submitted."""

    def __post_init__(self) -> None:
        _one_of("The loss", self.loss, Loss)
        _one_of("The precision", self.precision, Precision)
        _in_range("Label smoothing", self.label_smoothing, 0, 0.9)
        _require(
            self.label_smoothing == 0 or self.loss == "cross_entropy",
            "Label smoothing goes with the cross-entropy loss only.",
        )
        _in_range("The number of epochs", self.epochs, 1, MAX_EPOCHS)
        _in_range("The batch size", self.batch_size, MIN_BATCH, MAX_BATCH)
        _in_range("The seed", self.seed, 0, MAX_SEED)
        _in_range("The patience, in epochs,", self.patience, 0, MAX_EPOCHS)
        _require(
            self.patience == 0 or self.data.validation > 0,
            "Early stopping needs a validation split: set its share above 0.",
        )
        _in_range("The number of threads", self.threads, 0, 64)
        kind, _, index = self.device.partition(":")
        _require(
            kind in ("auto", "cpu", "cuda", "mps") and (not index or (kind == "cuda" and index.isdigit())),
            f"The device must be auto, cpu, cuda, cuda:N or mps, not {quoted(self.device)}.",
        )

    @classmethod
    def tutorial(cls) -> Self:
        """The tutorial's own run: SGD, learning rate 1e-3, batches of 64 in stored order, 5 epochs."""
        return cls(shuffle=False)

    def to_dict(self) -> dict[str, Any]:
        """The configuration as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Rebuild what `to_dict` gave.

        Raises:
            ConfigError: A field is unknown, of the wrong type, or out of range.
        """
        return typing.cast(Self, dataclass_from_json(cls, values))

    def canonical_json(self) -> str:
        """The configuration and the schema version as JSON with sorted keys and no spaces."""
        values = self.to_dict()
        if not self.optimizer.ema_decay:  # came later: runs from before keep their names
            del values["optimizer"]["ema_decay"]
        for layer in values["model"]["layers"]:
            if layer["padding"] is None:
                del layer["padding"]
            if layer["stride"] == 1:
                del layer["stride"]
        return json.dumps({"schema": SCHEMA_VERSION, **values}, sort_keys=True, separators=(",", ":"))

    def key(self) -> str:
        """SHA-256 of `canonical_json()`, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()
