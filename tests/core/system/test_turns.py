"""Turns at heavy work: one at a time for each person, and nobody waits for one who asks again and again."""

import contextlib
import threading
import time

import pytest

from core.system.turns import Turns


def ask(turns, person, order, held, release):
    def work():
        with turns.turn(person):
            order.append(person)
            held.release()
            release.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def settle(turns, count):
    for _ in range(200):
        if len(turns._waiting) == count:
            return
        time.sleep(0.01)
    raise AssertionError(turns._waiting)


def test_one_person_holds_one_turn_and_others_pass_by():
    """The second wish of a person waits for the first, while the place is given to somebody else."""
    turns, order, held = Turns(2), [], threading.Semaphore(0)
    first, second, other = threading.Event(), threading.Event(), threading.Event()
    threads = [ask(turns, "a", order, held, first)]
    held.acquire(timeout=5)
    threads.append(ask(turns, "a", order, held, second))
    settle(turns, 1)
    threads.append(ask(turns, "b", order, held, other))
    assert held.acquire(timeout=5)
    assert order == ["a", "b"]
    first.set()
    assert held.acquire(timeout=5)
    assert order == ["a", "b", "a"]
    for event in (second, other):
        event.set()
    for thread in threads:
        thread.join(5)


def test_whoever_was_served_longest_ago_is_next():
    """Five wishes of one person in the line do not come before one of another."""
    turns, order, held = Turns(1), [], threading.Semaphore(0)
    release = threading.Event()
    threads = [ask(turns, "a", order, held, release)]
    held.acquire(timeout=5)
    threads += [ask(turns, "a", order, held, release) for _ in range(5)]
    settle(turns, 5)
    threads.append(ask(turns, "b", order, held, release))
    settle(turns, 6)
    release.set()
    for thread in threads:
        thread.join(5)
    assert order[:2] == ["a", "b"]
    assert order.count("a") == 6


def test_whoever_leaves_gives_the_place_up():
    """An exception while waiting or working leaves nothing behind."""
    turns = Turns(1)

    class LeftError(Exception):
        pass

    def leave():
        raise LeftError

    with turns.turn("a"):
        with pytest.raises(LeftError), turns.turn("b", leave):
            raise AssertionError("it was not its turn")
        assert not turns._waiting
    with contextlib.suppress(LeftError), turns.turn("a"):
        raise LeftError
    with turns.turn("a"):
        pass
