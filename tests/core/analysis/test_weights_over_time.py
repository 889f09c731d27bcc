"""What the weights did: norms, distances, zeros and moving images are those worked out by hand."""

import pytest
import torch

from core.analysis.attribution import hidden
from core.analysis.kept_weights import kept_weights
from core.analysis.projection import principal_components
from core.analysis.weights_over_time import apart, require_points, weights_over_time
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import load_split
from core.errors import CoreError
from core.model.layer_text import layers_from_text
from core.training import run_training
from core.training.runs import RunStore


@pytest.fixture(scope="module")
def test():
    return load_split(train=False).first(60)


def trained(folder, test, **settings):
    config = TrainConfig(
        **{"model": ModelConfig(architecture="mlp", hidden=(12,))} | settings,
        data=DataConfig(limit=128),
        optimizer=OptimizerConfig(lr=0.1),
        epochs=2,
        device="cpu",
        threads=1,
    )
    store = RunStore(folder)
    store.begin(config)
    run_training(
        config,
        train_split=load_split(train=True),
        test_split=test,
        on_checkpoint=lambda state: store.save_epoch(state, torch.zeros(state.epoch).numpy()),
    )
    return store, kept_weights(store, config.key())


def test_every_number_is_the_one_worked_out_by_hand(tmp_path, test):
    """Norms, distances from the start, shares of zeros and projected points of a small network."""
    store, run = trained(tmp_path, test)
    found = weights_over_time(run, test.images)
    assert found.epochs == (0, 1, 2)
    assert found.names == ("layers.1.weight", "layers.3.weight")
    assert found.distances[0].tolist() == [0, 0]
    first, last = run.state(0), run.state(2)
    for at, name in enumerate(found.names):
        assert float(found.norms[2, at]) == pytest.approx(float(last[name].norm()))
        assert float(found.distances[2, at]) == pytest.approx(float((last[name] - first[name]).norm()))
    model = store.trained_model(run.key, 2)
    values = hidden(model, test.images)
    assert found.activations == ("2 · ReLU",)
    assert float(found.zeros[2, 0]) == pytest.approx(float((values == 0).float().mean()))
    fitted = principal_components(values)
    assert torch.allclose(found.points[2], fitted.points, atol=1e-4)
    assert found.share == pytest.approx(fitted.share, abs=1e-5)
    early = hidden(store.trained_model(run.key, 1), test.images)
    assert torch.allclose(found.points[1], fitted.project(early), atol=1e-4)
    assert torch.equal(found.first[2, 0].flatten(), last["layers.1.weight"][0])
    again = apart(str(store.root), run.key, test.images, lambda share: None)
    assert torch.equal(again["points"], found.points)


def test_convolutions_and_networks_without_a_linear_layer(tmp_path, test):
    """Kernels stand for the first layer; without a linear layer there are no points, and a sentence."""
    layers = layers_from_text("conv4-batchnorm-relu-avgpool4-conv10k7p0-flatten")
    _, run = trained(tmp_path, test, model=ModelConfig(architecture="custom", layers=layers))
    found = weights_over_time(run, test.images)
    assert found.first.shape == (3, 4, 3, 3)
    assert found.zeros.shape == (3, 1)
    with pytest.raises(CoreError, match="no linear layer"):
        require_points(found)


def test_few_points_in_many_dimensions_have_the_same_components():
    """Found from the smaller matrix, they are those of the singular value decomposition."""
    points = torch.randn(20, 90, generator=torch.Generator().manual_seed(0))
    made = principal_components(points)
    centered = points - points.mean(0)
    _, values, rows = torch.linalg.svd(centered, full_matrices=False)
    assert torch.allclose((made.axes.T @ rows[:2].T).abs(), torch.eye(2), atol=1e-4)
    assert made.share == pytest.approx(float(values[:2].square().sum() / values.square().sum()), abs=1e-5)
