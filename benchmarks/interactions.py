"""From a click to the end of the script's run, for 25 things that visitors do.

`python -m benchmarks.interactions [--rounds N] [--page STEM]`

One Chromium, one server. Each interaction is tried N times on a page that has settled, after once each way to
fill caches. A click begins with the browser's own click event and ends when the app's state is "not running"
for the last time. A click that the browser answers alone counts as 0. Prints one JSON line: each
interaction's median in seconds, the median of them all and the slowest, beside the limits.
"""

import argparse
import json
import statistics
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from benchmarks.chromium import ARGUMENTS, chromium
from benchmarks.server import serve

MEDIAN_LIMIT_S, LIMIT_S = 0.2, 0.5
QUIET_MS = 400
"""As long as this without a run, the answer is complete."""


@dataclass(frozen=True)
class Interaction:
    """Two places on a page, clicked in turn, so that every click changes something."""

    page: str
    role: str
    """Of what is clicked: a role of ARIA, or `css`."""
    first: str
    second: str

    @property
    def name(self) -> str:
        """The page and what is clicked."""
        return f"{self.page}: {self.role} {self.first}"


INTERACTIONS = (
    Interaction("quickstart", "css", ".grid button >> nth=3", ".grid button >> nth=5"),
    Interaction("quickstart", "tab", "2. The network", "4. Save"),
    Interaction("tensors", "tab", "Fill", "Make"),
    Interaction("tensors", "tab", "Index", "Join"),
    Interaction("tensors", "radio", "[1, 2.5]", "[True, False]"),
    Interaction("datasets", "css", ".grid button >> nth=3", ".grid button >> nth=5"),
    Interaction("datasets", "tab", "Classes", "Browse"),
    Interaction("datasets", "radio", "Test", "Training"),
    Interaction("transforms", "tab", "ToTensor", "Build a pipeline"),
    Interaction("model", "tab", "Architecture", "Build"),
    Interaction("model", "tab", "Forward", "Backward"),
    Interaction("model", "radio", "Small", "The tutorial's"),
    Interaction("autograd", "tab", "Graph", "Expressions"),
    Interaction("autograd", "tab", "Backward", "Leaves"),
    Interaction("optimization", "tab", "Losses", "Step by step"),
    Interaction("optimization", "button", "forward", "Undo"),
    Interaction("mistakes", "tab", "Symptom clinic", "Lab"),
    Interaction("training", "radio", "Fast and good", "Too slow"),
    Interaction("training", "css", '[data-testid="stNumberInputStepUp"] >> nth=1',
                '[data-testid="stNumberInputStepDown"] >> nth=1'),
    Interaction("predictions", "css", ".grid button >> nth=3", ".grid button >> nth=5"),
    Interaction("predictions", "radio", "Wrong", "All"),
    Interaction("predictions", "tab", "Mistakes", "Test images"),
    Interaction("predictions", "tab", "Two networks", "Code"),
    Interaction("checkpoints", "tab", "Bring your own", "How it is done"),
    Interaction("line_by_line", "tab", "Tensors", "Autograd"),
)  # fmt: skip

WATCH = """() => {
  if (window.clicks) return
  window.clicks = { began: 0, ended: 0 }
  document.addEventListener("click", () => {
    window.clicks = { began: performance.now(), ended: 0 }
  }, { capture: true })
  const app = document.querySelector('[data-testid="stApp"]')
  new MutationObserver(() => {
    if (app.dataset.testScriptState === "notRunning") window.clicks.ended = performance.now()
  }).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
}"""
READ = "Math.max(0, window.clicks.ended - window.clicks.began)"
NOT_RUNNING = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settle(page: Page) -> None:
    """Wait until nothing has run for a while."""
    page.wait_for_timeout(QUIET_MS)
    page.wait_for_selector(NOT_RUNNING, timeout=120_000)
    page.wait_for_timeout(QUIET_MS)
    page.wait_for_selector(NOT_RUNNING, timeout=120_000)


def click(page: Page, interaction: Interaction, target: str) -> float:
    """Seconds from the click to the end of the last run that it caused."""
    main = page.get_by_test_id("stMain")
    if interaction.role == "css":
        place = main.locator(target)
    else:
        place = main.get_by_role(interaction.role, name=target).first  # type: ignore[arg-type]
    place.scroll_into_view_if_needed()
    place.dispatch_event("click") if interaction.role == "radio" else place.click()
    settle(page)
    return float(page.evaluate(READ)) / 1e3


def measure(page: Page, url: str, interaction: Interaction, rounds: int) -> float:
    """Median seconds of one interaction."""
    page.goto(f"{url}/{interaction.page}")
    page.wait_for_selector("h1", timeout=120_000)
    settle(page)
    page.evaluate(WATCH)
    found = []
    for number in range(rounds + 2):
        seconds = click(page, interaction, interaction.second if number % 2 else interaction.first)
        if number > 1:
            found.append(seconds)
    return statistics.median(found)


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--page", default="", help="only those of this page")
    options = parser.parse_args()
    path = chromium()
    chosen = [each for each in INTERACTIONS if options.page in ("", each.page)]
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        seconds = {each.name: measure(page, server.url, each, options.rounds) for each in chosen}
        browser.close()
    print(
        json.dumps(
            {
                "benchmark": "interactions",
                "rounds": options.rounds,
                "interactions": len(seconds),
                "median_s": round(statistics.median(seconds.values()), 3),
                "slowest_s": round(max(seconds.values()), 3),
                "limits_s": {"median": MEDIAN_LIMIT_S, "slowest": LIMIT_S},
                "seconds": {name: round(value, 3) for name, value in seconds.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
