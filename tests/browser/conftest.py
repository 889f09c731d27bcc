"""A real browser on a real server: started for the tests, on a free port, with runs of its own.

`visit("tensors?seed=3")` opens a page on the server that the file's tests share, and waits until it has
settled. `start_server()` gives a server that nobody has visited yet. At the end of each test no page that
it opened may show a traceback. Without a Chromium these tests are skipped; with `CI=true` they fail.
"""

import contextlib
import os
import runpy
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
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


class Server:
    """The app, in a process of its own.

    Attributes:
        url: Its address, without a slash at the end.
        runs: Where its runs are kept.
        process: For tests that kill it.
    """

    def __init__(self, folder: Path, environment: dict[str, str]):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url, self.runs, self.log = f"http://127.0.0.1:{port}", folder / "runs", folder / "log"
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
        environment = {**os.environ, "PYTORCH_BASICS_RUNS": str(self.runs), **environment}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self):
        """Until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self):
        """End it; calling it again does nothing."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def start_server(tmp_path_factory):
    """A function that starts a server; keyword arguments are environment variables of its own."""
    servers = []

    def start(**environment: str) -> Server:
        servers.append(Server(tmp_path_factory.mktemp("server"), environment))
        servers[-1].wait()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def server(start_server, chromium):
    """The server that the tests of one file share."""
    return start_server()


def settle(page: Page) -> None:
    """Wait until the page has run to its end at least once."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


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


@pytest.fixture
def new_page(browser):
    """A function that opens an empty tab, as of another visitor; it takes what `Browser.new_context` does."""
    contexts, pages = [], []

    def make(**options) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        # a page that is being drawn closes an open menu and moves buttons: every action waits for its end
        drawing = page.locator('[data-testid="stApp"][data-test-script-state="running"]')
        page.add_locator_handler(drawing, lambda: None)
        pages.append(page)
        return page

    expect.set_options(timeout=30_000)
    yield make
    shown = [page.get_by_test_id("stException").all_inner_texts() for page in pages if not page.is_closed()]
    for context in contexts:
        context.close()
    assert not any(shown), shown


@pytest.fixture
def visit(server, new_page):
    """A function that opens an address of the shared server in a new tab, and waits until it has settled."""

    def open_address(address: str = "", **options) -> Page:
        page = new_page(**options)
        page.goto(f"{server.url}/{address}")
        settle(page)
        return page

    return open_address
