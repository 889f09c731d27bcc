"""Where a run is within its epoch, as one process tells others."""

import dataclasses
import json
import math
from pathlib import Path

from core.errors import RunError
from core.system.json_dataclass import dataclass_from_json
from core.training.engine.records import RunProgress
from core.training.runs.files import DAMAGE, read_history, read_losses, write_json


def write_progress(folder: Path, progress: RunProgress) -> None:
    """Say where the run is, for other processes. The losses are left out: they come with the epoch."""
    values = dataclasses.asdict(dataclasses.replace(progress, losses=(), history=()))
    write_json(folder / "progress.json", values, flush=False)


def read_progress(folder: Path) -> tuple[float, RunProgress] | None:
    """What was reported last, with the epochs and losses that are on disk, and when (seconds since 1970)."""
    path = folder / "progress.json"
    try:
        when = path.stat().st_mtime
        values = json.loads(path.read_text())
        history = read_history(folder)
        losses = tuple(enumerate(read_losses(folder, history).tolist(), 1))
        reported: RunProgress = dataclass_from_json(RunProgress, {**values, "losses": [], "history": []})
        if not 0 <= reported.step <= reported.steps or not math.isfinite(reported.samples_per_second):
            return None
        return when, dataclasses.replace(reported, losses=losses, history=history)
    except (RunError, *DAMAGE):
        return None
