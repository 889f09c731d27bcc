"""The landscape of a run: epochs have their recorded losses, the plane's share is true, work is bounded."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from core.analysis.kept_weights import kept_weights
from core.analysis.landscape import (
    LandscapeJob,
    Layout,
    Place,
    Size,
    affordable,
    grid_order,
    make_plane,
    own_losses,
    straight_line,
)
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import load_split
from core.errors import ConfigError, RunError
from core.model.layer_text import layers_from_text
from core.training import run_training
from core.training.runs import RunStore

SMALL = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,)),
    data=DataConfig(limit=256),
    optimizer=OptimizerConfig(lr=0.1),
    epochs=4,
    device="cpu",
    threads=1,
)
STACK = "conv4-batchnorm-relu-maxpool2-flatten-linear16-batchnorm-tanh-dropout0.2-linear10"
NETWORKS = {
    "units": SMALL,
    "normalized units": replace(SMALL, model=replace(SMALL.model, batch_norm=True)),
    "convolutions": replace(SMALL, model=ModelConfig(architecture="cnn", channels=(4,), hidden=(8,))),
    "custom": replace(
        SMALL, model=ModelConfig(architecture="custom", layers=layers_from_text(STACK)), loss="mse"
    ),
    "averaged weights": replace(SMALL, optimizer=OptimizerConfig(lr=0.1, ema_decay=0.9)),
}


@pytest.fixture(scope="module")
def test():
    return load_split(train=False).first(200)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


def trained(store, config, test):
    """The run's kept weights, trained once."""
    key = config.key()
    if store.load(key) is None:
        store.begin(config)
        result = run_training(
            config,
            train_split=load_split(train=True),
            test_split=test,
            on_checkpoint=lambda state: store.save_epoch(state, torch.zeros(state.epoch).numpy()),
        )
        store.finish(key, "finished", weights=result.state_dict)
    return kept_weights(store, key)


