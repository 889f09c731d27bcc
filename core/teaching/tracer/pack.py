"""A recorded run as one JSON object in which nothing is written twice.

Keys: `code` (lines), `executable` (line numbers), `steps`, and the tables that steps refer to by position:
`calls`, `places`, `scopes`, `values`, `pictures`; `output` (text, or the position of a picture) and `series`.
A step is `[line, last line, kind, call, places, scope, outside, marks, printed, returned, error, tick]`; a
mark is `[name, 1 if local, the value before or -1]`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PIL import Image

from core.teaching.tracer.pictures import png_url, sheet_url
from core.teaching.tracer.recorder import Recorder
from core.teaching.tracer.rounds import Place, Step, flatten
from core.teaching.tracer.values import Description


class _Table:
    """Entries, each once, found again by what they say."""

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, entry: Any) -> int:
        """Where the entry is; it is appended if it is new."""
        text = json.dumps(entry)
        if text not in self._places:
            self._places[text] = len(self.entries)
            self.entries.append(entry)
        return self._places[text]


class _Values:
    """Descriptions with their pictures encoded, each once."""

    def __init__(self) -> None:
        self.table, self.pictures = _Table(), _Table()
        self._known: dict[int, tuple[Description, int]] = {}

    def place(self, description: Description) -> int:
        """Where the description is in the table."""
        known = self._known.get(id(description))
        if known is None:
            plain = {key: value for key, value in description.items() if key != "pixels"}
            if "pixels" in description:
                plain["picture"] = self.pictures.place(sheet_url(description["pixels"]))
                plain["shown"] = description["pixels"][0][0]
            known = self._known[id(description)] = (description, self.table.place(plain))
        return known[1]


def pack(
    text: str, recorder: Recorder, output: Sequence[str | Image.Image], executable: set[int]
) -> dict[str, Any]:
    """The run for the browser.

    Args:
        text: The program.
        recorder: What recorded it.
        output: What it printed and showed.
        executable: The lines that have code.
    """
    values, scopes, places, calls = _Values(), _Table(), _Table(), _Table()

    def scope(names: Mapping[str, Description]) -> int:
        return scopes.place([[name, values.place(value)] for name, value in names.items()])

    steps = [_step(step, place, values.place, scope, places, calls) for step, place in flatten(recorder.root)]
    pieces = [piece if isinstance(piece, str) else values.pictures.place(png_url(piece)) for piece in output]
    return {
        "code": text.rstrip("\n").split("\n"),
        "executable": sorted(executable),
        "steps": steps,
        "calls": calls.entries,
        "places": places.entries,
        "scopes": scopes.entries,
        "values": values.table.entries,
        "pictures": values.pictures.entries,
        "output": pieces,
        "series": recorder.series.points(),
    }


def _step(
    step: Step,
    place: tuple[Place, ...],
    value: Callable[[Description], int],
    scope: Callable[[Mapping[str, Description]], int],
    places: _Table,
    calls: _Table,
) -> list[Any]:
    marks = [
        [name, local, -1 if before is None else value(before)]
        for local, found in ((1, step.local_marks), (0, step.marks))
        for name, before in found.items()
    ]
    return [
        step.line,
        step.last,
        step.kind,
        calls.place([[*map(list, step.parents)], step.function]),
        places.place([list(part) for part in place]),
        scope(step.scope),
        scope(step.outside),
        marks,
        step.printed,
        -1 if step.returned is None else value(step.returned),
        step.error,
        step.tick,
    ]
