"""The files of one run: what is in each, how it is written and how it is read back.

    config.json     the configuration
    epochs/0003.pt  the network's state_dict after epoch 3 (of long runs of large networks not every epoch)
    state-0003.pt   what else going on after epoch 3 needs, by a resumed run or a fork: optimizer, random
                    generators, best weights, and the trained ones where those above are their average
    losses.pt       the loss of each step
    history.json    one record per epoch: replacing this file is what makes an epoch part of the run
    weights.pt      the state_dict to use: after the last whole epoch, at the end the run's result
    status.json     running, finished, ...: replacing this file is what ends a run
    progress.json   where the run is within its epoch, for other processes

Knows nothing of queues, locks or the other runs.
"""

import contextlib
import io
import json
import math
import pickle
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.config import TrainConfig
from core.errors import ConfigError, RunError
from core.system.files import flush_folder, hard_link, write_bytes, write_with
from core.training.engine.records import EpochRecord, TrainingState
from core.training.trained_model import digest

SCHEMA: Final = 1
"""Of the folder: raise it when a file's meaning changes. Runs of another schema count as absent."""

EPOCHS_BYTES: Final = 64_000_000
"""About how much the weights of all epochs of one run may take; above it every second, third, ... is kept."""

STATES_BYTES: Final = 32_000_000
"""The same of what else going on after an epoch needs, from which forks begin."""

Status = Literal["queued", "running", "finished", "early", "stopped", "diverged", "failed"]
FloatArray = npt.NDArray[np.float32]
COMPLETE: Final = ("finished", "early", "diverged")
"""Runs that would give the same again: they are shown, not repeated."""

