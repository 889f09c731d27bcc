"""The datasets and transforms pages in a real browser: clicks, an upload, a picture on hover."""

import re

from playwright.sync_api import expect

from core.data.example_archive import make_example


def test_a_click_on_a_garment_shows_it_and_changes_the_link(visit):
    """The grid, the card beside it, and the address agree."""
    page = visit("datasets?split=Test")
    cell = page.get_by_role("button", name=re.compile("test image 5$"))
    cell.click()
    expect(page).to_have_url(re.compile("image=5"))
    expect(page.get_by_text("Test image 5 of 1,000")).to_be_visible()


def test_an_archive_is_uploaded_and_its_mistakes_are_listed(visit, sample_train, tmp_path):
    """From the file to the numbers of rows read and not read."""
    path = tmp_path / "mine.zip"
    path.write_bytes(make_example(sample_train, 3, mistakes=True))
    page = visit("datasets?part=Your+own")
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.get_by_text("6 of 36 rows were not read")).to_be_visible()


def test_the_map_shows_an_image_on_hover(visit):
    """The tooltip has a picture that the browser made from the row's own bytes."""
    page = visit("datasets?part=Map")
    chart = page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
    chart.wait_for()
    box = chart.bounding_box()
    picture = page.locator("#vg-tooltip-element img")
    for step in range(60):  # somewhere along the middle there is a point
        page.mouse.move(box["x"] + box["width"] * (0.15 + 0.012 * step), box["y"] + box["height"] * 0.55)
        page.wait_for_timeout(60)
        if picture.count():
            break
    expect(picture).to_have_attribute("src", re.compile("^data:image/svg"))
    assert picture.evaluate("image => image.naturalWidth") == 112


def test_a_stage_is_added_moved_and_removed(visit):
    """The menus of the pipeline, and the link after each."""
    page = visit("transforms")
    page.get_by_role("combobox", name="Add a stage").click()
    page.get_by_role("menuitem", name="RandomRotation").or_(
        page.get_by_role("option", name="RandomRotation")
    ).first.click()
    expect(page).to_have_url(re.compile("pipeline=image~float~norm~rotate$"))
    page.get_by_role("button", name="Change").last.click()
    page.get_by_text("Move up", exact=True).click()
    expect(page).to_have_url(re.compile("pipeline=image~float~rotate~norm$"))
    page.get_by_role("button", name="Change").nth(2).click()
    page.get_by_text("Remove", exact=True).click()
    expect(page).not_to_have_url(re.compile("rotate"))
