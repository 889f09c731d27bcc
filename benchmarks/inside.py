"""Inside a run: how soon a click in Backward and a moved point are answered, and what a landscape takes.

`python -m benchmarks.inside [--rounds N]`

The tutorial's network is trained for five epochs on the shipped sample and its landscape computed, here:
seconds, and the largest difference between an epoch's loss on the landscape's images and the one that the run
recorded. Then a browser opens the same run. A click on a value of the Backward section, an arrow key on the
landscape's point and the end of a drag are timed until the app's state is "not running" for the last time.
Prints one JSON line.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.chromium import ARGUMENTS, chromium
from benchmarks.interactions import READ, WATCH, settle
from benchmarks.server import serve
from core.analysis.kept_weights import kept_weights
from core.analysis.landscape import LandscapeJob
from core.config import TrainConfig
from core.data import load_split
from core.data.sources import SAMPLE_ROOT
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore
from core.training.runs.link import to_query

CLICK_LIMIT_MS = 300
EXACT = 1e-5
DRAG_STEPS = 20
"""Places of one drag, 50 ms apart."""


def landscape_of(runs: RunStore, config: TrainConfig) -> tuple[TrainConfig, dict[str, float]]:
    """Train a run, compute its landscape, and compare its epochs' losses with the recorded ones."""
    train, test = (load_split(train=train, root=str(SAMPLE_ROOT)) for train in (True, False))
    config = resolve(config, train)
    TrainingJob(config, runs, train, test).run(lambda progress: None, lambda: False)
    run = kept_weights(runs, config.key())
    job = LandscapeJob([run], test)
    started = time.perf_counter()
    made = job.run(lambda progress: None, lambda: False)
    seconds = time.perf_counter() - started
    stored = runs.load(config.key())
    recorded = [record.test_loss for record in stored.history] if stored is not None else []
    pairs = zip(made.own[0][1:], recorded, strict=True)  # epoch 0 is the start, which has no record
    return config, {
        "landscape_side": made.size.side,
        "landscape_images": made.size.images,
        "landscape_s": round(seconds, 1),
        "largest_loss_difference": max(abs(own - kept) for own, kept in pairs),
    }


def answered(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from just before `act` to the end of the last run that it caused."""
    page.evaluate("window.clicks = { began: performance.now(), ended: 0 }")
    act()
    settle(page)
    return float(page.evaluate(READ))


def open_at(page: Page, url: str, wanted: str) -> Locator:
    """Open an address and wait for the thing that is to be clicked."""
    page.goto(url)
    found = page.locator(wanted).last
    found.wait_for(timeout=120_000)
    settle(page)
    found.scroll_into_view_if_needed()
    page.evaluate(WATCH)
    return found


def backward(page: Page, url: str, rounds: int) -> list[float]:
    """Clicks on one value after the other of a layer's gradients."""
    open_at(page, f"{url}/model?section=Backward&layer=2", "[aria-label$='unit: 0']")
    times = []
    for number in range(rounds + 2):
        page.evaluate("window.clicks = { began: 0, ended: 0 }")
        page.locator(
            f"[aria-label$='unit: {10 + 7 * number}']"
        ).click()  # the browser's event begins the time
        settle(page)
        times.append(float(page.evaluate(READ)))
    return times[2:]


def point(page: Page, url: str, config: TrainConfig, rounds: int) -> tuple[list[float], list[float]]:
    """Arrow keys on the landscape's point, and drags of it."""
    query = urlencode({**to_query(config), "inside": "Landscape"})
    canvas = open_at(page, f"{url}/training?{query}", ".landscape canvas")
    canvas.focus()
    keys = [answered(page, lambda: page.keyboard.press("ArrowRight")) for _ in range(rounds + 2)][2:]
    drags = []
    for number in range(rounds):
        box = canvas.bounding_box()
        if box is None:
            raise SystemExit("The landscape is not on the screen.")
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * (0.2 + 0.5 * number / rounds)
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(DRAG_STEPS):
            page.mouse.move(x + step * box["width"] / 60, y)
            page.wait_for_timeout(50)
        drags.append(answered(page, page.mouse.up))
    return keys, drags


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=8, help="of each click, key and drag")
    rounds = parser.parse_args().rounds
    path = chromium()
    os.environ["FASHION_MNIST_ROOT"] = str(SAMPLE_ROOT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, figures = landscape_of(RunStore(folder / "runs"), replace(TrainConfig.tutorial(), epochs=5))
        with serve(folder=folder) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            clicks = backward(page, server.url, rounds)
            keys, drags = point(page, server.url, config, rounds)
            browser.close()
    named = {"backward_click": clicks, "point_key": keys, "point_drag_end": drags}
    for what, times in named.items():
        figures |= {f"{what}_ms": round(statistics.median(times)), f"{what}_slowest_ms": round(max(times))}
    limits = {"backward_click_ms": CLICK_LIMIT_MS, "largest_loss_difference": EXACT}
    print(json.dumps({"benchmark": "inside", "rounds": rounds, **figures, "limits": limits}))


if __name__ == "__main__":
    main()
