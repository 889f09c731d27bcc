"""The arrangement of a file's weights that explains labeled images best, found by trying.

A first look at everything that is usual finds where to start; from the best of that, one thing is changed at
a time for as long as it helps. Each round asks many about few images and the best of them about more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar, get_args

from core.config import Activation, LayerKind, Normalization
from core.errors import ConfigError
from core.exchange.weights.arrangements import Arrangement, Style, arrange, uniform
from core.exchange.weights.bench import FEW, Bench, Score
from core.exchange.weights.chain import Chain
from core.exchange.weights.geometry import Geometry

_T = TypeVar("_T")

_MORE, _MANY = FEW + 100, FEW + 400  # images that compare the better ones, and the best
_CLEARLY: Final = 0.6  # share of images: more than a wrong arrangement has by chance
_FRONT: Final = 3  # ways that are changed at a time
_LIKELY: Final = 8  # geometries that are tried with every preparation of images
_ROUNDS: Final = 8
_TO_START: Final = 0.45  # share of the work
_ACTIVATIONS: Final[tuple[Activation, ...]] = get_args(Activation)
_NORMALIZATIONS: Final[tuple[Normalization, ...]] = get_args(Normalization)
_FIRST_NORMALIZATIONS: Final[tuple[Normalization, ...]] = ("none", "half", "fashion_mnist")
_POOLS: Final[tuple[LayerKind, ...]] = ("max_pool", "avg_pool")
_ORDERS: Final = ("nap", "anp", "npa", "pna", "pan", "apn")


@dataclass(frozen=True)
class Way:
    """A way to put a network together and to prepare its images."""

    style: Style
    geometry: Geometry
    normalize: Normalization


@dataclass(frozen=True)
class _Tried:
    """A way that was tried."""

    way: Way
    arrangement: Arrangement
    score: Score

    @property
    def badness(self) -> float:
        """Smaller is better: mostly the share of errors, then the loss and how unusual it is."""
        surprise = self.way.style.surprise + self.way.geometry.surprise
        score = self.score
        return 1 - score.accuracy + 0.1 * min(score.loss, 5.0) + 0.5 * score.mismatch + 0.004 * surprise


class Search:
    """A search for the way that explains the bench's images.

    Args:
        bench: The weights and the images.
        chain: Its layers in order.
        most: Work at most, multiply-adds.
    """

    def __init__(self, bench: Bench, chain: Chain, most: int) -> None:
        self.bench, self.chain, self.most = bench, chain, most

    def best(self) -> Arrangement | None:
        """The best arrangement that was found; `None` where none is small enough to be tried."""
        front = self._starts()
        seen = {each.way for each in front}
        for _ in range(_ROUNDS):
            changes = [way for each in front for way in self._changes(each.way)]
            ways = [way for way in dict.fromkeys(changes) if way not in seen]
            seen.update(ways)
            after = self._narrowed([*(each.way for each in front), *ways])
            if not after or after[0].way == front[0].way:
                break
            front = after
        return front[0].arrangement if front else None

    def _starts(self) -> list[_Tried]:
        """The best of a first look at everything usual, the likeliest geometries first."""
        ways: list[Way] = []
        best: list[_Tried] = []
        for place, geometry in enumerate(self.chain.geometries):
            scalings = _NORMALIZATIONS if place < _LIKELY else _FIRST_NORMALIZATIONS
            ways += [Way(style, geometry, scaling) for style in self._usual() for scaling in scalings]
            if (place + 1) % _LIKELY == 0:
                best = self._narrowed(ways, _TO_START) or best
                if best and best[0].score.accuracy > _CLEARLY:
                    return best
        return self._narrowed(ways, _TO_START) or best

    def _narrowed(self, ways: Iterable[Way], share: float = 0.9) -> list[_Tried]:
        """The best of many: all are asked about few images, the better ones about more."""
        best: list[_Tried] = []
        for count, kept in ((FEW, 20), (_MORE, 2 * _FRONT), (_MANY, _FRONT)):
            tried: list[_Tried] = []
            least = 1.0
            for way in ways:
                tried += self._tried(way, count, share, give_up=0.2 + 2 * least)
                least = min(least, tried[-1].score.mismatch) if tried else least
            best = _without_twins(sorted(tried, key=lambda each: each.badness))[:kept] or best
            ways, share = [each.way for each in best], share + 0.05
        return best

    def _usual(self) -> Iterator[Style]:
        yield uniform(self.chain)
        if not self.chain.linears:
            usual = uniform(self.chain)
            yield replace(usual, after_convs=_put(usual.after_convs, -1, "relu"))
        yield uniform(self.chain, "tanh", "tanh", "avg_pool")
        yield uniform(self.chain, "sigmoid", "sigmoid", "avg_pool")
        if self.chain.convs:
            yield uniform(self.chain, pool="avg_pool")
        if any(geometry.steps[-1].whole for geometry in self.chain.geometries if geometry.steps):
            yield replace(uniform(self.chain), whole="max_pool")
        if self.chain.norms:
            yield replace(uniform(self.chain, order="anp"), norm_last=True)
        if len(self.chain.linears) > 1 and self.chain.convs:
            for linears in ("tanh", "sigmoid", None):
                yield uniform(self.chain, "relu", linears)

    def _tried(self, way: Way, count: int, share: float, give_up: float) -> list[_Tried]:
        """A way asked about some images; nothing if the network is too large, or it is beyond its share."""
        try:
            arrangement = arrange(self.chain, way.geometry, way.style)
        except ConfigError:
            return []
        if self.bench.work > share * self.most:
            return []
        return [_Tried(way, arrangement, self.bench.score(arrangement, way.normalize, count, give_up))]

    def _changes(self, way: Way) -> Iterator[Way]:
        """Every way that differs from this one in one respect."""
        for normalize in _NORMALIZATIONS:
            if normalize != way.normalize:
                yield replace(way, normalize=normalize)
        for style in self._styles(way.style, way.geometry):
            yield replace(way, style=style)
        for geometry in self.chain.geometries:
            if geometry != way.geometry:
                yield replace(way, geometry=geometry)

    def _styles(self, style: Style, geometry: Geometry) -> Iterator[Style]:
        """A style with one thing changed: everywhere, at all layers of a kind, or at one of them."""
        convs, linears = len(style.after_convs), len(style.after_linears)
        for kind in (*_ACTIVATIONS, None):
            yield replace(style, after_linears=(kind,) * linears)
            if convs:
                after = (kind,) * (convs - 1) + (kind if self.chain.linears else style.after_convs[-1],)
                yield replace(style, after_convs=after)
                yield replace(style, after_convs=after, after_linears=(kind,) * linears)
            for place in range(convs):
                yield replace(style, after_convs=_put(style.after_convs, place, kind))
            for place in range(linears):
                yield replace(style, after_linears=_put(style.after_linears, place, kind))
        for pool in _POOLS:
            yield replace(style, whole=pool)
            yield replace(style, pools=(pool,) * convs)
            for place, step in enumerate(geometry.steps):
                if step.pool > 1 and not step.whole:
                    yield replace(style, pools=_put(style.pools, place, pool))
            for order in _ORDERS:
                if convs:
                    yield replace(style, pools=(pool,) * convs, order=order)
        yield replace(style, norm_last=not style.norm_last)


def _without_twins(tried: Iterable[_Tried]) -> list[_Tried]:
    """The first of those that are the same network with the same images."""
    first: dict[tuple[Arrangement, Normalization], _Tried] = {}
    for each in tried:
        first.setdefault((each.arrangement, each.way.normalize), each)
    return list(first.values())


def _put(values: tuple[_T, ...], place: int, value: _T) -> tuple[_T, ...]:
    changed = list(values)
    changed[place] = value
    return tuple(changed)
