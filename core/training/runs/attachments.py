"""What was worked out from a run and is kept in its folder: it goes with the run, and can be made again."""

import contextlib
import re
from pathlib import Path
from typing import Any, Final

import torch

from core.errors import RunError
from core.system.files import write_with
from core.training.runs.store import RunStore

MOST: Final = 8
"""Attachments of one run; the oldest goes first."""
MOST_BYTES: Final = 200_000
"""Of one."""

_NAME: Final = re.compile(r"[a-z]+-[0-9a-f]{16}")


def _path(store: RunStore, key: str, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise RunError("An attachment's name is a word and 16 hexadecimal digits.")
    return store.folder(key) / "attached" / f"{name}.pt"


def attach(store: RunStore, key: str, name: str, values: dict[str, Any]) -> None:
    """Keep values (tensors, numbers, text, lists) with a run. Where that fails, nothing is kept."""
    path = _path(store, key, name)
    with contextlib.suppress(OSError, RuntimeError, RunError):
        lock = store.lock(key)
        if lock is None or not path.parent.parent.is_dir():
            return
        with lock:
            path.parent.mkdir(exist_ok=True)
            write_with(path, lambda file: torch.save(values, file))
            if path.stat().st_size > MOST_BYTES:
                path.unlink()
            kept = sorted(path.parent.glob("*.pt"), key=lambda each: each.stat().st_mtime)
            for old in kept[:-MOST]:
                old.unlink(missing_ok=True)


def attached(store: RunStore, key: str, name: str) -> dict[str, Any] | None:
    """What was kept under this name; `None` where there is nothing that can be read."""
    path = _path(store, key, name)
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        values = torch.load(path, weights_only=True, map_location="cpu")
    except Exception:  # a torn file can make the reader stumble over anything; it is made again
        return None
    return values if isinstance(values, dict) else None
