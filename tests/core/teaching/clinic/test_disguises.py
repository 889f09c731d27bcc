"""A message is known however it comes from a screen: quoted, boxed, numbered, colored, wrapped, escaped."""

import html
import json
import textwrap

import pytest

from core.teaching.clinic import KINDS, explain_error, raised


def margin(mark, end=""):
    return lambda text: "\n".join(f"{mark}{line}{end}" for line in textwrap.wrap(text, 70))


_DISGUISES = {
    "as it is": str,
    "colors": lambda text: f"\x1b[0;31m{text}\x1b[0m",
    "colors without their escape": lambda text: f"[0;31m{text}[0m",
    "wrapped and indented": lambda text: "\n    ".join(textwrap.wrap(text, 60)),
    "a quotation": margin("> "),
    "a comment": margin("# "),
    "a box": margin("| ", " |"),
    "numbered": lambda text: "\n".join(
        f"{n:4d}  {line}" for n, line in enumerate(textwrap.wrap(text, 70), 98)
    ),
    "HTML": html.escape,
    "bold": lambda text: f"**{text}**",
    "small letters": str.lower,
    "curly quotes": lambda text: text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
    "long hyphens": lambda text: text.replace("-", "\N{EN DASH}"),
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0"),
    "JSON": json.dumps,
    "Markdown": lambda text: text.replace("_", "\\_").replace("[", "\\["),
    "a log": lambda text: f"2026-01-01 12:00:00,123 - ERROR - {text}",
    "a rank": lambda text: "\n".join(f"[rank0]: {line}" for line in text.split("\n")),
    "a question": lambda text: f"Hi, I get this error: {text} How can I fix it? Thanks!",
}
_LONG = 45
"""Characters of a message that nothing else resembles."""


def kind_of(text):
    found = explain_error(text)
    return found.kind.name if found.kind else ""


@pytest.mark.parametrize("disguise", list(_DISGUISES))
def test_a_disguised_message_is_the_same_kind(disguise):
    """Of every kind whose program raises a message of one line."""
    messages = [raised(name) for name, kind in KINDS.items() if not kind.symptom]
    messages = [text for text in messages if len(text) > _LONG and "\n" not in text]
    assert len(messages) > 80
    changed = {text: kind_of(_DISGUISES[disguise](text)) for text in messages}
    assert changed == {text: kind_of(text) for text in messages}


def test_blanks_lost_or_put_in_by_copying_do_not_matter_in_a_long_message():
    """Such as `torch. tensor`, or `match thetarget size`; of a message whose kind no other shares."""
    messages = [raised(name) for name, kind in KINDS.items() if not kind.symptom]
    messages = [text for text in messages if len(text) > 2 * _LONG and "\n" not in text]
    assert len(messages) > 40
    damaged = [text.replace(" the ", "the ").replace(".", ". ").replace(" to ", "to ") for text in messages]
    told = [(kind_of(text), kind_of(worse)) for text, worse in zip(messages, damaged, strict=True)]
    assert sum(right == found for right, found in told) > 0.9 * len(told)
    # a shorter wording inside a damaged one may be whole
    assert sum(bool(found) and right != found for right, found in told) < 0.05 * len(told)
