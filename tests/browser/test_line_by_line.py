"""In a browser: a program is played back with buttons, keys and clicks, at once and without the server."""

import re
import statistics

from playwright.sync_api import expect

STEP = """async (count) => {
  const next = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".player .next"))
    .find(Boolean)
  const took = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    next.click()
    await new Promise((drawn) => requestAnimationFrame(drawn))
    took.push(performance.now() - start)
  }
  return took
}"""


def at_step(page, number):
    """Wait until the player says that it is at this step."""
    expect(page.locator(".player .count")).to_have_text(re.compile(rf"^{number} / \d+$"))


def test_a_step_takes_less_than_fifty_milliseconds_and_no_server(visit):
    """Forty steps of the quickstart with the connection cut; a busy machine may be slow now and then."""
    page = visit("line_by_line?at=40")
    at_step(page, 40)
    page.context.set_offline(True)
    took = page.evaluate(STEP, 40)
    at_step(page, 80)
    page.context.set_offline(False)
    assert statistics.median(took) < 50, sorted(took)


def test_the_trace_travels_once(visit, server, new_page):
    """The first answer brings it, at most 1 MB; what follows a step and a rest is small."""
    visit("line_by_line")  # a cold server takes its time
    page = new_page()
    received = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
    )
    page.goto(f"{server.url}/line_by_line")
    at_step(page, 1)
    assert sum(received) < 1_300_000  # with the rest of the page
    assert max(received) < 1_000_000
    before = len(received)
    page.locator(".player .next").click()
    at_step(page, 2)
    expect(page).to_have_url(re.compile("at=2"))
    page.locator(".player .next").click()
    expect(page).to_have_url(re.compile("at=3"))
    assert sum(received[before:]) < 150_000


def test_keys_step_and_lines_lead_to_their_next_run(visit):
    """Arrows and ends in the player; up, down and Enter in the code; the link keeps the place."""
    page = visit("line_by_line?program=Autograd")
    at_step(page, 1)
    player = page.locator(".player")
    player.locator(".next").focus()
    page.keyboard.press("ArrowRight")
    at_step(page, 2)
    page.keyboard.press("ArrowLeft")
    at_step(page, 1)
    page.keyboard.press("End")
    expect(player.locator(".next")).to_be_disabled()
    player.locator(".previous").focus()
    page.keyboard.press("Home")
    at_step(page, 1)
    player.locator('button.line[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")  # to the next line with code
    page.keyboard.press("Enter")
    at_step(page, 2)
    player.locator("button.line", has_text="b = torch.randn(3").click()
    expect(player.locator('[aria-current="step"]')).to_contain_text("b = torch.randn(3")
    expect(player.locator(".side .name").first).to_contain_text("new")
    number = player.locator(".count").inner_text().split(" / ")[0]
    expect(page).to_have_url(re.compile(f"at={number}"))
    page.reload()
    at_step(page, number)


def test_a_model_shows_its_gradients_and_a_name_is_drawn_over_time(visit):
    page = visit("line_by_line?program=Optimization")
    player = page.locator(".player")
    player.locator("button.line", has_text="loss.backward()").click()
    expect(player.locator(".side .changed").first).to_contain_text("none →")
    player.locator("button.line", has_text="optimizer.zero_grad()").click()
    expect(player.locator(".side .changed").first).to_contain_text("→ none")
    player.locator("button.line", has_text="loss = loss_fn(pred, y)").click()
    player.locator(".side .pin").first.click()
    chart = player.get_by_role("img", name=re.compile("train_loop.loss over the whole run"))
    expect(chart).to_be_visible()
    expect(player.locator(".where")).to_contain_text("of the loop in line")


def test_a_line_leads_to_its_page_and_the_page_back(visit):
    page = visit("line_by_line?program=Autograd")
    player = page.locator(".player")
    player.locator("button.line", has_text=re.compile(r"^loss\.backward")).first.click()
    player.get_by_role("link", name="Play with this: Autograd, Backward").last.click()
    expect(page).to_have_url(re.compile("/autograd.*part=Backward"))
    page.get_by_role("link", name=re.compile("line .* of Autograd")).click()
    expect(page).to_have_url(re.compile("/line_by_line"))
    expect(page.locator('.player [aria-current="step"]')).to_contain_text(re.compile("backward|grad"))


def test_on_a_phone_code_and_names_stand_one_above_the_other(visit):
    page = visit("line_by_line?program=Optimization&at=40", viewport={"width": 390, "height": 844})
    at_step(page, 40)
    code = page.locator(".player .code").bounding_box()
    side = page.locator(".player .side").bounding_box()
    assert code["y"] + code["height"] <= side["y"]
    assert max(code["x"] + code["width"], side["x"] + side["width"]) <= 390


def test_playing_goes_on_by_itself_and_stops(visit):
    page = visit("line_by_line?program=Autograd")
    at_step(page, 1)
    page.locator(".player").get_by_role("button", name="Play").click()
    at_step(page, 3)
    page.locator(".player").get_by_role("button", name="Pause").click()
    expect(page.locator(".player").get_by_role("button", name="Play")).to_be_visible()
