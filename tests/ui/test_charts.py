"""Charts hold the numbers they were given, name their axes, and show what guessing gives."""

import json

import pytest

from core.data import CLASSES
from ui import charts, theme


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Outside of a page there is no theme to ask for."""
    monkeypatch.setattr(theme, "is_dark", lambda: False)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_every_class_has_a_colour_of_its_own_that_shows_on_both_themes():
    """Graphics need 3 to 1 against the page."""
    assert len(set(theme.CLASS_COLORS)) == len(CLASSES)
    for color in theme.CLASS_COLORS:
        assert contrast(color, "#fcfcfb") >= 3
        assert contrast(color, "#101316") >= 3


@pytest.mark.parametrize(("dark", "page"), [(False, "#fcfcfb"), (True, "#101316")])
def test_text_in_charts_can_be_read_on_both_themes(monkeypatch, dark, page):
    """Text needs 4.5 to 1."""
    monkeypatch.setattr(theme, "is_dark", lambda: dark)
    assert contrast(theme.text_color(), page) >= 4.5
    assert contrast(theme.muted_color(), page) >= 4.5


def test_probability_bars_mark_the_actual_class_and_the_guess():
    """Ten bars in the classes' order, a tick at the truth, a rule at one in ten."""
    probabilities = [0.01] * 9 + [0.91]
    text = json.dumps(charts.probability_bars(probabilities, CLASSES, actual=9).to_dict())
    assert "Ankle boot \\u2713" in text
    assert "Bag \\u2713" not in text
    assert "91.0%" in text
    assert "a guess, 10%" in text


def test_accuracy_curve_goes_from_0_to_1_with_the_line_of_a_guess():
    """So that two runs' charts can be compared at sight."""
    chart = charts.accuracy_curve([(1, "test, 1,000 images", 0.2), (2, "test, 1,000 images", 0.4)], epochs=5)
    text = json.dumps(chart.to_dict())
    assert '"domain": [0, 1]' in text
    assert '"domain": [1, 5]' in text
    assert "a guess: 10%" in text


def test_one_epoch_is_a_chart_as_well():
    """The first point comes alone."""
    assert charts.accuracy_curve([(1, "test", 0.2)]).to_dict()["layer"]


def test_histogram_has_its_bins():
    """Counts and edges go in as they are."""
    text = json.dumps(charts.histogram([3, 5], [0, 0.5, 1], x_title="value", y_title="pixels").to_dict())
    assert '"count": 5.0' in text
    assert '"to": 1' in text
