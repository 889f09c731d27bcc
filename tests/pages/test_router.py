"""The router: every page opens, in its place, and a page that is run alone brings the router with it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.shell import navigation

PROJECT = Path(__file__).resolve().parents[2]
STEMS = [entry.stem for entry in navigation.available()]


@pytest.mark.parametrize("stem", STEMS)
def test_every_page_opens_without_an_error(open_page, stem):
    """On the sample, with nothing trained: a title, no exception, no error."""
    app = open_page(stem)
    assert app.title
    assert not app.error, [box.value for box in app.error]


def test_every_file_in_pages_is_in_the_list():
    """A page that nobody can reach is a slip."""
    assert {path.stem for path in navigation.PAGES_FOLDER.glob("*.py")} == set(STEMS)


def test_a_page_run_without_the_router_registers_the_pages_and_shows_itself():
    """This is what a cold server does on a deep link; a real browser tests it as well."""
    app = AppTest.from_file(str(PROJECT / "pages" / "quickstart.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "PyTorch Basics, Live"


def test_each_page_leads_to_the_next_and_the_last_to_none():
    """The order of the list is the order of reading."""
    stem, seen = STEMS[0], [STEMS[0]]
    while (entry := navigation.after(stem)) is not None:
        stem = entry.stem
        seen.append(stem)
    assert seen == STEMS


def test_urls_are_file_names():
    """A cold server finds a page by its file's name: any other URL would not survive the first visit."""
    assert all(entry.path.stem == entry.stem for entry in navigation.PAGES)
    assert len({entry.stem for entry in navigation.PAGES}) == len(navigation.PAGES)
