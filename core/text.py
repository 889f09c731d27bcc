"""Text from strangers, made safe to repeat in a sentence.

What a visitor typed, what a link carries and what a file calls its parts may hold Markdown, control
characters or a thousand letters. Every sentence that repeats such a word takes it from here.
"""

import re

_WWW = re.compile(r"\bwww\.", re.IGNORECASE | re.ASCII)


def shown(text: object, longest: int = 60) -> str:
    """A stranger's word as it may stand in a sentence: short, on one line, and nothing in it is Markdown.

    Letters and digits of any script, spaces and ``. , - + _ /`` stay; anything else becomes a question mark.

    Args:
        text: The word; anything else is taken as `str` gives it.
        longest: Characters kept; three dots stand for the rest.
    """
    word = str(text)
    kept = "".join(c if c.isalnum() or c in " .,-+_/" else "?" for c in word[:longest])
    return _WWW.sub("www?", kept) + ("..." if len(word) > longest else "")  # Markdown links `www.` by itself


def quoted(text: object, longest: int = 24) -> str:
    """`shown` in quotation marks."""
    return f"“{shown(text, longest)}”"
