"""The mistakes lab: every mistake opens, a guess is answered, a run shows what was measured."""

import time

import pytest

from core.mistakes import MISTAKES


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_opens_with_its_change(open_page, name):
    """The link chooses the mistake; the diff shows a line taken out or put in."""
    app = open_page("mistakes", mistake=name)
    assert MISTAKES[name].title in [header.value for header in app.header]
    lines = next(box.value for box in app.code if box.language == "diff").splitlines()
    assert any(line.startswith(("+", "-")) for line in lines)
    assert len(lines) < 30


def test_a_mistake_that_is_not_there_is_one_sentence(open_page):
    """A link to something else shows the first and says so."""
    app = open_page("mistakes", mistake="<b>no</b>")
    assert "no such mistake" in app.toast[0].value
    assert next(iter(MISTAKES.values())).title in [header.value for header in app.header]


def test_a_guess_is_answered(open_page):
    """Right and wrong guesses are told apart, and neither gives the explanation away."""
    app = open_page("mistakes", mistake="no-bias")
    guess = app.segmented_control[0]
    guess.set_value("It falls").run()
    assert "Next to nothing".lower() in app.info[0].value
    app.segmented_control[0].set_value("Next to nothing").run()
    assert app.success
    assert not any(MISTAKES["no-bias"].why in text.value for text in app.markdown)


def test_running_shows_what_was_measured(open_page, fresh_resources):
    """After the run the page says the two figures, from how many runs and which seeds."""
    app = open_page("mistakes", mistake="zero-weights")
    next(button for button in app.button if button.label == "Run both").click().run()
    deadline = time.monotonic() + 120
    while not app.metric and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    assert [metric.label for metric in app.metric] == [
        "Test accuracy, correct loop",
        "Test accuracy, with the mistake",
    ]
    said = next(text.value for text in app.markdown if "Measured here" in text.value)
    assert "3 runs of each, seeds 0, 1, 2" in said
    assert app.metric[0].value in said
    assert app.metric[1].value in said
