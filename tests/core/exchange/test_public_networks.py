"""Other people's networks: built as they are published, brought in from weights alone, and found again.

Convolutions with weights drawn at random and a last layer that is fitted depend on the right arrangement as
much as trained ones do, and take a moment. `python -m benchmarks.recognition` tries many that are trained.
"""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.recognition import build, saved, settle
from core.data import Split
from core.data.statistics import NORMALIZATIONS
from core.errors import CheckpointError
from core.exchange.weights import to_pth
from core.exchange.weights.arrangements import arrange, uniform
from core.exchange.weights.geometry import Geometry, Step
from core.exchange.weights.scoring import Trial, caveat
from core.exchange.weights.uploads import read_uploaded_weights, to_model, try_upload
from core.training.engine import predict_logits

IMAGES = 1_000
NETWORKS = {
    "LeNet with a convolution down to one pixel": "c4k5 tanh avg2 c8k5p0 tanh avg2 c24k5p0 tanh f10",
    "global average, batch norm": "c6 bn relu max2 c12 bn relu max2 c24 bn relu gap f10",
    "strides": "c6s2 relu c12s2 relu c24s2 relu f10",
    "VGG, padded": "c6 relu c6 relu max2 c12 relu c12 relu max2 f10",
    "average pooling, ReLU": "c6k5 relu avg2 c12k5p0 relu avg2 f10",
    "adaptive average after a maximum": "c6 relu max2 c8 relu ada7 f10",
    "bottleneck": "c8 bn relu max2 c4k1 bn relu c8 bn relu max2 f10",
    "sigmoid MLP": "f64 sigmoid f10",
    "batch norm after activations": "f48 relu bn f48 relu bn f10",
}
AIM = 7


def made(text: str, place: int, split: Split) -> tuple[nn.Sequential, tuple[float, float]]:
    """A network whose last layer is fitted, and how its images were scaled."""
    torch.manual_seed(place)
    mean, std = list(NORMALIZATIONS.values())[(0, 2)[place % 2]]
    module = build(text)
    images = (split.images[:IMAGES, None].float() / 255 - mean) / std
    for layer in module:
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.momentum = None  # the mean over all batches
    with torch.no_grad():
        for part in images.split(250):
            module.train()(part)
    settle(module.eval(), images, split.labels[:IMAGES])
    return module, (mean, std)


