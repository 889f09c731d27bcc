"""Milliseconds from a click to the new prediction on the screen, beside the least that Streamlit can do.

`python -m benchmarks.clicks [--clicks N]`

One browser has two tabs: the predictions page, and a bare page whose rerun draws one picture and one chart.
They are clicked in alternation, so that a busy machine disturbs both alike. A click begins when the button is
pressed and ends one frame after the new picture is loaded and the new bars are drawn, by the browser's own
clock. The ratio is that of the medians. `link_ms` is until the server has answered and the link is the new
image's.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.chromium import ARGUMENTS, chromium
from benchmarks.server import serve

LIMIT = 1.5

BARE = """
import io

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image


def on():
    st.session_state["index"] = st.session_state.get("index", 0) + 1


index = st.session_state.get("index", 0)
st.title("Bare")
st.button("Next", on_click=on)
draw = np.random.default_rng(index)
pixels = draw.integers(0, 256, (28, 28), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
file = io.BytesIO()
Image.fromarray(pixels).save(file, "PNG")
st.image(file.getvalue(), output_format="PNG", alt=f"Test image {index}: bare")
rows = pd.DataFrame({"class": [f"Class {i}" for i in range(10)], "probability": draw.dirichlet([0.5] * 10)})
chart = alt.Chart(rows).mark_bar().encode(x="probability:Q", y="class:N")
st.altair_chart(chart, alt=f"Ten probabilities. Test image {index}: bare")
"""

CLICK = """
([name, index]) => new Promise((resolve, reject) => {
  const within = (selector) => {  // in the page, or in one of its components
    const hosts = [...document.querySelectorAll("*")].filter((e) => e.shadowRoot).map((e) => e.shadowRoot)
    return [document, ...hosts].map((root) => root.querySelector(selector)).find((e) => e)
  }
  const chart = within('[data-testid="stVegaLiteChart"]') || within(".bars")
  const picture = within('img[alt^="Test image"]') || within(".large")
  const buttons = within(".next") ? [within(".next")] : [...document.querySelectorAll("button")]
  const before = chart.innerHTML
  const wanted = "Test image " + index.toLocaleString("en-US") + ":"
  const says = (element, attribute) => (element.getAttribute(attribute) || "").includes(wanted)
  const start = performance.now()
  let drawn = 0
  buttons.find((button) => button.innerText.trim().startsWith(name)).click()
  const look = () => {
    const loaded = picture.tagName === "IMG" ? picture.complete && picture.naturalWidth : true
    const now = performance.now() - start
    if (!drawn && loaded && says(picture, picture.tagName === "IMG" ? "alt" : "aria-label") &&
        says(chart, "aria-label") && (chart.className === "bars" || chart.innerHTML !== before)) drawn = -1
    else if (drawn < 0) drawn = now
    if (drawn > 0 && (picture.tagName === "IMG" || location.search.includes("sample=" + index)))
      resolve([drawn, now])
    else if (now > 20000) reject(new Error("no prediction after 20 s"))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""


def click(page: Page, index: int) -> tuple[float, float]:
    """Press "Next" for test image `index`: milliseconds until it is drawn, and until the link has it."""
    page.bring_to_front()
    drawn, linked = page.evaluate(CLICK, ["Next", index])
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(150)  # the rest of the page is drawn as well before the next click
    return drawn, linked


def ready(page: Page, address: str) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(address)
    page.wait_for_selector('img[alt^="Test image 0:"], .large[aria-label^="Test image 0:"]', timeout=120_000)
    page.wait_for_selector('[data-testid="stVegaLiteChart"] svg, .bars', timeout=120_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(1000)


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clicks", type=int, default=40, help="clicks on each page (default: 40)")
    clicks = parser.parse_args().clicks
    path = chromium()
    with tempfile.TemporaryDirectory() as folder, serve() as app, sync_playwright() as playwright:
        script = Path(folder, "bare.py")
        script.write_text(BARE)
        with serve(script) as bare:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            ours, least = context.new_page(), context.new_page()
            ready(ours, f"http://127.0.0.1:{app.port}/predictions")
            ready(least, f"http://127.0.0.1:{bare.port}/")
            times: dict[str, list[float]] = {"ours": [], "bare": [], "link": []}
            for index in range(1, clicks + 4):
                (drawn, linked), (bare_drawn, _) = click(ours, index), click(least, index)
                if index > 3:  # the first clicks fill caches
                    times["ours"].append(drawn)
                    times["bare"].append(bare_drawn)
                    times["link"].append(linked)
            browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(
        json.dumps(
            {
                "benchmark": "clicks",
                "clicks": clicks,
                "click_to_prediction_ms": round(medians["ours"], 1),
                "bare_rerun_ms": round(medians["bare"], 1),
                "ratio": round(medians["ours"] / medians["bare"], 2),
                "limit": LIMIT,
                "link_ms": round(medians["link"], 1),
                "slowest_ms": {name: round(max(values), 1) for name, values in times.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
