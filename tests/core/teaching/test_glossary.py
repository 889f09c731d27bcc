"""The glossary: every word of a page has its sentence, and every word has a page."""

import json
import re

import pytest

from core.teaching.glossary import ELSEWHERE, PAGES, TERMS, pattern, to_json
from ui.shell import navigation


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
