"""Every figure of a network's logits agrees with scikit-learn on the same logits."""

import math

import numpy as np
import pytest
import torch
from sklearn import calibration as sk_calibration
from sklearn import metrics
from torch.nn import functional as F

from core.analysis import evaluation
from core.analysis.evaluation import Filter
from core.data import Split
from core.errors import CoreError
from core.training import pretrained
from core.training.engine import confusion_matrix, predict_logits


@pytest.fixture(scope="module", params=["pretrained", "random"])
def judged(request: pytest.FixtureRequest, sample_test: Split) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and labels: the shipped network's on 1,000 real images, and random ones with an absent class."""
    if request.param == "pretrained":
        model = pretrained.load()
        return predict_logits(model.module, sample_test.images, model.normalize), sample_test.labels
    generator = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 9, (700,), generator=generator)  # class 9 never occurs
    return torch.randn(700, 10, generator=generator) * 3, labels


def test_accuracy_and_loss_are_scikit_learns(judged):
    """Accuracy and mean cross-entropy are those of sklearn.metrics."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    assert scores.accuracy == metrics.accuracy_score(labels, logits.argmax(1))
    expected = metrics.log_loss(labels, logits.double().softmax(1).numpy(), labels=list(range(10)))
    assert scores.loss == pytest.approx(expected, abs=1e-5)
    assert scores.loss == pytest.approx(F.cross_entropy(logits, labels).item(), abs=1e-6)


def test_confusion_is_scikit_learns(judged):
    """Rows are actual classes, columns predicted ones, as in sklearn.metrics.confusion_matrix."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    expected = metrics.confusion_matrix(labels, scores.predicted, labels=list(range(10)))
    assert (confusion_matrix(scores.labels, scores.predicted).numpy() == expected).all()


def test_per_class_figures_are_scikit_learns(judged):
    """Precision, recall, F1 and support of each class are those of sklearn, also of an absent class."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    reports = evaluation.class_reports(confusion_matrix(labels, scores.predicted))
    expected = metrics.precision_recall_fscore_support(
        labels, scores.predicted, labels=list(range(10)), zero_division=0
    )
    ours = [(r.precision, r.recall, r.f1, r.support) for r in reports]
    np.testing.assert_allclose(np.array(ours).T, np.array(expected), atol=1e-12)


def test_ranks_are_those_of_top_k_accuracy(judged):
    """The share of images with rank at most k is sklearn's top-k accuracy, for every k."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    for k in (1, 2, 3, 9):
        expected = metrics.top_k_accuracy_score(labels, logits.double(), k=k, labels=list(range(10)))
        assert float((scores.ranks <= k).double().mean()) == pytest.approx(expected, abs=1e-12)


def test_equal_logits_rank_as_argmax_chooses():
    """Where logits tie, rank 1 goes to the class that argmax names: right and rank 1 are the same thing."""
    scores = evaluation.score(torch.zeros(10, 10), torch.arange(10))
    assert scores.ranks.tolist() == list(range(1, 11))
    assert (scores.right == (scores.ranks == 1)).all()


def test_reliability_bins_are_scikit_learns(judged):
    """The means of each bin are those of sklearn.calibration.calibration_curve."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    result = evaluation.calibration(scores.confidence, scores.right)
    share, mean = sk_calibration.calibration_curve(scores.right, scores.confidence, n_bins=10)
    filled = [b for b in result.bins if b.count]
    np.testing.assert_allclose([b.accuracy for b in filled], share, atol=1e-6)
    np.testing.assert_allclose([b.confidence for b in filled], mean, atol=1e-6)
    assert sum(b.count for b in result.bins) == len(labels)
    expected = sum(b.count * abs(a - c) for b, a, c in zip(filled, share, mean, strict=True)) / len(labels)
    assert result.error == pytest.approx(expected, abs=1e-6)


def test_top_losses_are_the_highest(judged):
    """Top losses are the images with the highest cross-entropy, in falling order."""
    logits, labels = judged
    losses = F.cross_entropy(logits, labels, reduction="none")
    found = evaluation.top_losses(evaluation.score(logits, labels), 25)
    torch.testing.assert_close(losses[found], losses.topk(25).values)


def test_mix_ups_in_words(judged):
    """The commonest mistakes are the largest off-diagonal counts, and read as a sentence."""
    logits, labels = judged
    scores = evaluation.score(logits, labels)
    matrix = metrics.confusion_matrix(labels, scores.predicted, labels=list(range(10)))
    first = evaluation.mix_ups(torch.from_numpy(matrix), 5)[0]
    np.fill_diagonal(matrix, 0)
    assert first.count == matrix.max() == matrix[first.actual, first.predicted]
    example = evaluation.MixUp(6, 0, 118, 1000)
    classes = ("T-shirt/top", "", "", "", "", "", "Shirt")
    assert example.words(classes) == "Shirt taken for T-shirt/top, 118 of 1,000"


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(8988, 10_000, 0.8927, 0.9046), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055)],
)
def test_wilson_interval_of_known_shares(hits, count, low, high):
    """Wilson's interval has the published ends, and stays in [0, 1] where the plain one does not."""
    assert evaluation.wilson_interval(hits, count) == pytest.approx((low, high), abs=1e-4)


