"""Puzzles at the foot of three pages: behind one line, judged as they are typed, counted."""

import pytest

from core.teaching.puzzles import puzzles


def opened(open_page, page):
    """The page with its puzzles open."""
    app = open_page(page)
    app.session_state[f"puzzles_{page}"] = True
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", ["tensors", "model", "optimization"])
def test_a_puzzle_is_solved_and_counted(open_page, page):
    """A wrong answer gets a hint, a right one counts, and the program with its gap is there."""
    app = opened(open_page, page)
    first = puzzles(page)[0]
    field = app.text_input(key=f"puzzle_answer_{first.name}")
    assert any(first.program in block.value for block in app.code)
    field.set_value(first.wrong[0]).run()
    assert first.try_answer(first.wrong[0]).says[:12] in "".join(box.value for box in app.info).replace(
        "\\", ""
    )
    app.text_input(key=f"puzzle_answer_{first.name}").set_value(first.answers[0]).run()
    assert not app.exception
    assert first.name in app.session_state["puzzles_solved"]
    assert any("Right" in box.value for box in app.success)


def test_a_page_without_puzzles_has_no_line_for_them(open_page):
    app = open_page("transforms")
    assert not any("Puzzles" in box.label for box in app.expander)
