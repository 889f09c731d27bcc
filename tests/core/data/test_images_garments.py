"""Pictures as visitors bring them, made from real test images, end up as the image they were made from."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from core.data import Split
from core.data.pictures import prepare_upload
from core.training import pretrained

SIDE = 320


def enlarge(values: np.ndarray, side: int = SIDE) -> np.ndarray:
    """28 x 28 in [0, 1] to side x side, smoothly."""
    picture = Image.fromarray((values * 255).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(picture).astype(float) / 255


def garment(image: torch.Tensor, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The garment's gray values and where it is (soft edged), both side x side in [0, 1]."""
    values = image.numpy() / 255
    return enlarge(values, side), enlarge((values > 0.02).astype(float), side)


def encode(picture: np.ndarray, kind: str = "PNG", **options: int) -> bytes:
    """H x W x 3 or H x W in [0, 1] as a file."""
    file = io.BytesIO()
    Image.fromarray((picture.clip(0, 1) * 255).round().astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()


def large(image: torch.Tensor) -> bytes:
    """Light on black, enlarged."""
    return encode(garment(image, SIDE)[0])


def dark_on_white(image: torch.Tensor) -> bytes:
    """As in a shop: dark on white."""
    return encode(1 - garment(image, SIDE)[0])


def off_center(image: torch.Tensor) -> bytes:
    """Small in a corner of a large white picture."""
    canvas = np.ones((600, 800))
    canvas[60 : 60 + SIDE, 430 : 430 + SIDE] = 1 - garment(image, SIDE)[0]
    return encode(canvas)


def on_color(image: torch.Tensor) -> bytes:
    """A dark garment on a light blue wall."""
    values, where = garment(image, 240)
    canvas = np.ones((400, 360, 3)) * (0.68, 0.84, 0.95)
    dark = (0.9 * (1 - values))[..., None] * (1.0, 0.95, 0.9)
    part = canvas[80:320, 60:300]
    part[:] = where[..., None] * dark + (1 - where[..., None]) * part
    return encode(canvas)


def light_on_color(image: torch.Tensor) -> bytes:
    """A light garment on a dark green table."""
    values, where = garment(image, 240)
    canvas = np.ones((300, 420, 3)) * (0.05, 0.16, 0.1)
    part = canvas[30:270, 100:340]
    part[:] = where[..., None] * values[..., None] + (1 - where[..., None]) * part
    return encode(canvas)


def uneven_light(image: torch.Tensor) -> bytes:
    """Dark on white, with light that falls off to one corner, and a camera's noise."""
    values, _ = garment(image, 260)
    canvas = np.ones((360, 340))
    canvas[50:310, 40:300] = 1 - values
    y, x = np.mgrid[0:1:360j, 0:1:340j]
    noise = np.random.default_rng(0).normal(0, 0.012, canvas.shape)
    return encode(canvas * (1 - 0.22 * x - 0.12 * y * y) + noise)


def poor_jpeg(image: torch.Tensor) -> bytes:
    """Dark on white as a JPEG of low quality."""
    values, _ = garment(image, 220)
    canvas = np.ones((280, 300))
    canvas[25:245, 45:265] = 1 - values
    return encode(np.repeat(canvas[..., None], 3, 2), "JPEG", quality=25)


WAYS = (large, dark_on_white, off_center, on_color, light_on_color, uneven_light, poor_jpeg)


@pytest.fixture(scope="module")
def ask():
    """The shipped network's answer to an image, float32 1 x 28 x 28."""
    model = pretrained.load()

    def answer(image: torch.Tensor) -> int:
        with torch.no_grad():
            return int(model.module(image[None]).argmax())

    return answer


def test_twenty_pictures_get_the_answer_of_their_original(sample_test: Split, ask):
    """Of twenty test images, each brought in one of seven ways, at least 18 keep the answer."""
    same = []
    for number in range(20):
        image = sample_test.images[number]
        prepared = prepare_upload(WAYS[number % len(WAYS)](image))
        same.append(ask(prepared) == ask(image[None].float() / 255))
    assert sum(same) >= 18, same


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_keeps_the_answer_of_most(way, sample_test: Split, ask):
    """Each way on thirty other images: at least 26 keep the answer, so the twenty are no luck."""
    images = sample_test.images[100:130]
    same = [ask(prepare_upload(way(i))) == ask(i[None].float() / 255) for i in images]
    assert sum(same) >= 26, (way.__name__, sum(same))
