"""Where the reader has been: in this visit, and as their browser remembers it, which can be anything."""

import pytest

from ui.shell import progress


@pytest.fixture
def visit(monkeypatch):
    """A function that makes a visit whose browser remembers `before`."""

    def begin(before):
        monkeypatch.setattr(progress.st, "session_state", {})
        monkeypatch.setattr(progress, "remembered", lambda: before)

    return begin


def test_a_page_is_read_when_all_its_sections_were_open(visit):
    """Some in an earlier visit, the others in this one."""
    visit({"seen": {"tensors": ["Make", "Fill"]}, "sections": {"tensors": 3}})
    assert progress.seen("tensors") == (2, 3)
    assert not progress.is_done("tensors")
    progress.note("tensors", "Index", 3)
    assert progress.is_done("tensors")
    assert progress.seen("autograd") == (0, 0)


def test_the_last_visit_can_go_on(visit):
    """Its page, its section and its link."""
    visit({"last": {"page": "tensors", "section": "Fill", "link": "part=Fill&seed=3&embed=true"}})
    assert progress.resume() == progress.Resume("tensors", "Fill", {"part": "Fill", "seed": "3"})


@pytest.mark.parametrize(
    "before",
    [
        None, 3, "x", [], {"seen": 3}, {"seen": {"tensors": "Make"}}, {"seen": {"tensors": [{}, None]}},
        {"sections": {"tensors": "9"}}, {"sections": [1]}, {"last": []}, {"last": {"page": 3}},
        {"last": {"page": "a", "section": "b", "link": "x" * 9000}},
    ],
)  # fmt: skip
def test_nonsense_from_a_browser_is_nothing(visit, before):
    """A client may send what it likes."""
    visit(before)
    assert progress.seen("tensors") == (0, 0)
    assert progress.resume() is None


def test_a_browser_cannot_claim_more_than_there_is(visit):
    """Nor make the server count without end."""
    visit({"seen": {"tensors": [str(i) for i in range(9000)]}, "sections": {"tensors": 10**9}})
    done, count = progress.seen("tensors")
    assert done <= count <= 40
