"""What is made once in the process is made once, however many ask, and no cache can drop it."""

import threading

import pytest

from core.system.once import Once


def test_threads_that_ask_at_once_get_the_same_value():
    """The value is made one time while eight threads wait for it."""
    made, started = [], threading.Barrier(8)

    def make():
        made.append(object())
        return made[-1]

    once, got = Once(make), []

    def ask():
        started.wait()
        got.append(once())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert set(got) == set(made)


def test_a_failure_is_not_kept():
    """What could not be made is tried again at the next call."""
    answers = iter([ValueError("no"), 7])

    def make():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once = Once(make)
    with pytest.raises(ValueError, match="no"):
        once()
    assert once() == 7


def test_values_may_use_each_other():
    """Making one asks for another and, by way of it, for nothing twice."""
    first = Once(lambda: 3)
    second = Once(lambda: first() + 1)
    assert second() == 4
