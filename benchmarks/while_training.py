"""How fast a page answers while a run trains, against how fast when nothing does; and the run's own speed.

`python -m benchmarks.while_training [--clicks N]`

One browser: a tab clicks through the parts of the tensors page, first idle, then while the tutorial's run
trains on the full data in the same server. A click ends when the part's heading is on the screen. The run's
speed is that of its epochs on disk; the same settings alone, in a process of its own, are run first. Prints
one JSON line.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.chromium import ARGUMENTS, chromium
from benchmarks.server import PROJECT, serve

PARTS = {"Fill": "From a shape", "Make": "From data"}
"""Two parts of the tensors page, and a heading that only that part has."""


def headings(page: Page) -> dict[str, str]:
    """The first heading of each part, as the page has it."""
    found = {}
    for part in PARTS:
        page.get_by_role("tab", name=part, exact=True).click()
        page.wait_for_timeout(2500)
        found[part] = page.locator("[data-testid=stMain] h3:visible").first.inner_text()
    return found


def clicks(page: Page, names: dict[str, str], count: int) -> list[float]:
    """Seconds of each of `count` clicks."""
    seconds = []
    for part in itertools.islice(itertools.cycle(names), count):
        start = time.perf_counter()
        page.get_by_role("tab", name=part, exact=True).click()
        page.locator("h3:visible", has_text=names[part]).first.wait_for(timeout=60_000)
        seconds.append(time.perf_counter() - start)
        page.wait_for_timeout(500)
    return seconds


def alone(epochs: int) -> float:
    """Training images a second of the tutorial's run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "core.train", "--preset", "tutorial", "--epochs", str(epochs)]
        done = subprocess.run(
            [*command, "--runs", folder], cwd=PROJECT, capture_output=True, text=True, check=True
        )
        history = json.loads(Path(done.stdout.splitlines()[-1], "history.json").read_text())
    return speed(history)


def speed(history: Any) -> float:
    """Median training images per second over the epochs of a `history.json`."""
    records = history["epochs"] if isinstance(history, dict) else history
    return float(statistics.median(record["samples_per_second"] for record in records))


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clicks", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as playwright:
        by_itself = alone(3)
        with serve(PYTORCH_BASICS_RUNS=runs) as server:
            url = f"http://127.0.0.1:{server.port}"
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page, trainer = browser.new_page(), browser.new_page()
            page.goto(f"{url}/tensors")
            page.locator("h3:visible").first.wait_for(timeout=120_000)
            names = headings(page)
            idle = clicks(page, names, options.clicks)
            trainer.goto(f"{url}/training?preset=tutorial&epochs=40")
            trainer.get_by_role("button", name="Start training").click(timeout=120_000)
            trainer.get_by_text("Epoch 2 of").wait_for(timeout=120_000)
            busy = clicks(page, names, options.clicks)
            browser.close()
            histories = [json.loads(path.read_text()) for path in Path(runs).glob("*/history.json")]
    print(
        json.dumps(
            {
                "benchmark": "while_training",
                "clicks": options.clicks,
                "idle_ms": round(1000 * statistics.median(idle)),
                "while_training_ms": round(1000 * statistics.median(busy)),
                "ratio": round(statistics.median(busy) / statistics.median(idle), 2),
                "images_per_second_alone": round(by_itself),
                "images_per_second_while_clicked": round(speed(histories[0])),
                "speed_kept": round(speed(histories[0]) / by_itself, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
