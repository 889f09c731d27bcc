"""The way through the pages: Back, the place on a page, returning, and being marked as read."""

import re

import pytest
from playwright.sync_api import expect

TOP = "document.querySelector('[data-testid=stMain]').scrollTop"
DOWN = "document.querySelector('[data-testid=stMain]').scrollTo(0, 99999)"


@pytest.fixture
def go(settled):
    """A function that opens a page by the sidebar, and waits for it."""

    def to(page, name):
        page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        settled(page)

    return to


def open_tab(page):
    return page.get_by_role("tab", selected=True).first


def test_back_and_the_sidebar_bring_a_page_back_as_it_was(visit, go, settled):
    """One entry in the browser's history per page, and no other page's parameters."""
    page = visit("tensors?part=Fill")
    page.get_by_role("tab", name="Join").click()
    expect(page).to_have_url(re.compile("part=Join"))
    go(page, "Predictions")
    expect(page).to_have_url(re.compile("predictions$"))
    page.get_by_role("radio", name="Wrong").click()
    expect(page).to_have_url(re.compile("outcome=Wrong"))
    page.get_by_role("tab", name="Mistakes").click()
    expect(page).to_have_url(re.compile("section=Mistakes"))
    go(page, "Checkpoints")
    expect(page).to_have_url(re.compile("checkpoints$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Predictions")
    expect(open_tab(page)).to_have_text("Mistakes")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tensors")
    expect(open_tab(page)).to_have_text("Join")
    go(page, "Predictions")
    expect(open_tab(page)).to_have_text("Mistakes")
    expect(page).to_have_url(re.compile("outcome=Wrong"))
    expect(page).to_have_url(re.compile("section=Mistakes"))


def test_pages_and_next_sections_are_seen_from_their_top(visit, go, settled):
    """However far the one before was scrolled."""
    page = visit("tensors")
    page.evaluate(DOWN)
    page.get_by_role("button", name="Next: Fill").click()
    expect(open_tab(page)).to_have_text("Fill")
    page.wait_for_function(f"{TOP} === 0")
    settled(page)
    page.evaluate(DOWN)
    go(page, "Autograd")
    page.wait_for_function(f"{TOP} === 0")


def test_the_sidebar_marks_what_was_read_and_the_browser_remembers_it(visit, go, settled):
    """After a reload, which is another session for the server."""
    page = visit("transforms")
    link = page.get_by_test_id("stSidebarNavLink").filter(has_text="Transforms")
    page.get_by_role("button", name="Next: ToTensor").click()
    expect(open_tab(page)).to_have_text("ToTensor")
    page.reload()
    settled(page)
    expect(link).to_contain_text("2/5")
    page.goto(page.url.partition("/transforms")[0])
    settled(page)
    expect(page.get_by_role("link", name="Continue with Transforms: ToTensor")).to_be_visible()


def test_the_first_stop_of_the_tab_key_skips_the_sidebar(visit, go, settled):
    """It goes to the page's title, where another page begins as well when it is opened by keyboard."""
    page = visit("tensors")
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("button", name="Next: Fill").press("Enter")
    expect(page.get_by_role("tab", name="Fill")).to_be_focused()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Compare").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_focused()
    page.get_by_role("button", name="Next: Predictions").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Predictions")).to_be_focused()


def test_no_third_party_is_told_of_a_visitor(server, new_page, settled):
    """Fonts, icons and everything else come from this server."""
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ("", "/model", "/predictions"):
        page.goto(server.url + address)
        settled(page)
    inside = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert not [url for url in asked if not url.startswith(inside)]


def test_the_first_visit_asks_for_at_most_sixty_files_and_for_none_of_them_twice(server, new_page, settled):
    """As `benchmarks.first_load` counts them; Streamlit's own page alone asks for more."""
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    settled(page)
    files = [url for url in asked if url.startswith("http")]
    scripts = [url for url in files if url.endswith(".js")]
    assert 10 < len(files) <= 60
    assert len(scripts) == len(set(scripts))


def test_the_page_opens_also_where_the_small_modules_come_one_by_one(server, new_page, settled):
    """A proxy may refuse what it does not know."""
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/bundle.*.js", lambda route: route.fulfill(status=404))
    page.goto(server.url)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sum(url.endswith(".js") for url in asked) > 60


def test_the_keyboard_keeps_its_place_when_a_button_goes(visit, settled):
    """A look keeps the focus; a button that goes by being pressed hands it on. No mouse is needed."""
    page = visit("mistakes?part=Symptom+clinic")
    look = page.get_by_role("button", name="Train loss").first  # its chart has another
    look.press("Enter")
    expect(page.get_by_text("1 of 5 looks")).to_be_visible()
    expect(look).to_be_focused()
    page.get_by_role("radio").first.press("Space")
    name = page.get_by_role("button", name="Name it")
    expect(name).to_be_enabled()
    name.press("Enter")
    expect(page.get_by_role("button", name="Next case")).to_be_focused()


def test_words_are_explained_where_a_page_first_uses_them(visit):
    """On hover, until the pointer leaves; nothing is marked twice."""
    page = visit("predictions")
    marked = "[...(CSS.highlights.get('glossary') ?? [])].map((range) => range.toString())"
    page.wait_for_function(f"{marked}.includes('nats')")
    words = page.evaluate(marked)
    assert words[0] == "network"
    assert len({word.lower().rstrip("s") for word in words}) == len(words)
    place = """() => {
      const box = [...CSS.highlights.get("glossary")][0].getBoundingClientRect()
      return [box.left + box.width / 2, box.top + box.height / 2]
    }"""
    page.mouse.move(*page.evaluate(place))
    expect(page.get_by_role("tooltip")).to_contain_text("A program that learns from examples")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
