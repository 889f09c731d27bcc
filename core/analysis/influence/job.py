"""Tracing a prediction back as a job of the queue: all training images go through every kept epoch."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from core.analysis.influence.tracin import Influence, influence, passes
from core.data import Split
from core.model.footprint import forward_bytes
from core.model.summary import summary_of
from core.training.engine import EVALUATION_BATCH
from core.training.jobs import Job
from core.training.runs import RunStore, StoredRun

LISTED: Final = 50
"""Images of each list: as many as the trial leaves out (`benchmarks.influence`)."""


@dataclass(frozen=True, kw_only=True)
class InfluenceProgress:
    """How far the tracing is."""

    step: int
    """Percent done."""
    steps: int = 100


@dataclass(frozen=True, kw_only=True)
class TracedImage:
    """One training image."""

    index: int
    """In the dataset."""
    label: int
    """In the run."""
    value: float
    """How much it pushed the prediction, or its loss."""


@dataclass(frozen=True, kw_only=True)
class InfluenceOutcome:
    """What the tracing gave: the first images of each list, strongest or highest first."""

    in_favor: tuple[TracedImage, ...] = ()
    """Those that pushed the probability of the class up."""
    against: tuple[TracedImage, ...] = ()
    """Those that pushed it down."""
    stubborn: tuple[TracedImage, ...] = ()
    """Those whose loss stayed high to the end, with the smallest loss of the later epochs."""
    images: int = 0
    """Images that the run trained on."""
    epochs: tuple[int, ...] = ()
    """The kept epochs that were used, counted from 1."""
    status: Literal["finished", "stopped"] = "finished"


class _Stopped(BaseException):
    """Thrown out of the tracing when its job is asked to stop."""


class InfluenceJob(Job):
    """The tracing of one prediction.

    Args:
        run: The run whose network predicts.
        runs: Where its epochs are kept.
        split: The training images of its dataset.
        question: uint8, 28 x 28: the image that is predicted.
        answer: The class whose probability is asked about.
    """

    def __init__(self, run: StoredRun, runs: RunStore, split: Split, question: Tensor, answer: int) -> None:
        self._run, self._runs, self._split = run, runs, split
        self._question, self._answer = question, answer
        self.epochs = runs.kept_epochs(run.key)[: len(run.history)]
        words = f"{run.key} {runs.stamp(run.key)} {self.epochs} {answer} ".encode()
        self.key = hashlib.sha256(b"influence " + words + question.numpy().tobytes()).hexdigest()
        self.title = "Tracing a prediction"
        self.work = passes(run, self.epochs, len(split)) * summary_of(run.config.model).multiply_adds
        """Multiply-adds of all forward passes."""
        summary = summary_of(run.config.model)
        self.memory_bytes = int(
            3 * forward_bytes(summary.rows, EVALUATION_BATCH) + 12 * summary.parameters + 64 * len(split)
        )

    def run(
        self, on_progress: Callable[[InfluenceProgress], None], should_stop: Callable[[], bool]
    ) -> InfluenceOutcome:
        """Trace the prediction; it may be stopped between two batches."""
        reported = -1

        def report(share: float) -> None:
            nonlocal reported
            if should_stop():
                raise _Stopped
            if (percent := int(100 * share)) > reported:
                reported = percent
                on_progress(InfluenceProgress(step=percent))

        try:
            found = influence(
                self._run,
                self.epochs,
                lambda epoch: self._runs.trained_model(self._run.key, epoch),
                self._split,
                self._question[None],
                torch.tensor([self._answer]),
                report,
            )
        except _Stopped:
            return InfluenceOutcome(status="stopped")
        return _first_of(found)


def _first_of(found: Influence) -> InfluenceOutcome:
    def listed(places: Tensor, values: Tensor) -> tuple[TracedImage, ...]:
        return tuple(
            TracedImage(index=index, label=label, value=value)
            for index, label, value in zip(
                found.indices[places].tolist(),
                found.labels[places].tolist(),
                values[places].tolist(),
                strict=True,
            )
        )

    scores = found.scores[0]
    return InfluenceOutcome(
        in_favor=listed(found.strongest(LISTED), scores),
        against=listed(found.strongest(LISTED, against=True), scores),
        stubborn=listed(found.stubborn(LISTED), found.losses),
        images=len(found.indices),
        epochs=found.epochs,
    )
