"""A step: a real function whose body, with widget values written in, is the snippet a page shows and runs."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import LessonInputError
from core.teaching.snippets.params import DataFolder, Param
from core.teaching.snippets.source import Snippet, Source, chained


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
    """What widgets may set, by the name of the function's parameter; those of earlier steps included."""
    own: tuple[str, ...]
    """The parameters that are this step's own."""
    takes: frozenset[str]
    """Names that earlier steps made and this one's function asks for."""
    used: tuple[str, ...]
    """The parameters whose values stand in this step's lines: its own, and those of earlier steps."""
    after: "Step | None"
    """The step that this one goes on from: what that one made is there."""
    shown: tuple[str, ...]
    """The names of the values that the step returns: what a page displays."""
    varies: str
    """Why the printed digits differ from run to run (a measured time), or empty: they never do."""
    heavy: bool
    """Whether it goes through a dataset, or measures: then a page has it run apart from the server."""
    function: Callable[..., Any]
    """The function itself."""
    _source: Source = field(repr=False)
    earlier: list["Step"] = field(default_factory=list, repr=False)
    """The steps that stand before this one in its lesson, which fills the list."""

    @property
    def leaves(self) -> set[str]:
        """The names that the step's own lines bind: what a later step may use."""
        return self._source.assigned

    @property
    def definitions(self) -> tuple[str, ...]:
        """Constants, functions and classes of its module that the step's own lines use."""
        return self._source.definitions

    @property
    def familiar(self) -> frozenset[str]:
        """Definitions that earlier steps of the lesson have shown already."""
        return frozenset(text for step in self.earlier for text in step.definitions)

    @property
    def chain(self) -> tuple["Step", ...]:
        """The steps that this one goes on from, the first one first, and itself."""
        return (*(self.after.chain if self.after else ()), self)

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
        return self.whole(self.check(values), portable=portable)

    def whole(self, checked: Mapping[str, Any], *, portable: bool = False) -> Snippet:
        """The program for values that `check` has given: reading them a second time could change them.

        Args:
            checked: A checked value for each parameter; others may be there.
            portable: Write folders as a download names them.
        """
        return chained([link.part(checked, portable=portable) for link in self.chain])

    def part(self, checked: Mapping[str, Any], *, portable: bool = False) -> Snippet:
        """This step's own lines and what they need, without the steps before it.

        Args:
            checked: A checked value for each parameter that the step uses; others may be there.
            portable: Write folders as a download names them.
        """
        used = {name: self.params[name] for name in self.used}
        texts = {
            name: param.portable(checked[name]) if portable else param.source(checked[name])
            for name, param in used.items()
        }
        return self._source.snippet(texts, {name for name in self.own if self.params[name].top})

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
        for number, step in enumerate(self.steps):
            if step.after is not None and step.after not in self.steps[:number]:
                raise ValueError(f"{step.name} goes on from a step that does not stand before it.")
            step.earlier[:] = self.steps[:number]
            if step.after is not None:
                since = self.steps[self.steps.index(step.chain[0]) : number]
                rebound = {name for other in since if other not in step.chain for name in other.leaves}
                if rebound & step.takes:
                    raise ValueError(
                        f"{step.name} needs {sorted(rebound & step.takes)}, which others change."
                    )

    def step(self, name: str) -> Step:
        """The step called `name`.

        Raises:
            LessonInputError: There is none.
        """
        for candidate in self.steps:
            if candidate.name == name:
                return candidate
        raise LessonInputError(f"This lesson has no step {name[:40]!r}.")


def step(
    *, title: str, varies: str = "", after: Step | None = None, **params: Param
) -> Callable[[Callable[..., Any]], Step]:
    """Make a step of the function below.

    Args:
        title: A heading, in sentence case.
        varies: Why the printed digits differ from run to run, where they do.
        after: The step that this one goes on from. The function takes what it uses of that step's names as
            parameters without a declaration.
        **params: One declaration for each of the function's other parameters.

    Raises:
        TypeError: The function does not fit what is said in `core.teaching.snippets`.
    """

    def decorate(function: Callable[..., Any]) -> Step:
        names = tuple(inspect.signature(function).parameters)
        inherited = dict(after.params) if after else {}
        left = set(inherited).union(*(link.leaves for link in after.chain)) if after else set()
        wanted = {name for name in names if name not in left}
        if wanted != set(params):
            raise TypeError(
                f"{function.__name__}: declare exactly the parameters {tuple(sorted(wanted))}, "
                f"not {tuple(params)}; those of earlier steps are declared there."
            )
        source = Source(function)
        return Step(
            name=function.__name__,
            title=title,
            text=inspect.getdoc(function) or "",
            params=inherited | {name: params[name] for name in names if name in params},
            own=tuple(name for name in names if name in params),
            takes=frozenset(set(names) - set(params) - set(inherited)),
            used=tuple(name for name in names if name in params or name in inherited),
            after=after,
            shown=source.shown,
            varies=varies or (after.varies if after else ""),
            heavy=_is_heavy(source, varies, params) or bool(after and after.heavy and not source.draws),
            function=function,
            _source=source,
        )

    return decorate


def _is_heavy(source: Source, varies: str, params: Mapping[str, Param]) -> bool:
    """Whether a step measures or reads a dataset; a figure cannot be sent, so its step stays here."""
    reads = any(isinstance(param, DataFolder) for param in params.values())
    return bool(varies) or (reads and not source.draws)
