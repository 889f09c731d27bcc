"""What may be done at each convolution, as far as shapes tell: paddings, strides and poolings.

Shapes tell much: the first linear layer says how many pixels the convolutions leave, and only some sequences
of paddings, strides and poolings end there. They are found best first, by how unusual each is.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from typing import Final

from core.data import SIDE
from core.errors import CheckpointError
from core.exchange.weights.weighted_layers import WeightedLayer

MAX_GEOMETRIES: Final = 60
_MAX_SURPRISE: Final = 6.0  # more than the likeliest
WINDOWS: Final = (2, 3, 4)  # sides of a pooling's window, pixels, where nothing asks for another
MAX_WINDOW: Final = 14  # of one pooling layer; a larger one takes two
_MAX_SEARCHED: Final = 20_000  # partial geometries


@dataclass(frozen=True)
class Step:
    """What is done at one convolution: how it moves, and how what it gives is pooled."""

    padding: int
    stride: int
    pool: int
    """Side of the pooling's window, pixels; 1 does not pool."""
    whole: bool = False
    """Whether the pooling leaves the pixels that the end asks for, as an adaptive one does."""

    @property
    def windows(self) -> tuple[int, ...]:
        """The windows of the pooling layers that it takes, none, one or two."""
        if self.pool <= MAX_WINDOW:
            return (self.pool,) if self.pool > 1 else ()
        first = next(side for side in range(MAX_WINDOW, 1, -1) if self.pool % side == 0)
        return (first, self.pool // first)


@dataclass(frozen=True)
class Geometry:
    """What is done at each convolution."""

    steps: tuple[Step, ...]
    surprise: float = 0.0
    """How unusual it is; 0 is what most networks do."""


def find_geometries(convs: Sequence[WeightedLayer], linears: Sequence[WeightedLayer]) -> tuple[Geometry, ...]:
    """What may be done at each convolution so that the first linear layer fits, the likeliest first.

    Raises:
        CheckpointError: Nothing fits.
    """
    if not convs:
        return (Geometry(()),)
    pixels = linears[0].inputs // convs[-1].outputs if linears else 1
    side = math.isqrt(pixels)
    found = list(islice(_searched(convs, side), MAX_GEOMETRIES)) if side * side == pixels else []
    found = [each for each in found if each.surprise <= found[0].surprise + _MAX_SURPRISE]
    if not found:
        where = linears[0].title if linears else "the end"
        raise CheckpointError(
            f"No padding, stride and pooling of the convolutions leaves the {pixels:,} values per channel "
            f"that {where} takes from images of {SIDE} × {SIDE} pixels."
        )
    return tuple(found)


def _searched(convs: Sequence[WeightedLayer], target: int) -> Iterator[Geometry]:
    """Geometries that end at `target` pixels a side, those with the fewest surprises first."""

    @lru_cache(maxsize=1024)  # 29 sides at each convolution
    def arrives(place: int, side: int) -> bool:
        """Whether anything leads from `side` pixels before a convolution to the target."""
        if place == len(convs):
            return side == target
        return any(arrives(place + 1, after) for _, after, _ in _steps(convs, place, side, target, ()))

    ties = count()
    heap: list[tuple[float, int, int, tuple[Step, ...]]] = [(0.0, next(ties), SIDE, ())]
    for _ in range(_MAX_SEARCHED):
        if not heap:
            return
        surprise, _, side, steps = heapq.heappop(heap)
        if len(steps) == len(convs):
            yield Geometry(steps, surprise)
            continue
        for step, after, more in _steps(convs, len(steps), side, target, steps):
            if arrives(len(steps) + 1, after):
                heapq.heappush(heap, (surprise + more, next(ties), after, (*steps, step)))


def _steps(
    convs: Sequence[WeightedLayer], place: int, side: int, target: int, before: Sequence[Step]
) -> Iterator[tuple[Step, int, float]]:
    """What may be done at one convolution, the side that it leaves, and how unusual it is."""
    conv = convs[place]
    for padding, odd in _paddings(convs[:place], conv, before):
        for stride, odder in ((1, 0.0), (2, _surprise_of_stride(before))):
            after = (side + 2 * padding - conv.kernel) // stride + 1
            if after < max(1, target):
                continue
            for pool, oddest, whole in _poolings(convs, place, after, target, strides=stride > 1):
                step = Step(padding, stride, pool, whole)
                if after // pool >= target:
                    yield step, after // pool, odd + odder + oddest


def _paddings(
    earlier: Sequence[WeightedLayer], conv: WeightedLayer, before: Sequence[Step]
) -> Iterator[tuple[int, float]]:
    """Paddings and how surprising each is: what keeps the side, or none, and the same at all convolutions."""
    kept = conv.kernel // 2
    keeps = [step.padding > 0 for step, each in zip(before, earlier, strict=False) if each.kernel > 1]
    for padding in sorted({kept, 0, 1, 2} & set(range(conv.kernel))):
        surprise = 0.0 if padding == kept else 0.3 if padding == 0 else 2.0
        if conv.kernel > 1 and keeps and keeps[-1] != (padding > 0):
            surprise += 1.0
        yield padding, surprise


def _surprise_of_stride(before: Sequence[Step]) -> float:
    """How surprising a stride of 2 is: less where there was one before."""
    if any(step.stride > 1 for step in before):
        return 0.5
    return 2.0 if any(step.pool > 1 for step in before) else 1.5


def _poolings(
    convs: Sequence[WeightedLayer], place: int, side: int, target: int, *, strides: bool
) -> Iterator[tuple[int, float, bool]]:
    """Windows to pool by, how surprising each is, and whether it leaves what the end asks for.

    Most networks pool where the channels grow, and not before a convolution that only mixes them.
    """
    conv, after = convs[place], convs[place + 1] if place + 1 < len(convs) else None
    grows = after is None or after.outputs > conv.outputs
    mixes = after is not None and after.kernel == 1
    if strides:
        yield 1, 0.0, False
        yield 2, 1.0, False
    else:
        yield 1, 0.7 if grows and not mixes else 0.2, False
        yield 2, (0.0 if grows else 0.5) + 0.5 * mixes, False
    yield 3, 3.0, False
    yield 4, 3.5, False
    window = side // target
    if after is None and window > 1 and side == window * target:
        prime = window > MAX_WINDOW and all(window % part for part in range(2, MAX_WINDOW + 1))
        if not prime:
            yield window, 0.4 if target == 1 else 1.0, True
