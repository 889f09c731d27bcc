"""On a phone nothing scrolls sideways, whatever is open."""

import pytest

ADDRESSES = [
    "",
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
