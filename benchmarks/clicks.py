"""Milliseconds from a click to the new prediction on the screen, beside the least that Streamlit can do.

`python -m benchmarks.clicks [--clicks N]`

One browser has two tabs: the predictions page, and a bare page whose rerun draws one picture and one chart.
They are clicked in alternation, so that a busy machine disturbs both alike. A click ends in the first frame
in which the new picture is loaded and the new chart is drawn; it begins when the button is pressed, both
by the browser's own clock. The ratio is that of the medians.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.server import serve
from tools.browser import find

LIMIT = 1.5
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]

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
  const chart = () => document.querySelector('[data-testid="stVegaLiteChart"]')
  const button = [...document.querySelectorAll("button")].find((b) => b.innerText.trim().startsWith(name))
  const before = chart().innerHTML
  const wanted = "Test image " + index.toLocaleString("en-US") + ":"
  const start = performance.now()
  button.click()
  const look = () => {
    const picture = document.querySelector(`img[alt^="${wanted}"]`)
    const drawn = chart()
    const label = drawn ? drawn.getAttribute("aria-label") || "" : ""
    if (picture && picture.complete && picture.naturalWidth && label.includes(wanted) &&
        drawn.innerHTML !== before) resolve(performance.now() - start)
    else if (performance.now() - start > 20000) reject(new Error("no prediction after 20 s"))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""


def click(page: Page, index: int) -> float:
    """Press "Next" and wait for test image `index`: milliseconds."""
    page.bring_to_front()
    milliseconds: float = page.evaluate(CLICK, ["Next", index])
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(150)  # the rest of the page is drawn as well before the next click
    return milliseconds


def ready(page: Page, address: str) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(address)
    page.wait_for_selector('img[alt^="Test image 0:"]', timeout=120_000)
    page.wait_for_selector('[data-testid="stVegaLiteChart"] svg', timeout=120_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(1000)


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clicks", type=int, default=40, help="clicks on each page (default: 40)")
    clicks = parser.parse_args().clicks
    path = find()
    if path is None:
        raise SystemExit("There is no Chromium: `python tools/browser.py` gets one.")
    with tempfile.TemporaryDirectory() as folder, serve() as app, sync_playwright() as playwright:
        script = Path(folder, "bare.py")
        script.write_text(BARE)
        with serve(script) as bare:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            ours, least = context.new_page(), context.new_page()
            ready(ours, f"http://127.0.0.1:{app.port}/predictions")
            ready(least, f"http://127.0.0.1:{bare.port}/")
            times: dict[str, list[float]] = {"ours": [], "bare": []}
            for index in range(1, clicks + 4):
                pair = click(ours, index), click(least, index)
                if index > 3:  # the first clicks fill caches
                    times["ours"].append(pair[0])
                    times["bare"].append(pair[1])
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
                "slowest_ms": {name: round(max(values), 1) for name, values in times.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
