"""A real browser on a real server: started for the tests, on a free port, with runs of its own.

`visit("tensors?seed=3")` opens a page, as another visitor each time, on the server that the tests share, and
waits until it has settled. `start_server()` gives a server that nobody has visited yet. At the end of each
test no page that it opened may show a traceback. Without a Chromium these tests are skipped; with `CI=true`
they fail.
"""

import contextlib
import os
import runpy
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Locator, Page, expect, sync_playwright

from benchmarks.server import PROJECT, serve

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera for the test that needs one
    "--use-fake-ui-for-media-stream",
]


def pytest_collection_modifyitems(items):
    """Every test of this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The browser's program."""
    path = runpy.run_path(str(PROJECT / "tools" / "browser.py"))["find"]()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("There is no Chromium: `make test` says how to get one.")
    if path is None:
        pytest.skip("there is no Chromium: `make test` says how to get one")
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def start_server():
    """A function that starts a server for this test alone."""
    with contextlib.ExitStack() as servers:
        yield lambda: servers.enter_context(serve())


@pytest.fixture(scope="session")
def server(chromium):
    """The server that the tests share."""
    with serve() as server:
        yield server


def settle(page: Page) -> None:
    """Wait until the page has run to its end at least once."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


@pytest.fixture
def settled():
    """A function that waits until a page has run to its end."""
    return settle


@pytest.fixture
def press():
    """A function that presses a button of the page until what it brings is there.

    A page that is just being drawn may move the button between the mouse's down and up: then it was no click,
    and a person presses again. Only the page itself is searched: Streamlit has a "Stop" in its header.
    """

    def until(page: Page, name: str, outcome: Locator) -> None:
        button = page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)
        for _ in range(6):
            if button.count() == 1 and button.is_visible():
                with contextlib.suppress(Error):  # gone in the meantime
                    button.click(timeout=3_000)
            with contextlib.suppress(AssertionError):
                expect(outcome).to_be_visible(timeout=5_000)
                return
        expect(outcome).to_be_visible()

    return until


@pytest.fixture(scope="session")
def visitors(browser):
    """Visitors who have left, by what `Browser.new_context` was given: Streamlit is in their caches."""
    return defaultdict[str, list[BrowserContext]](list)


@pytest.fixture
def new_page(browser, visitors):
    """A function that opens an empty tab, as of another visitor; it takes what `Browser.new_context` does."""
    here: list[tuple[str, BrowserContext]] = []

    def make(**options) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        left = visitors[str(options)]
        here.append((str(options), left.pop() if left else browser.new_context(**options)))
        page = here[-1][1].new_page()
        page.set_default_timeout(30_000)
        # a page that is being drawn closes an open menu and moves buttons: every action waits for its end
        drawing = page.locator('[data-testid="stApp"][data-test-script-state="running"]')
        page.add_locator_handler(drawing, lambda: None)
        return page

    expect.set_options(timeout=30_000)
    yield make
    shown = []
    for options, visitor in here:
        visitor.set_offline(False)
        for page in visitor.pages:
            shown += page.get_by_test_id("stException").all_inner_texts()
            with contextlib.suppress(Error):  # an empty tab has no storage
                page.evaluate("localStorage.clear()")
            page.close()
        visitor.clear_cookies()
        visitors[options].append(visitor)
    assert not shown


@pytest.fixture
def visit(server, new_page):
    """A function that opens an address of the shared server in a new tab, and waits until it has settled."""

    def open_address(address: str = "", **options) -> Page:
        page = new_page(**options)
        page.goto(f"{server.url}/{address}")
        settle(page)
        return page

    return open_address
