"""The button "Stop" ends a job of one's own, and says so where a job goes on for others."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

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
