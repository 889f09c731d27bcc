"""A class in real browsers: one wall and three phones at once."""

import re

import pytest
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def tab(browser, server):
    """A function that opens a page in a browser of its own: own cookie, own session."""
    contexts = []

    def open_tab(path, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{server.url}{path}")
        return page

    yield open_tab
    for context in contexts:
        context.close()


def test_a_question_goes_round_without_anybody_reloading(tab):
    """Phones show the question when it is put, the wall counts as they answer, the reveal reaches all."""
    wall = tab("/classroom", viewport={"width": 1280, "height": 900})
    wall.get_by_role("button", name="Open a room").click()
    expect(wall.get_by_text("Phones can join now")).to_be_visible(timeout=30_000)
    code = re.search(r"room=([A-Z]{5})", wall.url)[1]
    assert "leader" not in wall.url
    link = f"/classroom?room={code}&hide=pages,data,next"
    phones = [tab(link, viewport=PHONE, color_scheme=scheme) for scheme in ("light", "dark", "light")]
    for phone in phones:
        expect(phone.get_by_text("You are in")).to_be_visible(timeout=30_000)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert phone.get_by_role("button", name="Put it to the room").count() == 0
    wall.get_by_role("button", name="Put it to the room").click()
    for place, phone in enumerate(phones):
        button = phone.get_by_test_id("stButton").nth(place).get_by_role("button")
        expect(button).to_be_visible(timeout=15_000)
        button.click()
        expect(phone.get_by_text("Your answer is in")).to_be_visible(timeout=15_000)
    expect(wall.get_by_text("3 of 3 have answered")).to_be_visible(timeout=15_000)
    wall.get_by_role("button", name="Show the answer").click()
    expect(wall.get_by_text("What it printed, here and now")).to_be_visible(timeout=15_000)
    for phone in phones:
        expect(phone.get_by_text(re.compile("^(Right|It is): ")).first).to_be_visible(timeout=15_000)


def test_a_waiting_phone_runs_nothing(tab):
    """While nothing happens in the room its page sends nothing to the server."""
    wall = tab("/classroom")
    wall.get_by_role("button", name="Open a room").click()
    expect(wall.get_by_text("Phones can join now")).to_be_visible(timeout=30_000)
    code = re.search(r"room=([A-Z]{5})", wall.url)[1]
    phone = tab("/", viewport=PHONE)
    sent = []
    phone.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    phone.goto(wall.url.partition("/classroom")[0] + f"/classroom?room={code}&hide=pages,data,next")
    expect(phone.get_by_text("You are in")).to_be_visible(timeout=30_000)
    phone.wait_for_timeout(2_000)
    before = len(sent)
    phone.wait_for_timeout(5_000)
    assert len(sent) == before
