"""Runs a snippet's text in a namespace of its own, and keeps what it printed and what it made."""

import builtins
import functools
import io
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

from torch import Tensor
from torch.nn import Parameter

from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.explanations import explain
from core.teaching.snippets.pyplot import Pyplot
from core.teaching.snippets.source import grouped, joined
from core.teaching.snippets.step import Step

Compute = Callable[..., Any]

MAX_CACHED: Final = 192
MAX_PRINTED: Final = 20_000
PEAK_BYTES: Final = 190_000_000
"""What a heavy step's programs take beside what is shared: they read the dataset, and train for seconds. The
most that was measured is 175 MB, on all 70,000 images."""


@dataclass(frozen=True, eq=False)
class StepResult:
    """What running a step's snippet gave."""

    step: Step
    """The step."""
    code: str
    """The text that ran, whole: the text to show."""
    stdout: str
    """What the step's own lines printed, at most 20,000 characters."""
    values: Mapping[str, Any] = field(repr=False)
    """The values that the step names as its results, in order. They may be shared between visitors: never
    change them in place."""
    error: str | None = None
    """One sentence where the snippet failed: PyTorch's own, with what it means; else `None`."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The checked value of every parameter."""

    @property
    def own_code(self) -> str:
        """The code without what its lesson has shown before: the lines and definitions of earlier steps."""
        part = self.step.part(self.inputs)
        new = [text for text in part.definitions if text not in self.step.familiar]
        return joined([grouped(part.imports), *new, part.body]) + "\n"

    @property
    def folded(self) -> tuple[str, ...]:
        """What `own_code` leaves out: titles of earlier steps, and definitions such as `class Network`."""
        known = self.step.familiar
        definitions = [text for text in self.step.part(self.inputs).definitions if text in known]
        names = [re.split(r"[(:=]", text, maxsplit=1)[0].strip() for text in definitions]
        return (*(f"“{link.title}”" for link in self.step.chain[:-1]), *(f"`{name}`" for name in names))


def run_step(
    step: Step,
    *,
    fresh: bool = False,
    compute: Compute | None = None,
    on_print: Callable[[str], None] | None = None,
    **values: Any,
) -> StepResult:
    """Run a step with these widget values, or give the result of the same text from before.

    The steps that it goes on from are run with it, and their results are known from then on.

    Args:
        step: The step.
        fresh: Run it again even if the result is known, as for a measurement.
        compute: Where it is given, a step that is heavy or measures is run by it, apart from the server:
            called with a function's name and arguments, as `core.system.apart.run` is.
        on_print: Called with each text that the program prints, while it runs; not where it runs apart.
        **values: Widget values, by parameter name; the rest take their initial values.

    Raises:
        LessonInputError: A value is out of range, or typed text is not in the small language.
        TooMuchError: A step that runs apart took too much time or memory.
    """
    inputs = step.check(values)
    key = _key(step, step.whole(inputs).code)
    with _cache_lock:
        if not fresh and key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    programs, names = _programs(step, inputs), [list(link.shown) for link in step.chain]
    if compute is not None and step.heavy:
        ended = compute(f"{__name__}:execute_apart", programs=programs, names=names)
    else:
        ended = _execute_all(programs, names, on_print)
    results = _results(step, inputs, ended)
    with _cache_lock:
        for result in results:
            _cache[_key(result.step, result.code)] = result
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return results[-1]


def _key(step: Step, code: str) -> tuple[str, str, str]:
    return step.function.__module__, step.name, code


def _programs(step: Step, inputs: Mapping[str, Any]) -> list[str]:
    """The texts to run one after the other: the steps that `step` goes on from, and itself."""
    known: set[str] = set()
    programs = []
    for link in step.chain:
        part = link.part(inputs)
        new = [text for text in part.definitions if text not in known]
        known.update(new)
        programs.append(joined([grouped(part.imports), *new, part.body]))
    return programs


Ended = tuple[str, dict[str, Any], str | None]
"""What one program printed, the values of its names, and one sentence if it failed."""


def _results(step: Step, inputs: Mapping[str, Any], ended: Sequence[Ended]) -> list[StepResult]:
    """The results of the steps that ran; where an earlier one failed, `step` failed with its sentence."""
    results = []
    for link, (stdout, values, error) in zip(step.chain, ended, strict=False):
        own = {name: inputs[name] for name in link.params}
        results.append(StepResult(link, link.whole(own).code, stdout, values, error, own))
    if results[-1].step is not step:
        code, failed = step.whole(inputs).code, results[-1]
        return [StepResult(step, code, failed.stdout, {}, failed.error, dict(inputs))]
    return results


def _execute_all(
    programs: Sequence[str], names: Sequence[Sequence[str]], on_print: Callable[[str], None] | None = None
) -> list[Ended]:
    """Run texts one after the other in one namespace, up to the first that fails."""
    namespace: dict[str, Any] = {}
    ended: list[Ended] = []
    with OwnChance() as chance:
        for program, wanted in zip(programs, names, strict=True):
            buffer = io.StringIO()
            printing = _reporting(functools.partial(print, file=buffer), on_print)
            error = run_program(program, namespace, printing, importing=_importing(chance))
            values = {name: namespace[name] for name in wanted if name in namespace}
            ended.append((buffer.getvalue()[:MAX_PRINTED], values, error))
            if error is not None:
                break
    return ended


def _reporting(printing: Callable[..., None], on_print: Callable[[str], None] | None) -> Callable[..., None]:
    """`printing`, which also tells `on_print` what it prints."""
    if on_print is None:
        return printing

    def print_and_report(*values: object, **options: Any) -> None:
        printing(*values, **options)
        on_print(" ".join(map(str, values)))

    return print_and_report


def _importing(chance: OwnChance) -> Callable[..., Any]:
    """`__import__` for a program: its own random generator in `torch`, and a figure of its own for pyplot."""
    pyplot = Pyplot()

    def load(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "matplotlib.pyplot":  # `import a.b as c` takes the attribute b of what is returned
            return SimpleNamespace(pyplot=pyplot)
        return chance.importing(name, *arguments, **options)

    return load


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
        printing = functools.partial(print, file=buffer)
        error = run_program(code, namespace, printing, importing=_importing(chance))
    return buffer.getvalue()[:MAX_PRINTED], namespace, error


def execute_apart(
    programs: list[str], names: list[list[str]], report: Callable[[float], None]
) -> list[Ended]:
    """Run texts one after the other, for `core.system.apart`: only the values that can be sent back."""
    ended = _execute_all(programs, names)
    return [
        (stdout, {n: _plain(v) for n, v in values.items() if _is_plain(v)}, error)
        for stdout, values, error in ended
    ]


def _plain(value: Any) -> Any:
    """A value to send: images of torchvision, which are tensors of a class of their own, as plain tensors."""
    special = isinstance(value, Tensor) and type(value) not in (Tensor, Parameter)
    return value.as_subclass(Tensor) if special else value


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
