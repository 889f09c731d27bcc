"""The symptom clinic: evidence on request, a name, the truth, a score."""

from core.teaching.symptoms import SLIPS, case, runs


def clinic(open_page, number=3):
    """The case of a number."""
    return open_page("mistakes", part="Symptom clinic", case=str(number))


def test_looks_are_counted_and_nothing_is_shown_unasked(open_page):
    """A look takes a click, and counts once; the correct run is not beside it."""
    app = clinic(open_page)
    assert any("0 of 5 looks" in text.value for text in app.caption)
    app.button(key="look_3_Train loss").click().run()
    assert not app.exception
    assert any("1 of 5 looks" in text.value for text in app.caption)
    app.button(key="look_3_Train loss").click().run()
    assert any("1 of 5 looks" in text.value for text in app.caption)
    assert not any("correct run" in text.value for text in app.caption)


def test_a_name_brings_the_truth_the_lines_and_a_streak(open_page):
    """The right name counts; the changed line, its cure and the correct run appear."""
    app = clinic(open_page)
    asked = case(3)
    app.radio(key="slip_3").set_value(asked.slip).run()
    next(button for button in app.button if button.label == "Name it").click().run()
    assert not app.exception
    assert SLIPS[asked.slip].why in app.success[0].value
    shown = [box.value for box in app.code]
    assert SLIPS[asked.slip].replace[0][0] in shown
    assert any("have just run here" in text.value for text in app.caption)
    broken, _ = app.session_state["ran_3"]
    assert broken.predictions == runs()[asked.slip, asked.seed].predictions
    assert {metric.label: metric.value for metric in app.metric}["Streak"] == "1"
    next(button for button in app.button if button.label == "Next case").click().run()
    assert not any(box.value == "Case 3" for box in app.markdown)


def test_a_wrong_name_is_remembered_as_missed(open_page):
    app = clinic(open_page)
    asked = case(3)
    wrong = next(name for name in asked.options if name != asked.slip)
    app.radio(key="slip_3").set_value(wrong).run()
    next(button for button in app.button if button.label == "Name it").click().run()
    assert SLIPS[asked.slip].title in app.info[0].value
    assert any(
        "Missed so far" in text.value and SLIPS[asked.slip].title in text.value for text in app.markdown
    )


def test_a_link_to_a_case_that_is_none_is_told(open_page):
    app = clinic(open_page, "many")
    assert app.toast
    assert any("Case 1" in text.value for text in app.markdown)
