"""A solved puzzle is remembered by the visitor's own browser, and by no other."""

from playwright.sync_api import expect


def test_a_solved_puzzle_is_there_after_a_reload(new_page, server):
    """Typed and solved by keyboard on a phone; the count is there in a new session of the same browser."""
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{server.url}/optimization")
    page.get_by_text("Puzzles: ").click()
    field = page.get_by_label("What goes into the gap")
    field.fill("c, d, b, a")
    field.press("Enter")
    expect(page.get_by_text("1 of 6 solved")).to_be_visible()
    expect(page.get_by_text("Right: after three batches")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Next puzzle")).to_be_visible()
    page.reload()
    page.get_by_text("Puzzles: ").click()
    expect(page.get_by_text("1 of 6 solved")).to_be_visible()
    # the list is drawn anew with what the browser knows, on the first that is not solved
    expect(page.get_by_role("combobox", name="Puzzle")).to_have_value("2. Rate for 85")
    other = new_page()
    other.goto(f"{server.url}/optimization")
    other.get_by_text("Puzzles: ").click()
    expect(other.get_by_text("0 of 6 solved")).to_be_visible()
