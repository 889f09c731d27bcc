"""In a browser: the loop's lines are pressed one by one, the link keeps them, questions are answered."""

import re

from playwright.sync_api import expect


def press(page, name):
    """Press a line's button, and wait for the page to have run."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def test_a_learner_runs_the_loop_line_by_line_and_takes_the_link_along(visit):
    """Each line says what it did; reloading the address shows the same state."""
    page = visit("optimization")
    press(page, "forward")
    expect(page.get_by_text("64 images in, 64 × 10 logits out")).to_be_visible()
    press(page, "loss")
    expect(page.get_by_text("would give ln 10 = 2.3026")).to_be_visible()
    press(page, "backward()")
    expect(page.get_by_text("25,450 parameters has a gradient now")).to_be_visible()
    press(page, "step()")
    expect(page.get_by_text("Value minus rate times gradient")).to_be_visible()
    press(page, "backward()")
    expect(page.get_by_text("Trying to backward through the graph a second time").first).to_be_visible()
    expect(page).to_have_url(re.compile("done=flbsb"))
    page.reload()
    expect(page.get_by_text("Trying to backward through the graph a second time").first).to_be_visible()
    press(page, "Undo")
    expect(page.get_by_text("Value minus rate times gradient")).to_be_visible()


def test_a_guess_is_asked_before_the_answer(visit):
    """The questions open at the foot of the page; a guess brings the code and the reason."""
    page = visit("optimization?part=Optimizer")
    page.get_by_text("Check yourself: 4 questions").click()
    expect(page.get_by_text("What is .grad after optimizer.zero_grad()?")).to_be_visible()
    assert page.get_by_text("It is taken away, not filled with zeros").count() == 0
    page.locator("label").filter(has_text=re.compile(r"^tensor\(0\.\)$")).click()
    expect(page.get_by_text("It is taken away, not filled with zeros")).to_be_visible()
    expect(page.get_by_text("0 of 1 right")).to_be_visible()
