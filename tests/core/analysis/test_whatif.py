"""Each change of an image does what its name says; a picture is judged against what is usual; the card."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from core.analysis.whatif import WhatIf
from core.data import Split
from core.data.pictures import novelty
from core.errors import ImageError
from core.exchange.card import HEIGHT, WIDTH, card_png


@pytest.fixture
def image(sample_test: Split) -> torch.Tensor:
    """A real test image in [0, 1]."""
    return sample_test.images[1][None].float() / 255


def test_nothing_changes_nothing(image):
    """Without a change the image is the same, whatever the seed."""
    assert torch.equal(WhatIf(seed=5).apply(image), image)
    assert not WhatIf(seed=5).changes
    assert WhatIf(noise=0.1).changes


def test_shift_moves_whole_pixels(image):
    """Three to the right and two up is the image moved so, with black coming in."""
    moved = WhatIf(right=3, down=-2).apply(image)
    torch.testing.assert_close(moved[:, :26, 3:], image[:, 2:, :25], atol=1e-5, rtol=0)
    assert float(moved[:, 26:].abs().max()) < 1e-5
    assert float(moved[:, :, :3].abs().max()) < 1e-5


@pytest.mark.parametrize("quarters", [1, 2, 3, -1])
def test_rotation_is_against_the_clock(image, quarters):
    """Quarter turns are those of torch.rot90."""
    turned = WhatIf(rotation=90.0 * quarters if quarters < 3 else -90.0).apply(image)
    torch.testing.assert_close(turned, image.rot90(quarters, (1, 2)), atol=1e-4, rtol=0)


def test_brightness_and_blur(image):
    """Brightness is a factor, clipped at white; blur keeps the sum where nothing leaves the picture."""
    torch.testing.assert_close(WhatIf(brightness=0.5).apply(image), image * 0.5)
    assert WhatIf(brightness=3).apply(image).max() == 1
    dot = torch.zeros(1, 28, 28)
    dot[0, 14, 14] = 1
    blurred = WhatIf(blur=1.5).apply(dot)
    assert float(blurred.sum()) == pytest.approx(1, abs=1e-3)
    assert float(blurred[0, 14, 15] / blurred[0, 14, 14]) == pytest.approx(np.exp(-1 / 4.5), abs=1e-3)


def test_noise_has_its_size_and_seed():
    """Noise has the standard deviation asked for, and a seed gives the same noise again."""
    gray = torch.full((1, 28, 28), 0.5)
    noisy = WhatIf(noise=0.1, seed=3).apply(gray)
    assert float(noisy.std()) == pytest.approx(0.1, abs=0.01)
    assert torch.equal(noisy, WhatIf(noise=0.1, seed=3).apply(gray))
    assert not torch.equal(noisy, WhatIf(noise=0.1, seed=4).apply(gray))


@pytest.mark.parametrize(
    "values", [{"noise": 2}, {"blur": -1}, {"right": 99}, {"rotation": float("nan")}, {"brightness": 9}]
)
def test_values_out_of_range_are_one_sentence(values):
    """A value that a link could carry out of range is refused in words."""
    with pytest.raises(ImageError, match="must be between"):
        WhatIf(**values)


def test_real_images_are_usual_and_others_are_not(sample_train, sample_test):
    """About one in a hundred test images is unusual; a blank picture, noise and a plain square always are."""
    usual = novelty.learn(sample_train.images, sample_test.images)
    unseen = [novelty.judge(usual, image).reasons for image in sample_test.images[500:700]]
    assert sum(map(bool, unseen)) <= 12
    noise = torch.randint(0, 256, (28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    for strange in (torch.zeros(28, 28, dtype=torch.uint8), noise, torch.full_like(noise, 255)):
        reasons = novelty.judge(usual, strange).reasons
        assert reasons
        assert all("99 of 100" in reason and reason.endswith(".") for reason in reasons)


def test_a_training_image_is_its_own_nearest(sample_train, sample_test):
    """The nearest training image of a training image is itself, at no distance."""
    usual = novelty.learn(sample_train.images[:100], sample_test.images)
    found = novelty.judge(usual, sample_train.images[17])
    assert found.nearest == 17
    assert found.distance == pytest.approx(0, abs=1e-3)


def test_the_card_is_a_picture_of_the_right_size(sample_test):
    """A PNG of 1200 x 630 pixels, also with a title that someone else wrote to break it."""
    data = card_png(
        sample_test.images[0],
        [0.1] * 10,
        sample_test.classes,
        caption="Test image 0",
        model="$\\frac{x$ <b> 🙂" + "x" * 500,
    )
    assert Image.open(io.BytesIO(data)).size == (WIDTH, HEIGHT)
