"""Which devices there are, and how many threads a run may use."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.system import device


def test_the_cpu_is_always_there_and_last():
    """Every machine has a CPU; auto takes the first device of the list."""
    found = device.available()
    assert found[-1].name == "cpu"
    assert device.resolve("auto") == found[0].name


@pytest.mark.parametrize("name", ["cuda:99", "xpu", ""])
def test_a_missing_device_is_named_with_what_there_is(name):
    """Asking for a device this machine lacks says what to choose."""
    with pytest.raises(ConfigError, match=r"choose auto or .*cpu"):
        device.resolve(name)


@pytest.mark.parametrize(
    ("text", "threads"), [("100000 100000", 1), ("250000 100000", 2), ("max 100000", None)]
)
def test_threads_respect_the_containers_quota(text, threads, monkeypatch):
    """A container with a quota of one core gets one thread, whatever the host has."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(device.os, "sched_getaffinity", lambda _: range(4))
    monkeypatch.setattr(Path, "read_text", lambda _: text)
    assert device.cpu_threads() == (threads or 4)


@pytest.mark.parametrize(("text", "threads"), [("3", 3), ("64", 4), ("many", 4), ("0", 4)])
def test_threads_respect_omp_num_threads(text, threads, monkeypatch):
    """What PyTorch itself goes by also bounds a run; a value that makes no sense does not."""
    monkeypatch.setenv("OMP_NUM_THREADS", text)
    monkeypatch.setattr(device.os, "sched_getaffinity", lambda _: range(4))
    monkeypatch.setattr(Path, "read_text", lambda _: "max 100000")
    assert device.cpu_threads() == threads
