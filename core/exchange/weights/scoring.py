"""What a file of weights does not say, found by trying: each possibility is scored on labeled images.

A file has no activations, no pooling, and nothing on how its images were scaled. A network put together as it
was trained is right about most test images; put together otherwise, about few. The work is bounded: the
likeliest are tried on few images, the best of them on more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, get_args

import torch
from torch import Tensor, nn

from core.config import Activation, LayerKind, Normalization
from core.errors import ConfigError
from core.exchange.weights.arrangements import Arrangement, Style, arrange, arrangements
from core.exchange.weights.chain import Chain, Geometry
from core.exchange.weights.recognition import Recognition, expected_shapes, fit
from core.model import layers_of, skeleton
from core.model.architecture import trace_shapes
from core.training.engine import EVALUATION_BATCH, predict_logits

MAX_WORK: Final = 80_000_000_000
"""Work of all trials together, in multiply-adds: some six seconds of one core at most."""
MAX_IMAGES: Final = 1_000
WORKS: Final = 0.2
"""Share of images from which a network works: a guess is right about 0.1."""

_COPIES: Final = 6
_FIXED_BYTES: Final = 20_000_000  # images, and the libraries' buffers
_CALL: Final = 40_000_000  # what a trial takes whatever its size
_CLEARLY: Final = 0.35
_FEW, _MORE = 60, 300  # images of the first trials and of those that compare the best
_NORMALIZATIONS: Final[tuple[Normalization, ...]] = get_args(Normalization)
_FIRST_STYLES: Final = (
    Style(),
    Style("tanh", "tanh", "avg_pool", "nap"),
    Style("sigmoid", "sigmoid", "avg_pool", "nap"),
    Style(order="npa"),
    Style(after_linear=None),
)
_FIRST_NORMALIZATIONS: Final[tuple[Normalization, ...]] = ("none", "half", "fashion_mnist")
_POOLINGS: Final[tuple[tuple[LayerKind, str], ...]] = (
    ("max_pool", "pna"), ("max_pool", "npa"), ("max_pool", "pan"), ("max_pool", "anp"),
    ("avg_pool", "nap"), ("avg_pool", "pna"), ("avg_pool", "apn"), ("avg_pool", "anp"),
)  # fmt: skip
_FINALISTS: Final = 4


@dataclass(frozen=True)
class Trial:
    """One way to put a network together and prepare its images, and how it did."""

    arrangement: Arrangement
    normalize: Normalization
    accuracy: float
    """Share of the images that it was right about, in [0, 1]."""
    loss: float
    """Mean cross-entropy, nats."""
    images: int
    """How many images it was asked about."""


class _Bench:
    """A file's weights and the images to try them on, with an account of the work."""

    def __init__(
        self,
        state: Mapping[str, Tensor],
        images: Tensor,
        labels: Tensor,
        on_progress: Callable[[float], None],
    ) -> None:
        self.state, self.images, self.labels = state, images, labels
        self.on_progress = on_progress
        self.work = 0
        self.done: dict[tuple[Arrangement, Normalization, int], Trial] = {}

    def cost(self, arrangement: Arrangement) -> int:
        """Work for one image: a value that a layer gives takes as long as some forty multiply-adds."""
        rows = trace_shapes(layers_of(arrangement.model))
        return sum(row.multiply_adds + 40 * row.activations for row in rows)

    def affords(self, arrangement: Arrangement, count: int, share: float) -> bool:
        """Whether trying this leaves the rest of the work to what comes after."""
        return self.work + _CALL + count * self.cost(arrangement) <= share * MAX_WORK

    def score(self, arrangement: Arrangement, normalize: Normalization, count: int) -> Trial:
        """Ask the network about the first `count` images."""
        count = min(count, len(self.images))
        key = (arrangement, normalize, count)
        if key not in self.done:
            self.work += _CALL + count * self.cost(arrangement)
            self.on_progress(min(1.0, self.work / MAX_WORK))
            logits = predict_logits(_module(self.state, arrangement), self.images[:count], normalize)
            labels = self.labels[:count]
            loss = nn.functional.cross_entropy(logits, labels).nan_to_num(nan=1e9).item()
            accuracy = (logits.argmax(1) == labels).float().mean().item()
            self.done[key] = Trial(arrangement, normalize, accuracy, loss, count)
        return self.done[key]


def _module(state: Mapping[str, Tensor], arrangement: Arrangement) -> nn.Module:
    module = skeleton(arrangement.model)
    module.load_state_dict(fit(state, arrangement), assign=True)
    return module.eval().requires_grad_(False)


