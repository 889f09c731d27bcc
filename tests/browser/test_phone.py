"""On a phone the open tab is in sight."""

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
