"""The optimizer race trains really and fairly; surfaces, losses and the range test compute what they say."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from core.errors import ConfigError
from core.teaching import races
from core.teaching.lessons import optimization, optimization_rates
from core.teaching.races import (
    CONTENDERS,
    RATES,
    Lap,
    RaceJob,
    RaceResult,
    height_lines,
    race_config,
    ranking,
    summary,
)
from core.teaching.snippets import run_step
from core.training.engine import run_training


@pytest.fixture(scope="module")
def result(sample_train, sample_test):
    """A race with two seeds, and what it told on the way."""
    seen = []
    job = RaceJob(sample_train, sample_test, seeds=(0, 1))
    return job.run(seen.append, lambda: False), seen


def test_all_optimizers_run_with_all_seeds_on_the_same_data(result):
    """Ten runs of 96 steps; what differs between two with one seed is the optimizer alone."""
    race, seen = result
    assert [(lap.name, lap.seed) for lap in race.laps] == [(n, s) for s in (0, 1) for n in CONTENDERS]
    assert {len(lap.losses) for lap in race.laps} == {96}
    for seed in (0, 1):
        first = {lap.losses[0] for lap in race.laps if lap.seed == seed}
        assert len(first) == 1  # the same weights on the same first batch, before any step
    assert [progress.step for progress in seen] == list(range(1, 11))
    assert {progress.steps for progress in seen} == {10}


def test_a_run_of_the_race_is_the_engines(result, sample_train, sample_test):
    """The accuracy is the one that `run_training` gives for the same configuration."""
    config = race_config("Adam", "each its own", 1)
    trained = run_training(config, train_split=sample_train, test_split=sample_test)
    lap = next(lap for lap in result[0].laps if (lap.name, lap.seed) == ("Adam", 1))
    assert lap.accuracy == trained.history[-1].test_accuracy


def test_at_one_small_rate_adam_is_ahead_of_sgd(sample_train, sample_test):
    """The direction that the page shows, for each seed."""
    race = RaceJob(sample_train, sample_test, rates="0.001 for all", seeds=(0, 1)).run(
        lambda progress: None, lambda: False
    )
    for sgd, adam in zip(race.accuracies("SGD"), race.accuracies("Adam"), strict=True):
        assert adam > sgd + 0.2


def test_the_summary_is_filled_in_from_the_runs(result):
    """Names, means, seeds and counts are those of the laps."""
    race, _ = result
    rows = ranking(race)
    assert [row.mean for row in rows] == sorted((row.mean for row in rows), reverse=True)
    best = rows[0]
    assert best.mean == pytest.approx(sum(race.accuracies(best.name)) / 2)
    text = summary(race)
    assert f"first {best.name} with {best.mean:.1%} of 1,000 test images" in text
    assert "2 runs of each, seeds 0, 1, 2,000 training images" in text


def test_a_run_that_diverges_is_told_and_does_not_end_the_race():
    """It has no accuracy; an optimizer all of whose runs diverged comes last."""
    laps = (
        Lap(name="SGD", rate=0.1, seed=0, losses=(2.3,), accuracy=0.5),
        Lap(name="Adam", rate=0.1, seed=0, losses=(2.3,), accuracy=None, diverged=7),
    )
    race = RaceResult(laps=laps, train_images=2000, test_images=1000)
    assert [row.name for row in ranking(race)] == ["SGD", "Adam"]
    assert not ranking(race)[1].finished
    assert "the loss of Adam diverged" in summary(race)
    lost = RaceResult(laps=laps[1:], train_images=2000, test_images=1000)
    assert "every run diverged" in summary(lost)


def test_a_rate_beyond_measure_is_caught(sample_train, sample_test, monkeypatch):
    """The engine's error becomes the lap's end: no accuracy, and the step at which it happened."""
    wild = races.OptimizerConfig(name="sgd", lr=1000, weight_decay=1.0)  # weights grow 999-fold per step
    monkeypatch.setattr(races, "CONTENDERS", {"SGD": wild})
    race = RaceJob(sample_train, sample_test, seeds=(0,)).run(lambda progress: None, lambda: False)
    assert race.status == "finished"
    [lap] = race.laps
    assert lap.accuracy is None
    assert 1 < lap.diverged <= 96
    assert "every run diverged" in summary(race)


def test_a_race_stops_when_asked(sample_train, sample_test):
    """Runs that are complete are kept."""
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) > 100

    race = RaceJob(sample_train, sample_test).run(lambda progress: None, should_stop)
    assert race.status == "stopped"
    assert len(race.laps) == 1


def test_a_race_is_named_by_what_it_runs(sample_train, sample_test, small_train):
    """The same race is one job; other rates or images are another."""
    keys = {RaceJob(sample_train, sample_test, rates=rates).key for rates in RATES}
    assert len(keys) == len(RATES)
    assert RaceJob(sample_train, sample_test).key in keys
    assert RaceJob(small_train, sample_test).key not in keys
    with pytest.raises(ConfigError, match="rates of a race"):
        RaceJob(sample_train, sample_test, rates="0.5 for all")


@pytest.mark.parametrize("surface", ["ravine", "valley", "saddle"])
def test_height_lines_lie_at_their_height(surface):
    """Each point of a line is as high as the line says, up to the width of a cell of the grid."""
    lines = height_lines(surface)
    assert len({height for height, _ in lines}) > 6
    for height, points in lines:
        x, y = torch.tensor(points).T
        assert torch.allclose(
            getattr(optimization_rates, surface)(x, y), torch.tensor(height), rtol=0.05, atol=0.05
        ), height


def test_paths_down_a_surface_are_those_of_the_optimizers():
    """SGD's path, computed by hand from the derivative; all begin at one place and end lower."""
    paths = run_step(optimization.downhill, surface="Ravine", rate=0.01, steps=20).values["paths"]
    x, y = -1.5, 1.4
    for place in paths["SGD"]:
        assert place == pytest.approx([x, y], abs=1e-5)
        x, y = x - 0.01 * x, y - 0.01 * 50 * y
    starts = {tuple(path[0]) for path in paths.values()}
    assert len(starts) == 1
    for path in paths.values():
        heights = [0.5 * a * a + 25 * b * b for a, b in (path[0], path[-1])]
        assert heights[1] < heights[0]


