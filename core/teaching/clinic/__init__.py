"""The error clinic: explains a pasted error message, traceback or class; nothing of it is run.

`kinds/` holds what it knows, one entry per kind of error with a program that raises it. To add one, write it
there and run `python -m core.teaching.clinic`. Which of several causes it is, is read in the message
(`readings/`), in words and logs (`signs/`), in the code beside it (`pasted/`) and in a class (`networks/`).
"""

from core.teaching.clinic.explanation import (
    NO_PROGRAM,
    UNKNOWN,
    Explanation,
    explain_error,
    nearest,
)
from core.teaching.clinic.kind import Kind
from core.teaching.clinic.kinds import KINDS, TOPICS
from core.teaching.clinic.networks.classes import ClassReading, read_class
from core.teaching.clinic.paste import MAX_CHARACTERS
from core.teaching.clinic.raised import raised, raised_with, run_here

__all__ = [
    "KINDS",
    "MAX_CHARACTERS",
    "NO_PROGRAM",
    "TOPICS",
    "UNKNOWN",
    "ClassReading",
    "Explanation",
    "Kind",
    "explain_error",
    "nearest",
    "raised",
    "raised_with",
    "read_class",
    "run_here",
]