def score_ways(
    state: Mapping[str, Tensor],
    found: Recognition,
    images: Tensor,
    labels: Tensor,
    on_progress: Callable[[float], None] = lambda share: None,
) -> tuple[Trial, ...]:
    """Try what a file leaves open, and give the best network with every preparation of its images.

    Args:
        state: Tensors by the file's names, unwrapped, floating-point.
        found: What their names and shapes tell.
        images: uint8, N x 28 x 28: test images, in any order.
        labels: int64, N.
        on_progress: Called with the share of the work that is done, in [0, 1].

    Returns:
        One trial per preparation, the best first. Where none is right about a fifth of the images, the
        likeliest network, images in [0, 1] first.
    """
    bench = _Bench(state, images[:MAX_IMAGES], labels[:MAX_IMAGES], on_progress)
    best = found.likeliest if found.chain is None else _search(bench, found.chain)
    count = min(MAX_IMAGES, max(_MORE, (MAX_WORK - bench.work) // (5 * bench.cost(best))))
    trials = [bench.score(best, normalize, count) for normalize in _NORMALIZATIONS]
    if max(trial.accuracy for trial in trials) < WORKS:
        return tuple(bench.score(found.likeliest, normalize, _FEW) for normalize in _NORMALIZATIONS)
    # several preparations are nearly alike: among those within a standard error, the surest one is first
    first = max(trial.accuracy for trial in trials)
    margin = (first * (1 - first) / trials[0].images) ** 0.5
    chosen = min((trial for trial in trials if trial.accuracy >= first - margin), key=lambda t: t.loss)
    rest = sorted((trial for trial in trials if trial is not chosen), key=lambda t: (-t.accuracy, t.loss))
    return (chosen, *rest)


def peak_bytes(found: Recognition) -> int:
    """Bytes that the trials of a file take, in a process of their own.

    Its weights on their way there and in a trial's network, and all that the layers give for one batch.
    """
    shapes = expected_shapes(found.likeliest.model)
    models = [found.likeliest] if found.chain is None else arrangements(found.chain)
    activations = max(
        sum(row.activation_bytes for row in trace_shapes(layers_of(each.model))) for each in models
    )
    values = sum(torch.Size(shape).numel() for shape in shapes.values())
    return _FIXED_BYTES + 4 * _COPIES * values + EVALUATION_BATCH * activations


@dataclass(frozen=True)
class _Way:
    """A way to put a network together and to prepare its images."""

    style: Style
    geometry: Geometry
    normalize: Normalization


@dataclass(frozen=True)
class _Candidate(_Way):
    """A way that was tried."""

    trial: Trial

    @property
    def arrangement(self) -> Arrangement:
        """The network that was tried."""
        return self.trial.arrangement


def _badness(candidate: _Candidate) -> float:
    """Smaller is better: mostly the share of errors, then the loss, then how unusual it is.

    The loss alone would mislead: what makes an underconfident network surer lowers it, right or wrong.
    """
    surprise = candidate.style.surprise + candidate.geometry.surprise
    trial = candidate.trial
    return 1 - trial.accuracy + 0.03 * min(trial.loss, 5.0) + 0.003 * surprise


def _search(bench: _Bench, chain: Chain) -> Arrangement:
    """The arrangement that does best.

    First one is looked for that is right more often than a guess; then it is changed in one respect at a
    time, for as long as that helps. Every change is tried on a few images, the best of them on more.
    """
    current = _start(bench, chain)
    if current is None:
        return arrangements(chain)[0]
    cost = bench.cost(current.arrangement)
    less = max(_FEW, min(_MORE, MAX_WORK // (150 * cost)))
    more = max(_MORE, min(MAX_IMAGES, MAX_WORK // (50 * cost)))
    for _ in range(4):
        few = [_tried(bench, chain, way, less, 0.6) for way in (current, *_neighbors(chain, current))]
        best = sorted((each for each in few if each is not None), key=_badness)[:_FINALISTS]
        again = [_tried(bench, chain, way, more, 0.75) for way in (current, *best)]
        compared = [each for each in again if each is not None]
        before, current = current, min(compared, key=_badness, default=current)
        if current.arrangement == before.arrangement:
            break
    return current.arrangement


def _start(bench: _Bench, chain: Chain) -> _Candidate | None:
    """The first candidate that is clearly right more often than a guess, or the best of those there are."""
    tried: list[_Candidate] = []
    ways = [(style, geometry) for geometry in chain.geometries[:3] for style in _FIRST_STYLES]
    ways += [(Style(), geometry) for geometry in chain.geometries[3:]]
    for style, geometry in ways:
        for normalize in _FIRST_NORMALIZATIONS:
            candidate = _tried(bench, chain, _Way(style, geometry, normalize), _FEW, 0.4)
            tried += [candidate] if candidate is not None else []
        if tried and max(each.trial.accuracy for each in tried) > _CLEARLY:
            break
    return min(tried, key=_badness) if tried else None


def _tried(bench: _Bench, chain: Chain, way: _Way, count: int, share: float) -> _Candidate | None:
    """A way asked about some images; `None` if it is too large a network, or beyond its share of the work."""
    style = way.style.plain(chain)
    try:
        arrangement = arrange(chain, way.geometry, style)
    except ConfigError:
        return None
    if not bench.affords(arrangement, count, share):
        return None
    return _Candidate(style, way.geometry, way.normalize, bench.score(arrangement, way.normalize, count))


def _neighbors(chain: Chain, current: _Way) -> list[_Way]:
    """Every way that differs from this one in one respect."""
    style, geometry, normalize = current.style, current.geometry, current.normalize
    styles = [replace(style, pool=pool, order=order) for pool, order in _POOLINGS] if chain.convs else []
    styles += [replace(style, norm_last=last) for last in (False, True)]
    if chain.convs and len(chain.linears) > 1:
        styles += [replace(style, after_conv=None)]
        styles += [replace(each, after_linear=None) for each in (style, *styles[:2])]
    styles += [replace(style, after_conv=kind, after_linear=kind) for kind in get_args(Activation)]
    return [
        *(_Way(style, geometry, other) for other in _NORMALIZATIONS if other != normalize),
        *(_Way(style, other, normalize) for other in chain.geometries if other != geometry),
        *(_Way(other, geometry, normalize) for other in dict.fromkeys(each.plain(chain) for each in styles)),
    ]
