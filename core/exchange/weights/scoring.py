"""What a file of weights does not say, found by trying: each possibility is scored on labeled images.

A file has no activations, no pooling, and nothing on how its images were scaled. Which arrangement is right
is asked of training images, which the right one fits best; the figures that are shown are those of test
images.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from torch import Size, Tensor

from core.config import Normalization
from core.data import Split
from core.exchange.weights.arrangements import Arrangement, arrangements
from core.exchange.weights.bench import KEPT_BYTES, Bench
from core.exchange.weights.recognition import Recognition, expected_shapes
from core.exchange.weights.search import Search
from core.model import layers_of
from core.model.architecture import trace_shapes
from core.training.engine import EVALUATION_BATCH

MAX_WORK: Final = 80_000_000_000
"""Work of all trials together, in multiply-adds: three to nine seconds of one core."""
MAX_IMAGES: Final = 1_000
WORKS: Final = 0.2
"""Share of images from which a network works: a guess is right about 0.1."""
SURE: Final = 0.6
"""Share of images from which nothing speaks for a part that is put together wrongly."""

_COPIES: Final = 4
_FIXED_BYTES: Final = 20_000_000  # images, and the libraries' buffers
_SEARCHED: Final = 0.75  # share of the work
_NORMALIZATIONS: Final[tuple[Normalization, ...]] = get_args(Normalization)


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


@dataclass(frozen=True)
class Examples:
    """Labeled images."""

    images: Tensor
    """uint8, N x 28 x 28, in any order."""
    labels: Tensor
    """int64, N."""

    @classmethod
    def of(cls, split: Split) -> "Examples":
        """The first of a split's images, as many as are tried."""
        return cls(split.images[:MAX_IMAGES], split.labels[:MAX_IMAGES])


def score_ways(
    state: Mapping[str, Tensor],
    found: Recognition,
    train: Examples,
    test: Examples,
    on_progress: Callable[[float], None] = lambda share: None,
) -> tuple[Trial, ...]:
    """Try what a file leaves open, and give the best network with every preparation of its images.

    Args:
        state: Tensors by the file's names, unwrapped, floating-point.
        found: What their names and shapes tell.
        train: Training images, on which arrangements are compared.
        test: Test images, of which the figures are.
        on_progress: Called with the share of the work that is done, in [0, 1].

    Returns:
        One trial per preparation, the best first. Where none is right about a fifth of the images, the
        likeliest network, images in [0, 1] first.
    """
    best = None
    if found.chain is not None:
        searched = int(_SEARCHED * MAX_WORK)
        bench = Bench(
            state, train.images, train.labels, lambda work: on_progress(min(_SEARCHED, work / MAX_WORK))
        )
        best = Search(bench, found.chain, searched).best()
    bench = Bench(state, test.images, test.labels)
    trials = _prepared(bench, best or found.likeliest)
    on_progress(1.0)
    if max(trial.accuracy for trial in trials) < WORKS:
        return tuple(_prepared(bench, found.likeliest))
    # several preparations are nearly alike: among those within a standard error, the surest one is first
    chosen = min(_as_good_as_the_best(trials), key=lambda trial: trial.loss)
    rest = sorted((trial for trial in trials if trial is not chosen), key=lambda t: (-t.accuracy, t.loss))
    return (chosen, *rest)


def caveat(trials: Sequence[Trial]) -> str:
    """What to doubt in the first of the trials, in a sentence; empty where there is nothing.

    Args:
        trials: From `score_ways`, the best first.
    """
    best = trials[0]
    named = f"it names {best.accuracy:.0%} of {best.images:,} test images correctly"
    if best.accuracy < WORKS:
        return (
            f"At best {named}, and guessing gives 10%: it was trained on other images, or put together in a "
            "way that the file does not record."
        )
    if best.accuracy < SURE:
        return (
            f"At best {named}: it was trained only a little, or a part of it (an activation, a pooling, the "
            "scaling of its images) is not what it was in training."
        )
    if len(_as_good_as_the_best(trials)) > 1:
        return (
            "More than one way of scaling does as well as these images can tell: if you know which one the "
            "network was trained with, choose that."
        )
    return ""


def _as_good_as_the_best(trials: Sequence[Trial]) -> list[Trial]:
    """Those that are right about as many images as the best one, within its standard error."""
    first = max(trial.accuracy for trial in trials)
    margin = (first * (1 - first) / trials[0].images) ** 0.5
    return [trial for trial in trials if trial.accuracy >= first - margin]


def _prepared(bench: Bench, arrangement: Arrangement) -> list[Trial]:
    """An arrangement with every preparation of images, on as many as the rest of the work allows."""
    each = (1 - _SEARCHED) * MAX_WORK / len(_NORMALIZATIONS)
    count = min(len(bench.images), max(60, int(each / bench.cost(arrangement))))
    trials = []
    for normalize in _NORMALIZATIONS:
        score = bench.score(arrangement, normalize, count)
        trials.append(Trial(arrangement, normalize, score.accuracy, score.loss, count))
    return trials


def peak_bytes(found: Recognition) -> int:
    """Bytes that the trials of a file take, in a process of their own.

    Its weights on their way there and in the trials, what layers give for one batch, and what is kept of it.
    """
    shapes = expected_shapes(found.likeliest.model)
    models = [found.likeliest] if found.chain is None else arrangements(found.chain)
    activations = max(
        sum(row.activation_bytes for row in trace_shapes(layers_of(each.model))) for each in models
    )
    values = sum(Size(shape).numel() for shape in shapes.values())
    return _FIXED_BYTES + KEPT_BYTES + 4 * _COPIES * values + EVALUATION_BATCH * activations
