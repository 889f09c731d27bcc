"""The queue is fair: visitors take turns, nobody fills it, nobody holds it up, and who has gone gives way."""

import threading
import time
from dataclasses import dataclass

import pytest

from core.errors import QueueError
from core.system import memory
from core.training.jobs import Job, JobQueue, Visitor, work
from core.training.jobs import queue as job_queue
from core.training.jobs.turns import REMEMBERED, Turns


@dataclass
class Done:
    status: str = "finished"


class Gated(Job):
    """A job that runs until its gate is opened, and writes its name down when it starts."""

    def __init__(self, key, started, gate, size=0):
        self.key = self.title = key
        self.started, self.gate, self.memory_bytes = started, gate, size
        self.was_withdrawn = False

    def run(self, on_progress, should_stop):
        self.started.append(self.key)
        while not self.gate.is_set() and not should_stop():
            time.sleep(0.005)
        return Done()

    def withdrawn(self):
        self.was_withdrawn = True


class Line:
    """A queue, its first job running, and visitors who ask for jobs."""

    def __init__(self, **options):
        self.connected = set()
        self.queue = JobQueue(is_connected=lambda browser: browser in self.connected, **options)
        self.started, self.gate = [], threading.Event()
        self.queue.submit(Gated("first", self.started, self.gate))
        until(lambda: self.started == ["first"])

    def ask(self, key, browser, address="", size=0):
        job = Gated(key, self.started, self.gate, size)
        self.queue.submit(job, Visitor(browser, address))
        return job

    def state(self, key):
        return self.queue.snapshot(key).state


def until(condition, timeout=20.0):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def line():
    made = Line()
    yield made
    made.gate.set()
    made.queue.close()


def test_addresses_take_turns_however_many_jobs_one_has(line):
    """Four of one address came first; a visitor from elsewhere is second, not fifth, and is told so."""
    for count in range(4):
        line.ask(f"a{count}", f"browser {count}", "1.1.1.1")
    line.ask("b", "other", "2.2.2.2")
    assert line.queue.snapshot("b").position == 2
    assert [line.queue.snapshot(f"a{count}").position for count in range(4)] == [1, 3, 4, 5]
    line.gate.set()
    until(lambda: len(line.started) == 6)
    assert line.started == ["first", "a0", "b", "a1", "a2", "a3"]


def test_browsers_of_one_address_take_turns():
    """Who has just had a turn comes after the others of the same address."""
    turns = Turns()

    def asked(browser):
        return type("Waiting", (), {"visitors": [Visitor(browser, "school")], "name": browser})()

    turns.take(asked("a"))
    ordered = turns.in_order([asked(browser) for browser in ("a", "b", "c")])
    assert [waiting.name for waiting in ordered] == ["b", "c", "a"]


def test_turns_of_a_million_addresses_take_no_memory():
    """Only the latest are remembered."""
    turns = Turns()
    for count in range(3 * REMEMBERED):
        turns.take(type("Waiting", (), {"visitors": [Visitor(str(count), str(count))]})())
    assert len(turns._last) <= REMEMBERED


def test_a_browser_is_one_visitor_however_many_tabs_and_addresses_it_has(line):
    """A second job is refused by name, from another address too."""
    line.ask("a", "browser", "1.1.1.1")
    with pytest.raises(QueueError, match="You have a run going already"):
        line.ask("b", "browser", "2.2.2.2")
    assert line.queue.going(Visitor("browser", "3.3.3.3")).key == "a"
    assert line.queue.stop("a", Visitor("browser", "3.3.3.3"))
    line.ask("b", "browser", "2.2.2.2")


def test_a_full_queue_gives_up_the_last_of_the_address_with_most(line):
    """One address has filled it: a visitor from elsewhere is let in, another of the same is not."""
    jobs = [line.ask(f"a{count}", f"browser {count}", "1.1.1.1") for count in range(job_queue.MAX_WAITING)]
    with pytest.raises(QueueError, match="8 runs are waiting already"):
        line.ask("one more", "browser 9", "1.1.1.1")
    line.ask("b", "other", "2.2.2.2")
    assert line.state("b") == "queued"
    assert line.state("a7") == "stopped"
    assert jobs[7].was_withdrawn
    assert "Others needed its place" in line.queue.snapshot("a7").error
    assert [line.state(f"a{count}") for count in range(7)] == ["queued"] * 7