def test_a_path_that_leaves_the_surface_ends():
    """At a rate of 0.3 SGD's steps on the ravine grow without end; what is shown stays finite."""
    paths = run_step(optimization.downhill, surface="Ravine", rate=0.3, steps=150).values["paths"]
    assert len(paths["SGD"]) < 151
    assert all(math.isfinite(value) for path in paths.values() for place in path for value in place)


@pytest.mark.parametrize("moved", ["the right class", "a wrong class"])
@pytest.mark.parametrize("value", [-6.0, 0.0, 2.5, 6.0])
def test_losses_and_slopes_are_those_of_the_formulas(moved, value):
    """Cross-entropy and NLL agree; slopes are softmax minus one-hot, and 2 (z - t) / 10."""
    values = run_step(optimization.losses, moved=moved, value=value).values
    at = {"the right class": 9, "a wrong class": 2}[moved]
    logits = torch.tensor([0.5, -1.0, 2.0, 0.0, 1.0, -2.0, 0.5, 0.0, -0.5, 1.0], dtype=torch.float64)
    logits[at] = value
    target = F.one_hot(torch.tensor(9), 10).double()
    cross_entropy = logits.logsumexp(0) - logits[9]
    expected = [cross_entropy, cross_entropy, (logits - target).square().mean()]
    assert values["here"].tolist() == pytest.approx([float(v) for v in expected], rel=1e-5)
    slope = (logits.softmax(0) - target)[at].item()
    mse_slope = (2 * (logits - target) / 10)[at].item()
    assert values["slopes"].tolist() == pytest.approx([slope, slope, mse_slope], abs=1e-5)
    nearest = (values["places"] - value).abs().argmin()
    assert torch.allclose(values["curves"][nearest], values["here"], atol=1e-4)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("optimizer", "low", "high"), [("SGD", 0.003, 1.0), ("Adam", 1e-4, 0.01)])
def test_the_range_test_suggests_a_rate_that_trains(seed, optimizer, low, high):
    """Rates rise by one factor; the suggestion is where the loss falls, and below where it explodes."""
    values = run_step(optimization.range_test, optimizer_class=optimizer, seed=seed).values
    rates, means = values["rates"], values["means"]
    factors = [b / a for a, b in itertools.pairwise(rates)]
    assert factors == pytest.approx([factors[0]] * len(factors))
    assert means[rates.index(values["lowest"])] == min(means)
    assert low <= values["lowest"] / 10 <= values["steepest"] <= values["lowest"] <= high
    assert means[rates.index(values["steepest"])] < means[0]
