"""A landscape as a job: coarse first, then finer, kept with its run."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch
from torch import Tensor

from core.analysis.kept_weights import KeptWeights
from core.analysis.landscape.plane import Plane, Scale, Track, check_together, make_plane
from core.analysis.landscape.surface import (
    Line,
    Place,
    Size,
    affordable,
    axes,
    grid_order,
    own_losses,
    place_losses,
    straight_line,
)
from core.data import Split
from core.model.footprint import forward_bytes
from core.model.summary import summary_of
from core.training.engine import EVALUATION_BATCH
from core.training.jobs import Job
from core.training.runs.attachments import attach, attached

VERSION: Final = 1
"""Of a kept landscape: raise it when the same runs would give other numbers."""
REPORT_EVERY: Final = 0.5
"""Seconds between two reports."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """Losses around the path of one run or two."""

    size: Size
    x: Tensor
    """float64: the grid's coordinates along the first direction."""
    y: Tensor
    """Along the second."""
    losses: Tensor
    """float32, rows along y, columns along x: mean loss per image; NaN where not yet computed."""
    accuracies: Tensor
    """The same of the share right."""
    tracks: tuple[Track, ...]
    own: tuple[tuple[float, ...], ...]
    """Of each track, each epoch's loss at its own weights, on the same images."""
    nearest: tuple[tuple[float, ...], ...]
    """The same at the plane's point nearest to it."""
    line: Line | None
    """Between the last epochs of two runs."""
    is_second_random: bool
    status: Literal["finished", "stopped"] = "finished"


@dataclass(frozen=True, eq=False)
class LandscapeProgress:
    """How far a landscape is."""

    step: int
    """Points done."""
    steps: int
    """Points in all."""
    landscape: Landscape | None
    """What there is of it: NaN where a point is missing."""


class LandscapeJob(Job):
    """The landscape of one run, or of two in one plane.

    Args:
        runs: One or two.
        test: Their test images; the first are used, 1,000 at most.
        scale: As `make_plane` has it.

    Raises:
        ConfigError: The runs share no plane, or their network is too large.
    """

    title = "Loss landscape"

    def __init__(self, runs: Sequence[KeptWeights], test: Split, scale: Scale = "filters") -> None:
        check_together(runs)
        self.runs, self.scale = tuple(runs), scale
        self.size = affordable(runs[0].config.model)
        self.test = test.first(self.size.images)
        texts = [f"landscape {VERSION} {self.size} {scale} {test.fingerprint}"]
        texts += [f"{run.key} {run.epochs}" for run in runs]
        self.key = hashlib.sha256(" ".join(texts).encode()).hexdigest()
        summary = summary_of(runs[0].config.model)
        epochs = sum(len(run.epochs) for run in runs)
        # every epoch's vector, while it is read its file and its network, the plane, a network, a batch
        copies = epochs + 8
        self.memory_bytes = (
            copies * summary.parameter_bytes + forward_bytes(summary.rows, EVALUATION_BATCH) + 16_000_000
        )

    @property
    def name(self) -> str:
        """What it is kept under."""
        return f"landscape-{self.key[:16]}"

    def stored(self) -> Landscape | None:
        """The landscape from an earlier time; `None` where it has to be computed."""
        values = attached(self.runs[0].store, self.runs[0].key, self.name)
        return None if values is None else _from_values(values)

    def run(
        self, on_progress: Callable[[LandscapeProgress], None], should_stop: Callable[[], bool]
    ) -> Landscape:
        """Compute every fourth point first, then every second, then all."""
        known = self.stored()
        if known is not None:
            return known
        plane = make_plane(self.runs, self.scale)
        made = self._begin(plane)
        place = Place(self.runs[0].config, plane.layout)
        side, reported, level = self.size.side, 0.0, 0
        coarse: Landscape | None = None
        for done, (row, column, stride) in enumerate(grid_order(side)):
            if should_stop():
                return Landscape(**{**vars(made), "status": "stopped"})
            now = time.monotonic()
            if now - reported > REPORT_EVERY or stride != level:
                if level and stride != level:
                    coarse = _coarse(made, level)
                on_progress(LandscapeProgress(done, side**2, coarse))
                reported, level = now, stride
            place.put(plane.weights(float(made.x[column]), float(made.y[row])))
            made.losses[row, column], made.accuracies[row, column] = place.score(self.test)
        attach(self.runs[0].store, self.runs[0].key, self.name, _to_values(made))
        return made

    def _begin(self, plane: Plane) -> Landscape:
        x, y = axes(plane.tracks, self.size.side)
        empty = torch.full((self.size.side, self.size.side), torch.nan)
        pairs = list(zip(self.runs, plane.tracks, strict=True))
        return Landscape(
            size=self.size,
            x=x,
            y=y,
            losses=empty,
            accuracies=empty.clone(),
            tracks=plane.tracks,
            own=tuple(tuple(own_losses(run, self.test)) for run in self.runs),
            nearest=tuple(tuple(place_losses(run, plane, track, self.test)) for run, track in pairs),
            line=straight_line(*self.runs, self.test) if len(self.runs) == 2 else None,
            is_second_random=plane.is_second_random,
        )


def _coarse(made: Landscape, stride: int) -> Landscape:
    """What is complete: every `stride`-th point, as a landscape of its own."""
    cut = {name: getattr(made, name)[::stride, ::stride].clone() for name in ("losses", "accuracies")}
    size = Size(len(made.x[::stride]), made.size.images)
    return Landscape(**{**vars(made), **cut, "x": made.x[::stride], "y": made.y[::stride], "size": size})


def _to_values(made: Landscape) -> dict[str, Any]:
    return {
        "version": VERSION,
        "size": [made.size.side, made.size.images],
        "grid": [made.x, made.y, made.losses, made.accuracies],
        "tracks": [[each.key, list(each.epochs), each.places, each.share] for each in made.tracks],
        "own": [list(each) for each in made.own],
        "nearest": [list(each) for each in made.nearest],
        "line": None if made.line is None else [list(each) for each in vars(made.line).values()],
        "random": made.is_second_random,
    }


def _from_values(values: dict[str, Any]) -> Landscape | None:
    """What `_to_values` gave; `None` where it is of another version or damaged."""
    try:
        if values["version"] != VERSION:
            return None
        x, y, losses, accuracies = values["grid"]
        line = values["line"]
        return Landscape(
            size=Size(*values["size"]),
            x=x,
            y=y,
            losses=losses,
            accuracies=accuracies,
            tracks=tuple(
                Track(key, tuple(epochs), places, share) for key, epochs, places, share in values["tracks"]
            ),
            own=tuple(map(tuple, values["own"])),
            nearest=tuple(map(tuple, values["nearest"])),
            line=None if line is None else Line(*map(tuple, line)),
            is_second_random=values["random"],
        )
    except (KeyError, TypeError, ValueError):
        return None