def test_a_full_queue_gives_up_what_nobody_waits_for(line, monkeypatch):
    """Tabs without cookies, opened and closed: the next visitor is let in at once, at the same address."""
    monkeypatch.setattr(job_queue, "PRESENT_SECONDS", 0.0)
    for count in range(job_queue.MAX_WAITING):
        line.ask(f"a{count}", f"tab {count}", "1.1.1.1")
        line.connected.add(f"tab {count}")
    with pytest.raises(QueueError):
        line.ask("b", "other", "1.1.1.1")
    line.connected.discard("tab 3")
    line.ask("b", "other", "1.1.1.1")
    assert line.state("b") == "queued"
    assert line.state("a3") == "stopped"


def test_what_waits_leaves_the_queue_some_time_after_its_visitors(line, monkeypatch):
    """It does not run for nobody; one whose page is connected stays, though it has not asked for long."""
    gone, hidden = line.ask("gone", "closed"), line.ask("hidden", "asleep")
    line.connected.add("asleep")
    monkeypatch.setattr(job_queue, "PRESENT_SECONDS", 0.0)
    monkeypatch.setattr(job_queue, "GONE_SECONDS", 0.2)
    time.sleep(0.3)
    line.ask("next", "new")
    assert line.state("gone") == "stopped"
    assert gone.was_withdrawn
    assert "left before it started" in line.queue.snapshot("gone").error
    assert line.state("hidden") == "queued"
    assert not hidden.was_withdrawn


def test_a_hidden_tab_keeps_its_run(line, monkeypatch):
    """Browsers put the timers of hidden tabs to sleep, but its connection says that it is there."""
    line.ask("run", "hidden")
    line.connected.add("hidden")
    monkeypatch.setattr(job_queue, "PRESENT_SECONDS", 0.01)
    time.sleep(0.05)
    assert not line.queue.stop("run", Visitor("stranger"))
    assert line.state("run") == "queued"


def test_pauses_add_up_while_others_wait(line, monkeypatch):
    """Pausing again and again holds others up no longer than pausing once."""
    monkeypatch.setattr(job_queue, "PAUSE_SECONDS", 0.3)
    line.queue.pause("first")
    line.ask("waits", "other")
    until(lambda: line.state("first") == "running")
    with pytest.raises(QueueError, match="kept others waiting"):
        line.queue.pause("first")
    line.queue.stop("waits")
    line.queue.pause("first")  # nobody waits any more
    assert line.state("first") == "paused"
    line.queue.resume("first")


@pytest.fixture
def small_machine(monkeypatch):
    """A machine with a thousand bytes to spare."""
    monkeypatch.setattr(memory, "available", lambda: memory.RESERVE + 1000)


def test_what_does_not_fit_is_refused_and_what_fits_later_waits(small_machine, line):
    """A job's bytes are checked when it is asked for, and reserved while it runs."""
    with pytest.raises(QueueError, match="this run needs about"):
        line.ask("large", "a", size=2000)
    line.ask("small", "b", size=900)
    with memory.reserve(500):  # somebody's comparison
        line.gate.set()
        until(lambda: line.state("small") == "running")
        time.sleep(0.3)
        assert line.started == ["first"]
    until(lambda: line.state("small") == "succeeded")
    memory.check(1000)


def test_memory_that_stays_taken_is_a_sentence(small_machine, line, monkeypatch):
    """After some seconds the job fails, and says what to do."""
    monkeypatch.setattr(work, "MEMORY_SECONDS", 0.1)
    line.ask("small", "b", size=900)
    with memory.reserve(500):
        line.gate.set()
        until(lambda: line.state("small") == "failed")
    assert "memory to spare" in line.queue.snapshot("small").error
    assert "small" not in line.started