DAMAGE = (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, AttributeError, IndexError,
           OverflowError, pickle.UnpicklingError, zipfile.BadZipFile)  # fmt: skip


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A run as it is on disk."""

    key: str
    """Its name."""
    config: TrainConfig
    status: Status
    error: str | None
    """Why it failed, in a sentence."""
    history: tuple[EpochRecord, ...]
    """The epochs that are complete."""
    losses: FloatArray
    """Loss of each step, float32."""
    saved: float
    """When it was last written, seconds since 1970."""
    starts: int = 0
    """How often it has begun since its last complete epoch, without an end."""


def write_json(path: Path, values: object, *, flush: bool = True) -> None:
    """Replace a JSON file in one step."""
    write_bytes(path, (json.dumps(values, indent=None) + "\n").encode(), flush=flush)


def write_status(folder: Path, status: Status, error: str | None = None, *, starts: int = 0) -> None:
    """Say where the run stands.

    Args:
        folder: Of the run.
        status: Where it stands.
        error: Why it failed, in a sentence.
        starts: How often it has begun since its last complete epoch.
    """
    values: dict[str, object] = {"schema": SCHEMA, "status": status, "error": error}
    if starts:
        values["starts"] = {"epoch": _epochs_done(folder), "count": starts}
    write_json(folder / "status.json", values)


def begin(folder: Path, config: TrainConfig, status: Status) -> None:
    """Make the folder of a run, or find it; and count, before it runs, how often it has begun."""
    (folder / "epochs").mkdir(parents=True, exist_ok=True)
    if not (folder / "config.json").exists():
        write_json(folder / "config.json", config.to_dict())
    starts = 0
    with contextlib.suppress(RunError, *DAMAGE):
        starts = _starts(json.loads((folder / "status.json").read_text()), _epochs_done(folder))
    write_status(folder, status, starts=starts + (status == "running"))


def _starts(status: Any, epochs: int) -> int:
    """How often a run has begun since its epoch `epochs`, as its `status.json` says."""
    starts = status.get("starts")
    if not isinstance(starts, dict) or starts.get("epoch") != epochs:
        return 0
    count = starts.get("count")
    return count if isinstance(count, int) else 0


def _epochs_done(folder: Path) -> int:
    with contextlib.suppress(RunError, *DAMAGE):
        return len(read_history(folder))
    return 0


def save_epoch(folder: Path, state: TrainingState, losses: FloatArray) -> None:
    """Add the epoch that `state` ends. Until `history.json` is replaced the run is what it was before."""
    epoch = state.epoch
    rest = {
        "optimizer": state.optimizer,
        "generators": state.generators,
        "best": state.best,
        "trained": state.trained,
        "digest": digest(state.model),
    }
    _save(weights_file(folder, epoch), state.model)
    _save(state_file(folder, epoch), rest)
    save_losses(folder, losses, epoch)
    flush_folder(folder / "epochs")
    write_json(folder / "history.json", [record.to_dict() for record in state.history])
    flush_folder(folder)

    hard_link(weights_file(folder, epoch), folder / "weights.pt")
    _drop_states(folder, epoch, state.config.epochs)
    size = weights_file(folder, epoch).stat().st_size
    if epoch > 1 and not is_kept(epoch - 1, state.config.epochs, size):
        weights_file(folder, epoch - 1).unlink(missing_ok=True)


def _drop_states(folder: Path, epoch: int, epochs: int) -> None:
    """Keep as many states as there is room for: a fork begins at one of them."""
    size = state_file(folder, epoch).stat().st_size
    for old in folder.glob("state-*.pt"):
        number = int(old.stem.removeprefix("state-"))
        if number > epoch or (number < epoch and not is_kept(number, epochs, size, STATES_BYTES)):
            old.unlink(missing_ok=True)


def is_kept(epoch: int, epochs: int, size: int, most: int | None = None) -> bool:
    """Whether a file of an epoch (`size` bytes) of a run of `epochs` is kept once the next is there.

    Args:
        epoch: Counted from 1.
        epochs: Of the run.
        size: Bytes of its weights, or of its state.
        most: Bytes that such files of all epochs may take, about; `EPOCHS_BYTES` if `None`.
    """
    stride = max(1, math.ceil(epochs * size / (most or EPOCHS_BYTES)))
    return epoch in (1, epochs) or epoch % stride == 0


def finish(
    folder: Path,
    status: Status,
    *,
    error: str | None = None,
    weights: dict[str, Tensor] | None = None,
    losses: FloatArray | None = None,
) -> None:
    """End a run: its weights first, then the status that says so."""
    (folder / "progress.json").unlink(missing_ok=True)
    if losses is not None:
        save_losses(folder, losses, 0)
    if weights is not None:
        _save(folder / "weights.pt", weights)
    write_status(folder, status, error)
    flush_folder(folder)


def fail(folder: Path, error: str) -> None:
    """End a run that cannot be saved: a full disk has room for new contents of a file that is there.

    Otherwise the next start of the server would go on with the run and fail again.
    """
    path = folder / "status.json"
    try:
        finish(folder, "failed", error=error)
    except OSError:
        with path.open("r+b") as file:
            file.write(json.dumps({"schema": SCHEMA, "status": "failed", "error": error}).encode())
            file.truncate()


def read(folder: Path) -> StoredRun:
    """The run in `folder`.

    Raises:
        RunError: It is damaged, or of another version.
    """
    try:
        status = json.loads((folder / "status.json").read_text())
        if status["schema"] != SCHEMA:
            raise RunError("This run was left by another version of the app: train again.")
        if status["status"] not in get_args(Status) or not isinstance(status["error"], str | None):
            raise RunError("This run's files are damaged: train again.")
        config = TrainConfig.from_dict(json.loads((folder / "config.json").read_text()))
        if config.key() != folder.name:
            raise RunError("This run was left by another version of the app: train again.")
        history = read_history(folder)
        return StoredRun(
            key=folder.name,
            config=config,
            status=status["status"],
            error=status["error"],
            history=history,
            losses=read_losses(folder, history),
            saved=(folder / "status.json").stat().st_mtime,
            starts=_starts(status, len(history)),
        )
    except FileNotFoundError as error:
        raise RunError("This run's files are gone or damaged: train again.") from error
    except ConfigError as error:
        raise RunError("This run was left by another version of the app: train again.") from error
    except DAMAGE as error:
        raise RunError("This run's files are damaged: train again.") from error


def read_history(folder: Path) -> tuple[EpochRecord, ...]:
    """The epochs that are complete; none before the first."""
    path = folder / "history.json"
    if not path.exists():
        return ()
    history = tuple(EpochRecord.from_dict(entry) for entry in json.loads(path.read_text()))
    if [record.epoch for record in history] != list(range(1, len(history) + 1)):
        raise RunError("This run's epochs are not in order: train again.")
    return history


def read_state(folder: Path) -> TrainingState | None:
    """What going on needs, or `None` where no epoch is complete or nothing was kept.

    Raises:
        RunError: A file is damaged.
    """
    run = read(folder)
    epoch = len(run.history)
    if not epoch or not state_file(folder, epoch).exists():
        return None
    try:
        rest = _load(state_file(folder, epoch))
        model = _load(weights_file(folder, epoch))
        # a state from before there were digests has none; another epoch's or another run's file has another
        if rest.get("digest") not in (None, digest(model)):
            raise RunError("This run's files do not belong together: train again.")
        return TrainingState(
            config=run.config,
            history=run.history,
            model=model,
            optimizer=rest["optimizer"],
            generators=rest["generators"],
            best=rest["best"],
            trained=rest.get("trained"),  # not in a state from before there were averages
        )
    except DAMAGE as error:
        raise RunError("This run's files are damaged: train again.") from error


def read_weights(folder: Path, epoch: int | None = None) -> dict[str, Tensor]:
    """The `state_dict` after an epoch (from 1), or the one to use.

    Raises:
        RunError: It was not kept, or is damaged.
    """
    path = folder / "weights.pt" if epoch is None else weights_file(folder, epoch)
    if not path.exists():
        raise RunError("These weights were not kept: choose another epoch or train again.")
    try:
        weights: dict[str, Tensor] = _load(path)
        if not all(isinstance(value, Tensor) for value in weights.values()):
            raise ValueError("these are no tensors")
    except DAMAGE as error:
        raise RunError("This run's weights are damaged: train again.") from error
    return weights


def kept_epochs(folder: Path) -> tuple[int, ...]:
    """The epochs whose weights are there, counted from 1."""
    names = (path.stem for path in (folder / "epochs").glob("[0-9]*.pt"))
    return tuple(sorted(int(name) for name in names if name.isdigit()))


def weights_file(folder: Path, epoch: int) -> Path:
    """Where the weights after an epoch are."""
    return folder / "epochs" / f"{epoch:04d}.pt"


def state_file(folder: Path, epoch: int) -> Path:
    """Where what else going on after an epoch needs is."""
    return folder / f"state-{epoch:04d}.pt"


def _save(path: Path, values: object) -> None:
    """Write tensors by way of memory: on a full disk `torch.save` raises a RuntimeError that hides why."""
    buffer = io.BytesIO()
    torch.save(values, buffer)
    with buffer.getbuffer() as data:
        write_with(path, lambda file: file.write(data))


def _load(path: Path) -> Any:
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError:
        raise
    except Exception as error:  # a torn file can make the reader stumble over anything
        raise ValueError(f"{path.name} cannot be read") from error


def save_losses(folder: Path, losses: FloatArray, epochs: int) -> None:
    """Write the losses of `epochs` whole epochs; of 0 for all of a run that ended within an epoch."""
    values = torch.from_numpy(np.array(losses, dtype=np.float32))
    _save(folder / "losses.pt", {"epochs": epochs, "losses": values})


def read_losses(folder: Path, history: Sequence[EpochRecord]) -> FloatArray:
    """The losses of these whole epochs; all of them where a run ended within an epoch."""
    path = folder / "losses.pt"
    if not path.exists():
        return np.zeros(0, np.float32)
    stored = _load(path)
    tensor, count = stored["losses"], stored["epochs"]
    if tensor.dim() != 1 or tensor.dtype != torch.float32 or not isinstance(count, int) or count < 0:
        raise RunError("This run's losses are damaged: train again.")
    losses: FloatArray = tensor.numpy()
    if not count:
        return losses
    # a kill just before the history was replaced leaves this file an epoch ahead of it
    each = len(losses) // count  # where the records do not say
    return losses[: sum(record.steps or each for record in history)]
