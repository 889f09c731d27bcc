"""Where tensors live: what this machine has, what `auto` means here, and how many threads a run may use."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from core.errors import ConfigError
from core.text import quoted


@dataclass(frozen=True)
class DeviceInfo:
    """One device."""

    name: str
    """What `torch.device` takes: `cpu`, `cuda:0`, `mps`."""
    title: str
    """What to call it, such as the card's name."""
    memory: int | None
    """Total memory in bytes, or `None` where it cannot be told."""


def available() -> list[DeviceInfo]:
    """The devices of this machine, fastest kind first; the CPU is always the last."""
    devices = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            devices.append(DeviceInfo(f"cuda:{index}", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        devices.append(DeviceInfo("mps", "Apple GPU", None))
    count = cpu_threads()
    devices.append(DeviceInfo("cpu", f"CPU, {count} thread{'s' if count > 1 else ''}", None))
    return devices


def resolve(name: str) -> str:
    """The device `name` stands for here: `auto` is the first of `available()`, `cuda` is `cuda:0`.

    Raises:
        ConfigError: This machine has no such device.
    """
    names = [device.name for device in available()]
    if name == "auto":
        return names[0]
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in names:
        raise ConfigError(f"This machine has no device {quoted(name)}: choose auto or {' or '.join(names)}.")
    return wanted


def cpu_threads() -> int:
    """Threads a run may use: the cores it may run on, no more than its cgroup's quota, at most 8.

    `OMP_NUM_THREADS` lowers that, as it does for PyTorch itself.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        if quota != "max":
            cores = min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass  # no cgroup v2 here: the affinity is all that is known
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        cores = min(cores, int(asked))
    return max(1, min(cores, 8))
