"""Pictures keep their pixels: enlarged without smoothing, in the right order, whatever the dtype."""

import io

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from ui.images import figure_png, png, sprite, to_uint8


def decoded(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_png_enlarges_each_pixel_to_a_square():
    """Every value appears `scale` x `scale` times and nothing in between."""
    image = torch.tensor([[0, 255], [7, 100]], dtype=torch.uint8)
    pixels = decoded(png(image, 3))
    assert pixels.shape == (6, 6)
    assert np.array_equal(pixels[::3, ::3], image.numpy())
    assert set(np.unique(pixels)) == {0, 7, 100, 255}


def test_floats_are_scaled_and_clipped():
    """[0, 1] is black to white; what lies outside, and what is no number, does not wrap around."""
    image = torch.tensor([[0.0, 1.0, 0.5], [-3.0, 9.0, float("nan")]])
    assert to_uint8(image).tolist() == [[0, 255, 128], [0, 255, 0]]


def test_an_image_with_a_channel_is_taken_and_a_batch_is_not():
    """1 x H x W is one image; N x H x W is none."""
    assert to_uint8(torch.zeros(1, 4, 5)).shape == (4, 5)
    with pytest.raises(ValueError, match="H x W"):
        to_uint8(torch.zeros(3, 4, 5))


def test_an_absurd_scale_is_refused():
    """A slip of a caller must not take the server's memory."""
    with pytest.raises(ValueError, match="cannot be enlarged"):
        png(torch.zeros(28, 28), 1000)


def test_sprite_lays_images_out_row_by_row():
    """Image 4 of 5, three in a row, is in the second row, second place; the rest is black."""
    images = torch.arange(5, dtype=torch.uint8).view(5, 1, 1).expand(5, 2, 2)
    pixels = decoded(sprite(images, 3))
    assert pixels.shape == (4, 6)
    assert pixels[::2, ::2].tolist() == [[0, 1, 2], [3, 4, 0]]


def test_a_figure_loses_its_white_sheet_and_gets_words_that_can_be_read():
    """In the file alone: the figure that the code made stays as it is."""
    figure = Figure(figsize=(2, 2))
    figure.add_subplot().set_title("Coat")
    before = figure.axes[0].title.get_color()
    picture = Image.open(io.BytesIO(figure_png(figure, ink="#e6e8e6")))
    assert picture.getpixel((1, 1))[3] == 0
    assert (230, 232, 230, 255) in {color for _, color in picture.getcolors(2**20)}
    assert figure.axes[0].title.get_color() == before
