"""The predictions page in a real browser: clicks, keys, filters, confusion matrix, link, drawing."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from core.data import CLASSES, load_split


def cells(page: Page, name: str = "Test images with their predictions"):
    """The buttons of a grid."""
    return page.get_by_role("group", name=re.compile(name)).get_by_role("button")


def shows(page: Page, index: int) -> None:
    """The large sample is this test image, and the link says so."""
    expect(page.get_by_text(f"Test image {index:,}", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"sample={index}\b") if index else re.compile(r"^((?!sample=).)*$"))


def test_clicking_paging_keys_random_and_jump(visit):
    """Every way to another image shows it with its prediction and puts it in the link."""
    page = visit("predictions")
    labels = load_split(train=False).labels
    cells(page).nth(5).click()
    shows(page, 5)
    expect(page.get_by_text(f"Actual: {CLASSES[labels[5]]}")).to_be_visible()
    expect(cells(page).nth(5)).to_have_attribute("aria-pressed", "true")

    page.get_by_role("heading", name="Predictions").click()  # away from the grid, which has its own arrows
    page.keyboard.press("ArrowRight")
    shows(page, 6)
    page.keyboard.press("ArrowLeft")
    shows(page, 5)
    page.get_by_role("button", name="Next →").click()
    shows(page, 6)
    page.get_by_role("button", name="Previous").click()
    shows(page, 5)

    page.get_by_label(re.compile("Go to an index")).fill("777")
    page.get_by_label(re.compile("Go to an index")).press("Enter")
    shows(page, 777)
    expect(page.get_by_text("Page 19 of 24")).to_be_visible()
    page.get_by_label(re.compile("Go to an index")).fill("123456")
    page.get_by_label(re.compile("Go to an index")).press("Enter")
    expect(page.get_by_text("There is no test image 123,456: they are numbered 0 to 999.")).to_be_visible()
    shows(page, 777)

    page.get_by_role("button", name="Random").click()
    expect(page).not_to_have_url(re.compile("sample=777"))
    expect(page.get_by_text("There is no test image")).to_have_count(0)


def test_filters_are_in_the_link_and_the_link_gives_the_same(visit):
    """Only mistakes, highest loss first: the grid has them; the address opened elsewhere shows the same."""
    page = visit("predictions")
    page.get_by_role("radio", name="Wrong").or_(page.get_by_role("button", name="Wrong")).first.click()
    expect(page).to_have_url(re.compile("outcome=Wrong"))
    expect(page.get_by_text(re.compile(r"^\d+ of 1,000 test images"))).to_be_visible()
    before = cells(page).nth(2).get_attribute("aria-label")
    page.get_by_label("Order").click()
    page.get_by_role("option", name="Highest loss first").click()
    expect(page).to_have_url(re.compile(r"order=Highest"))
    # the address is written before the grid is drawn: a click in between would choose what stood there
    expect(cells(page).nth(2)).not_to_have_attribute("aria-label", before)
    cells(page).nth(2).click()
    expect(page).to_have_url(re.compile("sample="))
    expect(cells(page).nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(re.compile(r"^3 of \d+ in this order"))).to_be_visible()
    name = cells(page).nth(2).get_attribute("aria-label")

    other = visit(page.url.partition("/predictions")[2].join(["predictions", ""]))
    expect(cells(other).nth(2)).to_have_attribute("aria-pressed", "true")
    assert cells(other).nth(2).get_attribute("aria-label") == name
    other.get_by_role("button", name="Clear the filter").click()
    expect(other.get_by_text("1,000 of 1,000 test images")).to_be_visible()
    expect(other).not_to_have_url(re.compile("outcome"))


def test_a_cell_of_the_confusion_matrix_shows_its_images(visit):
    """A click on a cell, or on a mix-up in words, gives its images; from there they fill the main grid."""
    page = visit("predictions?section=Mistakes")
    mix_up = page.get_by_role("button", name=re.compile(r"taken for .+, \d+ of")).first
    words = mix_up.inner_text()
    what, count = re.match(r"(.+), (\d+) of", words).groups()
    mix_up.click()
    expect(page.get_by_text(f"{what}: {count} test images")).to_be_visible()
    expect(page).to_have_url(re.compile(r"cell=\d-\d"))

    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.locator("path[aria-roledescription='rect mark'], canvas, svg").first.wait_for()
    box = chart.locator("canvas, svg").first.bounding_box()
    found = 0
    for step in range(3, 20):  # along the diagonal until a cell of a class predicted right is hit
        page.mouse.click(
            box["x"] + box["width"] * (0.25 + 0.035 * step), box["y"] + box["height"] * 0.035 * (step + 7)
        )
        page.wait_for_timeout(400)
        found = page.get_by_text(re.compile("predicted right: ")).count()
        if found:
            break
    assert found

    page.get_by_role("button", name="Look through them").click()
    expect(page.get_by_text(re.compile(r"^\d+ of 1,000 test images"))).to_be_visible()
    expect(page).to_have_url(re.compile("actual="))
    expect(page).to_have_url(re.compile("predicted="))


def test_top_losses_open_the_sample(visit):
    """A click on one of the highest losses leads to the sample in the first section."""
    page = visit("predictions?section=Mistakes")
    cell = cells(page, "Test images with their loss").last
    index = re.search(r"Test image ([\d,]+)", cell.get_attribute("aria-label")).group(1).replace(",", "")
    cell.click()
    expect(page.get_by_text(re.compile(r"of 1,000 test images\. Click one"))).to_be_visible()
    shows(page, int(index))


def test_why_and_what_if_follow_the_sample(visit):
    """The closer look is for the chosen sample, and goes along when the sample changes."""
    page = visit("predictions?sample=3&closer=Why")
    expect(page.get_by_role("img", name=re.compile("Gradient as colors"))).to_be_visible()
    nearest = page.get_by_role("group", name=re.compile("Nearest training images")).get_by_role("img")
    expect(nearest).to_have_count(10)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.keyboard.press("ArrowRight")
    shows(page, 4)
    expect(page.get_by_role("img", name=re.compile("^Test image 4: "))).to_have_count(2)
    page.get_by_text("What if", exact=True).click()
    expect(page.get_by_text(re.compile("The answer stays"))).to_be_visible()
    slider = page.get_by_role("slider", name="Brightness")
    slider.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"brightness=0\.95"))
    slider.press("Home")
    expect(page).to_have_url(re.compile(r"brightness=0(\.0)?(&|$)"))
    shows(page, 4)  # arrows on a slider move the slider only


def test_drawing_gives_a_prediction(visit):
    """A stroke on the pad is prepared and predicted; clearing takes it back."""
    page = visit("predictions?section=Your+own+picture&from=Draw")
    expect(page.get_by_text("No picture yet")).to_be_visible()
    pad = page.get_by_role("application", name=re.compile("Drawing pad"))
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 240, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"Predicted: .+ sure"))).to_be_visible()
    expect(page.get_by_text("6. Normalize.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("No picture yet")).to_be_visible()


def test_uploads_are_predicted_or_refused_in_a_sentence(visit):
    """A picture gives a prediction with its steps; a text file gives one sentence and no traceback."""
    page = visit("predictions?section=Your+own+picture")
    pixels = load_split(train=False).images[1].numpy()
    file = io.BytesIO()
    Image.fromarray(255 - pixels).resize((280, 280)).save(file, "PNG")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()})
    expect(page.get_by_text(re.compile(r"Predicted: Pullover"))).to_be_visible()
    expect(page.get_by_text("2. Gray.")).to_be_visible()
    chooser.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_text("This file is not a picture that can be read here")).to_be_visible()
