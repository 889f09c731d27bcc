"""What was measured, in words and with its numbers: how many runs, of what, in which unit."""

import statistics
from collections.abc import Sequence

from core.teaching.mistakes.job import LabResult, ProgramResult
from core.teaching.mistakes.mistake import Figure, Mistake


def mean_of_last(results: Sequence[ProgramResult], figure: Figure) -> float:
    """The mean over runs of a figure of the last epoch.

    Raises:
        TrainingError: A run gave no figures.
    """
    return statistics.mean(result.last[figure.key] for result in results)


def measured(mistake: Mistake, result: LabResult) -> str:
    """What the runs showed, in one or two sentences.

    Raises:
        TrainingError: A run gave no figures.
    """
    runs = f"{len(result.correct)} runs of each, seeds {', '.join(map(str, result.seeds))}"
    if mistake.effect is None:
        return (
            f"Measured here, {runs}: the correct loop trains; the other ends in an error "
            "before its first epoch does."
        )
    figure = mistake.effect.figure
    correct, broken = (mean_of_last(side, figure) for side in (result.correct, result.broken))
    held = sum(
        mistake.effect.holds(one.last, other.last)
        for one, other in zip(result.correct, result.broken, strict=True)
    )
    finals = [run.last[figure.key] for run in result.correct]
    text = (
        f"Measured here, {runs}: {figure.name} {figure.format(correct)} with the correct loop, "
        f"{figure.format(broken)} with the mistake."
    )
    if mistake.effect.direction == "same":
        identical = all(o.history == t.history for o, t in zip(result.correct, result.broken, strict=True))
        if identical:
            return f"{text} Every figure of every epoch is the same, to the last digit."
        return f"{text} The seed alone makes a difference of {figure.format(max(finals) - min(finals))}."
    direction = "Higher" if broken > correct else "Lower"
    return f"{text} {direction} in {held} of {len(result.correct)} pairs of runs."
