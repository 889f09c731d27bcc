"""A stranger's word in a sentence stays a word: one line, no Markdown, no link."""

import pytest

from core.text import quoted, shown


@pytest.mark.parametrize(
    "word",
    [
        "**bold**", "`code`", "[a](b)", "<b>", "$x$", ":red[x]", "a\nb", "\u202eabc", "a\x00b", "#", "https://a.bc",
        "mailto:a@b.c", "~~x~~", "| a |", "\\*",
    ],
)  # fmt: skip
def test_nothing_that_markdown_reads_is_left(word: str) -> None:
    assert not set(shown(word)) & set("*`[]()<>$:\n\r\u202e\x00#@~|\\")
    assert len(shown(word)) == len(word)


@pytest.mark.parametrize("word", ["www.evil.example", "see WWW.evil.example", "(www.a.b"])
def test_an_address_without_a_scheme_is_no_link(word: str) -> None:
    """Markdown as the pages render it makes a link of `www.` alone."""
    assert "www." not in shown(word).lower()


def test_names_of_files_and_tensors_stay_readable() -> None:
    for word in ("linear_relu_stack.0.weight", "images/0001.png", "T-shirt/top", "Größe 3,5 +1"):
        assert shown(word) == word


def test_a_long_word_is_cut() -> None:
    assert shown("a" * 100) == "a" * 60 + "..."
    assert quoted("b" * 30, 5) == "“bbbbb...”"
    assert quoted(None) == "“None”"
