"""Section 0 of the notes: from a batch of images to a saved network, in five steps."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.model import NeuralNetwork
from core.teaching.snippets.params import Choice, DataFolder, Int
from core.teaching.snippets.step import Lesson, step


def best_device() -> str:
    """The accelerator this machine has, or its processor."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def train(
    loader: DataLoader[Any], model: nn.Module, loss_fn: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """One pass over the loader's images, one update of the parameters a batch."""
    device = next(model.parameters()).device
    seen = 0
    model.train()
    for number, (X, y) in enumerate(loader):
        X, y = X.to(device), y.to(device)
        loss = loss_fn(model(X), y)

        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        seen += len(X)
        if number % 10 == 0:
            print(f"loss {loss.item():.4f} nats a sample on a batch, {seen:>4} images seen")


def test(loader: DataLoader[Any], model: nn.Module, loss_fn: nn.Module) -> None:
    """Accuracy and mean loss a sample over the loader's images."""
    device = next(model.parameters()).device
    loss, correct, size = 0.0, 0, 0
    model.eval()
    with torch.no_grad():
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            logits = model(X)
            loss += loss_fn(logits, y).item() * len(y)
            correct += int((logits.argmax(1) == y).sum())
            size += len(y)
    print(f"test accuracy {correct / size:.1%}, mean loss {loss / size:.4f} nats a sample, {size} images")


@step(
    title="A batch of images",
    root=DataFolder(),
    batch_size=Choice(default=64, options=(1, 16, 64, 256), label="Batch size"),
)
def batch(root: str, batch_size: int) -> tuple[Tensor, Tensor]:
    """A `Dataset` holds the images and their labels; a `DataLoader` hands them out in batches.

    A batch `X` has four dimensions: images, channels (one: grey), height and width in pixels.
    """
    test_data = datasets.FashionMNIST(
        root=root,
        train=False,
        download=True,
        transform=ToTensor(),
    )
    test_loader = DataLoader(test_data, batch_size=batch_size)

    X, y = next(iter(test_loader))
    print("X:", X.shape, X.dtype)
    print("y:", y.shape, y.dtype)
    return X, y


@step(title="The network")
def network() -> NeuralNetwork:
    """A network is a class: `__init__` makes the layers, `forward` says how an image passes through them.

    It gives ten **logits** an image: one score a class, which only a softmax turns into probabilities.
    """
    model = NeuralNetwork().to(best_device())
    print(model)
    return model


@step(
    title="Train and test",
    root=DataFolder(),
    images=Choice(default=1_280, options=(1_280, 2_560, 5_000), label="Training images"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def training(root: str, images: int, seed: int) -> NeuralNetwork:
    """For each batch: predict, measure the **loss**, get its gradient, let the **optimizer** step.

    Here on a few images only, so that it takes a second. The button above does all of it.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=ToTensor(),
    )
    test_data = datasets.FashionMNIST(
        root=root,
        train=False,
        download=True,
        transform=ToTensor(),
    )
    train_loader = DataLoader(Subset(training_data, range(images)), batch_size=64)
    test_loader = DataLoader(Subset(test_data, range(1000)), batch_size=64)

    torch.manual_seed(seed)
    model = NeuralNetwork().to(best_device())
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

    test(test_loader, model, loss_fn)
    train(train_loader, model, loss_fn, optimizer)
    test(test_loader, model, loss_fn)
    return model


@step(title="Save and load")
def saving() -> NeuralNetwork:
    """What a network has learned is its `state_dict`: a name and a tensor for each parameter.

    Save that, not the object; to load, make the network first and give it the file's parameters.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pth"
        torch.save(model.state_dict(), path)
        print(f"{path.name}: {path.stat().st_size:,} bytes")

        loaded = NeuralNetwork()
        loaded.load_state_dict(torch.load(path, weights_only=True))

    for name, value in loaded.state_dict().items():
        print(f"{name:28} {tuple(value.shape)}", torch.equal(value, model.state_dict()[name]))
    return loaded


@step(title="Predict", root=DataFolder(), index=Int(default=0, low=0, high=9_999, label="Test image"))
def predicting(root: str, index: int) -> tuple[Tensor, Tensor]:
    """The largest logit names the class. This network is new, so what it says is a guess.

    `eval()` switches layers such as dropout to use, `no_grad()` spares the record that training needs.
    """
    test_data = datasets.FashionMNIST(
        root=root,
        train=False,
        download=True,
        transform=ToTensor(),
    )
    x, label = test_data[index]

    torch.manual_seed(0)
    model = NeuralNetwork()
    model.eval()
    with torch.no_grad():
        logits = model(x)
    predicted = test_data.classes[logits[0].argmax()]
    actual = test_data.classes[label]
    print(f'Predicted: "{predicted}", actual: "{actual}"')
    return x, logits


LESSON = Lesson("quickstart", "Quickstart", (batch, network, training, saving, predicting))
