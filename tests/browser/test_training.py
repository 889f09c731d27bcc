"""Training in a real browser: shared, queued, and never lost."""

import re

import pytest
from playwright.sync_api import expect

from benchmarks.server import serve

PROJECTOR = {"width": 1280, "height": 720}
LONG = "training?net=cnn&channels=64-64&hidden=none&epochs=60&device=cpu"
"""A run of minutes: it never ends within a test."""
AGAIN = re.compile("Start training|Resume training")


@pytest.fixture(scope="module")
def server(chromium):
    """A server of these tests alone: each stops what it has started, so that nothing holds up the next."""
    with serve() as server:
        yield server


def step_of(page):
    text = page.get_by_text(re.compile(r"^Run: step")).inner_text()
    return int(re.search(r"step ([\d,]+)", text)[1].replace(",", ""))


def test_two_start_the_same_run_at_once_and_both_watch_it(visit, server, press):
    """One training: both pages show it, and there is one folder on disk."""
    first, second = visit(LONG), visit(LONG)
    buttons = [page.get_by_role("button", name="Start training") for page in (first, second)]
    for button in buttons:
        button.click(no_wait_after=True)
    for page in (first, second):
        expect(page.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    before = step_of(second)
    expect(second.get_by_text(re.compile(rf"^Run: step {before:,} "))).to_have_count(0)  # it moves
    assert len([path for path in server.runs.iterdir() if len(path.name) == 64]) == 1

    press(first, "Stop", first.get_by_text("Someone else is watching this run"))
    expect(second.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    first.close()
    press(second, "Stop", second.get_by_role("button", name=AGAIN))


def test_different_runs_queue_and_nothing_is_lost(visit, press):
    """The second waits with its place; reload, another page and a closed tab change nothing."""
    first = visit(LONG + "&seed=1")
    press(first, "Start training", first.get_by_text(re.compile(r"^Run: step")))

    second = visit(LONG + "&seed=2")
    press(second, "Start training", second.get_by_text("1 run is before this one"))
    press(second, "Stop", second.get_by_role("button", name=AGAIN))

    before = step_of(first)
    first.reload()
    expect(first.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    assert step_of(first) >= before
    expect(first.get_by_text(re.compile("Training “"))).to_have_count(0)  # the page itself says it
    first.get_by_test_id("stSidebarNavLink").filter(has_text="Tensors").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Tensors")
    expect(first.get_by_text(re.compile("Training “"))).to_be_visible()
    first.close()

    again = visit(LONG + "&seed=1")
    expect(again.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    assert step_of(again) >= before
    press(again, "Stop", again.get_by_role("button", name=AGAIN))


def test_pause_go_on_and_stop(visit, press):
    """Paused nothing moves; then it goes on; stopped it offers to go on later.

    The curve is whole in the window of a projector, 1920 x 1080 at 150%, without scrolling.
    """
    page = visit(LONG + "&seed=3", viewport=PROJECTOR)
    press(page, "Start training", page.get_by_text(re.compile(r"^Run: step")))
    curve = page.get_by_test_id("stVegaLiteChart").first
    expect(curve).to_be_visible()
    box = curve.bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= PROJECTOR["height"]
    press(page, "Pause", page.get_by_text("goes on by itself after 30 s"))
    page.wait_for_timeout(1500)
    before = step_of(page)
    page.wait_for_timeout(2000)
    assert step_of(page) == before
    press(page, "Resume", page.get_by_role("button", name="Pause"))
    expect(page.get_by_text(re.compile(rf"^Run: step {before:,} "))).to_have_count(0)
    press(page, "Stop", page.get_by_role("button", name=AGAIN))


def test_from_a_preset_to_the_time_machine(visit):
    """Settings by clicks, a short run, an earlier epoch, and the way to compare."""
    page = visit("training?epochs=2&images=1000&device=cpu&hidden=32&net=mlp")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_role("heading", name="Time machine")).to_be_visible(timeout=60_000)
    slider = page.get_by_role("slider", name=re.compile("^Epoch"))
    slider.press("ArrowLeft")
    expect(page.get_by_text("After epoch 1 of 2")).to_be_visible()
    expect(page).to_have_url(re.compile("epoch=1"))
    page.reload()
    expect(page.get_by_text("After epoch 1 of 2")).to_be_visible()

    page.get_by_role("link", name="Compare it with other runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    page.get_by_role("link", name="Open A in the form").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Training")
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("2")
    expect(page.get_by_text("Unlike the tutorial: network Perceptron 784-32-10")).to_be_visible()
