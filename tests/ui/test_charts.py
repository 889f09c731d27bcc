"""Charts hold the numbers they were given, name their axes, and show what guessing gives."""

import itertools
import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.data import CLASSES
from ui import charts, theme
from ui.compare import view
from ui.confusion import cell_colors

CONFIG = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)["theme"]

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency"
# (2009), severity 1, on linear RGB
VISION = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Outside of a page there is no theme to ask for."""
    monkeypatch.setattr(theme, "is_dark", lambda: False)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colors."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def seen(color, vision):
    """A color as somebody sees it, in CIE L*a*b*."""
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(VISION[vision] @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
def test_no_two_classes_look_alike_to_people_without_red_or_green_cones(vision):
    """A difference of 18 or more between any two of the ten colors."""
    colors = [seen(color, vision) for color in theme.CLASS_COLORS]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(colors, 2)) >= 18


def test_streamlit_draws_its_own_charts_in_the_same_colors():
    assert tuple(CONFIG["chartCategoricalColors"]) == theme.CLASS_COLORS


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_primary_color_carries_white_text_and_stands_out_from_the_page(name):
    """Streamlit writes white on primary buttons in both themes."""
    primary = CONFIG[name]["primaryColor"]
    assert contrast("#ffffff", primary) >= 4.5
    assert contrast(primary, CONFIG[name]["backgroundColor"]) >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_and_links_can_be_read_on_every_ground_of_the_theme(name):
    colors = CONFIG[name]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colors["textColor"], colors[ground]) >= 4.5
        assert contrast(colors["linkColor"], colors[ground]) >= 4.5
    assert contrast(colors["codeTextColor"], colors["codeBackgroundColor"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_numbers_in_the_confusion_matrix_can_be_read_in_every_cell(monkeypatch, dark):
    monkeypatch.setattr("ui.confusion.is_dark", lambda: dark)
    *cells, text = cell_colors()
    assert min(contrast(text, cell) for cell in cells) >= 4.5


def test_every_class_has_a_color_of_its_own_that_shows_on_both_themes():
    """Graphics need 3 to 1 against the page."""
    assert len(set(theme.CLASS_COLORS)) == len(CLASSES)
    for color in theme.CLASS_COLORS:
        assert contrast(color, "#fcfcfb") >= 3
        assert contrast(color, "#101316") >= 3


def test_what_is_written_on_a_class_color_can_be_read():
    """Each class color has text of 4.5 to 1 on it."""
    for text, color in zip(theme.ON_CLASS_COLORS, theme.CLASS_COLORS, strict=True):
        assert contrast(text, color) >= 4.5


@pytest.mark.parametrize(("dark", "page"), [(False, "#fcfcfb"), (True, "#101316")])
def test_text_in_charts_can_be_read_on_both_themes(monkeypatch, dark, page):
    """Text needs 4.5 to 1."""
    monkeypatch.setattr(theme, "is_dark", lambda: dark)
    assert contrast(theme.text_color(), page) >= 4.5
    assert contrast(theme.muted_color(), page) >= 4.5


def test_probability_bars_mark_the_actual_class_and_the_guess():
    """Ten bars in the classes' order, a tick at the truth, a rule at one in ten."""
    probabilities = [0.01] * 9 + [0.91]
    rows, spec = charts.probability_bars(probabilities, CLASSES, actual=9)
    assert rows["class"].tolist() == [*CLASSES[:9], "Ankle boot ✓"]
    assert rows["label"].tolist() == ["1.0%"] * 9 + ["91.0%"]
    assert rows["top"].tolist() == [False] * 9 + [True]
    assert tuple(rows["color"]) == theme.CLASS_COLORS
    assert "a guess, 10%" in json.dumps(spec)


def test_a_shared_encoding_holds_no_row_of_its_own():
    """Altair gives a chart without data one empty row, which is drawn as a class called "undefined"."""
    bars = charts.probability_bars([0.1] * 10, CLASSES)
    high = charts.histogram([3], [0, 1], x_title="value", y_title="pixels")
    low = charts.small_histogram([3], [0, 1], counted="pixels", color="#000000")
    for chart in (bars, high, low):
        assert '"data"' not in json.dumps(chart.spec)
        assert '"datasets"' not in json.dumps(chart.spec)


def test_drawing_leaves_a_shared_encoding_as_it_was():
    """Streamlit writes its theme and its data into what it is given, and other visitors get the same."""
    chart = charts.probability_bars([0.1] * 10, CLASSES)
    before = json.dumps(chart.spec)
    app = AppTest.from_function(_draw_bars)
    app.run()
    assert not app.exception
    assert charts.probability_bars([0.1] * 10, CLASSES).spec is chart.spec
    assert json.dumps(chart.spec) == before


def _draw_bars():
    from core.data import CLASSES
    from ui import charts

    charts.show_chart(charts.probability_bars([0.1] * 10, CLASSES), alt_text="Ten probabilities", key="bars")


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
    rows, spec = charts.histogram([3, 5], [0, 0.5, 1], x_title="value", y_title="pixels")
    assert rows.to_dict("list") == {"from": [0, 0.5], "to": [0.5, 1], "count": [3.0, 5.0]}
    assert '"title": "value"' in json.dumps(spec)


def test_the_dots_of_a_single_line_have_its_color():
    """Streamlit's theme would make them blue on an orange line."""
    rows = pd.DataFrame({"x": [1, 2], "y": [1.0, 2.0]})
    mark = charts.lines(rows, x="x", y="y", series=None, x_title="x", y_title="y").to_dict()["mark"]
    assert mark["point"]["color"] == mark["color"]


def test_lines_that_end_close_together_share_a_label():
    """Two letters on top of each other cannot be read."""
    rows = [("A", 4, 0.852), ("B", 4, 0.854), ("C", 4, 0.92), ("D", 3, 0.853), ("A", 1, 0.6)]
    ends = view._ends(pd.DataFrame(sorted(rows), columns=["run", "x", "y"]))
    assert sorted(ends["run"]) == ["A B", "C", "D"]


def test_a_logarithmic_axis_has_powers_of_ten_alone():
    """Over two decades and more; within one decade that would be a single number, so there Vega chooses."""

    def ticks(values):
        rows = pd.DataFrame({"epoch": range(len(values)), "ratio": values})
        chart = charts.lines(
            rows, x="epoch", y="ratio", series=None, x_title="", y_title="", log=True, zero=False
        )
        return chart.to_dict()["encoding"]["y"]["axis"].get("values")

    assert ticks([0.004, 0.02]) == [0.001, 0.01, 0.1]
    assert len(ticks([1e-30, 1.0])) <= 6
    assert ticks([0.2, 0.5]) is None
    assert ticks([0.0, 0.0]) is None


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        ({"selection": {"cell": [{"unit": 3}]}}, {"unit": 3}),
        ({"selection": {"cell": []}}, {}),
        ({"selection": {"cell": 5}}, {}),
        ({"selection": {"cell": [5]}}, {}),
        ({"selection": {"cell": "x"}}, {}),
        ({"selection": None}, {}),
        ({"selection": []}, {}),
        (None, {}),
    ],
    ids=str,
)
def test_a_clicked_mark_is_what_a_chart_sends(monkeypatch, state, mark):
    """And nothing of what a stranger's program may send."""
    monkeypatch.setattr(charts.st, "session_state", {"chart": state})
    assert charts.clicked_mark("chart", "cell") == mark
