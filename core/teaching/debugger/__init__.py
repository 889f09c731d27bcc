"""The training loop one line at a time, in any order, on a real batch, with what each line changed."""

from core.teaching.debugger.debugger import (
    ACTIONS,
    BATCH,
    BATCHES,
    MAX_ACTIONS,
    PURPOSES,
    SLIPS,
    WATCHABLE,
    Debugger,
    Event,
    loop_lines,
    replay,
)

__all__ = [
    "ACTIONS",
    "BATCH",
    "BATCHES",
    "MAX_ACTIONS",
    "PURPOSES",
    "SLIPS",
    "WATCHABLE",
    "Debugger",
    "Event",
    "loop_lines",
    "replay",
]
