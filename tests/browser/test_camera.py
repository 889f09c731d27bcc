"""A photograph taken with the browser's camera."""

import re

from playwright.sync_api import expect


def test_a_photograph_is_prepared_and_predicted(visit, press):
    """Chromium's make-believe camera shows a moving pattern; the page answers, and clearing takes it back."""
    page = visit("predictions?section=Your+own+picture&from=Camera", permissions=["camera"])
    expect(page.get_by_text("No picture yet")).to_be_visible()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    press(page, "Take Photo", page.get_by_text(re.compile(r"Predicted: .+ sure")))
    expect(page.get_by_text("6. Normalize.")).to_be_visible()
    page.get_by_role("button", name="Clear photo").click()
    expect(page.get_by_text("No picture yet")).to_be_visible()
