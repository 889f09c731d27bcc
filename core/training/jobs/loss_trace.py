"""The losses of a run as they come, readable by anybody at any time without a lock."""

from collections.abc import Iterable

import numpy as np

from core.training.runs.files import FloatArray


class LossTrace:
    """An array that grows at its end. One thread adds; what others were given does not change."""

    def __init__(self) -> None:
        self._buffer = np.zeros(1024, np.float32)
        self._count = 0

    def add(self, pairs: Iterable[tuple[int, float]]) -> None:
        """Add (step counted from 1, loss); steps that are there already are passed over."""
        values = [loss for step, loss in pairs if step > self._count]
        end = self._count + len(values)
        if end > len(self._buffer):
            buffer = np.zeros(max(end, 2 * len(self._buffer)), np.float32)
            buffer[: self._count] = self._buffer[: self._count]
            self._buffer = buffer
        self._buffer[self._count : end] = values
        self._count = end

    def clear(self) -> None:
        """Begin anew; what others were given stays theirs."""
        self._buffer, self._count = np.zeros(1024, np.float32), 0

    def view(self) -> FloatArray:
        """The losses so far, float32, read-only; later additions do not show in it."""
        view = self._buffer[: self._count]
        view.flags.writeable = False
        return view


def thin(losses: FloatArray, points: int = 400) -> tuple[FloatArray, FloatArray]:
    """At most about `points` of the losses, for a chart.

    Returns:
        The steps, counted from 1 (float32), and the losses at them.
    """
    stride = max(1, -(-len(losses) // points))
    chosen = np.arange(0, len(losses), stride)
    if len(losses) and chosen[-1] != len(losses) - 1:
        chosen = np.append(chosen, len(losses) - 1)
    return (chosen + 1).astype(np.float32), losses[chosen]


def smooth(losses: FloatArray, window: int) -> FloatArray:
    """The mean of each loss and the `window` - 1 before it; of fewer at the beginning."""
    if len(losses) == 0 or window <= 1:
        return losses
    sums = np.concatenate([[0.0], np.cumsum(losses, dtype=np.float64)])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(0, ends - window)
    means: FloatArray = ((sums[ends] - sums[starts]) / (ends - starts)).astype(np.float32)
    return means
