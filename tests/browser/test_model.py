"""The network page in a browser: a misfit repaired, a neuron and a cell clicked, layers taken to training."""

import re

from playwright.sync_api import expect


def test_a_misfit_is_repaired_and_goes_to_training(visit):
    """One click takes the fix, one goes to the training page, and the link carries the layers."""
    page = visit("model?layers=conv8-relu-maxpool2-linear10")
    expect(
        page.get_by_text("Layer 3, Linear, takes a row of features but is given 8 × 14 × 14")
    ).to_be_visible()
    page.get_by_role("button", name="Add a flatten layer before it").click()
    expect(page.get_by_text("(4): Linear(in_features=1568, out_features=10, bias=True)")).to_be_visible()
    expect(page).to_have_url(re.compile(r"layers=conv8-relu-maxpool2-flatten-linear10"))
    page.get_by_role("link", name="Train this network").click()
    expect(page).to_have_url(re.compile(r"/training\?"))
    expect(page).to_have_url(re.compile(r"layers=conv8-relu-maxpool2-flatten-linear10"))
    expect(page.get_by_role("heading", name="Training", exact=True)).to_be_visible()


def test_the_drawing_has_a_box_for_each_layer(visit):
    """The graph is drawn, not only sent: layers and the shapes on the arrows can be read in it."""
    page = visit("model?section=Architecture", color_scheme="dark")
    drawing = page.get_by_test_id("stVegaLiteChart").first
    expect(drawing.get_by_text("Flatten", exact=True)).to_be_visible()
    expect(drawing.get_by_text("401,920 parameters")).to_be_visible()
    expect(drawing.get_by_text("image, 1 × 28 × 28")).to_be_visible()
    expect(drawing.get_by_text("10 logits")).to_be_visible()


def test_a_neuron_is_chosen_by_a_click(visit):
    """The grid's picture becomes the neuron of the link and of the page."""
    page = visit("model?section=Parameters")
    neuron = page.get_by_role("button", name=re.compile(r"^Neuron \d+, weights of norm")).nth(5)
    number = (neuron.get_attribute("aria-label") or "").split(",")[0].split()[1]
    neuron.click()
    expect(page.get_by_text(f"Neuron {number}", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"neuron={number}(&|$)"))


def test_a_cell_is_chosen_by_a_click(visit):
    """A click on a cell writes that value out."""
    page = visit("model?section=Forward")
    expect(page.get_by_text("Value [0] is")).to_be_visible()
    page.get_by_test_id("stVegaLiteChart").first.locator("[aria-label$='unit: 133']").click()
    expect(page).to_have_url(re.compile("unit=133"))
    expect(page.get_by_text("Value [133] is")).to_be_visible()


def test_the_graph_of_the_network_fits_a_phone(visit):
    """Every node lies within 390 pixels; Enter on one opens it."""
    page = visit("autograd?part=Network", viewport={"width": 390, "height": 844})
    nodes = page.get_by_role("group", name=re.compile("^Autograd graph")).get_by_role("button")
    expect(nodes.first).to_be_visible()
    for node in nodes.all():
        box = node.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    page.get_by_role("button", name=re.compile("leaf linear_relu_stack.0.bias")).press("Enter")
    expect(page.get_by_role("heading", name="Leaf linear_relu_stack.0.bias")).to_be_visible()
