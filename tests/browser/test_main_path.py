"""The main path in a real browser: a cold server, one run, one prediction."""

import re

from playwright.sync_api import Page, expect

FOCUSED = """() => {
  let element = document.activeElement
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return (element.ariaLabel || element.innerText).trim().split("\\n").at(-1)
}"""
"""How what has the focus is called, without its icon; in components too."""


def go_to(page: Page, name: str, key: str = "Tab", most: int = 40) -> None:
    """Press `key` until something called `name` has the focus, at most so often."""
    met = []
    for _ in range(most):
        page.keyboard.press(key)
        met.append(page.evaluate(FOCUSED))
        if met[-1].startswith(name):
            return
    raise AssertionError(f"{most} times {key} do not lead to {name!r} but to {met}")


def choose(page: Page, name: str, key: str = "Tab", most: int = 40) -> None:
    """Go to what is called `name`, and press it."""
    go_to(page, name, key, most)
    page.keyboard.press("Enter")


def test_from_a_cold_server_through_training_to_a_prediction_by_keyboard_alone(start_server, new_page):
    """Nothing is trained, nobody has been here: train twice, look through the result."""
    page = new_page()
    page.goto(start_server().url)
    heading = page.get_by_role("heading", level=1)
    expect(page.get_by_text("Predicted: Ankle boot")).to_be_visible()
    choose(page, "Skip to the content", most=1)
    expect(heading).to_be_focused()
    expect(heading).to_have_text("PyTorch Basics, Live")

    choose(page, "Train a network", most=4)
    expect(page.locator(".announced")).to_contain_text("Training has started")
    expect(page.locator(".announced")).to_contain_text("Training has ended", timeout=60_000)
    assert float(page.locator(".accuracy").inner_text().rstrip("%")) >= 80
    expect(page.get_by_role("button", name="Train again")).to_be_focused()
    go_to(page, "Ankle boot", most=4)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".learning .card .actual")).to_have_text("Pullover")

    choose(page, "Training")
    expect(heading).to_have_text("Training")
    expect(heading).to_be_focused()
    choose(page, "Start training")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text=": Training")).to_be_attached()
    choose(page, "Tensors", "Shift+Tab")  # it goes on meanwhile
    expect(heading).to_have_text("Tensors")
    expect(heading).to_be_focused()
    choose(page, "Training", "Shift+Tab")
    expect(page.get_by_role("button", name="Use it for predictions")).to_be_visible(timeout=120_000)
    choose(page, "Use it for predictions")
    expect(heading).to_have_text("Predictions")
    expect(heading).to_be_focused()
    expect(page).to_have_url(re.compile("model=[0-9a-f]{64}"))
    go_to(page, "Test image 0: Ankle boot")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Actual: Pullover")).to_be_visible()


def test_a_click_on_a_garment_shows_it(visit):
    """The grid by mouse and by keyboard; the card names what the network says of the chosen garment."""
    page = visit()
    cells = page.get_by_role("group", name=re.compile("Thirty test images")).get_by_role("button")
    card = page.locator(".learning .card .actual")
    for place in (3, 4):
        if place == 3:
            cells.nth(3).click()
        else:
            cells.nth(3).press("ArrowRight")
            expect(cells.nth(4)).to_be_focused()
            cells.nth(4).press("Enter")
        expect(cells.nth(place)).to_have_attribute("aria-pressed", "true")
        says, _, names = cells.nth(place).get_attribute("aria-label").partition(", ")
        actual = names.removeprefix("wrong: ") if names.startswith("wrong") else says
        expect(card).to_have_text(actual)
    expect(cells.nth(4)).to_be_focused()


def test_a_link_with_nonsense_says_so_and_goes_on(visit):
    """One sentence, the default, no red box."""
    page = visit("?sample=99999&model=nobody")
    expect(page.get_by_text("between 0 and 999")).to_be_visible()
    expect(page.get_by_text("is not here")).to_be_visible()
    expect(page.get_by_text("Test image 0 of 1,000")).to_be_visible()


def test_on_a_phone_the_grid_has_four_columns(visit):
    """At least: garments small enough to compare, and large enough for a finger."""
    page = visit(viewport={"width": 390, "height": 844})
    cells = page.get_by_role("group", name=re.compile("Thirty test images")).get_by_role("button")
    tops = [cells.nth(i).bounding_box()["y"] for i in range(4)]
    assert len(set(tops)) == 1