def test_wilson_interval_covers_the_truth_about_95_times_in_100():
    """Over 2,000 draws of 300 images the interval holds the true accuracy in 93% to 97% of them."""
    hits = np.random.default_rng(0).binomial(300, 0.9, 2000)
    ends = [evaluation.wilson_interval(int(h), 300) for h in hits]
    assert 0.93 < np.mean([low <= 0.9 <= high for low, high in ends]) < 0.97


def test_filters_do_what_they_say(judged):
    """Each condition keeps exactly the images it names; together they intersect."""
    scores = evaluation.score(*judged)
    chosen = evaluation.select_images(
        scores, Filter(actual=6, outcome="wrong", low=0.4, high=0.9, order="loss_high")
    )
    expected = {
        i
        for i in range(len(scores))
        if scores.labels[i] == 6 and scores.predicted[i] != 6 and 0.4 <= scores.confidence[i] <= 0.9
    }
    assert set(chosen.tolist()) == expected
    assert scores.losses[chosen].diff().le(0).all()
    cell = evaluation.select_images(scores, Filter(actual=6, predicted=0))
    assert len(cell) == confusion_matrix(scores.labels, scores.predicted)[6, 0]
    assert evaluation.select_images(scores, Filter()).tolist() == list(range(len(scores)))
    assert scores.confidence[evaluation.select_images(scores, Filter(order="unsure"))].diff().ge(0).all()


def test_disagreements_of_two_networks(judged):
    """Where two networks name different classes, and nowhere else."""
    logits, labels = judged
    first, second = evaluation.score(logits, labels), evaluation.score(logits.flip(1), labels)
    found = evaluation.disagreements(first, second)
    assert found.tolist() == [
        i for i in range(len(labels)) if logits[i].argmax() != logits[i].flip(0).argmax()
    ]
    assert len(evaluation.disagreements(first, first)) == 0


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (0, 5, 2 / 32),
        (1, 9, 2 * 11 / 1024),
        (9, 1, 2 * 11 / 1024),
        (0, 30, 2 / 2**30),
    ],
)
def test_mcnemar_tosses_a_coin_for_each_image_that_one_gets_right(first, second, p):
    """The probabilities of a fair coin, both ends together."""
    assert evaluation.Duel(first, second).p_value == pytest.approx(p)


def test_two_networks_on_the_same_images_are_told_apart_where_their_intervals_overlap():
    """30 images of 1,000 that only one gets right are no luck, though both intervals hold both accuracies."""
    labels = torch.zeros(1000, dtype=torch.int64)
    wrong = torch.zeros(1000, 10)
    wrong[:, 1] = 1
    better, worse = torch.zeros(1000, 10), wrong.clone()
    better[:, 0], better[870:] = 1, wrong[870:]
    worse[:840] = better[:840]
    first, second = evaluation.score(better, labels), evaluation.score(worse, labels)
    found = evaluation.duel(first, second)
    assert (found.first_only, found.second_only) == (30, 0)
    assert found.p_value < 1e-6
    low, _ = evaluation.wilson_interval(first.hits, 1000)
    _, high = evaluation.wilson_interval(second.hits, 1000)
    assert low < high


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_logits_that_are_not_finite_are_one_sentence(bad):
    """A network of damaged weights is refused in words instead of giving figures that mean nothing."""
    with pytest.raises(CoreError, match="not finite"):
        evaluation.score(torch.tensor([[1.0, bad]]), torch.tensor([0]))
    with pytest.raises(CoreError, match="no images"):
        evaluation.score(torch.zeros(0, 10), torch.zeros(0, dtype=torch.int64))
