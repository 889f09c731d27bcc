"""A lesson as a script and as a Jupyter notebook: the snippets of its steps, imports once at the top."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from core.teaching.snippets.source import Snippet, grouped, joined, merge_imports
from core.teaching.snippets.step import Lesson, Step

Values = Mapping[str, Mapping[str, Any]]
"""Widget values by step, then by parameter; what is left out takes its initial value."""


def to_script(lesson: Lesson, values: Values | None = None, *, portable: bool = True) -> str:
    """The lesson as one Python program, in cells that editors recognize (`# %%`).

    Args:
        lesson: The lesson.
        values: Widget values.
        portable: Name the data folder `data`, as the tutorial does, instead of the folder in use here.

    Raises:
        LessonInputError: A value is out of range.
    """
    parts = [f"# {lesson.title}: PyTorch Basics, Live", *_preamble(lesson, values, portable)]
    for step, snippet, new in _cells(lesson, values, portable):
        comment = "\n".join(f"# {line}".rstrip() for line in step.text.splitlines())
        parts.append(f"# %% {step.title}\n{comment}\n\n{joined([*new, snippet.body])}")
    return "\n\n\n".join(parts) + "\n"


def to_notebook(lesson: Lesson, values: Values | None = None, *, portable: bool = True) -> str:
    """The lesson as a notebook (nbformat 4.5 JSON): a text cell and a code cell for each step.

    Args:
        lesson: The lesson.
        values: Widget values.
        portable: Name the data folder `data`, as the tutorial does, instead of the folder in use here.

    Raises:
        LessonInputError: A value is out of range.
    """
    cells = [("markdown", f"# {lesson.title}\n\nFrom PyTorch Basics, Live.")]
    cells += [("code", text) for text in _preamble(lesson, values, portable)]
    for step, snippet, new in _cells(lesson, values, portable):
        cells.append(("markdown", f"## {step.title}\n\n{step.text}"))
        cells.append(("code", joined([*new, snippet.body])))
    return write_notebook(cells)


def write_notebook(cells: Iterable[tuple[str, str]]) -> str:
    """A notebook (nbformat 4.5 JSON) of these cells.

    Args:
        cells: First to last: `markdown` or `code`, and the text.
    """
    notebook = {
        "cells": [_cell(kind, text, f"{number}") for number, (kind, text) in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _snippets(lesson: Lesson, values: Values | None, portable: bool) -> list[Snippet]:
    return [step.snippet(portable=portable, **(values or {}).get(step.name, {})) for step in lesson.steps]


def _preamble(lesson: Lesson, values: Values | None, portable: bool) -> list[str]:
    imports = grouped(merge_imports(_snippets(lesson, values, portable)))
    return [imports] if imports else []


def _cells(lesson: Lesson, values: Values | None, portable: bool) -> list[tuple[Step, Snippet, list[str]]]:
    """Each step with its snippet and the definitions that no earlier step brought."""
    known: set[str] = set()
    cells = []
    for step, snippet in zip(lesson.steps, _snippets(lesson, values, portable), strict=True):
        new = [definition for definition in snippet.definitions if definition not in known]
        known.update(new)
        cells.append((step, snippet, new))
    return cells


def _cell(kind: str, text: str, name: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": hashlib.sha256(name.encode()).hexdigest()[:12],
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
