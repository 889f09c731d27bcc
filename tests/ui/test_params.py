"""What a link carries: in range it is taken, out of range it is one sentence and the default."""

import pytest
from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from ui.shell import params

    st.text(str(params.int_param("n", 3, 0, 9)))
    st.text(str(params.float_param("lr", 0.5, 1e-6, 10)))
    st.text(params.choice_param("kind", ["relu", "tanh"], "relu"))


def run(**query):
    app = AppTest.from_function(script)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return [text.value for text in app.text], [toast.value for toast in app.toast]


def test_without_parameters_the_defaults_hold_and_nothing_is_said():
    """An empty link is no mistake."""
    assert run() == (["3", "0.5", "relu"], [])


def test_values_in_range_are_taken():
    """The ends of a range belong to it."""
    assert run(n="9", lr="1e-6", kind="tanh") == (["9", "1e-06", "tanh"], [])


@pytest.mark.parametrize("value", ["10", "-1", "x", "", "1.5", "nan", "9" * 5000, "٣x", "<script>"])
def test_a_bogus_number_is_told_once(value):
    """The sentence repeats no more than a few characters of it, and none that could be markup."""
    values, told = run(n=value)
    assert values[0] == "3"
    [sentence] = told
    assert "between 0 and 9" in sentence
    assert "<" not in sentence
    assert len(sentence) < 200


def test_the_same_nonsense_is_told_once_a_session():
    """A parameter stays in the address while the visitor clicks on."""
    app = AppTest.from_function(script)
    app.query_params["n"] = "99"
    assert len(app.run().toast) == 1
    assert len(app.run().toast) == 0


@pytest.mark.parametrize("value", ["nan", "inf", "0", "11", "-1e400", "ten"])
def test_a_bogus_decimal_is_told_once(value):
    """NaN and the infinities are in no range."""
    values, told = run(lr=value)
    assert values[1] == "0.5"
    assert len(told) == 1


def test_a_bogus_choice_is_told_with_the_choices():
    """A few choices are listed."""
    values, told = run(kind="swish")
    assert values[2] == "relu"
    assert "relu, tanh" in told[0]


def hurried():
    import streamlit as st

    from ui.shell import params

    params.restore_link(st.session_state["page"])
    st.text(st.query_params.get("section", ""))
    st.stop()  # as when a visitor goes on before the page's run has ended


def test_a_page_that_was_left_before_its_run_ended_keeps_its_link():
    """Gone back to by the sidebar, which knows of no parameters."""
    app = AppTest.from_function(hurried)
    for page, link in (("a", {"section": "Two"}), ("b", {}), ("a", {})):
        app.session_state["page"] = page
        app.query_params = link
        app.run()
    assert app.text[0].value == "Two"
