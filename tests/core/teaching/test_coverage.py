"""docs/COVERAGE.md names every step of the tutorial's lessons, and each of them can be played with."""

import re
from pathlib import Path

import pytest

from core.teaching.lessons import lessons
from core.teaching.snippets.params import DataFolder
from ui.shell import navigation

PROJECT = Path(__file__).resolve().parents[3]
TABLE = (PROJECT / "docs" / "COVERAGE.md").read_text(encoding="utf-8")
STEPS = {f"{lesson.name}.{step.name}": step for lesson in lessons() for step in lesson.steps}
NAMED = re.findall(rf"`((?:{'|'.join(lesson.name for lesson in lessons())})\.\w+)`", TABLE)


def test_every_step_is_in_the_table_and_every_name_is_a_step():
    """None is missing, none is invented."""
    assert set(NAMED) == set(STEPS)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_can_be_played_with(name):
    """At least one setting, its own or of the steps that it goes on from, has more than one value."""
    step = STEPS[name]
    played = [param for param in step.params.values() if not isinstance(param, DataFolder)]
    assert any(len(param.grid()) > 1 for param in played)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_page_shows_each_step(lesson):
    """By its name, or because the page goes through all steps of the lesson."""
    files = [*(PROJECT / "pages").glob("*.py"), *(PROJECT / "ui").rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    code = "\n".join(
        text
        for text in texts
        if f"core.teaching.lessons.{lesson.name} import" in text or f"import {lesson.name} as steps" in text
    )
    if re.search(r"show_steps\(LESSON|in LESSON\.steps", code):
        return
    missing = [
        step.name for step in lesson.steps if not re.search(rf"\bsteps\.{step.name}\b|\"{step.name}\"", code)
    ]
    assert not missing


def test_every_section_named_is_there():
    """`*Datasets > Loading time*` is a section of the page that the sidebar calls Datasets."""
    named = re.findall(r"\*([A-Z][\w ]+) > ([A-Z][\w ]+)\*", TABLE)
    assert len(named) >= 4
    pages = {entry.title: entry for entry in navigation.available()}
    for title, section in named:
        assert f'"{section}"' in pages[title].path.read_text(encoding="utf-8"), (title, section)
    for title in re.findall(r"\*([A-Z][\w ]+)\*", TABLE):
        assert title in pages


def test_every_row_names_what_covers_it_and_what_can_be_changed():
    """No cell of the last two columns is empty, and nothing is only shown."""
    rows = [
        line.split("|")[1:-1] for line in TABLE.splitlines() if line.startswith("| ") and "---" not in line
    ]
    assert len(rows) > 60
    for row in rows:
        assert len(row) == 4, row
        assert all(cell.strip() for cell in row), row
    assert "only shown" not in TABLE
