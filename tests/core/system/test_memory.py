"""How much memory is left, told from the files of a machine and of its containers."""

import contextlib
import sys
import threading
from dataclasses import replace

import pytest
import torch

from core.config import DataConfig, ModelConfig, TrainConfig
from core.errors import QueueError
from core.system import memory
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore

MB = 1_000_000


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MACHINE = {"proc/meminfo": "MemTotal: 9999999 kB\nMemAvailable:    1000000 kB\n"}
V2 = "sys/fs/cgroup"
V1 = "sys/fs/cgroup/memory"


@pytest.mark.parametrize(
    ("files", "left"),
    [
        (MACHINE, 1_024_000_000),
        (
            {  # version 2, as in a container: the limit is at the top; file contents can be dropped
                **MACHINE,
                "proc/self/cgroup": "0::/\n",
                f"{V2}/memory.max": f"{900 * MB}\n",
                f"{V2}/memory.current": f"{800 * MB}\n",
                f"{V2}/memory.stat": f"anon 1\ninactive_file {300 * MB}\n",
            },
            400 * MB,
        ),
        (
            {  # version 2 on the host: the group has no limit, the one above it has
                **MACHINE,
                "proc/self/cgroup": "0::/outer/inner\n",
                f"{V2}/outer/inner/memory.max": "max\n",
                f"{V2}/outer/memory.max": f"{500 * MB}\n",
                f"{V2}/outer/memory.current": f"{450 * MB}\n",
                f"{V2}/outer/memory.stat": "inactive_file 0\n",
            },
            50 * MB,
        ),
        (
            {  # version 1, and more used than allowed
                **MACHINE,
                "proc/self/cgroup": "5:cpu:/x\n4:memory:/docker/abc\n",
                f"{V1}/memory.limit_in_bytes": f"{100 * MB}\n",
                f"{V1}/memory.usage_in_bytes": f"{130 * MB}\n",
                f"{V1}/memory.stat": "total_inactive_file 10\n",
            },
            0,
        ),
        (
            {  # version 1 without a limit: a number near 2^63
                **MACHINE,
                "proc/self/cgroup": "4:memory:/\n",
                f"{V1}/memory.limit_in_bytes": "9223372036854771712\n",
            },
            1_024_000_000,
        ),
        ({"proc/meminfo": "MemAvailable: lots\n", "proc/self/cgroup": "nonsense\n"}, None),
        ({}, None),
    ],
)
def test_the_least_of_machine_and_containers_counts(tmp_path, files, left):
    """Version 1 and 2, limits at any level, none, and files that make no sense."""
    write(tmp_path, files)
    assert memory.available(tmp_path) == left


def test_new_runs_are_refused_first_and_what_is_there_stays(tmp_path, monkeypatch, small_train, small_test):
    """With little memory left a new run gets one sentence; one that has ended is still shown."""
    jobs = TrainingService(JobQueue(), RunStore(tmp_path / "runs"), lambda name: (small_train, small_test))
    config = TrainConfig(data=DataConfig(limit=64), epochs=1, device="cpu")
    key = jobs.submit(config).key
    assert jobs.wait(key, 60).state == "succeeded"
    monkeypatch.setattr(memory, "available", lambda: 50 * MB)
    assert memory.is_short()
    assert jobs.submit(config).from_cache
    with pytest.raises(QueueError, match="0 MB of memory to spare, and this run needs about"):
        jobs.submit(replace(config, seed=1))
    # the larger the network, the earlier
    monkeypatch.setattr(memory, "available", lambda: 150 * MB)
    assert not memory.is_short()
    with pytest.raises(QueueError, match="54 MB of memory to spare, and this run needs about 75"):
        jobs.submit(replace(config, model=ModelConfig(architecture="mlp", hidden=(1024, 1024))))
    assert jobs.wait(jobs.submit(replace(config, seed=1)).key, 60).state == "succeeded"
    jobs.close()


def test_where_nothing_can_be_told_nothing_is_refused(monkeypatch):
    """Not Linux: no figure, no refusal, and tuning and giving back do nothing."""
    monkeypatch.setattr(memory, "available", lambda: None)
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    memory.check(10**12)
    with memory.reserve(10**12):
        memory.check(10**12)
    memory.tune_allocator()
    with memory.reused_blocks():
        pass
    memory.give_back()
    assert not memory.is_short()


