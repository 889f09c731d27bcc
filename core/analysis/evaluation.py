"""Everything that follows from a network's logits and the labels: computed once, then only looked up.

Every figure here is of the images whose logits are given; nothing runs a network. Losses are in nats, shares
and probabilities in [0, 1].
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from core.errors import CoreError

CALIBRATION_BINS: Final = 10
Z_95: Final = 1.959963984540054  # the normal distribution holds 95% within this many standard deviations

Outcome = Literal["all", "right", "wrong"]
Order = Literal["index", "loss_high", "loss_low", "sure", "unsure"]

ORDERS: Final[dict[Order, str]] = {
    "index": "As stored",
    "loss_high": "Highest loss first",
    "loss_low": "Lowest loss first",
    "sure": "Surest first",
    "unsure": "Least sure first",
}
"""The orders of `select_images`, with their names for people."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What a network makes of N labeled images. The tensors are shared: never write into them."""

    labels: Tensor
    """int64, N: what the images are."""
    probabilities: Tensor
    """float32, N x C, each row sums to 1."""
    predicted: Tensor
    """int64, N: the class of the largest logit."""
    confidence: Tensor
    """float32, N: the largest probability of each image, in [1/C, 1]."""
    losses: Tensor
    """float32, N: cross-entropy of each image, nats."""
    ranks: Tensor
    """int64, N: place of the true class among the classes by probability, 1 is the first."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> Tensor:
        """bool, N: whether each image is predicted right."""
        return self.predicted == self.labels

    @property
    def hits(self) -> int:
        """Images predicted right."""
        return int(self.right.sum())

    @property
    def accuracy(self) -> float:
        """Share of images predicted right."""
        return self.hits / len(self)

    @property
    def loss(self) -> float:
        """Mean cross-entropy per image, nats."""
        return float(self.losses.double().mean())


def score(logits: Tensor, labels: Tensor) -> Scores:
    """Judge logits against labels.

    Args:
        logits: float, N x C.
        labels: int64, N, in [0, C).

    Raises:
        CoreError: There are no images, or some logit is NaN or infinite.
    """
    if len(logits) == 0:
        raise CoreError("There are no images to predict.")
    if not bool(torch.isfinite(logits).all()):
        raise CoreError(
            "This network's answers are not finite numbers (its weights are damaged): choose another."
        )
    logits, labels = logits.detach().cpu().float(), labels.cpu()
    logs = logits.log_softmax(1)
    probabilities = logs.exp()
    own = logits.gather(1, labels[:, None])
    # of equal logits the one with the lower class comes first, as in argmax
    before = torch.arange(logits.shape[1]) < labels[:, None]
    ranks = 1 + (logits > own).sum(1) + ((logits == own) & before).sum(1)
    return Scores(
        labels=labels,
        probabilities=probabilities,
        predicted=logits.argmax(1),
        confidence=probabilities.max(1).values,
        losses=-logs.gather(1, labels[:, None]).squeeze(1),
        ranks=ranks,
    )


def wilson_interval(hits: int, count: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's interval for a share seen as `hits` of `count`: where the true share lies 95 times in 100.

    Args:
        hits: Successes, in [0, count].
        count: Trials, at least 1.
        z: Half its width in standard deviations.

    Returns:
        Its ends, in [0, 1].
    """
    if count < 1 or not 0 <= hits <= count:
        raise ValueError(f"{hits} of {count} is not a share.")
    share = hits / count
    shrink = 1 + z * z / count
    center = (share + z * z / (2 * count)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, center - half), min(1.0, center + half)


@dataclass(frozen=True)
class ClassReport:
    """How one class fares."""

    label: int
    """The class."""
    precision: float
    """Of the images predicted as this class, the share that is; 0 where none is predicted so."""
    recall: float
    """Of the images of this class, the share predicted so; 0 where there are none."""
    f1: float
    """Harmonic mean of the two."""
    support: int
    """Images of this class."""
    predicted: int
    """Images predicted as this class."""


def class_reports(matrix: Tensor) -> tuple[ClassReport, ...]:
    """Precision, recall, F1 and support of every class, from a confusion matrix (int64, C x C)."""
    reports = []
    for label in range(len(matrix)):
        hits = int(matrix[label, label])
        support, predicted = int(matrix[label].sum()), int(matrix[:, label].sum())
        precision = hits / predicted if predicted else 0.0
        recall = hits / support if support else 0.0
        total = support + predicted
        reports.append(
            ClassReport(label, precision, recall, 2 * hits / total if total else 0.0, support, predicted)
        )
    return tuple(reports)


@dataclass(frozen=True)
class MixUp:
    """One kind of mistake: `count` of `support` images of class `actual` were taken for `predicted`."""

    actual: int
    predicted: int
    count: int
    support: int

    def words(self, classes: tuple[str, ...]) -> str:
        """Such as "Shirt taken for T-shirt/top, 118 of 1,000"."""
        return (
            f"{classes[self.actual]} taken for {classes[self.predicted]}, {self.count:,} of {self.support:,}"
        )


