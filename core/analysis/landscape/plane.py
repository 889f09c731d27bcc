"""A plane through a trained network's weights, and where the epochs of a run lie in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from core.analysis.kept_weights import KeptWeights
from core.errors import ConfigError
from core.model import build

Scale = Literal["filters", "path"]
SCALES: Final[tuple[Scale, ...]] = ("filters", "path")


@dataclass(frozen=True, eq=False)
class Layout:
    """How a `state_dict` lies in one long vector: parameters first, then batch norm's running statistics."""

    names: tuple[str, ...]
    shapes: tuple[torch.Size, ...]
    learned: int
    """How many of the vector's values are parameters."""

    @classmethod
    def of(cls, run: KeptWeights) -> "Layout":
        """Of a run's network."""
        module = build(run.config.model)
        learned = dict(module.named_parameters())
        rest = {name: value for name, value in module.named_buffers() if value.is_floating_point()}
        both = {**learned, **rest}
        count = sum(parameter.numel() for parameter in learned.values())
        return cls(tuple(both), tuple(value.shape for value in both.values()), count)

    def vector(self, state: dict[str, Tensor]) -> Tensor:
        """A `state_dict` as one vector, float32."""
        return torch.cat([state[name].float().flatten() for name in self.names])

    def parts(self, vector: Tensor) -> dict[str, Tensor]:
        """The vector's parts by name, in their shapes, sharing its memory."""
        sizes = [shape.numel() for shape in self.shapes]
        pieces = zip(self.names, torch.split(vector, sizes), self.shapes, strict=True)
        return {name: piece.view(shape) for name, piece, shape in pieces}


@dataclass(frozen=True, eq=False)
class Track:
    """A run's epochs in the plane."""

    key: str
    """The run's."""
    epochs: tuple[int, ...]
    """0 is the start."""
    places: Tensor
    """float64, E x 2: the plane's point nearest to each epoch's weights."""
    share: float
    """How much of the epochs' squared distances from the plane's origin lies in the plane, in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Plane:
    """origin + x * directions[0] + y * directions[1]."""

    layout: Layout
    origin: Tensor
    """float32, P: the first run's last epoch."""
    directions: Tensor
    """float32, 2 x P."""
    tracks: tuple[Track, ...]
    """One per run."""
    is_second_random: bool
    """Whether the path is a straight line, so that the second direction is drawn at random."""

    def weights(self, x: float, y: float) -> Tensor:
        """The point's vector, float32, P."""
        return torch.add(self.origin, self.directions[0], alpha=x).add_(self.directions[1], alpha=y)


def vectors(run: KeptWeights) -> Tensor:
    """All kept epochs of a run, float32, E x P."""
    layout = Layout.of(run)
    return torch.stack([layout.vector(state) for _, state in run.states()])


def check_together(runs: Sequence[KeptWeights]) -> None:
    """Refuse runs that have no plane in common.

    Raises:
        ConfigError: Their networks, images or losses differ: a sentence that says which.
    """
    first, *others = (run.config for run in runs)
    for other in others:
        what = None
        if other.model != first.model:
            what = "networks"
        elif (other.data.dataset, other.data.normalize) != (first.data.dataset, first.data.normalize):
            what = "images or their normalization"
        elif other.loss != first.loss:
            what = "losses"
        if what:
            raise ConfigError(
                f"These two runs have different {what}, so they share no landscape: choose two whose "
                "networks, images and losses are the same."
            )


def make_plane(runs: Sequence[KeptWeights], scale: Scale = "filters") -> Plane:
    """The plane that shows most of the epochs' path, seen from the first run's last epoch.

    Its directions are the first two principal components of the epochs' differences from that epoch (Li, Xu,
    Taylor, Studer and Goldstein, "Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018, section 7).
    With `filters` each is then filter-normalized (section 4 there): d_i <- d_i / ||d_i|| * ||w_i|| for every
    filter i, a convolution's kernel or the weights of one unit; a bias, and each of batch norm's values,
    counts as one filter as a whole. Batch norm's running statistics follow the same combination of epochs.

    Args:
        runs: One run, or two that `check_together` accepts.
        scale: `path` leaves the components as they are, of length 1.

    Raises:
        ConfigError: The runs have no plane in common.
    """
    check_together(runs)
    layout = Layout.of(runs[0])
    paths = [vectors(run) for run in runs]
    origin = paths[0][-1].clone()
    for path in paths:
        path -= origin  # in place: the epochs of a large run are hundreds of megabytes
    directions, is_random = _components(paths, layout)
    if scale == "filters":
        _normalize_filters(directions, origin, layout)
    tracks = tuple(_track(run, path, directions, layout) for run, path in zip(runs, paths, strict=True))
    return Plane(layout, origin, directions, tracks, is_random)


def _components(paths: Sequence[Tensor], layout: Layout) -> tuple[Tensor, bool]:
    """The two principal components of all rows (2 x P), from the small matrix of their inner products."""
    rows = [row for path in paths for row in path]
    learned = [row[: layout.learned] for row in rows]
    products = torch.tensor([[float(a @ b) for b in learned] for a in learned], dtype=torch.float64)
    values, mixes = torch.linalg.eigh(products)
    directions = torch.zeros(2, rows[0].numel())
    is_random = float(values[-2]) <= 1e-9 * float(values[-1])
    for at in range(1 if is_random else 2):
        mix = mixes[:, -1 - at] / values[-1 - at].clamp_min(torch.finfo(torch.float64).tiny).sqrt()
        mix = mix * mix[mix.abs().argmax()].sign()  # a direction and its opposite are equally good
        for share, row in zip(mix.tolist(), rows, strict=True):
            directions[at].add_(row, alpha=share)
    if is_random:
        own, generator = directions[1, : layout.learned], torch.Generator().manual_seed(0)
        own.normal_(generator=generator)
        first = directions[0, : layout.learned]
        own -= first * (own @ first)
        own /= own.norm()
    return directions, is_random


def _normalize_filters(directions: Tensor, origin: Tensor, layout: Layout) -> None:
    """Give every filter of each direction the norm of the same filter at the origin, in place."""
    at_origin = layout.parts(origin)
    for direction in directions:
        for name, part in layout.parts(direction).items():
            rows = part.flatten(1) if part.ndim > 1 else part.view(1, -1)
            wanted = at_origin[name].reshape(rows.shape).norm(dim=1, keepdim=True)
            norms = rows.norm(dim=1, keepdim=True)
            rows *= torch.where(norms > 0, wanted / norms, 0.0)


def _track(run: KeptWeights, path: Tensor, directions: Tensor, layout: Layout) -> Track:
    """Least squares: the plane's point nearest to each row, as the parameters count it."""
    learned, axes = path[:, : layout.learned], directions[:, : layout.learned]
    products = (axes @ axes.T).double()
    along = (learned @ axes.T).double()
    places = along @ torch.linalg.pinv(products, hermitian=True)
    whole = sum(float(row @ row) for row in learned)
    kept = float((places * along).sum())
    share = min(1.0, max(0.0, kept / whole)) if whole > 0 else 1.0
    return Track(run.key, run.epochs, places, share)
