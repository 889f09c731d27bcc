"""The weights that a run kept, from its start to its last epoch, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from core.config import TrainConfig
from core.errors import RunError
from core.model import build
from core.training.engine.loop import SEED_OFFSETS
from core.training.runs import RunStore
from core.training.runs.files import read_weights

MOST_EPOCHS: Final = 40
"""Most epochs that are read of one run: of a longer one every second, third, ... and its last."""


@dataclass(frozen=True)
class KeptWeights:
    """Which weights of a run there are; they are read one at a time."""

    store: RunStore
    key: str
    config: TrainConfig
    epochs: tuple[int, ...]
    """Rising; 0 is the start, before the first step."""

    def state(self, epoch: int) -> dict[str, Tensor]:
        """The `state_dict` after an epoch of `epochs`.

        Raises:
            RunError: It has gone or is damaged.
        """
        if epoch == 0:
            return start_state(self.config)
        state = read_weights(self.store.folder(self.key), epoch)
        expected = {name: value.shape for name, value in start_state(self.config).items()}
        if {name: value.shape for name, value in state.items()} != expected:
            raise RunError("This run's weights are damaged: train again.")
        return state

    def states(self) -> Iterator[tuple[int, dict[str, Tensor]]]:
        """Each epoch with its `state_dict`."""
        return ((epoch, self.state(epoch)) for epoch in self.epochs)


def kept_weights(store: RunStore, key: str) -> KeptWeights:
    """What a run kept of its weights, at most `MOST_EPOCHS` epochs and the start.

    Raises:
        RunError: There is no such run, or no epoch's weights are left.
    """
    run = store.load(key)
    if run is None:
        raise RunError("This run is no longer there: train again.")
    done = [epoch for epoch in store.kept_epochs(key) if epoch <= len(run.history)]
    if not done:
        raise RunError("No epoch's weights of this run were kept: train again.")
    stride = -(-len(done) // MOST_EPOCHS)
    return KeptWeights(store, key, run.config, (0, *done[::-1][::stride][::-1]))


def start_state(config: TrainConfig) -> dict[str, Tensor]:
    """The `state_dict` with which a run begins: its seed says all."""
    generator = torch.Generator().manual_seed(config.seed + SEED_OFFSETS["weights"])
    return dict(build(config.model, generator).state_dict())
