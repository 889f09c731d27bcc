"""The lines of code in a pasted text that are the visitor's own: what a library wrote is left out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from core.teaching.clinic.traceback import frame_of

_LINES: Final = 400
_LENGTH: Final = 200
"""Characters of a line that are read: every pattern works on one line, so its work is bounded."""
_MARKS: Final = re.compile(
    r"^(?:>>>|\.\.\.|\$|In \[\d{0,4}\]:|-{1,5}>|❱|'''(?:python|py)?)\s*|^\d{1,4}\s(?=\s*\S)"
)
"""What prompts, arrows and listings put before a line of code."""
_CALLS: Final = re.compile(r"\w\(|\w\[|^\s*\w[\w., ]{0,60} (?:=|[+\-*/]=) ?\S|^(?:with|for|if|def|class|@)\b")
_ERROR: Final = re.compile(r"^[\w.]{1,60}(?:Error|Exception|Warning)\b")
POSITIONS: Final = r"argmax\(|\.max\([^()]{0,20}\)\[1\]|torch\.max\([^()]{0,40}\)\[1\]"
"""What gives the positions of the largest scores."""
_SPOKEN: Final = re.compile(
    r"(?:\b(?!for\b|in\b|if\b|not\b|and\b|or\b|is\b|else\b|import\b|from\b|as\b)[A-Za-z']{2,20},? ){4}"
)
"""Four words in a row that are none of Python's: a sentence, even if it names a function."""


@dataclass(frozen=True)
class PastedCode:
    """The code that stands in a text."""

    lines: tuple[str, ...]
    """The lines that look like code, without prompts and indentation."""
    inside: tuple[str, ...]
    """Those of them that stand in a `forward`."""
    text: str
    """The whole text in lower case, on one line: people also describe their code in sentences."""

    @cached_property
    def joined(self) -> str:
        """The lines of code, in lower case."""
        return "\n".join(self.lines).lower()

    def first(self, pattern: re.Pattern[str], lines: tuple[str, ...] | None = None) -> re.Match[str] | None:
        """The first line of code in which `pattern` stands."""
        found = (pattern.search(line) for line in (self.lines if lines is None else lines))
        return next((match for match in found if match is not None), None)


def shown(pattern: re.Pattern[str], says: str) -> Callable[[PastedCode], str]:
    """A rule that says one thing of the first line of code in which `pattern` stands, and nothing without.

    Args:
        pattern: What is looked for.
        says: The sentences; `{0}` is what was found, `{1}` its first group.
    """

    def rule(code: PastedCode) -> str:
        found = code.first(pattern)
        return "" if found is None else says.format(found[0], *found.groups())

    return rule


def pasted_code(lines: tuple[str, ...], text: str) -> PastedCode:
    """Find the code among the lines of a text.

    Args:
        lines: The text's lines.
        text: The same in lower case, on one line.
    """
    kept: list[str] = []
    inside: list[str] = []
    foreign, depth = False, -1
    for line in lines[:_LINES]:
        frame = frame_of(line)
        if frame is not None:
            foreign = not frame.is_yours
            continue
        if not line.strip() or _ERROR.match(line.strip()):
            foreign = False
            continue
        code = _MARKS.sub("", _MARKS.sub("", line.strip()))[:_LENGTH].partition(" #")[0].strip()
        if foreign or code.startswith("#") or not _CALLS.search(code) or _SPOKEN.search(code):
            continue
        kept.append(code)
        indent = len(line) - len(line.lstrip())
        if code.startswith(("def ", "class ")):
            depth = indent if code.startswith("def forward(") else -1
        elif depth >= 0 and indent > depth:
            inside.append(code)
    return PastedCode(tuple(kept), tuple(inside), text)
