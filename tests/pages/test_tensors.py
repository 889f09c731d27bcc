"""The tensors page: every part runs, says what it should, answers quickly, and takes mistakes calmly."""

import statistics
import time

import pytest

from core.teaching.lessons.tensors import LESSON

PARTS = {
    "Make": ["From data", "From a NumPy array"],
    "Fill": ["From a shape", "Like another tensor", "Uniform or normal"],
    "Look inside": ["Shape, dtype, device, strides"],
    "Index": ["Indexing and slicing"],
    "Assign": ["Assigning to a slice"],
    "Join": ["Joining with cat", "Joining with stack"],
    "Multiply": ["Matrix product", "Element by element"],
    "Reduce": ["One number", "In place"],
    "NumPy": ["A tensor seen by NumPy", "An array seen by PyTorch", "When memory is not shared"],
    "Device": ["Moving to a device", "What moving costs"],
}


@pytest.fixture
def tensors(open_page):
    """Opens the page at the address that the keyword arguments make."""
    return lambda **address: open_page("tensors", **address)


def printed(app):
    """The code blocks: what ran, and what it printed."""
    return "\n".join(code.value for code in app.code)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows_its_steps(tensors, part):
    """A link opens the part, and only that part has run."""
    app = tensors(part=part)
    assert [heading.value for heading in app.header] == PARTS[part]
    assert not app.error


def test_every_step_of_the_lesson_is_on_the_page():
    """None is forgotten, none is there twice."""
    shown = [title for titles in PARTS.values() for title in titles]
    assert sorted(shown) == sorted(step.title for step in LESSON.steps)


def test_what_is_typed_is_in_the_code_that_ran(tensors):
    """The value from the field is in the snippet, and its result beside it."""
    app = tensors(part="Make")
    app.text_input(key="from_data-data").set_value("[1, 2.5]").run()
    assert "data = [1, 2.5]" in printed(app)
    assert "tensor([1.0000, 2.5000])" in printed(app)


@pytest.mark.parametrize(
    ("part", "key", "text", "sentence"),
    [
        ("Make", "from_data-data", "[[1, 2], [3]]", "expected sequence of length 2 at dim 1 (got 1)"),
        ("Make", "from_data-data", "__import__('os')", "is not part of"),
        ("Make", "from_data-data", "[" * 10_000, "10,000 characters"),
        ("Make", "from_data-data", "", "Nothing is there yet"),
        ("Fill", "from_shape-shape", "100000, 100000", "40 GB"),
        ("Index", "indexing-index", "[::0]", "slice step cannot be zero"),
        ("Index", "indexing-index", "9", "out of bounds"),
        ("Assign", "assigning-value", "[1, 2, 3]", "must match"),
    ],
)
def test_a_mistake_gets_a_sentence_and_the_page_stays(tensors, part, key, text, sentence):
    """No exception; the other steps and the downloads are still there."""
    app = tensors(part=part)
    app.text_input(key=key).set_value(text).run()
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value.replace("\\", "")  # what could be Markdown is escaped
    assert [heading.value for heading in app.header] == PARTS[part]


@pytest.mark.parametrize(
    ("index", "shared"), [(":, 0", True), ("1:3, None", True), ("[[0, 2]]", False), ("tensor > 9", False)]
)
def test_an_index_says_whether_it_is_a_view(tensors, index, shared):
    """Slices share memory, lists and masks copy; the badge says what the code found."""
    app = tensors(part="Index")
    app.text_input(key="indexing-index").set_value(index).run()
    text = " ".join(element.value for element in app.markdown)
    assert ("View: the same memory" in text) is shared
    assert ("a view of the same memory" if shared else "a copy with memory of its own") in app.code[-1].value


def test_a_click_on_a_product_says_where_it_came_from(tensors):
    """The cell in row 2, column 1 is row 2 of the left times column 1 of the right."""
    app = tensors(part="Multiply")
    app.session_state["matmul_cells_cell"] = ("y1", 7)
    app.run()
    assert any("`y1[2, 1]` = row 2 times column 1" in element.value for element in app.markdown)


@pytest.mark.parametrize(
    ("name", "value"), [("from_shape-seed", "999"), ("from_shape-seed", "x"), ("part", "Nowhere")]
)
def test_a_bogus_link_gives_the_default_and_one_sentence(tensors, name, value):
    """A link can be edited by hand: never an exception."""
    app = tensors(**({"part": "Fill"} | {name: value}))
    assert not app.exception
    assert len(app.toast) == 1
    assert "The link says" in app.toast[0].value


def test_a_click_is_answered_quickly(tensors):
    """Median time of a run on the server, for the part with the most steps, each with new values."""
    app = tensors(part="Fill")
    times = []
    for seed in range(1, 8):
        app.slider(key="from_shape-seed").set_value(seed)
        started = time.process_time()
        app.run()
        times.append(time.process_time() - started)
    assert not app.exception
    assert statistics.median(times) < 0.3, times
