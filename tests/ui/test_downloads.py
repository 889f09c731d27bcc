"""Large files are made one at a time, and only where there is memory for them."""

import threading

import pytest

from core.errors import QueueError
from core.system import memory
from ui import downloads


def test_large_files_are_made_one_at_a_time_within_the_memory_there_is(monkeypatch):
    """Six requests at once, as a browser may send them without a page: never two in the making."""
    inside, most, made = 0, 0, []

    def make():
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.01)
        inside -= 1
        return b"file"

    threads = [
        threading.Thread(target=lambda: made.append(downloads.made_alone(make, 1_000))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [b"file"] * 6
    assert most == 1
    monkeypatch.setattr(memory, "available", lambda: memory.RESERVE + 100_000_000)
    with pytest.raises(QueueError, match="this file needs"):
        downloads.made_alone(make, 40_000_000)
    monkeypatch.setattr(downloads, "PATIENCE", 0.01)
    with downloads._large, pytest.raises(QueueError, match="Others are downloading"):
        downloads.made_alone(make, 1)
