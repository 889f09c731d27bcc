"""Runs a snippet's text in a namespace of its own, and keeps what it printed and what it made."""

import builtins
import functools
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from torch import Tensor

from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.literal import explain
from core.teaching.snippets.step import Step

Compute = Callable[..., Any]

MAX_CACHED: Final = 192
MAX_PRINTED: Final = 20_000


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


def run_step(step: Step, *, fresh: bool = False, compute: Compute | None = None, **values: Any) -> StepResult:
    """Run a step with these widget values, or give the result of the same text from before.

    Args:
        step: The step.
        fresh: Run it again even if the result is known, as for a measurement.
        compute: Where it is given, a step that is heavy or measures is run by it, apart from the server:
            called with a function's name and arguments, as `core.system.apart.run` is.
        **values: Widget values, by parameter name; the rest take their initial values.

    Raises:
        LessonInputError: A value is out of range, or typed text is not in the small language.
        TooMuchError: A step that runs apart took too much time or memory.
    """
    inputs = step.check(values)
    code = step.code(**values)
    key = (step.function.__module__, step.name, code)
    with _cache_lock:
        if not fresh and key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    if compute is not None and step.heavy:
        name = f"{__name__}:execute_apart"
        stdout, shown, error = compute(name, code=code, names=list(step.shown))
    else:
        stdout, namespace, error = execute(code)
        shown = {name: namespace[name] for name in step.shown if name in namespace}
    result = StepResult(step, code, stdout, shown, error, inputs)
    with _cache_lock:
        _cache[key] = result
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return result


def execute(code: str) -> tuple[str, dict[str, Any], str | None]:
    """Compile and run `code`, which must be ours: the text of a snippet.

    `print` writes to a buffer of this call, and what is drawn at random comes from a generator of this call,
    so that many visitors can run snippets at once.

    Args:
        code: The program.

    Returns:
        What it printed, the namespace it left, and one sentence if it failed.
    """
    buffer = io.StringIO()
    namespace: dict[str, Any] = {}
    with OwnChance() as chance:
        error = run_program(
            code, namespace, functools.partial(print, file=buffer), importing=chance.importing
        )
    return buffer.getvalue()[:MAX_PRINTED], namespace, error


def execute_apart(
    code: str, names: list[str], report: Callable[[float], None]
) -> tuple[str, dict[str, Any], str | None]:
    """`execute`, for `core.system.apart`: of the namespace only the values `names` that can be sent back."""
    stdout, namespace, error = execute(code)
    values = {name: namespace[name] for name in names if name in namespace and _is_plain(namespace[name])}
    return stdout, values, error


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str | int) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, Tensor | bool | int | float | str)


def run_program(
    code: str,
    namespace: dict[str, Any],
    printing: Callable[..., None],
    *,
    importing: Callable[..., Any] = __import__,
) -> str | None:
    """Compile and run `code`, which must be ours, in `namespace`.

    Args:
        code: The program.
        namespace: Filled with what it leaves.
        printing: Takes the place of `print`.
        importing: Takes the place of `__import__`.

    Returns:
        One sentence if it failed.
    """
    own = {**vars(builtins), "print": printing, "__import__": importing}
    namespace.update({"__name__": "__main__", "__builtins__": own})
    try:
        exec(compile(code, "<snippet>", "exec", dont_inherit=True), namespace)
    except (IndexError, ValueError, TypeError, RuntimeError) as raised:
        return explain(raised)
    except Exception as raised:
        return f"{type(raised).__name__}: {raised}"
    return None


_cache: OrderedDict[tuple[str, str, str], StepResult] = OrderedDict()
_cache_lock = threading.Lock()
