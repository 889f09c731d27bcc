"""Where a fork begins: with the epochs that it shares with the run before, taken from that run's folder."""

import contextlib
from pathlib import Path

from core.config import TrainConfig
from core.errors import RunError
from core.system.files import flush_folder, hard_link
from core.training.runs.files import (
    kept_epochs,
    read,
    save_losses,
    state_file,
    weights_file,
    write_json,
    write_status,
)
from core.training.runs.store import RunStore


def begin_fork(runs: RunStore, config: TrainConfig) -> int:
    """Give a fork the epochs that are kept of the runs it comes from; whoever calls holds the fork's lock.

    What is not kept is trained again with the same result: a fork's settings say all from its beginning.

    Args:
        runs: Where both are kept.
        config: The fork, resolved.

    Returns:
        The epochs that it begins with; 0 where none can be had.
    """
    epoch, parent = config.epochs, config.parent
    change = config.changes[-1] if config.changes else None
    while parent is not None and change is not None:
        epoch = min(epoch, change.epoch)
        with contextlib.suppress(RunError, OSError):
            if found := _share(runs.folder(parent.key()), runs.folder(config.key()), config, epoch):
                return found
        change = parent.changes[-1] if parent.changes else None
        parent = parent.parent
    return 0


def _share(source: Path, folder: Path, config: TrainConfig, epoch: int) -> int:
    """Link the files of the last epoch up to `epoch` from which a run can go on, and of those before it."""
    if not source.is_dir():
        return 0
    run = read(source)
    kept = [
        number
        for number in range(1, min(epoch, len(run.history)) + 1)
        if state_file(source, number).exists() and weights_file(source, number).exists()
    ]
    if not kept:
        return 0
    at = kept[-1]
    history = run.history[:at]
    steps = [record.steps for record in history]
    if not all(steps):  # from before they were written down: all epochs have as many
        if run.status == "diverged":
            return 0
        steps = [len(run.losses) // len(run.history)] * at
    (folder / "epochs").mkdir(parents=True, exist_ok=True)
    for number in kept_epochs(source):
        if number <= at:
            hard_link(weights_file(source, number), weights_file(folder, number))
    hard_link(state_file(source, at), state_file(folder, at))
    hard_link(weights_file(source, at), folder / "weights.pt")
    write_json(folder / "config.json", config.to_dict())
    write_status(folder, "queued")
    save_losses(folder, run.losses[: sum(steps)], at)
    flush_folder(folder / "epochs")
    write_json(folder / "history.json", [record.to_dict() for record in history])
    flush_folder(folder)
    return at
