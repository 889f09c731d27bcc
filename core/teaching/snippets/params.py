"""What a widget may put into a snippet: each parameter knows its bounds and how it is written as code.

Nothing a visitor types becomes code here. A value is checked against its declaration, and the text that
goes into the snippet is made from the checked value: `repr` of a number, or one of the author's own options.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import LessonInputError
from core.teaching.snippets.dataset_root import DOWNLOAD_ROOT, dataset_root
from core.teaching.snippets.literal import parse_index, parse_shape, parse_tensor_literal


@dataclass(frozen=True, kw_only=True)
class Param:
    """One value that a step takes from a widget."""

    default: Any
    """The value before a visitor touches anything."""
    label: str = "The value"
    """What the widget is called, in sentence case."""
    top: bool = False
    """Bind the value as a constant in the snippet's first lines (`shape = (2, 3)`) instead of writing it
    where it is used (`torch.rand(2, 3)`)."""
    help: str = ""
    """What the widget's tooltip says, in Markdown; may be empty."""

    def check(self, value: Any) -> Any:
        """The value in the form that `source` takes.

        Raises:
            LessonInputError: The value is of the wrong type or out of range.
        """
        raise NotImplementedError

    def source(self, value: Any) -> str:
        """The checked value as an expression of Python."""
        return _expression(value)

    def portable(self, value: Any) -> str:
        """The expression to write into a download; the same as `source` for all but folders."""
        return self.source(value)

    def grid(self) -> tuple[Any, ...]:
        """The values that a test must try."""
        return (self.default,)


def _expression(value: Any) -> str:
    """`repr`, with the double quotes that Python's formatters prefer where the text needs no escape."""
    text = repr(value)
    plain = isinstance(value, str) and text == f"'{value}'" and '"' not in value
    return f'"{value}"' if plain else text


@dataclass(frozen=True, kw_only=True)
class Int(Param):
    """A whole number in [low, high]."""

    default: int
    low: int
    high: int

    def check(self, value: Any) -> int:
        """The number, unchanged."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise LessonInputError(f"{self.label} must be a whole number.")
        if not self.low <= value <= self.high:
            text = str(value) if abs(value) < 10**15 else "that"
            raise LessonInputError(f"{self.label} must be between {self.low} and {self.high}, not {text}.")
        return value

    def grid(self) -> tuple[int, ...]:
        """The ends and the default."""
        return tuple(sorted({self.low, self.default, self.high}))


@dataclass(frozen=True, kw_only=True)
class Float(Param):
    """A finite number in [low, high]."""

    default: float
    low: float
    high: float

    def check(self, value: Any) -> float:
        """The number as a float."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LessonInputError(f"{self.label} must be a number.")
        if not self.low <= value <= self.high:
            raise LessonInputError(f"{self.label} must be between {self.low:g} and {self.high:g}.")
        return float(value)

    def grid(self) -> tuple[float, ...]:
        """The ends and the default."""
        return tuple(value for value in sorted({self.low, self.default, self.high}) if math.isfinite(value))


@dataclass(frozen=True, kw_only=True)
class Bool(Param):
    """True or False."""

    default: bool

    def check(self, value: Any) -> bool:
        """The value, unchanged."""
        if not isinstance(value, bool):
            raise LessonInputError(f"{self.label} must be True or False.")
        return value

    def grid(self) -> tuple[bool, ...]:
        """Both."""
        return (False, True)


@dataclass(frozen=True, kw_only=True)
class Choice(Param):
    """One of a few plain values (strings, numbers), written into the snippet with `repr`."""

    options: tuple[Any, ...]

    def check(self, value: Any) -> Any:
        """The option, unchanged."""
        for option in self.options:
            if type(option) is type(value) and option == value:
                return option
        listed = ", ".join(map(str, self.options))
        raise LessonInputError(f"{self.label} must be one of {listed}.")

    def grid(self) -> tuple[Any, ...]:
        """Every option."""
        return self.options


@dataclass(frozen=True, kw_only=True)
class Code(Param):
    """One of a few expressions that the lesson's author wrote, such as `torch.float32`."""

    default: str
    options: Mapping[str, str]
    """Names as a visitor sees them, each with the expression it stands for."""

    def check(self, value: Any) -> str:
        """The option's name, unchanged."""
        if not isinstance(value, str) or value not in self.options:
            raise LessonInputError(f"{self.label} must be one of {', '.join(self.options)}.")
        return value

    def source(self, value: Any) -> str:
        """The expression that the name stands for."""
        return self.options[value]

    def grid(self) -> tuple[str, ...]:
        """Every name."""
        return tuple(self.options)


@dataclass(frozen=True, kw_only=True)
class Typed(Param):
    """Text that a visitor types, in one of the small languages of `core.teaching.snippets.literal`."""

    default: str
    examples: tuple[str, ...] = ()
    """Other texts that a page offers; a test tries each."""

    def grid(self) -> tuple[str, ...]:
        """The default and the examples."""
        return (self.default, *self.examples)


@dataclass(frozen=True, kw_only=True)
class NestedNumbers(Typed):
    """A number or a nested list of numbers."""

    def check(self, value: Any) -> Any:
        """The number or the nested lists."""
        return parse_tensor_literal(value if isinstance(value, str) else repr(value))


@dataclass(frozen=True, kw_only=True)
class Shape(Typed):
    """A shape, such as `2, 3`: up to 4 sizes, up to 64 numbers."""

    def check(self, value: Any) -> tuple[int, ...]:
        """The sizes."""
        return parse_shape(value if isinstance(value, str) else repr(value))


@dataclass(frozen=True, kw_only=True)
class Index(Typed):
    """What goes between the brackets of `tensor[...]`.

    In the step's body it stands alone between brackets (`tensor[index]`); the snippet has the
    expression in its place (`tensor[:, 0]`). The tensor must be called `tensor` for masks to work.
    """

    def check(self, value: Any) -> str:
        """The expression, written anew from its parsed form."""
        return parse_index(value).source

    def source(self, value: Any) -> str:
        """The expression as it is: `check` wrote it."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class DataFolder(Param):
    """The folder for torchvision's `root=`.

    On a page it is the folder in use here (so the text shown is the text that ran); in a download it is
    `data`, where torchvision looks first and downloads to if nothing is there.
    """

    default: None = None
    top: bool = True

    def check(self, value: Any) -> str:
        """The folder; `None` is the one in use."""
        if value is not None and not isinstance(value, str):
            raise LessonInputError("The data folder must be a path.")
        return dataset_root() if value is None else value

    def portable(self, value: Any) -> str:
        """The tutorial's own folder."""
        return _expression(DOWNLOAD_ROOT)
