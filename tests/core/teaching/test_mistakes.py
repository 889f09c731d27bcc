"""Every mistake is really made, and does what the lab says it does, over five seeds."""

import ast
import json
from dataclasses import replace

import pytest

from benchmarks.mistakes import FILE, SEEDS, holds, origin, pair
from core.errors import LessonInputError
from core.teaching.mistakes import COUNT, MISTAKES, Effect, LabJob, Mistake, measured, patch, run_loop
from core.teaching.mistakes.mistake import TEST_ACCURACY

KEPT = json.loads(FILE.read_text(encoding="utf-8"))
"""What `python -m benchmarks.mistakes --write` found."""


@pytest.mark.parametrize("name", [name for name, mistake in MISTAKES.items() if mistake.effect])
def test_the_effect_is_there_for_every_seed(name):
    """The broken program differs from the correct one as its effect says.

    The first seed runs here. The others were run by the command that wrote the file, with the programs and
    the PyTorch of today, or else they run here as well.
    """
    mistake, kept = MISTAKES[name], KEPT.get(name)
    if kept is not None and kept["origin"] == origin(mistake):
        pairs = [pair(mistake, SEEDS[0]), *kept["pairs"][1:]]
    else:
        pairs = [pair(mistake, seed) for seed in SEEDS]
    assert len(pairs) == 5
    for some in [pairs] if mistake.effect.on_average else [[one] for one in pairs]:
        assert holds(mistake, some), pairs


@pytest.mark.parametrize("name", [name for name, mistake in MISTAKES.items() if not mistake.effect])
def test_the_error_is_the_one_that_is_said(name):
    """The correct program runs, the broken one ends in its error: one seed is enough, none gets to draw."""
    correct, broken = map(run_loop, MISTAKES[name].programs())
    assert not correct.error
    assert MISTAKES[name].raises in broken.error


@pytest.mark.parametrize("name", MISTAKES)
def test_programs_are_python_and_differ_by_few_lines(name):
    """Both programs parse, they differ, and the mistake replaces one or two lines."""
    mistake = MISTAKES[name]
    correct, broken = mistake.programs()
    assert correct != broken
    for program in (correct, broken):
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
    same = {figure.key: 0.5}
    assert mistake.effect.holds(same, same) is (mistake.effect.direction == "same")


def test_effects_have_a_direction():
    """Lower is lower and higher is higher."""
    lower = Effect(figure=TEST_ACCURACY, direction="lower", by=0.1)
    key = TEST_ACCURACY.key
    assert lower.holds({key: 0.9}, {key: 0.7})
    assert not lower.holds({key: 0.7}, {key: 0.9})
    assert not lower.holds({key: 0.9}, {key: 0.85})


def test_a_job_tells_both_programs_epoch_by_epoch():
    """Progress counts the epochs of both programs; the report says that nothing differs at all."""
    seen = []
    mistake = MISTAKES["zero-grad-after-step"]
    result = LabJob(mistake, (0, 1)).run(seen.append, lambda: False)
    assert [progress.step for progress in seen] == list(range(1, 17))
    assert {progress.steps for progress in seen} == {16}
    assert [r.history for r in result.correct] == [r.history for r in result.broken]
    assert "epoch 4" in result.broken[0].printed
    assert "2 runs of each, seeds 0, 1" in measured(mistake, result)
    assert "to the last digit" in measured(mistake, result)


def test_the_report_is_filled_in_from_the_runs():
    """Every number in the sentence is one that the two programs gave."""
    mistake = MISTAKES["zero-weights"]
    result = LabJob(mistake, (3,)).run(lambda progress: None, lambda: False)
    text = measured(mistake, result)
    assert f"{result.correct[0].last['test accuracy']:.1%} with the correct loop" in text
    assert f"{result.broken[0].last['test accuracy']:.1%} with the mistake" in text
    assert "Lower in 1 of 1 pairs" in text


def test_a_job_stops_within_an_epoch():
    """Asked to stop, it keeps the programs that are complete."""
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) == 7

    result = LabJob(MISTAKES["no-bias"]).run(lambda progress: None, should_stop)
    assert result.status == "stopped"
    assert (len(asked), len(result.correct), len(result.broken)) == (7, 1, 0)


def test_a_job_is_named_by_what_it_runs():
    """The same mistake and seeds are the same job; other seeds are another."""
    mistake: Mistake = MISTAKES["no-bias"]
    assert LabJob(mistake, (1,)).key == LabJob(mistake, (1,)).key != LabJob(mistake, (2,)).key


def test_a_download_names_the_folder_of_a_download():
    """The programs to take home read `data`, not a folder of this machine."""
    for program in MISTAKES["no-bias"].programs(portable=True):
        assert 'root = "data"' in program


def test_thirty_eight_are_counted_and_what_is_none_is_not():
    """The order of zero_grad() and step() is shown, and stands apart from the mistakes."""
    harmless = [name for name, mistake in MISTAKES.items() if mistake.harmless]
    assert harmless == ["zero-grad-after-step"]
    assert COUNT == len(MISTAKES) - 1 == 38


def test_an_effect_reversed_is_found_out():
    """The measured runs of a mistake do not hold the opposite of what is said of it."""
    mistake = MISTAKES["zero-weights"]
    found = [pair(mistake, SEEDS[0])]
    assert holds(mistake, found)
    assert not holds(replace(mistake, effect=replace(mistake.effect, direction="higher")), found)
