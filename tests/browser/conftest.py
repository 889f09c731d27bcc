"""A real browser on a real server: started for the tests, on a free port, with runs of its own.

`visit("tensors?seed=3")` opens a page, as another visitor each time, on the server that the tests share, and
waits until it has settled. `start_server()` gives a server that nobody has visited yet. At the end of each
test no page that it opened may show a traceback. Without a Chromium these tests are skipped; with `CI=true`
they fail.
"""

import contextlib
import os
import runpy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, expect, sync_playwright

from benchmarks.server import PROJECT, serve

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--process-per-site",  # a visitor's tabs share a process: see `Visitor`
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera for the test that needs one
    "--use-fake-ui-for-media-stream",
]
DESK = ViewportSize(width=1280, height=900)


def pytest_collection_modifyitems(items):
    """Every test of this folder is a browser test, and is tried once more where it fails.

    A browser on cores that others use can be slower than anybody would wait. The summary names what had to be
    tried again.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


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


SETTLED = """() => {
  const all = (name) => [...document.querySelectorAll(`[data-testid="${name}"]`)]
  const visible = (element) => element?.checkVisibility({ visibilityProperty: true })
  return all("stApp")[0]?.dataset.testScriptState === "notRunning"
    && visible(all("stHeading")[0])
    && all("stSkeleton").length === 0
}"""


def settle(page: Page) -> None:
    """Wait until the page has run to its end at least once."""
    page.wait_for_function(SETTLED)  # asked at every frame; `expect` soon asks once a second only


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


class Visitor:
    """A browser profile of its own, which a later test may take over: Streamlit is in its caches.

    One empty tab stays open, at the address of all servers here. It keeps alive the process that the tabs
    share, and with it what has been compiled of Streamlit: the next page takes half the time.
    """

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(viewport=DESK)
        tab = self.context.new_page()
        tab.route("**", lambda route: route.fulfill(body=""))
        tab.goto("http://127.0.0.1/")

    def new_page(self, viewport: ViewportSize, color_scheme: str, permissions: list[str]) -> Page:
        """Open another tab."""
        self.context.grant_permissions(permissions)
        page = self.context.new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        return page

    def leave(self) -> list[str]:
        """Close all tabs and forget everything but the caches; gives the errors that the tabs showed."""
        errors = []
        self.context.set_offline(False)
        for page in self.context.pages[1:]:
            errors += page.get_by_test_id("stException").all_inner_texts()
            with contextlib.suppress(Error):  # an empty tab has no storage
                page.evaluate("localStorage.clear()")
            page.close()
        self.context.clear_cookies()
        self.context.clear_permissions()
        return errors


@pytest.fixture(scope="session")
def visitors():
    """Those who have left."""
    return list[Visitor]()


@pytest.fixture
def new_page(browser, visitors):
    """A function that opens an empty tab, as of another visitor."""
    here: list[Visitor] = []

    def make(viewport=DESK, color_scheme="light", permissions=()) -> Page:
        here.append(visitors.pop() if visitors else Visitor(browser))
        page = here[-1].new_page(viewport, color_scheme, list(permissions))
        page.set_default_timeout(30_000)
        # a page that is being drawn closes an open menu and moves buttons: every action waits for its end
        drawing = page.locator('[data-testid="stApp"][data-test-script-state="running"]')
        page.add_locator_handler(drawing, lambda: None)
        return page

    expect.set_options(timeout=30_000)
    yield make
    shown = [error for visitor in reversed(here) for error in visitor.leave()]
    visitors += reversed(here)  # the first, whose caches have the most, will be the first again
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
