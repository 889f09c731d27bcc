"""What the tests of pages share: the app without a browser, on the sample, with runs in a temporary folder.

`open_page("tensors", dim="1")` runs the app at `/tensors?dim=1` and gives the `AppTest`. Whatever a page
says, no exception may reach the screen: that is checked after the first run.
"""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ui import resources

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_page():
    """A function that opens a page of the app by its stem, with query parameters."""

    def open_at(stem: str = "quickstart", *, timeout: float = 60, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=timeout)
        if stem != "quickstart":
            app.switch_page(f"pages/{stem}.py")
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, [error.value for error in app.exception]
        return app

    return open_at


def anew():
    """What a new process has: nothing made yet, nothing cached."""
    resources.start_anew()
    st.cache_resource.clear()


@pytest.fixture
def fresh_resources(tmp_path, monkeypatch):
    """A server of its own: its runs are in `tmp_path`, its caches empty before and after."""
    monkeypatch.setenv("PYTORCH_BASICS_RUNS", str(tmp_path / "runs"))
    anew()
    yield tmp_path / "runs"
    anew()
