"""How names change over the whole run, also where steps are not kept: what a pinned name is drawn from."""

from typing import Final

from core.teaching.tracer.rounds import Step
from core.teaching.tracer.values import Description

MAX_POINTS: Final = 240
MAX_SERIES: Final = 60

Points = list[tuple[int, float]]
"""Lines run so far, and the value."""


class Series:
    """Numbers by function and name; of tensors their norms, of a model those of its parameters."""

    def __init__(self) -> None:
        self._points: dict[str, Points] = {}

    def add(self, function: str, step: Step) -> None:
        """Take the numbers that a step made or changed."""
        for prefix, marks, scope in (
            (f"{function}." if function else "", step.local_marks, step.scope),
            ("", step.marks, step.outside),
        ):
            for name in marks:
                if prefix and scope[name]["kind"] == "model":
                    continue  # it is the model of the top level under another name
                for suffix, value in _numbers(scope[name]):
                    self._append(f"{prefix}{name}{suffix}", step.tick, value)

    def points(self) -> dict[str, Points]:
        """Those with more than one point; of longer ones evenly spaced points, about `MAX_POINTS` each."""
        found = {}
        for name, points in self._points.items():
            if len(points) > 1:
                stride = -(-len(points) // MAX_POINTS)
                thinned = points[::stride]
                found[name] = thinned if thinned[-1] is points[-1] else [*thinned, points[-1]]
        return found

    def _append(self, name: str, tick: int, value: float) -> None:
        points = self._points.get(name)
        if points is None:
            if len(self._points) >= MAX_SERIES:
                return
            points = self._points[name] = []
        if points and points[-1][0] == tick:
            points.pop()
        points.append((tick, value))


def _numbers(value: Description) -> list[tuple[str, float]]:
    """The numbers that a value is drawn as, each with what comes after the name."""
    if value["kind"] == "model":
        return [
            (f" {layer['name']}.{parameter['name']}{what}", parameter[key])
            for layer in value.get("layers", ())
            for parameter in layer["parameters"]
            for what, key in ((": norm", "norm"), (": gradient", "grad_norm"))
            if parameter[key] is not None
        ]
    if value["kind"] == "number" and value["type"] != "bool":
        return [("", float(value["text"]))]
    if "exact" in value and value["exact"] not in ("True", "False"):
        return [("", float(value["exact"]))]
    return [(": norm", value["norm"])] if "norm" in value else []
