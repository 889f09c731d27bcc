"""The model that ships scores what its JSON says, on the images that are here."""

import pytest

from core.data import load_split
from core.training import pretrained
from core.training.engine import evaluate


def test_it_scores_on_the_sample_what_it_says(sample_test):
    """Accuracy and loss on the sample's 1,000 test images are those written beside the weights."""
    model, score = pretrained.load(), pretrained.about()["scores"]["sample"]
    found = evaluate(model.module, sample_test.images, sample_test.labels, normalize=model.normalize)
    assert (found.accuracy, score["images"]) == (pytest.approx(score["accuracy"], abs=1e-3), len(sample_test))
    assert found.loss == pytest.approx(score["loss"], abs=1e-3)


def test_it_scores_on_the_full_data_what_it_says():
    """Accuracy on all 10,000 test images is the one written beside the weights."""
    test = load_split(False, "/nowhere")
    if len(test) < 10_000:
        pytest.skip("the full dataset is not on this machine: get it with `python -m core.data fetch`")
    model = pretrained.load()
    found = evaluate(model.module, test.images, test.labels, normalize=model.normalize)
    assert found.accuracy == pytest.approx(pretrained.about()["scores"]["full"]["accuracy"], abs=5e-4)


def test_it_is_small_and_frozen():
    """The file is well under 3 MB; nobody can train the shared module by accident."""
    assert pretrained.WEIGHTS.stat().st_size < 1.5e6
    assert not pretrained.load().module.training
    assert not any(p.requires_grad for p in pretrained.load().module.parameters())
    assert pretrained.load() is pretrained.load()