def mix_ups(matrix: Tensor, most: int = 10) -> tuple[MixUp, ...]:
    """The commonest mistakes, commonest first, from a confusion matrix (int64, C x C)."""
    support = matrix.sum(1).tolist()
    found = [
        MixUp(actual, predicted, int(count), int(support[actual]))
        for actual, row in enumerate(matrix.tolist())
        for predicted, count in enumerate(row)
        if actual != predicted and count
    ]
    return tuple(sorted(found, key=lambda m: (-m.count, m.actual, m.predicted))[:most])


@dataclass(frozen=True)
class Bin:
    """Images whose confidence is in (low, high]: how sure the network is, and how often it is right."""

    low: float
    """Lower end, left out."""
    high: float
    """Upper end, included."""
    count: int
    """Images."""
    confidence: float
    """Their mean confidence; 0 where there are none."""
    accuracy: float
    """Share predicted right; 0 where there are none."""


@dataclass(frozen=True)
class Calibration:
    """Whether a network is as often right as it is sure."""

    error: float
    """Expected calibration error: the distance between confidence and accuracy, averaged over images."""
    bins: tuple[Bin, ...]
    """Ten equally wide bins of confidence."""


def calibration(confidence: Tensor, right: Tensor, bins: int = CALIBRATION_BINS) -> Calibration:
    """Compare confidence with accuracy.

    Args:
        confidence: float, N, in [0, 1].
        right: bool, N.
        bins: Number of equally wide bins.
    """
    edges = torch.linspace(0, 1, bins + 1)
    place = torch.bucketize(confidence.float().clamp(0, 1), edges[1:-1])  # bins are closed on the right
    found, error = [], 0.0
    for number in range(bins):
        members = place == number
        count = int(members.sum())
        mean = float(confidence[members].double().mean()) if count else 0.0
        share = float(right[members].double().mean()) if count else 0.0
        error += count / len(confidence) * abs(mean - share)
        found.append(Bin(number / bins, (number + 1) / bins, count, mean, share))
    return Calibration(error, tuple(found))


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which images to look at, and in which order."""

    actual: int | None = None
    """Only images of this class; `None` takes all."""
    predicted: int | None = None
    """Only images predicted as this class; `None` takes all."""
    outcome: Outcome = "all"
    """Only those predicted right, or wrong, or all."""
    low: float = 0.0
    """Lowest confidence, in [0, 1]."""
    high: float = 1.0
    """Highest confidence, in [0, 1]."""
    order: Order = "index"
    """One of `ORDERS`."""


def select_images(scores: Scores, wanted: Filter) -> Tensor:
    """The positions of the images that pass the filter, in its order: int64, at most N."""
    keep = (scores.confidence >= wanted.low) & (scores.confidence <= wanted.high)
    if wanted.actual is not None:
        keep &= scores.labels == wanted.actual
    if wanted.predicted is not None:
        keep &= scores.predicted == wanted.predicted
    if wanted.outcome != "all":
        keep &= scores.right == (wanted.outcome == "right")
    positions = keep.nonzero().squeeze(1)
    if wanted.order == "index":
        return positions
    by_loss = wanted.order in ("loss_high", "loss_low")
    values = (scores.losses if by_loss else scores.confidence)[positions]
    falling = wanted.order in ("loss_high", "sure")
    return positions[values.argsort(descending=falling, stable=True)]


def top_losses(scores: Scores, most: int = 20) -> Tensor:
    """The positions of the images with the highest loss, highest first: int64."""
    return select_images(scores, Filter(order="loss_high"))[:most]


def disagreements(first: Scores, second: Scores) -> Tensor:
    """The positions of the images that two networks predict differently, in stored order: int64."""
    return (first.predicted != second.predicted).nonzero().squeeze(1)


@dataclass(frozen=True)
class Duel:
    """Two networks on the same images, by the images about which only one of them is right."""

    first_only: int
    """Images about which only the first is right."""
    second_only: int
    """Images about which only the second is right."""

    @property
    def p_value(self) -> float:
        """McNemar's exact test: how often equally good networks differ at least this much, in [0, 1].

        Were they equally good, each of these images would have been as likely to fall to either: a fair coin.
        Intervals of the two accuracies say less, since they count the luck of the images twice.
        Source: Q. McNemar, Psychometrika 12 (1947).
        """
        fewer, count = min(self.first_only, self.second_only), self.first_only + self.second_only
        at_most = ways = 1  # to choose none of them
        for chosen in range(1, fewer + 1):
            ways = ways * (count - chosen + 1) // chosen
            at_most += ways
        return min(1.0, 2 * at_most / (1 << count))


def duel(first: Scores, second: Scores) -> Duel:
    """Count the images about which only one of two networks is right."""
    right, other = first.right, second.right
    return Duel(int((right & ~other).sum()), int((other & ~right).sum()))
