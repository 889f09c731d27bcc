"""The image grid's Python side: what it sends, and that it believes nothing that comes back."""

import base64
import io
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from ui.components.card import component as card
from ui.components.grid import component as grid

IMAGES = torch.zeros(12, 28, 28, dtype=torch.uint8)
NAMES = [f"n{i}" for i in range(12)]


@pytest.fixture
def mounted(monkeypatch):
    """Stands for the browser: keeps what was sent and answers with `reply`."""
    seen = SimpleNamespace(reply=None, data=None)

    def mount(*, key, data, on_clicked_change):
        seen.data = data
        return SimpleNamespace(clicked=seen.reply)

    monkeypatch.setattr(grid, "_mount", mount)
    return seen


def test_one_picture_holds_all_thumbnails(mounted):
    """As a data URL: nothing is left on the server."""
    grid.image_grid(IMAGES, NAMES, key="g")
    kind, _, data = mounted.data["sprite"].partition(",")
    assert kind == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (12 * 28, 28)


def test_real_garments_are_a_small_message(mounted, sample_test):
    """A hundred thumbnails stay under 100 kB."""
    grid.image_grid(sample_test.images[:100], [""] * 100, key="g")
    assert len(mounted.data["sprite"]) < 100_000


@pytest.mark.parametrize(("reply", "clicked"), [(0, 0), (11, 11), (None, None)])
def test_a_click_is_returned(mounted, reply, clicked):
    """A position in the grid, or nothing."""
    mounted.reply = reply
    assert grid.image_grid(IMAGES, NAMES, key="g") == clicked


@pytest.mark.parametrize("reply", [12, -1, "3", True, 2.0, {"i": 1}, [0]])
def test_nonsense_from_a_browser_is_no_click(mounted, reply):
    """A client may send what it likes."""
    mounted.reply = reply
    assert grid.image_grid(IMAGES, NAMES, key="g") is None


def test_marks_are_in_the_words_of_a_screen_reader(mounted):
    """Right and wrong are not told by color alone."""
    grid.image_grid(IMAGES[:2], ["Bag", "Coat"], key="g", marks=["right", "wrong"])
    assert mounted.data["names"] == ["Bag, right", "Coat, wrong"]


def test_an_empty_grid_shows_nothing(mounted):
    """A filter may leave no image."""
    assert grid.image_grid(IMAGES[:0], [], key="g") is None
    assert mounted.data is None


def test_slips_of_a_caller_are_refused(mounted):
    """Too many images, or captions that do not fit."""
    with pytest.raises(ValueError, match="at most"):
        grid.image_grid(torch.zeros(401, 1, 1, dtype=torch.uint8), [""] * 401, key="g")
    with pytest.raises(ValueError, match="one caption"):
        grid.image_grid(IMAGES, NAMES[:3], key="g")


def test_the_card_says_what_was_predicted_and_what_it_is(monkeypatch, sample_test):
    """Of a network that is sure of another class."""
    sent = []
    monkeypatch.setattr(card, "_mount", lambda *, key, data: sent.append(data))
    probabilities = [0.1, 0.9, *[0.0] * 8]
    card.card(
        sample_test.images[0], probabilities, predicted=1, actual=9, classes=sample_test.classes,
        name="Test image 0", key="c",
    )  # fmt: skip
    assert sent[0]["words"] == "Test image 0: Ankle boot, predicted Trouser"
    assert sent[0]["probabilities"] == probabilities
