"""The loop whose symptoms are watched, and the slips that are made in it."""

# mypy: disable-error-code="no-untyped-call"
# torch leaves backward() without annotations: a reader's script checks neither.

from collections.abc import Mapping
from typing import Final

import torch
from torch import nn
from torchvision import datasets

from core.teaching.mistakes import Mistake
from core.teaching.snippets.params import DataFolder, Int
from core.teaching.snippets.step import step


@step(
    title="A watched loop",
    root=DataFolder(),
    seed=Int(default=0, low=0, high=9_999, label="Seed"),
)
def watched(root: str, seed: int) -> tuple[list[dict[str, float]], list[float], list[int]]:
    """1,500 training and 500 test images, network 784-64-10, six epochs, batches of 50."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:1500].flatten(1) / 255, train_data.targets[:1500]
    X_test, y_test = test_data.data[:500].flatten(1) / 255, test_data.targets[:500]
    X_train = (X_train - 0.286) / 0.353
    X_test = (X_test - 0.286) / 0.353

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

    history = []
    for epoch in range(6):
        loss_sum, norms = 0.0, []
        order = torch.randperm(len(y_train))
        for batch in order.split(50):
            X, y = X_train[batch], y_train[batch]
            logits = model(X)
            loss = loss_fn(logits, y)
            optimizer.zero_grad()
            loss.backward()
            squares = [p.grad.square().sum() for p in model.parameters() if p.grad is not None]
            norms.append(torch.stack(squares).sum().sqrt().item())
            optimizer.step()
            loss_sum += loss.item() * len(y)

        with torch.no_grad():
            scores = model(X_test)
        right = (scores.argmax(dim=1) == y_test).float().mean().item()
        norm = sum(norms) / len(norms)
        history.append({"loss": loss_sum / 1500, "accuracy": right, "norm": norm})
        print(f"epoch {epoch + 1}: train loss {loss_sum / 1500:.4f}, test accuracy {right:.1%}")
    histogram = torch.histc(scores, bins=16, min=-16, max=16).tolist()
    predictions = scores[:8].argmax(dim=1).tolist()
    return history, histogram, predictions


_MODEL: Final = "model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))"
_OPTIMIZER: Final = "optimizer = torch.optim.SGD(model.parameters(), lr=0.05)"
_TRAIN: Final = "X_train, y_train = train_data.data[:1500].flatten(1) / 255, train_data.targets[:1500]"
_TEST: Final = "X_test, y_test = test_data.data[:500].flatten(1) / 255, test_data.targets[:500]"
_LOSS: Final = "loss = loss_fn(logits, y)"


def _slip(name: str, title: str, why: str, *replace: tuple[str, str]) -> Mistake:
    return Mistake(name=name, title=title, loop=watched, replace=replace, effect=None, why=why)


_ALL: Final = (
    _slip(
        "softmax-before-cross-entropy",
        "Softmax before cross-entropy",
        ("The loss cannot fall below 1.46 nats: the network's outputs are squeezed into 0 to 1 first."),
        (_MODEL, _MODEL[:-1] + ", nn.Softmax(dim=1))"),
    ),
    _slip(
        "relu-on-logits",
        "ReLU on the logits",
        "No output is below 0: the network can no longer say “surely not”.",
        (_MODEL, _MODEL[:-1] + ", nn.ReLU())"),
    ),
    _slip(
        "no-zero-grad",
        "zero_grad() forgotten",
        "Gradients are added up from step to step, so their norm grows.",
        ("optimizer.zero_grad()", ""),
    ),
    _slip(
        "zero-grad-before-step",
        "zero_grad() between backward() and step()",
        "There are no gradients left when `step()` comes: the loss does not move at all.",
        ("optimizer.zero_grad()", ""),
        ("loss.backward()", "loss.backward()\noptimizer.zero_grad(set_to_none=False)"),
    ),
    _slip(
        "sorted-data",
        "Images sorted by class, and not shuffled",
        "Each batch holds one class: the network learns it and forgets the one before, with large gradients.",
        ("order = torch.randperm(len(y_train))", "order = y_train.argsort()"),
    ),
    _slip(
        "rate-too-high",
        "Learning rate too high",
        "Each step overshoots.",
        (_OPTIMIZER, _OPTIMIZER[:-5] + "5.0)"),
    ),
    _slip(
        "rate-too-low",
        "Learning rate too low",
        "The gradients are as usual, and nearly nothing comes of them.",
        (_OPTIMIZER, _OPTIMIZER[:-5] + "0.0001)"),
    ),
    _slip(
        "wrong-mean",
        "Train loss divided by the wrong count",
        "The network is as good as ever: only the curve is 50 times too low.",
        ("loss_sum += loss.item() * len(y)", "loss_sum += loss.item()"),
    ),
    _slip(
        "shuffled-labels",
        "Labels shuffled apart from the images",
        (
            "There is nothing to learn from other images: the test accuracy stays at guessing, the "
            "train loss falls slowly."
        ),
        (
            _TRAIN,
            (
                f"{_TRAIN}\ny_train = y_train[torch.randperm(1500, "
                "generator=torch.Generator().manual_seed(0))]"
            ),
        ),
    ),
    _slip(
        "zero-weights",
        "All weights zero at the start",
        "Only the last bias learns, and all images get one answer.",
        (
            "history = []",
            "for parameter in model.parameters():\n    nn.init.zeros_(parameter)\n\nhistory = []",
        ),
    ),
    _slip(
        "unscaled",
        "Whole-number pixels, not scaled",
        "Inputs 255 times as large make gradients as large.",
        (_TRAIN, _TRAIN.replace(" / 255", ".float()")),
        (_TEST, _TEST.replace(" / 255", ".float()")),
    ),
    _slip(
        "scaled-twice",
        "Pixels scaled twice",
        "After the normalization all images are nearly the same gray.",
        (_TRAIN, _TRAIN.replace(" / 255", " / 255 / 255")),
        (_TEST, _TEST.replace(" / 255", " / 255 / 255")),
    ),
    _slip(
        "sum-instead-of-mean",
        "The loss summed, with a rate for the mean",
        "Loss and gradients are 50 times as large, and so are the steps.",
        ("loss_fn = nn.CrossEntropyLoss()", 'loss_fn = nn.CrossEntropyLoss(reduction="sum")'),
    ),
    _slip(
        "other-model-s-parameters",
        "The optimizer given another model's parameters",
        ("Nothing moves, and nobody zeroes these gradients: their norm grows along a straight line."),
        (
            _OPTIMIZER,
            ("previous = nn.Linear(784, 10)\noptimizer = torch.optim.SGD(previous.parameters(), lr=0.05)"),
        ),
    ),
    _slip(
        "normalise-only-in-training",
        "Normalizing only in training",
        "Train loss and gradients are as usual; only the test images look washed out.",
        ("X_test = (X_test - 0.286) / 0.353", ""),
    ),
    _slip(
        "softmax-over-batch",
        "Softmax over the wrong dimension",
        "Images are compared with each other: the loss stays near the logarithm of 50.",
        (_LOSS, "loss = nn.functional.nll_loss(logits.log_softmax(dim=0), y)"),
    ),
)
SLIPS: Final[Mapping[str, Mistake]] = {slip.name: slip for slip in _ALL}
"""What may be wrong with a run."""
