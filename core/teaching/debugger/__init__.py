"""The training loop one line at a time, in any order, on a real batch, with what each line changed."""

from core.teaching.debugger.debugger import (
    BATCH,
    BATCHES,
    LABELS,
    MAX_ACTIONS,
    PURPOSES,
    SLIPS,
    WATCHABLE,
    Debugger,
    Event,
    loop_lines,
    parse_actions,
    replay,
)
from core.teaching.debugger.notes import Action

__all__ = [
    "BATCH",
    "BATCHES",
    "LABELS",
    "MAX_ACTIONS",
    "PURPOSES",
    "SLIPS",
    "WATCHABLE",
    "Action",
    "Debugger",
    "Event",
    "loop_lines",
    "parse_actions",
    "replay",
]
