"""The home page's run: a small network that learns to name garments while somebody watches.

It knows nothing of screens: it keeps what the network says at chosen moments, the first before any training,
so that a page can show them one after another, as often as it likes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Generator, Tensor, nn

from core.config import ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.model import build
from core.model.footprint import forward_bytes
from core.model.summary import summary_of
from core.training.engine.batches import to_input
from core.training.footprint import training_bytes
from core.training.jobs import Job

NETWORK: Final = ModelConfig(architecture="mlp", hidden=(64,))
TRAIN_IMAGES: Final = 5_000
TEST_IMAGES: Final = 1_000
WATCHED: Final = 30
"""Test images, from the first, whose answers are kept: all ten classes are among them."""
BATCH: Final = 64
EPOCHS: Final = 8
RATE: Final = 2e-3
"""Learning rate of Adam."""
_GROWTH: Final = 1.12
"""From one kept moment to the next, the number of steps grows by this factor: most is learned at first."""


@dataclass(frozen=True)
class Moment:
    """What the network says after some training."""

    step: int
    """Batches trained on so far."""
    accuracy: float
    """Share of the test images named correctly."""
    percent: tuple[tuple[int, ...], ...]
    """Of each watched image, the probability of each class in whole percent."""
    predicted: tuple[int, ...]
    """Of each watched image, the class with the highest probability."""


@dataclass(frozen=True)
class FirstRunProgress:
    """How far the run is."""

    step: int
    """Batches trained on so far."""
    steps: int
    """Batches in all, at least 1."""
    moments: tuple[Moment, ...]
    """What was kept so far."""


@dataclass(frozen=True)
class FirstRunResult:
    """The run, ended."""

    moments: tuple[Moment, ...]
    """What was kept, from the untrained network on."""
    status: Literal["finished", "stopped"]
    """`stopped` where it was asked to end early."""


def _kept_steps(steps: int) -> tuple[int, ...]:
    """The steps after which the network's answers are kept, 0 included."""
    kept = [0, 1]
    while kept[-1] < steps:
        kept.append(min(steps, max(kept[-1] + 1, int(kept[-1] * _GROWTH))))
    return tuple(kept)


class FirstRunJob(Job):
    """A 784-64-10 network, trained for a few seconds.

    Args:
        train: Training images; the first 5,000 are used.
        test: Test images; the first 1,000 are used.
        seed: Of the weights and the order of the images.

    Its `steps` are the batches it trains on, and `kept` are those after which a moment is kept.
    """

    def __init__(self, train: Split, test: Split, *, seed: int) -> None:
        self.seed = seed
        self.title = f"Thirty garments, seed {seed}"
        self.key = f"first-run-{train.fingerprint}-{test.fingerprint}-{seed}"
        self.train, self.test = train.first(TRAIN_IMAGES), test.first(TEST_IMAGES)
        same = TrainConfig(model=NETWORK, batch_size=BATCH, optimizer=OptimizerConfig(name="adam", lr=RATE))
        rows = summary_of(NETWORK).rows  # all test images go through at once
        self.memory_bytes = training_bytes(same, len(self.train)) + forward_bytes(rows, len(self.test))
        self.steps = EPOCHS * -(-len(self.train) // BATCH)
        self.kept = _kept_steps(self.steps)

    def run(
        self, on_progress: Callable[[FirstRunProgress], None], should_stop: Callable[[], bool]
    ) -> FirstRunResult:
        """Train, and tell what the network says at each moment that is kept."""
        moments: list[Moment] = []
        for moment in self._moments():
            moments.append(moment)
            on_progress(FirstRunProgress(moment.step, self.steps, tuple(moments)))
            if should_stop():
                return FirstRunResult(tuple(moments), "stopped")
        return FirstRunResult(tuple(moments), "finished")

    def untrained(self) -> Moment:
        """What the network says before it has learned anything."""
        return next(self._moments())

    def _moments(self) -> Iterator[Moment]:
        random = Generator().manual_seed(self.seed)
        network = build(NETWORK, random)
        optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
        loss_of = nn.CrossEntropyLoss()
        test = to_input(self.test.images, "none")
        order = torch.empty(0, dtype=torch.int64)
        yield self._moment(network, test, 0)
        for step in range(1, self.steps + 1):
            if len(order) == 0:
                order = torch.randperm(len(self.train), generator=random)
            batch, order = order[:BATCH], order[BATCH:]
            loss = loss_of(network(to_input(self.train.images[batch], "none")), self.train.labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step in self.kept:
                yield self._moment(network, test, step)

    @torch.no_grad()
    def _moment(self, network: nn.Module, images: Tensor, step: int) -> Moment:
        shares = network(images).softmax(1)
        predicted = shares.argmax(1)
        watched = shares[:WATCHED]
        return Moment(
            step=step,
            accuracy=float((predicted == self.test.labels).double().mean()),
            percent=tuple(tuple(row) for row in (watched * 100).round().int().tolist()),
            predicted=tuple(predicted[:WATCHED].tolist()),
        )
