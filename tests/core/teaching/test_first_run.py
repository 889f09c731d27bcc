"""Home's run: it learns in seconds, tells what it says from the first moment on, and ends when asked to."""

import pytest

from core.teaching.first_run import WATCHED, FirstRunJob


@pytest.fixture(scope="module")
def result(sample_train, sample_test):
    """The run of seed 0, and what it told on the way."""
    told = []
    job = FirstRunJob(sample_train, sample_test, seed=0)
    return job, job.run(told.append, lambda: False), told


def test_it_goes_from_guessing_to_four_of_five(result):
    """What home promises."""
    _, run, _ = result
    assert run.moments[0].accuracy < 0.2
    assert run.moments[-1].accuracy > 0.8
    assert run.status == "finished"


def test_every_moment_is_told_as_it_comes(result):
    """So that a page can show the network while it learns."""
    job, run, told = result
    assert [progress.step for progress in told] == [moment.step for moment in run.moments] == list(job.kept)
    assert told[-1].moments == run.moments
    assert job.kept[0] == 0
    assert job.kept[-1] == job.steps


def test_a_moment_has_the_answers_to_the_watched_images(result):
    """Probabilities in whole percent, and the class that the largest of them belongs to."""
    for moment in result[1].moments:
        assert len(moment.predicted) == len(moment.percent) == WATCHED
        for predicted, row in zip(moment.predicted, moment.percent, strict=True):
            assert 95 <= sum(row) <= 105
            assert row[predicted] == max(row)


def test_the_same_seed_gives_the_same_run(result, sample_train, sample_test):
    """And the untrained network is its first moment."""
    job, run, _ = result
    again = FirstRunJob(sample_train, sample_test, seed=0)
    assert again.key == job.key
    assert again.untrained() == run.moments[0]
    assert FirstRunJob(sample_train, sample_test, seed=1).untrained() != run.moments[0]


def test_it_ends_when_asked_to(sample_train, sample_test):
    """After the moment that is being made."""
    run = FirstRunJob(sample_train, sample_test, seed=0).run(lambda progress: None, lambda: True)
    assert run.status == "stopped"
    assert len(run.moments) == 1
