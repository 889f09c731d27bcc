"""Runs a snippet's text in a namespace of its own, and keeps what it printed and what it made."""

import builtins
import contextlib
import functools
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from core.teaching.snippets.literal import explain
from core.teaching.snippets.step import Step

MAX_CACHED: Final = 192
MAX_PRINTED: Final = 20_000

_alone = threading.RLock()


@dataclass(frozen=True, eq=False)
class StepResult:
    """What running a step's snippet gave."""

    step: Step
    """The step."""
    code: str
    """The text that ran, whole: the text to show."""
    stdout: str
    """What it printed, at most 20,000 characters."""
    values: Mapping[str, Any] = field(repr=False)
    """The values that the step names as its results, in order. They may be shared between visitors: never
    change them in place."""
    error: str | None = None
    """One sentence where the snippet failed: PyTorch's own, with what it means; else `None`."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The checked value of every parameter."""


def run_step(step: Step, *, fresh: bool = False, **values: Any) -> StepResult:
    """Run a step with these widget values, or give the result of the same text from before.

    Args:
        step: The step.
        fresh: Run it again even if the result is known, as for a measurement.
        **values: Widget values, by parameter name; the rest take their initial values.

    Raises:
        LessonInputError: A value is out of range, or typed text is not in the small language.
    """
    inputs = step.check(values)
    code = step.code(**values)
    key = (step.function.__module__, step.name, code)
    with _cache_lock:
        if not fresh and key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    # A step runs alone until it is known to draw nothing from the global generator: otherwise it could
    # change the numbers of one that has just seeded it in another thread.
    alone = step.exclusive or key[:2] not in _quiet
    with exclusively() if alone else contextlib.nullcontext():
        before = torch.random.get_rng_state()
        stdout, namespace, error = execute(code)
        if alone and not step.exclusive and torch.equal(before, torch.random.get_rng_state()):
            _quiet.add(key[:2])
    shown = {name: namespace[name] for name in step.shown if name in namespace}
    result = StepResult(step, code, stdout, shown, error, inputs)
    with _cache_lock:
        _cache[key] = result
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return result


def execute(code: str, *, exclusive: bool = False) -> tuple[str, dict[str, Any], str | None]:
    """Compile and run `code`, which must be ours: the text of a snippet.

    `print` writes to a buffer of this call, so that many visitors can run snippets at once.

    Args:
        code: The program.
        exclusive: Run it alone, and put the global random generator back as it was.

    Returns:
        What it printed, the namespace it left, and one sentence if it failed.
    """
    buffer = io.StringIO()
    namespace: dict[str, Any] = {}
    with exclusively() if exclusive else contextlib.nullcontext():
        error = run_program(code, namespace, functools.partial(print, file=buffer))
    return buffer.getvalue()[:MAX_PRINTED], namespace, error


def run_program(code: str, namespace: dict[str, Any], printing: Callable[..., None]) -> str | None:
    """Compile and run `code`, which must be ours, in `namespace`, with `printing` in the place of `print`.

    Returns:
        One sentence if it failed.
    """
    namespace.update({"__name__": "__main__", "__builtins__": {**vars(builtins), "print": printing}})
    try:
        exec(compile(code, "<snippet>", "exec", dont_inherit=True), namespace)
    except (IndexError, ValueError, TypeError, RuntimeError) as raised:
        return explain(raised)
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    return None


@contextlib.contextmanager
def exclusively() -> Iterator[None]:
    """Alone with the global random generator among snippets; it is put back as it was."""
    with _alone, torch.random.fork_rng(devices=[]):
        yield


_quiet: set[tuple[str, str]] = set()
_cache: OrderedDict[tuple[str, str, str], StepResult] = OrderedDict()
_cache_lock = threading.Lock()
