"""The lessons, content alone: one module a page. `core.teaching.snippets` says what a step may use."""

import importlib
import pkgutil

from core.teaching.snippets import Lesson

__all__ = ["lessons"]


def lessons() -> tuple[Lesson, ...]:
    """Every lesson of this package, sorted by name."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        lesson = getattr(module, "LESSON", None)
        if isinstance(lesson, Lesson):
            found.append(lesson)
    return tuple(sorted(found, key=lambda lesson: lesson.name))
