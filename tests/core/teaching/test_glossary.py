"""The glossary: every word of a page has its sentence, and every word has a page."""

from core.teaching.glossary import PAGES, TERMS
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