@pytest.mark.timeout(200)
def test_most_public_networks_come_in_with_their_accuracy(
    sample_train: Split, sample_test: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are put together as they were, images scaled as they were: the predictions are the same."""
    monkeypatch.setattr("core.exchange.weights.scoring.MAX_WORK", 12_000_000_000)
    found = []
    for place, (name, text) in enumerate(NETWORKS.items()):
        module, (mean, std) = made(text, place, sample_train)
        upload = read_uploaded_weights(to_pth(saved(module, place)))
        best = try_upload(upload, sample_train, sample_test)[0]
        model = to_model(upload, title=name, normalize=best.normalize, arrangement=best.arrangement)
        images, labels = sample_test.images[:500], sample_test.labels[:500]
        got = predict_logits(model.module, images, best.normalize).argmax(1)
        with torch.no_grad():
            own = module((images[:, None].float() / 255 - mean) / std).argmax(1)
        if abs(float((got == labels).float().mean()) - float((own == labels).float().mean())) < 0.005:
            found.append(name)
    assert len(found) >= AIM, sorted(set(NETWORKS) - set(found))


class SeparateNorms(nn.Module):
    """All convolutions first, then all batch norms, as some list them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 5, padding=2), nn.Conv2d(8, 16, 5, padding=2)
        self.bn1, self.bn2 = nn.BatchNorm2d(8), nn.BatchNorm2d(16)
        self.fc = nn.Linear(16 * 49, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc(x.flatten(1))


class BackToFront(nn.Module):
    """Its layers are defined in another order than they are used."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(64, 10)
        self.hidden2 = nn.Linear(128, 64)
        self.hidden1 = nn.Linear(784, 128)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.relu(self.hidden2(F.relu(self.hidden1(x.flatten(1))))))


class Residual(nn.Module):
    """Not a chain: what a convolution gives is added to what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.conv = nn.Conv2d(8, 16, 3, padding=1, stride=2)
        self.shortcut = nn.Conv2d(8, 16, 1, stride=2)
        self.fc = nn.Linear(16, 10)


class Attention(nn.Module):
    """Rows of pixels as words."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(28, 32)
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)
        self.fc = nn.Linear(32, 10)


@pytest.mark.parametrize("kind", [SeparateNorms, BackToFront])
def test_layers_are_put_in_the_order_in_which_they_are_used(kind: type[nn.Module]) -> None:
    """Whatever the order of their definition: the same logits."""
    module = kind()
    upload = read_uploaded_weights(to_pth(module.state_dict()))
    model = to_model(upload, title="", normalize="none")
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model.module(images), module.eval()(images))


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(
            nn.Flatten(), nn.Linear(784, 16, bias=False), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 10)
        ),
        nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.MaxPool2d(4), nn.ReLU(), nn.Flatten(), nn.BatchNorm1d(196),
            nn.Linear(196, 10),
        ),
    ],
    ids=["batch norm in place of a bias", "batch norm of all values"],
)  # fmt: skip
def test_biases_left_out_and_a_norm_of_all_values_come_in(module: nn.Module) -> None:
    """What the shapes say is the network itself: the same logits."""
    upload = read_uploaded_weights(to_pth(module.state_dict()))
    chain = upload.found.chain
    assert chain is not None
    steps = (Step(padding=1, stride=1, pool=4),) if chain.convs else ()
    assert steps in [geometry.steps for geometry in chain.geometries]
    arrangement = arrange(chain, Geometry(steps), uniform(chain))
    model = to_model(upload, title="", normalize="none", arrangement=arrangement)
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model.module(images), module.eval()(images))


@pytest.mark.parametrize(("kind", "reason"), [(Residual, "shortcut takes 8"), (Attention, "attention")])
def test_what_is_no_chain_is_refused_for_its_layer(kind: type[nn.Module], reason: str) -> None:
    """The sentence names the layer that no network here has."""
    with pytest.raises(CheckpointError, match=reason):
        read_uploaded_weights(to_pth(kind().state_dict()))


@pytest.mark.parametrize(
    "text", ["c8 relu max2 c8 relu gap f10", "c8 relu c10k1 gap", "c4p0 relu c8 relu gap f10"]
)
def test_every_geometry_leaves_what_the_end_asks_for(text: str) -> None:
    """Global averages, of sides that one pooling cannot take at once, too."""
    chain = read_uploaded_weights(to_pth(build(text).state_dict())).found.chain
    assert chain is not None
    assert any(len(step.windows) == 2 for each in chain.geometries for step in each.steps)
    for geometry in chain.geometries:
        arrange(chain, geometry, uniform(chain))  # raises where shapes do not fit


@pytest.mark.parametrize(
    ("accuracies", "said"),
    [
        ((0.9, 0.8), ""),
        ((0.9, 0.895), "More than one way"),
        ((0.4, 0.1), "only a little"),
        ((0.1, 0.1), "guessing gives 10%"),
    ],
)
def test_a_doubt_is_one_sentence(accuracies: tuple[float, ...], said: str) -> None:
    """Of what does well alone there is none; two ways within a standard error cannot be told apart."""
    chain = read_uploaded_weights(to_pth(build("f64 relu f10").state_dict())).found
    trials = [Trial(chain.likeliest, "none", accuracy, 1.0, 1_000) for accuracy in accuracies]
    assert bool(caveat(trials)) == bool(said)
    assert said in caveat(trials)
    assert caveat(trials).count(". ") == 0
