"""What runs leave on disk, all of them: found by key, listed, locked, evicted by size.

Several threads and several processes may use one folder. Whoever writes into a run holds its lock;
readers need none, because every file is replaced in one step.
"""

import contextlib
import itertools
import re
import shutil
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from torch import Tensor

from core.config import TrainConfig
from core.errors import RunError
from core.system.files import Lock, take_lock
from core.training.engine.records import RunProgress, TrainingState
from core.training.presets import title_of
from core.training.runs import files as run_files
from core.training.runs import progress as run_progress
from core.training.runs.files import FloatArray, Status, StoredRun
from core.training.runs.owners import APP, first_to_go, owner_of, read_owners, write_owners
from core.training.runs.summary import RunSummary, summarize
from core.training.trained_model import TrainedModel

__all__ = ["RunStore", "RunSummary", "Status", "StoredRun"]

RUNS_VARIABLE: Final = "PYTORCH_BASICS_RUNS"
"""Environment variable that names the folder of all runs."""
DEFAULT_RUNS: Final = Path(__file__).resolve().parents[3] / "runs"
DEFAULT_BYTES: Final = 500_000_000
TOUCH_INTERVAL: Final = 60.0  # seconds: how exactly "last used" is known
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_ASIDE: Final = ".aside-"
_LOCKS: Final = ".locks"


