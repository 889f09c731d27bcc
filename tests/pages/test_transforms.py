"""The transforms page: a pipeline is built, linked, run, explained when it fails, and taken to training."""

import statistics
import time

import pytest

from core.teaching.transforms import PRESETS, read_pipeline, write_pipeline

PARTS = ("ToTensor", "Labels", "Raw data", "Statistics")


def text_of(app):
    """Everything a visitor reads."""
    groups = [app.markdown, app.caption, app.header, app.code, app.info, app.error]
    return "\n".join(element.value for group in groups for element in group)


def program(app):
    """The code that ran."""
    return next(code.value for code in app.code if "torchvision" in code.value)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs(open_page, part):
    """No exception, no sentence in red, and the code that ran."""
    app = open_page("transforms", part=part)
    assert not app.error
    assert "FashionMNIST" in text_of(app)


@pytest.mark.parametrize("spec", [*PRESETS.values(), ""])
def test_every_example_runs_from_its_link(open_page, spec):
    """Its stages, and its code."""
    app = open_page("transforms", pipeline=spec)
    for stage in read_pipeline(spec):
        assert stage.code in program(app)
    assert bool(app.error) == (spec == PRESETS["The wrong order"])


@pytest.mark.parametrize("spec", ["nothing", "rotate_999", "<b>", "x" * 500])
def test_a_link_that_makes_no_sense_gets_a_sentence_and_the_page(open_page, spec):
    """The default pipeline instead."""
    app = open_page("transforms", pipeline=spec)
    assert "instead" in app.toast[0].value
    assert "v2.Normalize" in program(app)


def test_a_setting_changes_the_code_and_the_link(open_page):
    """A slider moved is in both."""
    app = open_page("transforms", pipeline="image~rotate")
    [slider] = [slider for slider in app.slider if slider.label == "Largest angle, degrees"]
    slider.set_value(90).run()
    assert "v2.RandomRotation(90)" in program(app)
    assert app.query_params["pipeline"] == "image~rotate_90"


def test_an_example_can_be_chosen(open_page):
    """The list puts its stages in place of the old ones, and can be used again."""
    app = open_page("transforms")
    for name in ("Turn, shift and scale", "Spoil the picture"):
        [box] = [box for box in app.selectbox if box.label == "Start from"]
        box.set_value(name).run()
        assert not app.exception
        assert app.query_params["pipeline"] == write_pipeline(read_pipeline(PRESETS[name]))
        for stage in read_pipeline(PRESETS[name]):
            assert stage.code in program(app)


def test_a_stage_that_fails_is_explained_and_what_ran_is_shown(open_page):
    """The sentence names the cure; the way to training is still there."""
    app = open_page("transforms", pipeline="image~norm")
    assert "Put ToDtype before it" in app.error[0].value
    assert "uint8, 1 × 28 × 28" in text_of(app)


def test_what_training_cannot_do_is_said(open_page):
    """And what it can."""
    shown = text_of(open_page("transforms", pipeline="image~flip~blur"))
    assert "mirroring" in shown
    assert "GaussianBlur is not carried over" in shown


def test_a_click_is_answered_within_300_ms(open_page):
    """The median of five runs of the page with six stages and twelve draws."""
    app = open_page("transforms", pipeline=PRESETS["Augment for training"], draws="12")
    seconds = []
    for seed in range(5):
        app.number_input(key="tseed").set_value(seed)
        start = time.process_time()
        app.run()
        seconds.append(time.process_time() - start)
    print(seconds)
    assert statistics.median(seconds) < 0.3, seconds
