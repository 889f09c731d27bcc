"""In a browser: cells and graph nodes can be clicked and reached by keyboard, examples fill the fields."""

from playwright.sync_api import expect


def test_a_cell_of_the_product_can_be_clicked_and_reached_by_keyboard(visit):
    """A click, then arrows and Enter: the sentence below says which row and column it came from."""
    page = visit("tensors?part=Multiply")
    page.get_by_role("button", name="y1[1, 2] is").click()
    expect(page.get_by_text("row 1 times column 2")).to_be_visible()
    cell = page.get_by_role("button", name="y1[1, 2] is")
    cell.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_text("row 2 times column 1")).to_be_visible()


def test_an_example_fills_the_field_and_the_address(visit):
    """A pill sets the text, the code and the URL, so that the link can be shared."""
    page = visit("tensors?part=Index")
    page.get_by_text("tensor > 9", exact=True).first.click()
    field = page.get_by_role("textbox", name="Index: what goes between the brackets")
    expect(field).to_have_value("tensor > 9")
    expect(page.get_by_text("Copy: memory of its own")).to_be_visible()
    assert "indexing-index" in page.url


def test_a_node_of_the_graph_can_be_clicked_and_reached_by_keyboard(visit):
    """A click on a leaf shows its value and gradient; Enter on another node shows that one."""
    page = visit("autograd?part=Graph")
    page.get_by_role("button", name="leaf w, 5 × 3").click()
    expect(page.get_by_role("heading", name="Leaf w")).to_be_visible()
    page.get_by_role("button", name="operation Add, z: 3 numbers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Operation Add, which gives z")).to_be_visible()


def test_a_page_can_be_taken_home(visit):
    """The script that is downloaded has the value that was chosen on the page."""
    page = visit("tensors?part=Fill&from_shape-shape=4")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it as a script").click()
    assert download.value.suggested_filename == "tensors.py"
    assert "shape = (4,)" in download.value.path().read_text()