class RunStore:
    """The folder of all runs.

    Args:
        root: The folder; made when the first run is saved.
        max_bytes: Most that all runs together may take. Above it runs of the visitor who takes most go, never
            one that is in use.
    """

    def __init__(self, root: Path, max_bytes: float = DEFAULT_BYTES) -> None:
        self.root, self.max_bytes = Path(root), max_bytes
        self._summaries: dict[str, tuple[object, RunSummary | None]] = {}
        self._touched: dict[str, float] = {}
        self._guard = threading.Lock()
        self._names = itertools.count()

    def folder(self, key: str) -> Path:
        """Where a run is stored.

        Raises:
            RunError: `key` is not a run's name.
        """
        if not _KEY.fullmatch(key):
            raise RunError("There is no run of this name: its name has 64 hexadecimal digits.")
        return self.root / key

    # ---- writing: whoever calls these holds the run's lock

    def begin(self, config: TrainConfig, status: Status = "running") -> None:
        """Make a run's folder, or go on with the one that is there."""
        with self._writing():
            run_files.begin(self.folder(config.key()), config, status)

    def save_epoch(self, state: TrainingState, losses: FloatArray) -> None:
        """Add a complete epoch (`losses`: float32, of all steps so far).

        Raises:
            RunError: The disk is full or cannot be written; what was there before is still whole.
        """
        with self._writing():
            run_files.save_epoch(self.folder(state.config.key()), state, losses)

    def finish(
        self,
        key: str,
        status: Status,
        *,
        error: str | None = None,
        weights: dict[str, Tensor] | None = None,
        losses: FloatArray | None = None,
    ) -> None:
        """End a run, with its final weights and the reason where it failed."""
        with self._writing():
            run_files.finish(self.folder(key), status, error=error, weights=weights, losses=losses)
        self.evict(keep=(key,))

    def fail(self, key: str, error: str) -> None:
        """End a run that could not be saved, on a full disk too; where even that fails, nothing is raised."""
        with contextlib.suppress(OSError):
            run_files.fail(self.folder(key), error)

    def write_progress(self, key: str, progress: RunProgress) -> None:
        """Say where a run is, for other processes. If this fails, the run still goes on."""
        with contextlib.suppress(OSError):
            run_progress.write_progress(self.folder(key), progress)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise RunError(
                f"The run cannot be saved ({reason}): free some space or choose another folder, "
                "then start it again; it goes on after its last saved epoch."
            ) from error

    def set_aside(self, key: str) -> None:
        """Take a damaged run out of the way; it is deleted when space is needed."""
        with contextlib.suppress(OSError):
            self.folder(key).rename(self.root / f"{_ASIDE}{key[:16]}-{time.time_ns()}-{next(self._names)}")

    def delete(self, key: str) -> None:
        """Remove a run."""
        self.set_aside(key)
        for folder in self.root.glob(f"{_ASIDE}{key[:16]}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    # ---- locks

    def lock(self, key: str) -> Lock | None:
        """The right to write into a run, or `None` where another thread or process has it. Never waits.

        Raises:
            RunError: The folder cannot be written.
        """
        with self._writing():
            return take_lock(self._lock_file(key))

    def _lock_file(self, key: str) -> Path:
        return self.root / _LOCKS / self.folder(key).name

    def is_locked(self, key: str) -> bool:
        """Whether a thread or process is writing into a run now."""
        lock = self.lock(key)
        if lock is None:
            return True
        with lock:
            return False

    # ---- reading

    def load(self, key: str) -> StoredRun | None:
        """A run, or `None` where there is none.

        Raises:
            RunError: It is damaged or of another version.
        """
        folder = self.folder(key)
        if not folder.is_dir():
            return None
        self.touch(key)
        return run_files.read(folder)

    def load_state(self, key: str) -> TrainingState | None:
        """What going on with a run needs, or `None` where it starts from the beginning.

        Raises:
            RunError: It is damaged or of another version.
        """
        folder = self.folder(key)
        return run_files.read_state(folder) if folder.is_dir() else None

    def read_progress(self, key: str) -> tuple[float, RunProgress] | None:
        """What the process that trains a run reported last, and when (seconds since 1970)."""
        return run_progress.read_progress(self.folder(key))

    def trained_model(self, key: str, epoch: int | None = None) -> TrainedModel:
        """The network of a run, after an epoch (from 1) or as the run left it.

        Raises:
            RunError: There is no such run, or the weights of this epoch were not kept, or are damaged.
        """
        run = self.load(key)
        if run is None:
            raise RunError("This run is no longer there: train again.")
        weights = run_files.read_weights(self.folder(key), epoch)
        count = epoch or len(run.history)
        history = run.history[:count]
        score = ""
        if history:
            images = sum(map(sum, history[-1].confusion))
            score = f", test accuracy {history[-1].test_accuracy:.1%}, {images:,} images"
        title = title_of(run.config)
        try:
            return TrainedModel.from_state_dict(
                weights,
                id=key,
                title=title,
                model=run.config.model,
                normalize=run.config.data.normalize,
                about=f"Trained here: {title}, {count} of {run.config.epochs} epochs{score}.",
                history=history,
            )
        except RuntimeError as error:  # the weights are of another network
            raise RunError("This run's weights are damaged: train again.") from error

    def kept_epochs(self, key: str) -> tuple[int, ...]:
        """The epochs whose weights are there, counted from 1."""
        return run_files.kept_epochs(self.folder(key))

    def list(self) -> Sequence[RunSummary]:
        """Every readable run, the last written first."""
        found = [run for key in self._keys() if (run := self.summary(key)) is not None]
        return sorted(found, key=lambda run: run.saved, reverse=True)

    def summary(self, key: str) -> RunSummary | None:
        """One line about a run, or `None` where it is not there or cannot be read."""
        stamp = self.stamp(key)
        known = self._summaries.get(key)
        if known is None or known[0] != stamp:
            try:
                known = (stamp, summarize(run_files.read(self.folder(key))))
            except RunError:
                known = (stamp, None)
            self._summaries[key] = known
        return known[1]

    def stamp(self, key: str) -> tuple[int, ...]:
        """Changes whenever a run's files do: what caches of a run go by."""
        marks = []
        for name in ("status.json", "history.json", "weights.pt"):
            try:
                marks.append((self.folder(key) / name).stat().st_mtime_ns)
            except OSError:
                marks.append(0)
        return tuple(marks)

    def _keys(self) -> Sequence[str]:
        try:
            keys = [path.name for path in self.root.iterdir() if _KEY.fullmatch(path.name)]
        except OSError:  # no run was ever saved here
            keys = []
        for gone in set(self._summaries) - set(keys):
            self._summaries.pop(gone, None)
        return keys

    # ---- space

    def touch(self, key: str) -> None:
        """Remember that a run was used just now."""
        now = time.monotonic()
        if now - self._touched.get(key, -TOUCH_INTERVAL) >= TOUCH_INTERVAL:
            self._touched[key] = now
            with contextlib.suppress(OSError):
                (self.folder(key) / "config.json").touch()

    def size(self) -> int:
        """Bytes that all runs take together."""
        return sum(_size(folder) for folder in self._folders())

    def evict(self, keep: Collection[str] = ()) -> Sequence[str]:
        """Delete runs until the rest fits; never one that is locked or in `keep`.

        Those of the visitor who takes most go first, the one unused for longest before the others.

        Returns:
            The names of the deleted.
        """
        with self._guard:
            deleted: list[str] = []
            sizes = {folder: _size(folder) for folder in self._folders()}
            excess = sum(sizes.values()) - self.max_bytes
            if excess <= 0:
                return deleted
            for folder in [path for path in sizes if not _KEY.fullmatch(path.name)]:  # set aside
                shutil.rmtree(folder, ignore_errors=True)
                deleted.append(folder.name)
                excess -= sizes.pop(folder)
            owners = {folder: read_owners(folder) for folder in sizes}
            used = {folder: _last_used(folder) for folder in sizes if folder.name not in keep}
            while excess > 0 and (found := first_to_go(sizes, owners, used)) is not None:
                folder, owner = found
                if len(owners[folder]) > 1:  # others asked for it too: it stays for them
                    owners[folder] = tuple(other for other in owners[folder] if other != owner)
                    continue
                if not self._delete_unlocked(folder.name):
                    del used[folder]
                    continue
                deleted.append(folder.name)
                excess -= sizes.pop(folder)
                del used[folder]
            return deleted

    def _delete_unlocked(self, key: str) -> bool:
        """Delete a run that nobody writes into; returns whether it could be done."""
        lock = self.lock(key)
        if lock is None:
            return False
        with lock:
            self.delete(key)
            self._lock_file(key).unlink(missing_ok=True)
        return True

    def note_owner(self, key: str, *, browser: str, address: str) -> None:
        """Remember who asked for a run: its bytes count as theirs. If this fails, the run still goes on.

        Args:
            key: Of the run.
            browser: Names the visitor's browser.
            address: Where it is.
        """
        folder = self.folder(key)
        with contextlib.suppress(OSError):
            owner, known = owner_of(self.root, browser=browser, address=address), read_owners(folder)
            if owner not in known and folder.is_dir():
                write_owners(folder, [*(other for other in known if other != APP), owner])

    def _folders(self) -> Sequence[Path]:
        try:
            return [
                path
                for path in self.root.iterdir()
                if path.is_dir() and (_KEY.fullmatch(path.name) or path.name.startswith(_ASIDE))
            ]
        except OSError:
            return []


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            entry = path.stat()
            total += entry.st_size // max(1, entry.st_nlink)  # weights.pt may be another name of an epoch's
    return total


def _last_used(folder: Path) -> float:
    try:
        return max((folder / name).stat().st_mtime for name in ("config.json", "status.json"))
    except OSError:
        return 0.0
