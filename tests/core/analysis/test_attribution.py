"""Attributions are checked against definitions and finite differences, on the shipped network."""

import copy

import pytest
import torch
from torch.nn import functional as F

from core.analysis import attribution
from core.config import LayerConfig, ModelConfig
from core.data import Split
from core.errors import CoreError
from core.model import build
from core.training import pretrained
from core.training.trained_model import TrainedModel

NETWORKS = {
    "cnn": ModelConfig(architecture="cnn", channels=(4,), hidden=(16,), batch_norm=True),
    "mlp": ModelConfig(architecture="mlp", hidden=(32,), dropout=0.5),
    "one layer": ModelConfig(
        architecture="custom", layers=(LayerConfig(kind="flatten"), LayerConfig(kind="linear", size=10))
    ),
}


def fresh(name: str) -> TrainedModel:
    """An untrained network of this kind, with the dataset's normalization."""
    config = NETWORKS[name]
    state = build(config).state_dict()
    return TrainedModel.from_state_dict(
        state, id=name, title=name, model=config, normalize="fashion_mnist", about="Untrained."
    )


@pytest.fixture(scope="module", params=["pretrained", *NETWORKS])
def model(request: pytest.FixtureRequest) -> TrainedModel:
    """The shipped network and three untrained ones."""
    return pretrained.load() if request.param == "pretrained" else fresh(request.param)


@pytest.fixture
def image(sample_test: Split) -> torch.Tensor:
    """A real test image in [0, 1]."""
    return sample_test.images[3][None].float() / 255


def log_probability(model: TrainedModel, image: torch.Tensor, label: int) -> float:
    """In double precision, of a copy."""
    module = copy.deepcopy(model.module).double()
    x = attribution.normalized(image[None].double(), model.normalize)
    return float(module(x).log_softmax(1)[0, label])


def test_input_gradient_is_the_slope(model, image):
    """Along a random direction the gradient predicts the change (finite differences)."""
    image = image * 0.9 + 0.1 * torch.rand(image.shape, generator=torch.Generator().manual_seed(1))  # no ties
    gradient = attribution.input_gradient(model, image, 2)
    direction = torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(0))
    step = 1e-5
    slope = (
        log_probability(model, image.double() + step * direction, 2)
        - log_probability(model, image.double() - step * direction, 2)
    ) / (2 * step)
    assert float((gradient * direction).sum()) == pytest.approx(slope, rel=1e-2, abs=1e-3)


def test_integrated_gradients_add_up(model, image):
    """Their sum is the logit of the image minus the logit of black (the axiom of completeness)."""
    found = attribution.integrated_gradients(model, image, 4, steps=512)
    with torch.no_grad():
        ends = attribution.logits_of(model, torch.stack([image, torch.zeros_like(image)]))[:, 4]
    assert float(found.sum()) == pytest.approx(float(ends[0] - ends[1]), rel=0.01, abs=0.01)
    assert bool((found[image[0] == 0] == 0).all())  # black pixels add nothing


def test_occlusion_is_what_covering_costs(model, image):
    """The value at a place is the probability lost when a 5 x 5 square there is black."""
    found = attribution.occlusion(model, image, 1)
    covered = image.clone()
    covered[:, 8:13, 18:23] = 0
    with torch.no_grad():
        both = attribution.logits_of(model, torch.stack([image, covered])).softmax(1)[:, 1]
    assert float(found[10, 20]) == pytest.approx(float(both[0] - both[1]), abs=1e-6)
    assert found.shape == (28, 28)


@pytest.mark.parametrize("sign", [False, True])
def test_smallest_change_changes_the_answer_and_less_does_not(image, sign):
    """The changed image has another answer, a step 1/4096 shorter does not, and no pixel moved further."""
    model = pretrained.load()
    change = attribution.smallest_change(model, image, sign=sign)
    assert change is not None
    with torch.no_grad():
        assert int(attribution.logits_of(model, change.image[None]).argmax()) == change.after != change.before
    assert float((change.image - image).abs().max()) <= change.step + 1e-6
    gradient = -attribution.input_gradient(model, image, change.before)
    direction = gradient.sign() if sign else gradient / gradient.abs().max()
    shorter = (image + (change.step - 1 / 4096) * direction).clamp(0, 1)
    with torch.no_grad():
        assert int(attribution.logits_of(model, shorter[None]).argmax()) == change.before


