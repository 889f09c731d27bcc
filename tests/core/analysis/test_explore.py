"""Numbers that help to see a split, each against its definition."""

import time

import pytest
import torch

from core.analysis import explore
from core.data import Split


def test_class_pictures_are_the_mean_and_the_spread(small_train):
    """As torch computes them from the floats of one class."""
    means, spreads = explore.class_pictures(small_train)
    for label in range(10):
        images = small_train.images[small_train.labels == label].float() / 255
        assert torch.allclose(means[label], images.mean(0), atol=1e-6)
        assert torch.allclose(spreads[label], images.std(0, correction=0), atol=1e-5)


def test_a_class_without_images_is_black(small_train):
    """Not NaN."""
    first = Split(
        small_train.images[:1], small_train.labels[:1], small_train.classes, "one", True, "custom-1"
    )
    means, spreads = explore.class_pictures(first)
    assert torch.isfinite(means).all()
    assert spreads.max() == 0


def test_pixel_counts_count_every_pixel(small_train):
    """256 values."""
    counts = explore.pixel_counts(small_train.images)
    assert counts.sum() == small_train.images.numel()
    assert torch.equal(counts, torch.bincount(small_train.images.flatten(), minlength=256))


@pytest.mark.parametrize("index", [0, 17, 499])
def test_neighbors_are_those_of_brute_force(small_train, index):
    """The same images in the same order, with their distances; never the image itself."""
    found, distances = explore.nearest_images(small_train.images, small_train.images[index], 9, skip=index)
    floats = small_train.images.flatten(1).double() / 255
    expected = (floats - floats[index]).norm(dim=1)
    expected[index] = float("inf")
    assert torch.allclose(distances.double(), expected.sort().values[:9], atol=1e-5)
    assert index not in found.tolist()


def test_neighbors_of_a_large_split_come_within_300_ms(sample_train):
    """60,000 images on one thread, processor time."""
    images = sample_train.images.repeat(12, 1, 1)
    explore.nearest_images(images[:100], images[0], 5)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        explore.nearest_images(images, images[3], 15, skip=3)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.3


def test_more_neighbors_than_there_are_give_all(small_train):
    """Without the image itself."""
    found, _ = explore.nearest_images(small_train.images[:5], small_train.images[0], 40, skip=0)
    assert sorted(found.tolist()) == [1, 2, 3, 4]


def test_a_draw_is_seeded_and_repeats_nothing(small_train):
    """The same seed, the same images; none takes the first."""
    members = explore.of_class(small_train.labels, 3)
    assert (small_train.labels[members] == 3).all()
    assert torch.equal(explore.draw(members, 10, 1), explore.draw(members, 10, 1))
    assert not torch.equal(explore.draw(members, 10, 1), explore.draw(members, 10, 2))
    assert len(set(explore.draw(members, 1000, 1).tolist())) == len(members)
    assert torch.equal(explore.draw(members, 4, None), members[:4])
    assert len(explore.of_class(small_train.labels, None)) == len(small_train)


def test_pca_keeps_the_most_variance_there_is(small_train):
    """As the singular values say, and the same each time."""
    made, again = explore.make_map(small_train, 300), explore.make_map(small_train, 300)
    pixels = small_train.images[made.positions].flatten(1).double() / 255
    values = torch.linalg.svdvals(pixels - pixels.mean(0)) ** 2
    assert made.explained == pytest.approx(float(values[:2].sum() / values.sum()), rel=1e-4)
    assert made.points.double().var(0, correction=0)[0] == pytest.approx(float(values[0]) / 300, rel=1e-3)
    assert torch.equal(made.points, again.points)


def test_the_map_of_neighbors_brings_classes_closer_than_pca(sample_train):
    """A point's nearest on the map is more often of its class; progress goes to 1; the same each time."""

    def agreement(made):
        labels, distances = sample_train.labels[made.positions], torch.cdist(made.points, made.points)
        distances.fill_diagonal_(float("inf"))
        return float((labels[distances.argmin(1)] == labels).float().mean())

    shares = []
    made = explore.make_map(sample_train, 400, method="neighbors", on_progress=shares.append)
    assert agreement(made) > agreement(explore.make_map(sample_train, 400)) + 0.1
    assert shares[-1] == 1.0
    assert torch.isfinite(made.points).all()
    assert torch.equal(explore.make_map(sample_train, 400, method="neighbors").points, made.points)


def test_a_map_never_has_more_than_3000_points(sample_train):
    """However many are asked for."""
    assert len(explore.make_map(sample_train, 10**9).positions) == 3000
