"""Take the pictures of the README from the running app: `python -m tools.screenshots` (`make screenshots`).

Trains three runs, starts a server of its own that shows them, opens its pages in a Chromium, and writes
docs/screenshots/*.png and docs/tour.gif, with few colors so that they stay small.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.server import PROJECT, serve
from tools.browser import find

FOLDER = PROJECT / "docs" / "screenshots"
TOUR = PROJECT / "docs" / "tour.gif"
WIDE, NARROW = (1280, 860), (390, 844)
TOUR_WIDTH = 720  # pixels
COLORS = 128
RUNS = ("tutorial", "fast", "slow")  # presets
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

SHOTS = (
    ("quickstart", "", "light", WIDE),
    ("line_by_line", "at=51", "light", WIDE),
    ("tensors", "part=Index", "light", WIDE),
    ("datasets", "", "light", WIDE),
    ("transforms", "", "dark", WIDE),
    ("model", "", "light", WIDE),
    ("autograd", "", "light", WIDE),
    ("optimization", "", "light", WIDE),
    ("mistakes", "mistake=no-zero-grad", "light", WIDE),
    ("training", "preset=fast", "dark", WIDE),
    ("compare", "", "light", WIDE),
    ("predictions", "", "light", WIDE),
    ("checkpoints", "", "light", WIDE),
    ("quickstart", "", "dark", NARROW),
)
"""Page, query, theme and size of each picture; every file is a page of the app that must exist."""


def opened(browser: Browser, url: str, theme: str, size: tuple[int, int]) -> Page:
    """A page that has settled."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(url)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the page has a title and its run has ended."""
    page.locator("[data-testid=stMain] h1").first.wait_for(timeout=120_000)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=120_000)
    loading = "[data-testid=stSkeleton]"
    page.wait_for_function(f"!document.querySelector('{loading}')", timeout=120_000)
    page.wait_for_timeout(1500)


def small(data: bytes, width: int | None = None) -> Image.Image:
    """A screenshot with few colors, at most `width` pixels wide."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    return image.quantize(COLORS, dither=Image.Dither.NONE)


def tour(page: Page, url: str) -> Iterator[tuple[bytes, int]]:
    """Frames of one real session, each with how long it stays, milliseconds."""
    yield page.screenshot(), 1800
    page.goto(f"{url}/training?preset=tutorial&epochs=4")
    settle(page)
    page.get_by_role("button", name="Start training").click()
    for _ in range(6):
        page.wait_for_timeout(1500)
        yield page.screenshot(), 500
    page.goto(f"{url}/compare")
    settle(page)
    yield page.screenshot(), 1800
    page.goto(f"{url}/predictions")
    settle(page)
    yield page.screenshot(), 1200
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(900)
        yield page.screenshot(), 700


def main() -> int:
    """Write every picture."""
    chromium = find()
    if chromium is None:
        print("There is no Chromium: `make test` says how to get one.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as runs,
        serve(PYTORCH_BASICS_RUNS=runs) as server,
        sync_playwright() as playwright,
    ):
        for preset in RUNS:
            command = [sys.executable, "-m", "core.train", "--preset", preset, "--runs", runs]
            subprocess.run(command, cwd=PROJECT, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        url = f"http://127.0.0.1:{server.port}"
        for stem, query, theme, size in SHOTS:
            page = opened(browser, f"{url}/{stem}?{query}", theme, size)
            name = f"{stem}{'-narrow' if size == NARROW else ''}.png"
            small(page.screenshot()).save(FOLDER / name, optimize=True)
            print(f"docs/screenshots/{name}: {Path(FOLDER / name).stat().st_size // 1024} KB")
            page.context.close()
        page = opened(browser, url, "light", (1120, 720))
        frames = [(small(data, TOUR_WIDTH), stays) for data, stays in tour(page, url)]
        first, *rest = (image for image, _ in frames)
        first.save(
            TOUR,
            save_all=True,
            append_images=rest,
            duration=[stays for _, stays in frames],
            loop=0,
            optimize=True,
        )
        print(f"docs/tour.gif: {TOUR.stat().st_size // 1024} KB, {len(frames)} frames")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
