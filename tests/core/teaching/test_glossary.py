"""The glossary: every word of a page has its sentence, and every word has a page."""

import ast
import json
import re
from pathlib import Path

import pytest

from core.teaching.glossary import ELSEWHERE, PAGES, TERMS, pattern, to_json
from core.teaching.lessons import lessons
from core.teaching.mistakes import MISTAKES
from core.teaching.mistakes.programs import LESSON as LOOPS
from core.teaching.questions import questions
from core.teaching.symptoms import programs as symptoms
from ui.shell import navigation

PROJECT = Path(__file__).resolve().parents[3]


def strings(code):
    """The texts in a program, without its documentation and its names."""
    tree = ast.parse(code)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def said_on(page):
    """Everything that a page says or has its programs print."""
    for path in [PROJECT / "pages" / f"{page}.py", *(PROJECT / "ui" / page).rglob("*.py")]:
        yield from strings(path.read_text(encoding="utf-8"))
    for lesson in (*lessons(), LOOPS):
        if lesson.name == page:
            for step in lesson.steps:
                yield from (step.title, step.text, *strings(step.code()))
    for asked in questions(page):
        yield from (asked.ask, asked.step.text)
    if page == "mistakes":
        yield from strings(Path(symptoms.__file__).read_text(encoding="utf-8"))
        for mistake in MISTAKES.values():
            yield from (mistake.title, mistake.why)
            yield mistake.effect.figure.unit_text if mistake.effect else ""


@pytest.mark.parametrize("term", ["nats", "logit"])
@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_unit_or_a_score_is_explained_before_the_page_uses_it(page, term):
    """The glossary stands beside a page's first lines, so what it has is explained before its first use."""
    uses = [text for text in said_on(page) if re.search(pattern(term), text)]
    assert not uses or term in PAGES[page], uses
    if page == "mistakes":
        assert uses  # the texts are really looked at


def test_every_word_of_a_page_is_explained_and_every_word_has_a_page():
    """And the pages are those of the navigation."""
    used = {term for terms in PAGES.values() for term in terms}
    assert used <= set(TERMS)
    assert set(TERMS) - used <= {"weight", "tensor", "layer"}
    assert set(PAGES) <= {entry.stem for entry in navigation.PAGES}


def test_an_explanation_is_one_or_two_sentences():
    """Short enough for a tooltip."""
    for term, text in TERMS.items():
        assert len(text) <= 120, term
        assert text.endswith(".")
        assert text.count(". ") <= 1


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("batch", "in batches of 64", "batches"),
        ("normalize", "Normalized, then summed", "Normalized"),
        ("nats", "minus the logarithm, in nat.", "nat"),
        ("Adam", "AdamW has weight decay", None),
        ("leaf", "`drop_last` leaves them out", None),
        ("loss", "`loss.backward()` or loss_fn", "loss"),
        ("loss", "glossary", None),
    ],
)
def test_a_word_is_found_in_any_form_and_never_inside_another(term, text, found):
    """By the pattern that the browser uses as well."""
    match = re.search(pattern(term), text)
    assert (match and match[0]) == found


def test_the_browser_gets_every_word_and_where_it_means_something_else():
    """As JSON that may stand in a page."""
    assert [entry[1] for entry in json.loads(to_json())] == list(TERMS.values())
    assert "<" not in to_json()
    assert {page for pages in ELSEWHERE.values() for page in pages} <= set(PAGES)
