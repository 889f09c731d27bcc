"""Every mistake is really made, and does what the lab says it does, over three seeds."""

import ast
import functools

import pytest

from core.errors import LessonInputError
from core.mistakes import MISTAKES, Effect, LabJob, Mistake, patch, run_loop

SEEDS = (0, 1, 2)


@functools.cache
def run(program):
    """A program's result; the correct one of a loop is shared by all mistakes made in it."""
    return run_loop(program)


@pytest.mark.parametrize("name", MISTAKES)
def test_the_effect_is_there_for_every_seed(name):
    """The broken program differs from the correct one as its effect says, or raises the error it says."""
    mistake = MISTAKES[name]
    for seed in SEEDS:
        correct, broken = mistake.programs(seed)
        assert correct != broken
        if mistake.effect is None:
            assert not run(correct).error
            assert mistake.raises in run(broken).error
        else:
            found = run(correct).last, run(broken).last
            assert mistake.effect.holds(*found), f"seed {seed}: {found}"


@pytest.mark.parametrize("name", MISTAKES)
def test_programs_are_python_and_differ_by_few_lines(name):
    """Both programs parse, and the mistake replaces one or two lines."""
    mistake = MISTAKES[name]
    for program in mistake.programs():
        ast.parse(program)
    assert 1 <= len(mistake.replace) <= 2


def test_an_unapplied_patch_fails():
    """If the line a mistake replaces is gone from the loop, making the program fails: no effect is faked."""
    with pytest.raises(LessonInputError, match="stands 0 times"):
        patch("x = 1\n", (("y = 1", "y = 2"),))
    with pytest.raises(LessonInputError, match="stands 2 times"):
        patch("x = 1\nx = 1\n", (("x = 1", "x = 2"),))


@pytest.mark.parametrize(
    ("mistake", "figure"),
    [(mistake, mistake.effect.figure) for mistake in MISTAKES.values() if mistake.effect],
)
def test_an_effect_that_is_not_there_is_not_claimed(mistake, figure):
    """Were the correct program run twice, every effect but "same" would be found missing."""
    same = {figure: 0.5}
    assert mistake.effect.holds(same, same) is (mistake.effect.direction == "same" or mistake.effect.by == 0)


def test_effects_have_a_direction():
    """Lower is lower and higher is higher."""
    lower = Effect(figure="f", direction="lower", by=0.1)
    assert lower.holds({"f": 0.9}, {"f": 0.7})
    assert not lower.holds({"f": 0.7}, {"f": 0.9})
    assert not lower.holds({"f": 0.9}, {"f": 0.85})


def test_a_job_tells_both_programs_epoch_by_epoch():
    """Progress counts the epochs of both; the result has what both printed."""
    seen = []
    job = LabJob(MISTAKES["zero-grad-after-step"])
    result = job.run(seen.append, lambda: False)
    assert [progress.step for progress in seen] == list(range(1, 9))
    assert len(result.correct.history) == len(result.broken.history) == 4
    assert result.correct.history == result.broken.history
    assert "epoch 4" in result.broken.printed


def test_a_job_stops_within_an_epoch():
    """Asked to stop, it keeps the epochs that both programs have done."""
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) == 3

    result = LabJob(MISTAKES["no-bias"]).run(lambda progress: None, should_stop)
    assert result.status == "stopped"
    assert len(asked) == 3


def test_a_job_is_named_by_what_it_runs():
    """The same mistake and seed is the same job; another seed is another."""
    mistake: Mistake = MISTAKES["no-bias"]
    assert LabJob(mistake, 1).key == LabJob(mistake, 1).key != LabJob(mistake, 2).key