def test_no_gradient_is_no_change(image):
    """A network whose answer does not depend on the image has no step that changes it."""
    model = fresh("one layer")
    model.module.layers[1].weight.zero_()
    assert attribution.smallest_change(model, image) is None


def test_hidden_is_what_reaches_the_last_layer(model, sample_test):
    """The last linear layer, applied to the features, gives the network's logits."""
    features = attribution.hidden(model, sample_test.images[:30], batch_size=7)
    last = [layer for layer in model.module.modules() if isinstance(layer, torch.nn.Linear)][-1]
    images = sample_test.images[:30][:, None].float() / 255
    with torch.no_grad():
        logits = attribution.logits_of(model, images)
    torch.testing.assert_close(last(features), logits, rtol=1e-4, atol=1e-4)


def test_hidden_of_no_linear_layer_is_one_sentence():
    """A network without a linear layer is refused in words."""
    with pytest.raises(CoreError, match="no last hidden layer"):
        attribution.trunk(torch.nn.Linear(3, 3))


def test_nearest_are_the_nearest():
    """Positions and distances are those of sorting all distances."""
    points = torch.randn(50, 8, generator=torch.Generator().manual_seed(0))
    found, distances = attribution.nearest_features(points, points[7], 5)
    expected = torch.cdist(points[7][None], points)[0].sort()
    assert found.tolist() == expected.indices[:5].tolist()
    torch.testing.assert_close(distances, expected.values[:5], atol=1e-4, rtol=0)
    assert found[0] == 7


def test_plane_is_that_of_the_singular_value_decomposition():
    """The share of variance and the distances in the plane are those of an SVD."""
    points = torch.randn(200, 6, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [5.0, 3, 1, 1, 1, 1]
    )
    plane = attribution.plane(points)
    _, values, vectors = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    assert plane.share == pytest.approx(float((values[:2] ** 2).sum() / (values**2).sum()), abs=1e-5)
    expected = ((points - points.mean(0)) @ vectors[:2].T).abs()
    torch.testing.assert_close(plane.points.abs(), expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(plane.project(points), plane.points)
    with pytest.raises(CoreError, match="no map"):
        attribution.plane(torch.ones(5, 3))


def test_nothing_shared_is_changed(model, image, sample_test):
    """Explaining leaves the network as it was: its parameters, mode and hooks."""
    before = {name: value.clone() for name, value in model.module.state_dict().items()}
    attribution.input_gradient(model, image, 0)
    attribution.integrated_gradients(model, image, 0)
    attribution.occlusion(model, image, 0)
    attribution.smallest_change(model, image)
    attribution.hidden(model, sample_test.images[:5])
    assert all(torch.equal(before[name], value) for name, value in model.module.state_dict().items())
    assert not model.module.training
    assert all(p.grad is None and not p.requires_grad for p in model.module.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.module.modules())


def test_overlay_keeps_the_sign():
    """The overlay is in [-1, 1], keeps signs, and is zero for nothing at all."""
    values = torch.linspace(-2, 4, 100).reshape(10, 10)
    shown = attribution.overlay(values)
    assert float(shown.abs().max()) == 1
    assert torch.equal(shown.sign(), values.sign())
    assert attribution.overlay(torch.zeros(4, 4)).abs().max() == 0
    torch.testing.assert_close(
        attribution.smooth(torch.ones(5, 5)), F.avg_pool2d(torch.ones(1, 7, 7), 3, 1)[0]
    )


def test_covering_and_integrating_take_the_images_in_parts():
    """What a layer gives for all 784 covered images of a wide network would be hundreds of megabytes."""
    seen = []
    trained = pretrained.load()
    handle = trained.module.register_forward_pre_hook(lambda module, given: seen.append(len(given[0])))
    image = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0))
    try:
        attribution.occlusion(trained, image, 3)
        attribution.integrated_gradients(trained, image, 3)
    finally:
        handle.remove()
    assert max(seen) <= 64
    assert sum(seen) == 1 + 784 + 64
