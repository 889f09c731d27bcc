"""On a phone the open tab, and what a tap shows, are in sight."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("address", "name"),
    [("optimization?part=Learning+rate", "Learning rate"), ("?step=6.+Predict", "6. Predict")],
)
def test_the_open_tab_is_in_sight(visit, address, name):
    """The last of many tabs, opened by a link, is scrolled to; the bar starts at the first one otherwise."""
    page = visit(address, viewport={"width": 390, "height": 844})
    tab = page.get_by_role("tab", name=name, exact=True)
    expect(tab).to_have_attribute("aria-selected", "true")
    page.wait_for_function("bar => bar.scrollLeft > 0", arg=tab.locator("xpath=..").element_handle())
    box = tab.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_a_prediction_is_whole_and_says_how_sure(visit):
    """The picture is square, and the largest probabilities stand under it, the predicted class among them."""
    page = visit("predictions?sample=18", viewport={"width": 390, "height": 844})
    card = page.locator(".viewer .card")
    box = card.locator(".large").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    names = card.locator(".row:visible .name")
    predicted = card.locator(".verdict, .facts").first.inner_text()
    assert 3 <= names.count() <= 4
    assert any(name in predicted for name in names.all_inner_texts())


def test_what_a_step_made_comes_into_sight_with_its_line(visit):
    """The names stand below the code; the buttons stay above it."""
    page = visit("line_by_line?at=50", viewport={"width": 390, "height": 844})
    button, made = page.get_by_role("button", name="Next step"), page.locator(".side .name").first
    assert made.bounding_box()["y"] > 844 - 120
    button.click()
    expect(made.locator("summary, .head").first).to_be_in_viewport(ratio=1)
    expect(button).to_be_in_viewport()
    expect(page.locator(".code .now").first).to_be_in_viewport()


def test_what_a_tap_on_a_garment_shows_is_whole_in_sight(visit):
    """Below Streamlit's header, which lies over the top of the page."""
    page = visit("datasets", viewport={"width": 390, "height": 844})
    page.locator(".grid button").nth(12).click()
    expect(page.get_by_text("Training image 12 of")).to_be_visible()
    page.wait_for_function(
        """picture => {
          const header = document.querySelector('[data-testid="stHeader"]').getBoundingClientRect().bottom
          const { top, bottom } = picture.getBoundingClientRect()
          return top >= header && top < header + 40 && bottom < innerHeight
        }""",
        arg=page.locator(".card .large").element_handle(),
    )
