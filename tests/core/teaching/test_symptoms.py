"""Cases of the symptom clinic can be decided by their evidence, which is what the programs gave."""

import itertools
import math

import pytest

from core.teaching.symptoms import CORRECT, SLIPS, case, classify, eight_images, record, runs
from core.teaching.symptoms.cases import APART
from core.teaching.symptoms.evidence import ASKED_SEEDS, KNOWN_SEEDS, distance

CASES = [case(number) for number in range(1, 1001)]


def test_nearly_all_cases_are_decidable():
    """A nearest-mean classifier that never saw these runs finds the slip in 95% of a thousand cases."""
    right = sum(asked.is_decidable for asked in CASES)
    assert right >= 0.95 * len(CASES), right


def test_the_classifier_can_fail():
    """Offered only what is wrong, it names something wrong: the measure above is not always true."""
    asked = CASES[0]
    others = [name for name in asked.options if name != asked.slip]
    assert classify(runs()[asked.slip, asked.seed], asked.seed, others) != asked.slip


def test_a_case_has_four_options_that_do_not_look_alike():
    """The slip is among them once, in every place at times; each slip is asked about."""
    for asked in CASES:
        assert len(set(asked.options)) == 4
        assert asked.slip in asked.options
        assert all(distance(*pair) >= APART for pair in itertools.combinations(asked.options, 2))
    assert {asked.slip for asked in CASES} == set(SLIPS)
    assert {asked.options.index(asked.slip) for asked in CASES} == {0, 1, 2, 3}
    assert case(7) == case(7)


def test_every_slip_was_run_with_every_seed():
    """Ten runs of each slip and of the correct loop, six epochs each."""
    for name in (CORRECT, *SLIPS):
        for seed in (*KNOWN_SEEDS, *ASKED_SEEDS):
            run = runs()[name, seed]
            assert len(run.loss) == len(run.accuracy) == len(run.norm) == 6
            assert len(run.predictions) == 8


@pytest.mark.parametrize("name", [CORRECT, "softmax-before-cross-entropy"])
def test_the_evidence_is_what_the_program_gives(name):
    """Run again, on the images that ship with the app: the curves of the file."""
    correct, broken = next(iter(SLIPS.values())).programs(5)
    again, kept = record(correct if name == CORRECT else broken), runs()[name, 5]
    assert all(math.isclose(a, b, rel_tol=0.02) for a, b in zip(again.loss, kept.loss, strict=True))
    assert all(abs(a - b) <= 0.03 for a, b in zip(again.accuracy, kept.accuracy, strict=True))


def test_a_slip_changes_lines_of_the_loop():
    """Each replaced line is there exactly once."""
    for slip in SLIPS.values():
        correct, broken = slip.programs(0)
        assert correct != broken
        assert slip.why


def test_eight_test_images_go_with_the_predictions():
    images, truth, classes = eight_images()
    assert images.shape == (8, 28, 28)
    assert set(truth) <= set(classes)