def test_freed_blocks_are_kept_until_the_last_run_has_ended(monkeypatch):
    """Two runs at once, one of which fails: blocks are given back again when the second has ended."""
    limits = {}

    class Library:
        def mallopt(self, option, value):
            limits[option] = value
            return 1

    monkeypatch.setattr(memory, "_libc", Library)
    memory.tune_allocator()
    before = dict(limits)
    with memory.reused_blocks():
        with pytest.raises(QueueError), memory.reused_blocks():
            raise QueueError("failed")
        during = dict(limits)
        memory.tune_allocator()  # another session starts
        assert limits == during
    assert limits == before
    assert all(during[option] > before[option] for option in during if option != memory._ARENA_MAX)

    monkeypatch.setattr(memory, "available", lambda: memory.RESERVE + memory.KEPT - 1)
    with memory.reused_blocks():
        assert limits == before  # a small server has no room for blocks that are kept


def test_what_one_has_reserved_another_cannot(monkeypatch):
    """Reservations add up before any of their memory is taken, and are there again when they are released."""
    left = 300 * MB + memory.RESERVE
    monkeypatch.setattr(memory, "available", lambda: left)
    with memory.reserve(200 * MB) as first:
        with pytest.raises(
            QueueError, match="100 MB of memory to spare, and this comparison needs about 101"
        ):
            memory.reserve(101 * MB, "this comparison")
        second = memory.reserve(100 * MB)
        second.release()
        second.release()  # once is enough, twice does no harm
        with pytest.raises(QueueError, match="failed"), memory.reserve(100 * MB):
            raise QueueError("failed")
        memory.check(100 * MB)
        first.release()
        memory.check(300 * MB)
    with pytest.raises(QueueError, match="try another"):
        memory.check(301 * MB, advice="try another")


def test_reserved_memory_that_is_taken_counts_once(monkeypatch):
    """A run that has taken what it reserved leaves the rest to others; what strangers took is missed."""
    left = 300 * MB + memory.RESERVE
    monkeypatch.setattr(memory, "available", lambda: left)
    with memory.reserve(200 * MB):
        left -= 200 * MB
        memory.check(100 * MB)
        left -= 50 * MB  # pages took this
        with pytest.raises(QueueError, match="50 MB of memory to spare"):
            memory.check(51 * MB)


def test_a_hundred_threads_cannot_reserve_more_than_there_is(monkeypatch):
    """The ledger is one for all threads."""
    monkeypatch.setattr(memory, "available", lambda: 10 * MB + memory.RESERVE)
    held = []

    def ask():
        with contextlib.suppress(QueueError):
            held.append(memory.reserve(MB))

    threads = [threading.Thread(target=ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held) == 10
    for reservation in held:
        reservation.release()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="page faults are counted on Linux")
def test_a_step_takes_the_memory_that_the_last_one_freed():
    """Blocks of six megabytes, taken and freed again and again, are not mapped anew each time."""

    import resource  # not on Windows

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(50):
            torch.ones(1_500_000)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    memory.tune_allocator()
    given_back = faults()
    with memory.reused_blocks():
        kept = faults()
    # 1,465 pages of 4 kB and a few more; where the kernel hands out huge pages both are small
    assert kept < 3_000 + given_back / 10


def test_an_ended_job_holds_no_images(tmp_path, small_train, small_test):
    """The queue remembers that a run was, not the data it was trained on."""
    jobs = TrainingService(JobQueue(), RunStore(tmp_path / "runs"), lambda name: (small_train, small_test))
    key = jobs.submit(TrainConfig(data=DataConfig(limit=64), epochs=1, device="cpu")).key
    jobs.wait(key, 60)
    assert not hasattr(jobs.queue._records[key].job, "splits")
    jobs.close()


def test_who_waits_for_memory_gets_it_once_it_is_released_or_gives_up(monkeypatch):
    """Patience is for what others have reserved; whatever `meanwhile` raises ends the wait."""
    monkeypatch.setattr(memory, "available", lambda: memory.RESERVE + 100 * MB)
    first = memory.reserve(80 * MB)
    with memory.reserve(50 * MB, patience=5.0, meanwhile=first.release):
        pass
    with memory.reserve(80 * MB), pytest.raises(KeyError):
        memory.reserve(50 * MB, patience=5.0, meanwhile=lambda: {}["gone"])
