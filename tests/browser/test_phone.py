"""On a phone nothing scrolls sideways, whatever is open."""

import pytest
from playwright.sync_api import expect

ADDRESSES = [
    "",
    "line_by_line?at=50",
    "line_by_line?program=Tensors&version=notes",
    "tensors?part=Multiply",
    "tensors?part=Look+inside",
    "datasets",
    "transforms",
    "model?section=Build",
    "model?section=Architecture",
    "model?section=Parameters",
    "model?section=Forward",
    "model?section=Compare",
    "autograd",
    "autograd?part=Network",
    "optimization?part=Step+by+step&done=flbb",
    "optimization?part=Step+by+step&done=flbsxflb&watch=3.weight",
    "optimization?part=Losses",
    "optimization?part=Surface",
    "optimization?part=Learning+rate",
    "optimization?part=Race",
    "training",
    "compare",
    "predictions",
    "predictions?section=Mistakes",
    "checkpoints",
    "mistakes",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_wider_than_a_phone(visit, address):
    """At 390 pixels neither the page nor its main part is wider than the screen."""
    page = visit(address, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")


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
