"""Augmentation of whole batches: what changes, what may not, and that it is seeded."""

import torch

from core.config import DataConfig
from core.training.engine.batches import augment, to_input


def test_nothing_asked_nothing_changed(small_train, random_state):
    """Without augmentation the images themselves come back."""
    assert augment(small_train.images, DataConfig(), random_state) is small_train.images


def test_shifts_are_within_bounds_and_differ_between_images(random_state):
    """A single bright pixel lands within the shift of where it was, at many places over many images."""
    images = torch.zeros(200, 28, 28, dtype=torch.uint8)
    images[:, 14, 14] = 255
    shifted = augment(images, DataConfig(shift=2), random_state)
    places = {tuple(place.nonzero()[0].tolist()) for place in shifted}
    assert all(12 <= row <= 16 and 12 <= column <= 16 for row, column in places)
    assert len(places) == 25
    assert (shifted.flatten(1).count_nonzero(1) == 1).all()


def test_flip_mirrors_about_half(small_train, random_state):
    """Every image is itself or its mirror image, and both occur."""
    images = small_train.images
    flipped = augment(images, DataConfig(flip=True), random_state)
    same, mirrored = ((flipped == other).flatten(1).all(1) for other in (images, images.flip(-1)))
    assert (same | mirrored).all()
    assert 0.4 < mirrored.float().mean() < 0.6


def test_erase_blackens_one_square(random_state):
    """Exactly the square's pixels become 0."""
    images = torch.full((50, 28, 28), 255, dtype=torch.uint8)
    erased = augment(images, DataConfig(erase=6), random_state)
    assert ((erased == 0).flatten(1).sum(1) == 36).all()
    rows = (erased == 0).any(2).sum(1)
    assert (rows == 6).all()


def test_the_same_seed_gives_the_same_images(small_train):
    """Augmentation draws from the generator it is given and from nothing else."""
    data = DataConfig(shift=2, flip=True, erase=4)
    first, second = (augment(small_train.images, data, torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(augment(small_train.images, data, torch.Generator().manual_seed(2)), first) is False


def test_normalized_training_images_have_mean_0_and_spread_1(sample_train):
    """Fashion-MNIST's own statistics bring its pixels to mean 0 and standard deviation 1."""
    batch = to_input(sample_train.images, "fashion_mnist")
    assert abs(batch.mean().item()) < 0.02
    assert abs(batch.std().item() - 1) < 0.02
