"""A step: a real function whose body, with widget values written in, is the snippet a page shows and runs."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import LessonInputError
from core.teaching.snippets.params import DataFolder, Param
from core.teaching.snippets.source import Snippet, Source


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a lesson. Made by the decorator `step`."""

    name: str
    """The function's name; unique within its lesson."""
    title: str
    """A heading, in sentence case."""
    text: str
    """What the step shows, Markdown: the function's docstring."""
    params: Mapping[str, Param]
    """What widgets may set, by the name of the function's parameter."""
    shown: tuple[str, ...]
    """The names of the values that the step returns: what a page displays."""
    varies: str
    """Why the printed digits differ from run to run (a measured time), or empty: they never do."""
    heavy: bool
    """Whether it goes through a dataset, or measures: then a page has it run apart from the server."""
    function: Callable[..., Any]
    """The function itself."""
    _source: Source = field(repr=False)

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter's checked value; what `values` leaves out takes its initial value.

        Raises:
            LessonInputError: A value is out of range, or there is no such parameter.
        """
        unknown = sorted(set(values) - set(self.params))
        if unknown:
            raise LessonInputError(f"The step {self.name} has no setting {unknown[0][:40]!r}.")
        return {name: param.check(values.get(name, param.default)) for name, param in self.params.items()}

    def snippet(self, *, portable: bool = False, **values: Any) -> Snippet:
        """The program for these widget values.

        Args:
            portable: Write folders as a download names them (`data`) instead of as they are here.
            **values: Widget values, by parameter name.

        Raises:
            LessonInputError: A value is out of range, or there is no such parameter.
        """
        checked = self.check(values)
        texts = {
            name: param.portable(checked[name]) if portable else param.source(checked[name])
            for name, param in self.params.items()
        }
        tops = {name for name, param in self.params.items() if param.top}
        return self._source.snippet(texts, tops)

    def code(self, **values: Any) -> str:
        """`snippet(**values).code`."""
        return self.snippet(**values).code


@dataclass(frozen=True)
class Lesson:
    """A page's steps, in order."""

    name: str
    """The page's file stem, such as `tensors`."""
    title: str
    """The page's title, in sentence case."""
    steps: tuple[Step, ...]
    """First to last."""

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError(f"Two steps of {self.name} have one name.")

    def step(self, name: str) -> Step:
        """The step called `name`.

        Raises:
            LessonInputError: There is none.
        """
        for candidate in self.steps:
            if candidate.name == name:
                return candidate
        raise LessonInputError(f"This lesson has no step {name[:40]!r}.")


def step(*, title: str, varies: str = "", **params: Param) -> Callable[[Callable[..., Any]], Step]:
    """Make a step of the function below.

    Args:
        title: A heading, in sentence case.
        varies: Why the printed digits differ from run to run, where they do.
        **params: One declaration for each of the function's parameters.

    Raises:
        TypeError: The function does not fit what is said in `core.teaching.lessons`.
    """

    def decorate(function: Callable[..., Any]) -> Step:
        names = tuple(inspect.signature(function).parameters)
        if set(names) != set(params):
            raise TypeError(
                f"{function.__name__}: declare exactly the parameters {names}, not {tuple(params)}."
            )
        source = Source(function)
        return Step(
            name=function.__name__,
            title=title,
            text=inspect.getdoc(function) or "",
            params={name: params[name] for name in names},
            shown=source.shown,
            varies=varies,
            heavy=_is_heavy(function, varies, params),
            function=function,
            _source=source,
        )

    return decorate


def _is_heavy(function: Callable[..., Any], varies: str, params: Mapping[str, Param]) -> bool:
    """Whether a step measures or reads a dataset; a figure cannot be sent, so its step stays here."""
    reads = any(isinstance(param, DataFolder) for param in params.values())
    return bool(varies) or (reads and "Figure" not in str(inspect.signature(function).return_annotation))