def recorded(store, run):
    return [record.test_loss for record in store.load(run.key).history]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_kept_epoch_has_its_recorded_loss(store, test, name):
    """At its own weights, on the images of the record: within 1e-5; batch norm's statistics included."""
    run = trained(store, NETWORKS[name], test)
    assert run.epochs == (0, 1, 2, 3, 4)
    assert own_losses(run, test)[1:] == pytest.approx(recorded(store, run), abs=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_in_a_plane_that_holds_the_whole_path_each_place_has_the_recorded_loss(store, test, name):
    """Start and two epochs span a plane: there all is explained, and a place is its epoch."""
    run = trained(store, replace(NETWORKS[name], epochs=2), test)
    plane = make_plane([run], "path")
    [track] = plane.tracks
    assert track.share == pytest.approx(1, abs=1e-6)
    place, found = Place(run.config, plane.layout), []
    for x, y in track.places.tolist():
        place.put(plane.weights(x, y))
        found.append(place.score(test)[0])
    assert found[1:] == pytest.approx(recorded(store, run), abs=1e-5)
    assert track.places[-1].tolist() == [0, 0]


def test_the_share_is_that_of_the_singular_values(store, test):
    """Against PyTorch's SVD of the epochs' differences from the last one."""
    run = trained(store, SMALL, test)
    layout = Layout.of(run)
    rows = torch.stack([layout.vector(state) for _, state in run.states()])
    squares = torch.linalg.svdvals((rows - rows[-1]).double()).square()
    assert make_plane([run], "path").tracks[0].share == pytest.approx(
        float(squares[:2].sum() / squares.sum()), abs=1e-5
    )


def test_filters_of_a_direction_are_as_long_as_the_network_s(store, test):
    """Unit by unit and kernel by kernel, as the paper's formula has it."""
    for name in ("units", "convolutions"):
        plane = make_plane([trained(store, NETWORKS[name], test)], "filters")
        origin = plane.layout.parts(plane.origin)
        for direction in plane.directions:
            for part_name, part in plane.layout.parts(direction).items():
                if part.ndim > 1:
                    assert torch.allclose(
                        part.flatten(1).norm(dim=1), origin[part_name].flatten(1).norm(dim=1), rtol=1e-4
                    )


def test_a_run_of_one_epoch_has_a_second_direction_at_random(store, test):
    """The plane is still one, and says so."""
    plane = make_plane([trained(store, replace(SMALL, epochs=1), test)], "path")
    assert plane.is_second_random
    assert float(plane.directions[0] @ plane.directions[1]) == pytest.approx(0, abs=1e-4)


def test_the_grid_is_coarse_first_and_has_every_point_once():
    order = list(grid_order(9))
    assert len({(row, column) for row, column, _ in order}) == len(order) == 81
    strides = [stride for *_, stride in order]
    assert strides == sorted(strides, reverse=True)
    assert strides.count(4) == 9
    assert strides.count(2) == 16


def test_a_job_is_coarse_first_then_kept_with_the_run(store, test, monkeypatch):
    """Reports come with a coarse landscape; a second job reads what the first kept, to the bit."""
    monkeypatch.setattr("core.analysis.landscape.job.affordable", lambda model: Size(5, 50))
    run = trained(store, SMALL, test)
    job, told = LandscapeJob([run], test), []
    assert job.stored() is None
    made = job.run(told.append, lambda: False)
    coarse = [each.landscape.size.side for each in told if each.landscape is not None]
    assert sorted(set(coarse)) == [2, 3]
    assert all(a.step <= b.step <= b.steps == 25 for a, b in pairwise(told))
    assert not made.losses.isnan().any()
    again = LandscapeJob([run], test).run(
        lambda progress: pytest.fail("it was computed again"), lambda: False
    )
    assert torch.equal(again.losses, made.losses)
    assert again.own == made.own
    assert torch.equal(again.tracks[0].places, made.tracks[0].places)
    assert LandscapeJob([run], test, "path").stored() is None
    stopped = LandscapeJob([run], test, "path").run(told.append, lambda: True)
    assert stopped.status == "stopped"
    assert LandscapeJob([run], test, "path").stored() is None
    path = next(store.folder(run.key).glob("attached/*.pt"))
    path.write_bytes(path.read_bytes()[:100])
    assert job.stored() is None


@pytest.mark.parametrize("name", ["units", "normalized units"])
def test_the_line_between_two_runs_begins_and_ends_with_their_losses(store, test, name):
    """And the barrier is the highest loss over the mean of both ends; of a run with itself it is 0."""
    one = trained(store, NETWORKS[name], test)
    other = trained(store, replace(NETWORKS[name], seed=1), test)
    line = straight_line(one, other, test, points=5)
    ends = [recorded(store, run)[-1] for run in (one, other)]
    assert [line.losses[0], line.losses[-1]] == pytest.approx(ends, abs=1e-5)
    assert line.barrier == pytest.approx(max(0.0, max(line.losses) - sum(ends) / 2), abs=1e-5)
    assert straight_line(one, one, test, points=3).barrier == pytest.approx(0, abs=1e-5)
    both = make_plane([one, other], "path")
    assert [track.key for track in both.tracks] == [one.key, other.key]


def test_what_shares_no_plane_is_refused_with_a_sentence(store, test):
    one = trained(store, SMALL, test)
    with pytest.raises(ConfigError, match="have different networks"):
        make_plane([one, trained(store, NETWORKS["convolutions"], test)])
    other = replace(one, config=replace(one.config, loss="nll"))
    with pytest.raises(ConfigError, match="have different losses"):
        LandscapeJob([one, other], test)
    with pytest.raises(RunError, match="no longer there"):
        kept_weights(store, "0" * 64)


def test_the_work_is_bounded():
    """The tutorial's network gets the finest grid, larger ones a coarser, and too large ones a sentence."""
    assert affordable(ModelConfig()) == Size(41, 1000)
    assert affordable(ModelConfig(architecture="mlp", hidden=(2048, 2048))).side < 41
    wide = layers_from_text("conv128-conv100-maxpool2-flatten-linear10")
    with pytest.raises(ConfigError, match="too large for a landscape"):
        affordable(ModelConfig(architecture="custom", layers=wide))


def test_of_a_long_run_the_epochs_are_thinned_out(store, test, monkeypatch):
    """Evenly, and the last stays."""
    monkeypatch.setattr("core.analysis.kept_weights.MOST_EPOCHS", 3)
    assert trained(store, SMALL, test).epochs == (0, 2, 4)
