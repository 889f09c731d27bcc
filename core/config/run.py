"""What a run is: frozen dataclasses that say everything that decides its numbers, and nothing else.

`TrainConfig.key()` names a run: two visitors who ask for the same numbers get the same key. What cannot
change the numbers (who asked, when, what it is called) is not here.
"""

import dataclasses
import hashlib
import itertools
import json
import typing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, TypeVar

from core.config.changes import MAX_CHANGES, Change
from core.config.checks import in_range, one_of, require
from core.config.network import ModelConfig
from core.config.parts import (
    MAX_BATCH,
    MAX_EPOCHS,
    MAX_SEED,
    MIN_BATCH,
    DataConfig,
    Loss,
    OptimizerConfig,
    Precision,
)
from core.system.json_dataclass import dataclass_from_json
from core.text import quoted

SCHEMA_VERSION: Final = 1
"""Part of every key: raise it when the engine's numbers change for an unchanged configuration."""

C = TypeVar("C", bound="TrainConfig")


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
    changes: tuple[Change, ...] = ()
    """What was changed on the way, first to last: the run is a fork of the one without the last of them."""

    def __post_init__(self) -> None:
        one_of("The loss", self.loss, Loss)
        one_of("The precision", self.precision, Precision)
        in_range("Label smoothing", self.label_smoothing, 0, 0.9)
        require(
            self.label_smoothing == 0 or self.loss == "cross_entropy",
            "Label smoothing goes with the cross-entropy loss only.",
        )
        in_range("The number of epochs", self.epochs, 1, MAX_EPOCHS)
        in_range("The batch size", self.batch_size, MIN_BATCH, MAX_BATCH)
        in_range("The seed", self.seed, 0, MAX_SEED)
        in_range("The patience, in epochs,", self.patience, 0, MAX_EPOCHS)
        require(
            self.patience == 0 or self.data.validation > 0,
            "Early stopping needs a validation split: set its share above 0.",
        )
        in_range("The number of threads", self.threads, 0, 64)
        kind, _, index = self.device.partition(":")
        require(
            kind in ("auto", "cpu", "cuda", "mps") and (not index or (kind == "cuda" and index.isdigit())),
            f"The device must be auto, cpu, cuda, cuda:N or mps, not {quoted(self.device)}.",
        )
        self._check_changes()

    def _check_changes(self) -> None:
        in_range("The number of changes", len(self.changes), 0, MAX_CHANGES)
        for before, after in itertools.pairwise(self.changes):
            require(before.is_before(after), "The changes of a run follow each other.")
        epochs = self.epochs
        for change in reversed(self.changes):
            require(
                change.epoch < epochs,
                f"A change after epoch {change.epoch} leaves nothing to train: add epochs.",
            )
            epochs = change.of_epochs or epochs
            require(change.epoch <= epochs, "A run cannot be forked after its end.")
            require(bool(change.values()) or change.of_epochs > 0, "A change has to change something.")
        for index, change in enumerate(self.changes):
            stretches = change.batch_size is not None or change.of_epochs > 0
            rates = [other.lr for other in self.changes[: index + 1] if other.lr is not None]
            require(
                not stretches or bool(rates) or self.optimizer.schedule in ("constant", "step"),
                "The learning rate of this run follows a curve over all its steps: with another batch size "
                "or more epochs it needs a constant one.",
            )
            require(
                change.shuffle_seed is None or self.shuffle,
                "A run in stored order has no seed for its order.",
            )
            in_range("The seed", change.shuffle_seed or 0, 0, MAX_SEED)
            self.settings_after(change.epoch)  # which refuses what cannot be

    def settings_after(self, epoch: int) -> Self:
        """The settings in force when the epoch after `epoch` complete ones begins, as a run without changes.

        The learning rate is that of the last change; at which step it holds, `objectives.rate_at` knows.
        """
        settings = replace(self, changes=())
        for change in self.changes:
            if change.place <= (epoch, 0):
                settings = _changed(settings, change)
        return settings

    @property
    def parent(self) -> Self | None:
        """The run that this one is a fork of; `None` where it is none."""
        if not self.changes:
            return None
        last = self.changes[-1]
        return replace(self, changes=self.changes[:-1], epochs=last.of_epochs or self.epochs)

    @property
    def root(self) -> Self:
        """The run that all forks began with."""
        found = self
        while (parent := found.parent) is not None:
            found = parent
        return found

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
        for name in ("left_out", "relabeled"):
            if not values["data"][name]:
                del values["data"][name]
        if not values["changes"]:
            del values["changes"]
        for layer in values["model"]["layers"]:
            if layer["padding"] is None:
                del layer["padding"]
            if layer["stride"] == 1:
                del layer["stride"]
        return json.dumps({"schema": SCHEMA_VERSION, **values}, sort_keys=True, separators=(",", ":"))

    def key(self) -> str:
        """SHA-256 of `canonical_json()`, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def _changed(settings: C, change: Change) -> C:
    """A run's settings with those of a change."""
    optimizer = settings.optimizer
    values: dict[str, Any] = change.values()

    def named(*names: str) -> dict[str, Any]:
        return {name: values[name] for name in names if name in values}

    if change.optimizer is not None:
        optimizer = replace(optimizer, name=change.optimizer, momentum=0.0, nesterov=False)
    if change.lr is not None:
        optimizer = replace(optimizer, lr=change.lr, schedule="constant")
    return replace(
        settings,
        optimizer=optimizer,
        data=replace(settings.data, **named("shift", "flip", "erase")),
        **named("batch_size", "label_smoothing"),
    )
