"""Work apart from the server gives what it would in place, within its bounds, and ends with its visitor."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core.system import apart

PROJECT = Path(__file__).resolve().parents[3]

SCRIPT = """
import sys, threading, time, types
import torch
from core.system import apart
from core.errors import CoreError, TooMuchError

work = types.ModuleType("core.work")
sys.modules["core.work"] = work
def target(function):
    setattr(work, function.__name__, function)
    return "core.work:" + function.__name__

@target
def echo(value, report):
    return value, torch.arange(4.0), {"a": [1, None, "é"]}
@target
def refuse(report):
    raise CoreError("Choose another.")
@target
def allocate(report):
    return torch.zeros(10**9)
@target
def keep(report):
    kept = []
    while True:
        kept.append(bytes(10**6))
@target
def spin(report):
    while True:
        report(0.5)
@target
def die(report):
    import os
    os._exit(3)
@target
def draw(report):
    torch.manual_seed(3)
    return torch.rand(2)
@target
def priority(report):
    import os
    time.sleep(0.2)
    return os.getpriority(os.PRIO_PROCESS, 0)

apart.start([])
"""


def in_a_server(body):
    """What `body` prints in a process that has started the helper, as the server does."""
    script = SCRIPT + textwrap.dedent(body)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout.splitlines()


def test_what_comes_back_is_what_was_made():
    """Arguments go there and results come back whole; large ones as well."""
    printed = in_a_server("""
        value, made, rest = apart.run(echo, value=torch.ones(3))
        print(value.tolist(), made.tolist(), rest)
        print(apart.run(echo, value=torch.ones(2_000_000))[0].sum().item())
    """)
    assert printed == ["[1.0, 1.0, 1.0] [0.0, 1.0, 2.0, 3.0] {'a': [1, None, 'é']}", "2000000.0"]


def test_no_work_takes_more_than_its_bounds_and_the_server_lives():
    """Too much memory, in PyTorch's hands or in Python's, and a sudden end are one sentence each."""
    printed = in_a_server("""
        for name in (allocate, keep, die, refuse):
            try:
                apart.run(name)
            except CoreError as error:
                print(type(error).__name__, error)
        print(apart.run(echo, value=1)[0])
    """)
    assert printed[:3] == [f"TooMuchError {apart._TOO_MUCH}"] * 3
    assert printed[3:] == ["CoreError Choose another.", "1"]


def test_work_ends_with_whoever_waits():
    """What the waiting visitor's page raises ends the child, which would go on for ever."""
    printed = in_a_server("""
        import os
        from pathlib import Path
        class Left(Exception): pass
        looks = []
        def waiting(share):
            looks.append(share)
            if len(looks) > 3:
                raise Left
        try:
            apart.run(spin, waiting)
        except Left:
            print("left", max(looks))
        def children():
            found = [p.read_text().rpartition(")")[2].split() for p in Path("/proc").glob("[0-9]*/stat")]
            return [f for f in found if f[1] == helper and f[0] != "Z"]
        me = str(os.getpid())
        helper = next(p.parent.name for p in Path("/proc").glob("[0-9]*/stat")
                      if p.read_text().rpartition(")")[2].split()[1] == me)
        for _ in range(50):
            if not children():
                break
            time.sleep(0.1)
        print(len(children()))
    """)
    assert printed == ["left 0.5", "0"]


def test_work_of_those_who_have_had_much_gives_way_from_its_beginning():
    """The priority of a page lasts for as long as the caller says."""
    printed = in_a_server("""
        print(apart.run(priority, lambda share: None, 0.0) - apart.run(priority))
    """)
    assert printed == [str(apart.NICENESS)]


def test_the_helper_does_not_inherit_the_locks_of_busy_threads():
    """Thirty pieces of work beside threads that multiply matrices all the time: none of them hangs."""
    printed = in_a_server("""
        busy = [True]
        def multiply():
            while busy[0]:
                torch.rand(200, 200) @ torch.rand(200, 200)
        threads = [threading.Thread(target=multiply) for _ in range(3)]
        for thread in threads:
            thread.start()
        drawn = {tuple(apart.run(draw).tolist()) for _ in range(30)}
        busy[0] = False
        for thread in threads:
            thread.join()
        torch.manual_seed(3)
        print(drawn == {tuple(torch.rand(2).tolist())})
    """)
    assert printed == ["True"]


def test_without_a_helper_work_is_done_in_place():
    """Command lines and tests have no helper; the same call gives the same."""
    assert apart._helper is None
    code = "print(1 + 1)\nx = 3\n"
    [ended] = apart.run("core.teaching.snippets.runner:execute_apart", programs=[code], names=[["x"]])
    assert ended == ("2\n", {"x": 3}, None)


def test_only_functions_of_ours_are_called():
    """A name from elsewhere is refused before it is imported."""
    with pytest.raises(ValueError, match="not ours"):
        apart.run("os:system", command="true")


def test_the_helper_warms_up_before_its_first_child():
    """What the warm-up makes is there in every child; a failing one costs nothing but time."""
    printed = in_a_server("""
        made = []
        @target
        def prepare(report):
            made.append(len(made))
            report(1.0)
        @target
        def look(report):
            return list(made)
        apart._helper = None
        apart.start([], prepare)
        print(apart.run(look), apart.run(look), made)
        apart._helper = None
        apart.start([], refuse)
        print(apart.run(echo, value=2)[0])
        from core.teaching.snippets.warm_up import _PROGRAM
        from core.teaching.snippets import execute
        print(execute(_PROGRAM)[2])
    """)
    assert printed == ["[0] [0] []", "2", "None"]
