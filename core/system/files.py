"""Files that are whole or not there: written under a temporary name, flushed, renamed; and locks on them.

A plain write under `kill -9` or on a full disk leaves half a file under its final name. A rename does not.
"""

import contextlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from filelock import FileLock, Timeout

TEMPORARY: Final = ".tmp-"
"""How the name of an unfinished file begins; such a file may be deleted."""

Lock = contextlib.AbstractContextManager[object]

_counter = itertools.count()


def write_with(path: Path, write: Callable[[BinaryIO], object], *, flush: bool = True) -> None:
    """Give `path` new contents in one step: after a kill it has the old ones or the new ones, whole.

    Args:
        path: The file; its folder is there.
        write: Called with the file to write to.
        flush: Whether the contents must survive the machine's end, not only the process's.

    Raises:
        OSError: The disk is full or the folder cannot be written; nothing is left behind.
    """
    temporary = path.with_name(f"{TEMPORARY}{path.name}-{os.getpid()}-{next(_counter)}")
    try:
        with temporary.open("wb") as file:
            write(file)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes, *, flush: bool = True) -> None:
    """`write_with` for contents that are already there."""
    write_with(path, lambda file: file.write(data), flush=flush)


def hard_link(source: Path, target: Path) -> None:
    """Make `target` another name of `source` in one step; a copy where the file system has no links."""
    temporary = target.with_name(f"{TEMPORARY}{target.name}-{os.getpid()}-{next(_counter)}")
    try:
        os.link(source, temporary)
    except OSError:
        write_bytes(target, source.read_bytes())
        return
    temporary.replace(target)
    # renaming one name of a file to another name of the same file does nothing
    temporary.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make the renames in `folder` survive the machine's end, where the system can."""
    with contextlib.suppress(OSError):  # some systems cannot open or flush a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def take_lock(path: Path) -> Lock | None:
    """The lock on `path`, held by the `with` statement over it, or `None` while another holder has it.

    Never waits. One thread of one process holds it; the system lets go of it when the process dies. The file
    stays, and may be removed while the lock is held.

    Raises:
        OSError: The file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return FileLock(path, blocking=False, thread_local=False).acquire()
    except Timeout:
        return None
