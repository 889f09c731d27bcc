"""Other people's networks: as they are published, trained a little here, brought in and found again."""

import pytest
import torch
from torch import nn

from core.data import Split
from core.data.statistics import NORMALIZATIONS
from core.errors import CheckpointError
from core.exchange.weights import to_pth
from core.exchange.weights.arrangements import Style, arrange
from core.exchange.weights.uploads import read_uploaded_weights, to_model, try_upload
from core.training.engine import evaluate
from tests.core.exchange.public_networks import NETWORKS, NOT_CHAINS, train

IMAGES = 1_500
AIM = 14
CHECKED = 500  # test images
EPOCHS = {("Dive", "global"): (6, 1e-2), ("all conv",): (4, 1e-2), ("MNIST",): (1, 3e-3)}
"""Of networks that need more training, or less, than the others: by a word of the name."""


def found_again(name: str, train_split: Split, test_split: Split) -> bool:
    """Whether a network, trained with one of the usual scalings, has its accuracy after the upload."""
    place = list(NETWORKS).index(name)
    torch.manual_seed(place)
    normalize = list(NORMALIZATIONS)[(2, 0, 1, 3, 2)[place % 5]]
    mean, std = NORMALIZATIONS[normalize]
    module = NETWORKS[name]()
    images = (train_split.images[:IMAGES, None].float() / 255 - mean) / std
    epochs, rate = next((how for words, how in EPOCHS.items() if any(w in name for w in words)), (3, 3e-3))
    train(module, images, train_split.labels[:IMAGES], epochs=epochs, rate=rate)

    upload = read_uploaded_weights(to_pth(module.state_dict()))
    best = try_upload(upload, test_split)[0]
    model = to_model(upload, title=name, normalize=best.normalize, arrangement=best.arrangement)
    images, labels = test_split.images[:CHECKED], test_split.labels[:CHECKED]
    with torch.no_grad():
        own = module((images[:, None].float() / 255 - mean) / std).argmax(1) == labels
    got = evaluate(model.module, images, labels, normalize=best.normalize)
    return abs(got.accuracy - float(own.float().mean())) < 1e-6


@pytest.mark.timeout(600)
def test_most_public_networks_come_in_with_their_accuracy(sample_train: Split, sample_test: Split) -> None:
    """At least 14 are put together as they were, images scaled as they were: the accuracy is the same."""
    found = [
        name for name in NETWORKS if name not in NOT_CHAINS if found_again(name, sample_train, sample_test)
    ]
    assert len(NETWORKS) >= 19
    assert len(found) >= AIM, sorted(set(NETWORKS) - set(found))


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
    assert upload.found.chain is not None
    pool4 = next(
        (each for each in upload.found.chain.geometries if [step.pool for step in each.steps] == [4]), None
    )
    arrangement = arrange(upload.found.chain, pool4, Style()) if pool4 else upload.found.likeliest
    model = to_model(upload, title="", normalize="none", arrangement=arrangement)
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model.module(images), module.eval()(images))


@pytest.mark.parametrize(
    ("name", "reason"), [("ResNet block", "shortcut takes 8"), ("transformer", "attention")]
)
def test_what_is_no_chain_is_refused_for_its_layer(name: str, reason: str) -> None:
    """The sentence names the layer that no network here has."""
    with pytest.raises(CheckpointError, match=reason):
        read_uploaded_weights(to_pth(NETWORKS[name]().state_dict()))
