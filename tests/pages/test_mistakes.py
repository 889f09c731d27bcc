"""The mistakes lab: every mistake opens, a guess is answered, a run shows what was measured."""

import time

import pytest

from core.teaching.mistakes import MISTAKES


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_opens_with_its_change(open_page, name):
    """The link chooses the mistake; the wrong line stands before the right one, which is its cure."""
    app = open_page("mistakes", mistake=name)
    assert app.selectbox(key="mistake_choice").value == name
    shown = [box.value for box in app.code]
    for right, wrong in MISTAKES[name].replace:
        assert wrong.strip("\n") in shown or "# the line is missing" in shown
        assert right in shown


def test_a_link_that_hides_code_hides_it_here_too(open_page):
    app = open_page("mistakes", mistake="no-bias", hide="code")
    assert not any(MISTAKES["no-bias"].replace[0][0] in box.value for box in app.code)


def test_what_is_no_mistake_is_not_called_one(open_page):
    """The harmless order stands in the list under its own name."""
    app = open_page("mistakes", mistake="zero-grad-after-step")
    assert any("Another order" in text.value for text in app.markdown)
    assert not any("The mistake" in text.value for text in app.markdown)
    assert "38 mistakes" in app.selectbox(key="mistake_choice").label


def test_a_mistake_that_is_not_there_is_one_sentence(open_page):
    """A link to something else shows the first and says so."""
    app = open_page("mistakes", mistake="<b>no</b>")
    assert "no such mistake" in app.toast[0].value
    assert app.selectbox(key="mistake_choice").value == next(iter(MISTAKES))


def test_a_guess_is_answered(open_page):
    """Right and wrong guesses are told apart, and neither gives the explanation away."""
    app = open_page("mistakes", mistake="no-bias")
    guess = app.segmented_control[0]
    guess.set_value("It falls").run()
    assert "it hardly changes" in app.info[0].value
    app.segmented_control[0].set_value("It hardly changes").run()
    assert app.success
    assert not any(MISTAKES["no-bias"].why in text.value for text in app.markdown)


def test_running_shows_what_was_measured(open_page, fresh_resources):
    """The two figures, from how many runs and which seeds, are shown to those who guessed."""
    app = open_page("mistakes", mistake="zero-weights")
    assert not any(button.label == "Run both programs" for button in app.button)  # the guess comes first
    app.segmented_control[0].set_value("It hardly changes").run()
    next(button for button in app.button if button.label == "Run both programs").click().run()
    deadline = time.monotonic() + 120
    while not app.metric and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    assert [metric.label for metric in app.metric] == [
        "Correct loop",
        "With the mistake",
    ]
    assert not any(button.label == "Run both programs" for button in app.button)  # it would give the same
    said = next(text.value for text in app.markdown if "Measured here" in text.value)
    assert "3 runs of each, seeds 0, 1, 2" in said
    assert app.metric[0].value in said
    assert app.metric[1].value in said
    another = open_page("mistakes", mistake="zero-weights")
    assert not another.metric  # what somebody else ran gives nothing away
    assert said not in [text.value for text in another.markdown]
    another.segmented_control[0].set_value("It rises").run()
    assert [metric.value for metric in another.metric] == [metric.value for metric in app.metric]
    another.button(key="next_mistake").click().run()
    another.selectbox(key="mistake_choice").set_value("zero-weights").run()
    assert another.segmented_control[0].value == "It rises"  # it is asked once


def test_next_mistake_goes_through_all_and_begins_again(open_page):
    """The button leads to the next one of the list, and from the last to the first."""
    names = list(MISTAKES)
    app = open_page("mistakes", mistake=names[-2])
    for expected in (names[-1], names[0]):
        app.button(key="next_mistake").click().run()
        assert app.selectbox(key="mistake_choice").value == expected
