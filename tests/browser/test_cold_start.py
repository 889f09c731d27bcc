"""A server that nobody has visited yet: any page may be the first, and it is the whole app that appears."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

PAGES = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "pages").glob("*.py"))


@pytest.mark.parametrize("address", ["quickstart", "tensors"], ids=["home by name", "deep link"])
def test_first_visit_of_a_cold_server_shows_the_page_with_the_navigation(start_server, new_page, address):
    """Streamlit's older multipage mode would run the page's file alone, with file names for titles."""
    page = new_page()
    page.goto(f"{start_server().url}/{address}")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Tensors" if address == "tensors" else "PyTorch Basics, Live")
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links.filter(has_text="Tensors")).to_have_count(1)
    expect(links).to_have_count(len(PAGES))
    expect(page.get_by_text("Learn", exact=True).first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's "Page not found"
    page.reload()  # by now the router has run
    expect(heading).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
