"""What the first visit costs a browser: requests, bytes, first paint, and when it can be used.

`python -m benchmarks.first_load [--rounds N]`

The app and a bare Streamlit page (a title and a button) are opened in turn, each time in a new browser
context, whose cache is empty. The first visit of each server is the cold one. Bytes are those that came over
the wire, headers included, WebSocket frames as well. Interactive is when the first button of the page can be
pressed and the script has ended. Times are the browser's own, in seconds; prints one JSON line.
"""

import argparse
import json
import statistics
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.chromium import ARGUMENTS, chromium
from benchmarks.server import Server, serve

BARE = """import streamlit as st
st.title("Bare")
st.button("Click")
"""
AIMS = {"requests": 60, "megabytes": 3.0, "cold_first_paint_s": 2.0, "warm_interactive_s": 4.0}
READY = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  const button = document.querySelector('[data-testid="stMain"] button')
  return app?.dataset.testScriptState === "notRunning" && button ? performance.now() : 0
}"""
QUIET_MS = 3_000
"""After the page is ready: what comes later counts as well."""


@dataclass(frozen=True)
class Load:
    """One visit with an empty cache."""

    requests: int
    megabytes: float
    first_paint_s: float
    interactive_s: float


def load(browser: Browser, server: Server) -> Load:
    """Open the first page in a new context."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    asked: set[str] = set()
    received = [0.0]

    def requested(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            asked.add(event["requestId"])

    def finished(event: dict[str, Any]) -> None:
        received[0] += event["encodedDataLength"]

    def frame(event: dict[str, Any]) -> None:
        received[0] += len(event["response"]["payloadData"]) * 3 / 4  # in base 64

    protocol.send("Network.enable")
    protocol.on("Network.requestWillBeSent", requested)
    protocol.on("Network.loadingFinished", finished)
    protocol.on("Network.webSocketFrameReceived", frame)
    page.goto(server.url)
    ready = page.wait_for_function(READY, timeout=120_000, polling="raf").json_value()
    page.wait_for_timeout(QUIET_MS)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return Load(len(asked), round(received[0] / 1e6, 2), round(paint / 1e3, 2), round(ready / 1e3, 2))


def summary(loads: list[Load]) -> dict[str, float]:
    """The cold visit, and the medians of those after it."""
    cold, warm = loads[0], loads[1:]
    return {
        "requests": max(each.requests for each in loads),
        "megabytes": max(each.megabytes for each in loads),
        "cold_first_paint_s": cold.first_paint_s,
        "cold_interactive_s": cold.interactive_s,
        "warm_first_paint_s": statistics.median(each.first_paint_s for each in warm),
        "warm_interactive_s": statistics.median(each.interactive_s for each in warm),
    }


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4, help="visits of each, the cold one included")
    rounds = max(2, parser.parse_args().rounds)
    path = chromium()
    loads: dict[str, list[Load]] = {"app": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder, "bare.py")
        script.write_text(BARE)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with serve() as app, serve(script) as bare:
            for _ in range(rounds):
                loads["bare"].append(load(browser, bare))
                loads["app"].append(load(browser, app))
        browser.close()
    found = {name: summary(each) for name, each in loads.items()}
    met = {name: found["app"][name] <= aim for name, aim in AIMS.items()}
    line = {"benchmark": "first_load", "rounds": rounds, **found, "aims": AIMS, "met": met}
    print(json.dumps({**line, "app_visits": [asdict(each) for each in loads["app"]]}))


if __name__ == "__main__":
    main()
