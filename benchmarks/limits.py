"""A container without a container engine: so much memory and so many cores for what this process starts."""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

V1 = Path("/sys/fs/cgroup/memory")
V2 = Path("/sys/fs/cgroup")


@contextlib.contextmanager
def small_machine(megabytes: int, cores: int) -> Iterator[str]:
    """Let every process that is started meanwhile have so much memory, together, and so many cores.

    Args:
        megabytes: Memory; where there are no memory groups, of each process (`RLIMIT_DATA`).
        cores: Processor cores.

    Yields:
        How the memory is bounded.
    """
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:cores])
    size = megabytes * 2**20
    group = _make_group(size)
    before = resource.getrlimit(resource.RLIMIT_DATA)
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()))
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (size, before[1]))
    try:
        yield f"memory group {group}" if group is not None else "RLIMIT_DATA of each process"
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
        os.sched_setaffinity(0, allowed)
        if group is not None:
            (group.parent / "cgroup.procs").write_text(str(os.getpid()))


def _make_group(size: int) -> Path | None:
    """A memory group of this command's own, version 1 or 2, or `None` where none can be made."""
    name = f"pytorch-basics-live-{os.getpid()}"
    for root, limit in ((V1, "memory.limit_in_bytes"), (V2, "memory.max")):
        group = root / name
        try:
            if root == V2:
                (root / "cgroup.subtree_control").write_text("+memory")
            group.mkdir()
            (group / limit).write_text(str(size))
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
        else:
            return group
    return None


def remove_group() -> None:
    """Remove this command's group, once the processes in it have ended."""
    for root in (V1, V2):
        with contextlib.suppress(OSError):
            (root / f"pytorch-basics-live-{os.getpid()}").rmdir()
