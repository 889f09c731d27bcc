"""A job on screen: "Stop" ends one's own and says where one goes on for others; a refusal is a sentence."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import TrainingError
from ui import watch


def _page():
    from ui.watch import stop_button

    stop_button("the job")


@pytest.mark.parametrize(("ends", "toasts"), [(True, 0), (False, 1)])
def test_a_visitor_is_told_when_a_job_goes_on_for_somebody_else(monkeypatch, ends, toasts):
    """One of two who watch a race stops it: the other keeps it."""
    asked = []

    def end(key, visitor):
        asked.append(key)
        return ends

    monkeypatch.setattr(watch, "jobs", lambda: SimpleNamespace(stop=end))
    app = AppTest.from_function(_page).run()
    app.button[0].click().run()
    assert not app.exception
    assert asked == ["the job"]
    assert len(app.toast) == toasts
    assert all("goes on for them" in toast.value for toast in app.toast)


def _lab():
    from types import SimpleNamespace

    from ui.watch import lab_result

    lab_result(
        SimpleNamespace(key="the job"),
        SimpleNamespace,
        start="Compute it",
        icon=":material/play_arrow:",
        counted="points",
        draw=lambda progress: None,
        about="It takes a minute.",
    )


def test_a_job_that_is_refused_is_told_in_a_sentence(monkeypatch):
    """What it takes is said above its button; a full queue is no traceback."""

    def refuse(job, visitor):
        raise TrainingError("The queue is full: try again in a minute.")

    queue = SimpleNamespace(snapshot=lambda key: None, submit=refuse)
    monkeypatch.setattr(watch, "jobs", lambda: queue)
    app = AppTest.from_function(_lab).run()
    assert app.caption[0].value == "It takes a minute."
    app.button[0].click().run()
    assert not app.exception
    assert [error.value for error in app.error] == ["The queue is full: try again in a minute."]
