"""What can be put to a room: a choice, an open number, the game against the network, or a shared experiment.

A prompt is plain data that travels as JSON. What it asks about is named by its `source`, for example
`question:epoch-batch` or `garment:1299`; this module does not know how those are shown or answered.
"""

import json
import math
from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

from core.errors import ClassroomError

Kind = Literal["choice", "number", "game", "experiment"]

MAX_TEXT: Final = 2_000
"""Characters of the question."""
MAX_OPTIONS: Final = 24
MAX_OPTION: Final = 300
"""Characters of one option."""
MAX_PARTS: Final = 10
"""Images in one game."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One thing put to a room."""

    kind: Kind
    source: str
    """What it asks about: a kind and a name with a colon between them."""
    ask: str
    """The question, Markdown of the app's own, never a stranger's."""
    options: tuple[str, ...] = ()
    """What one can answer; an answer is a position in it. Empty for an open number."""
    parts: int = 1
    """How many answers each phone gives: ten images in a game, else one."""
    seconds: float | None = None
    """Time for each part of a game."""
    low: float = 0.0
    """Lowest number that is taken."""
    high: float = 100.0
    """Highest number that is taken."""
    unit: str = ""
    """Of the number."""

    def __post_init__(self) -> None:
        texts = (self.ask, *self.options)
        if (
            self.kind not in get_args(Kind)
            or not 0 < len(self.ask) <= MAX_TEXT
            or len(self.options) > MAX_OPTIONS
            or any(not 0 < len(option) <= MAX_OPTION for option in texts[1:])
            or (self.kind != "number") != bool(self.options)
            or not 1 <= self.parts <= MAX_PARTS
            or not -math.inf < self.low < self.high < math.inf
        ):
            raise ClassroomError("This cannot be put to a room: choose one of the questions offered.")

    def read(self, value: float) -> float:
        """An answer, checked.

        Args:
            value: A position in `options`, or the number itself.

        Raises:
            ClassroomError: It is no option, or outside the range.
        """
        if self.kind == "number":
            if not (math.isfinite(value) and self.low <= value <= self.high):
                raise ClassroomError(f"Choose a number from {self.low:g} to {self.high:g}{self.unit}.")
            return float(value)
        if not 0 <= value < len(self.options) or value != int(value):  # in this order: NaN has no integer
            raise ClassroomError("That is not one of the answers: choose one of the buttons.")
        return float(int(value))

    def to_json(self) -> str:
        """The prompt as text, for the room's file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Prompt":
        """The prompt that `to_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, "options": tuple(values["options"])})
