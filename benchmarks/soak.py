"""Random clicks over all pages in a real browser, for minutes: nothing may break, memory must stay flat.

`python -m benchmarks.soak [--minutes 3] [--seed 0] [--tabs 2]`

Each tab opens pages in random order and then presses, chooses, slides, types and goes back, at random but
from a seed. Training runs that it happens to start go on beside it. Prints one JSON line: what was done,
red boxes and tracebacks in the server's log (their text goes to stderr), and the server's memory after the
first third and at the end. Ends with 1 where something broke.
"""

import argparse
import collections
import contextlib
import json
import random
import sys
import time

from playwright.sync_api import Error, Locator, Page, sync_playwright

from benchmarks.server import STEMS, Server, serve
from tools.browser import find

ACTIONS_A_PAGE = 12
SETTLE_MS = 15_000
WARM_SHARE = 1 / 3
TYPED = ("0", "7", "-1", "1e309", "[1, 2]", "<b>x</b>", "[a](b)", "$x$", "ع ע", "a" * 500, "relu", "")
CONTROLS = {
    "press": "button:visible",
    "choose": "label:visible:has(input[type=radio]), label:visible:has(input[type=checkbox])",
    "select": "[data-testid=stSelectbox]:visible input",
    "slide": "[role=slider]:visible",
    "type": "input[type=text]:visible:not([role=combobox]), input[type=number]:visible, textarea:visible",
    "open": "summary:visible",
}


class Clicker:
    """One tab that does things at random.

    Attributes:
        done: How often each kind of thing was done.
        red: Red boxes seen: page, and what it said.
    """

    def __init__(self, page: Page, url: str, chance: random.Random) -> None:
        self.page, self.url, self.chance = page, url, chance
        self.done: collections.Counter[str] = collections.Counter()
        self.red: list[str] = []

    def visit(self) -> None:
        """A page by its address, or by the sidebar."""
        stem = self.chance.choice(STEMS)
        links = self.page.get_by_test_id("stSidebarNavLink")
        if self.chance.random() < 0.5 and links.count():
            links.nth(self.chance.randrange(links.count())).click(timeout=3000)
        else:
            self.page.goto(f"{self.url}/{stem}")
        self.done["visit"] += 1
        self.settle()

    def act(self) -> None:
        """One thing that a hand could do on the page."""
        scope = self.page.get_by_test_id("stMainBlockContainer").first
        found = {kind: scope.locator(selector) for kind, selector in CONTROLS.items()}
        there = {kind: count for kind, controls in found.items() if (count := controls.count())}
        if not there:
            return
        kind = self.chance.choice(list(there))
        with contextlib.suppress(Error):  # it went away, or something lies over it: so it does for a hand
            self._do(kind, found[kind].nth(self.chance.randrange(there[kind])))
            self.done[kind] += 1
            self.settle()

    def _do(self, kind: str, control: Locator) -> None:
        if kind == "slide":
            control.focus(timeout=2000)
            for _ in range(self.chance.randrange(1, 4)):
                self.page.keyboard.press(self.chance.choice(("ArrowRight", "ArrowLeft", "End", "Home")))
        elif kind == "type":
            control.fill(self.chance.choice(TYPED), timeout=2000)
            self.page.keyboard.press("Enter")
        elif kind == "select":
            control.click(timeout=2000)
            for _ in range(self.chance.randrange(1, 5)):
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
        else:
            control.click(timeout=2000)
            if self.chance.random() < 0.2:
                self.page.keyboard.press("Escape")

    def settle(self) -> None:
        """Wait until the page has run, then look for a red box."""
        ready = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.page.wait_for_timeout(150)  # until the server has heard of it
        with contextlib.suppress(Error):  # a run that is being watched refreshes for ever
            self.page.wait_for_selector(ready, timeout=SETTLE_MS)
        for text in self.page.get_by_test_id("stException").all_inner_texts():
            self.red.append(f"{self.page.url}: {text[:300]}")
            self.page.goto(f"{self.url}/quickstart")


def soak(server: Server, minutes: float, seed: int, tabs: int) -> dict[str, object]:
    """Click for so many minutes; gives the figures."""
    started, warm = time.monotonic(), None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        )
        clickers = []
        for number in range(tabs):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(30_000)
            clickers.append(Clicker(page, f"http://127.0.0.1:{server.port}", random.Random(seed + number)))
        while time.monotonic() - started < 60 * minutes:
            for clicker in clickers:
                with contextlib.suppress(Error):
                    clicker.visit()
                for _ in range(ACTIONS_A_PAGE):
                    if time.monotonic() - started > 60 * minutes:
                        break
                    clicker.act()
            if warm is None and time.monotonic() - started > 60 * minutes * WARM_SHARE:
                warm = server.memory()
        end = server.memory()
        browser.close()
    done = sum((clicker.done for clicker in clickers), collections.Counter())
    red = [text for clicker in clickers for text in clicker.red]
    for text in red:
        print(text, file=sys.stderr)
    if server.errors():
        print(server.log.read_text(errors="replace")[-6000:], file=sys.stderr)
    warm = warm or end
    return {
        "benchmark": "soak",
        "minutes": minutes,
        "done": dict(sorted(done.items())),
        "red_boxes": len(red),
        "tracebacks": server.errors(),
        "warm_anonymous_mb": warm["anonymous_mb"],
        "end_anonymous_mb": end["anonymous_mb"],
        "growth": round(end["anonymous_mb"] / warm["anonymous_mb"] - 1, 4),
    }


def main() -> int:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tabs", type=int, default=2)
    options = parser.parse_args()
    if find() is None:
        print(json.dumps({"benchmark": "soak", "skipped": "there is no Chromium"}))
        return 0
    with serve() as server:
        figures = soak(server, options.minutes, options.seed, options.tabs)
    print(json.dumps(figures), flush=True)
    return 1 if figures["red_boxes"] or figures["tracebacks"] else 0


if __name__ == "__main__":
    sys.exit(main())
