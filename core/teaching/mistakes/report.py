"""What was measured, in words and with its numbers: how many runs, of what, in which unit."""

import statistics
from collections.abc import Sequence

from core.teaching.mistakes.job import LabResult, ProgramResult
from core.teaching.mistakes.mistake import Mistake


def format_figure(figure: str, value: float) -> str:
    """One value with its unit, such as `75.6%` or `0.667 nats an image`."""
    unit = unit_of(figure)
    return f"{format_number(figure, value)} {unit}".rstrip()


def format_number(figure: str, value: float) -> str:
    """One value without its unit, such as `75.6%` or `0.667`."""
    if figure.endswith("accuracy"):
        return f"{value:.1%}"
    return f"{value:.2f}" if figure.endswith("MB") else f"{value:.3f}"


def unit_of(figure: str) -> str:
    """The unit of a figure; empty for shares, whose numbers end in a percent sign."""
    if figure.endswith("accuracy"):
        return ""
    return "MB" if figure.endswith("MB") else "nats an image"


def name_figure(figure: str) -> str:
    """What a figure is called in a sentence or on an axis."""
    names = {
        "kept MB": "Memory kept after an epoch",
        "evaluation MB": "Memory kept by the evaluation",
    }
    return names.get(figure, figure.capitalize())


def mean_of_last(results: Sequence[ProgramResult], figure: str) -> float:
    """The mean over runs of a figure of the last epoch.

    Raises:
        TrainingError: A run gave no figures.
    """
    return statistics.mean(result.last[figure] for result in results)


def measured(mistake: Mistake, result: LabResult) -> str:
    """What the runs showed, in one or two sentences.

    Raises:
        TrainingError: A run gave no figures.
    """
    runs = f"{len(result.correct)} runs of each, seeds {', '.join(map(str, result.seeds))}"
    if mistake.effect is None:
        return (
            f"Measured here, {runs}: the correct loop trains; the other ends at its first batch, in an error."
        )
    figure = mistake.effect.figure
    correct, broken = (mean_of_last(side, figure) for side in (result.correct, result.broken))
    held = sum(
        mistake.effect.holds(one.last, other.last)
        for one, other in zip(result.correct, result.broken, strict=True)
    )
    spread = max(r.last[figure] for r in result.correct) - min(r.last[figure] for r in result.correct)
    text = (
        f"Measured here, {runs}: {name_figure(figure).lower()} {format_figure(figure, correct)} "
        f"with the correct loop, {format_figure(figure, broken)} with the mistake."
    )
    if mistake.effect.direction == "same":
        identical = all(o.history == t.history for o, t in zip(result.correct, result.broken, strict=True))
        if identical:
            return f"{text} Every figure of every epoch is the same, to the last digit."
        return f"{text} Seeds alone make a difference of {format_figure(figure, spread)}."
    direction = "Higher" if broken > correct else "Lower"
    return f"{text} {direction} in {held} of {len(result.correct)} pairs of runs."
