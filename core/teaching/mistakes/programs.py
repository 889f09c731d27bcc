"""The loops of the mistakes lab: correct programs, each of which some mistakes are made in.

Every loop is small on purpose: a few thousand images, a narrow network, seconds on one core. All chance
comes from generators of their own, so that a loop gives the same numbers whatever else runs beside it.
"""

# mypy: disable-error-code="no-untyped-call"
# torch leaves backward() without annotations: a reader's script checks neither.

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets

from core.model import Dropout, initialize
from core.teaching.snippets.params import DataFolder, Int
from core.teaching.snippets.step import Lesson, step

SEED = Int(default=0, low=0, high=9_999, label="Seed")


class Kept:
    """One tensor that autograd keeps; it is counted for as long as this exists."""

    def __init__(self, value: Tensor, memory: "KeptMemory") -> None:
        self.value, self.memory = value.detach(), memory  # its history would keep itself alive
        self.size = value.numel() * value.element_size()
        memory.bytes += self.size

    def __del__(self) -> None:
        self.memory.bytes -= self.size


class KeptMemory:
    """Counts the bytes that autograd keeps for backward passes to come."""

    def __init__(self) -> None:
        self.bytes = 0

    def pack(self, value: Tensor) -> Kept:
        """Called with each tensor that autograd keeps."""
        return Kept(value, self)

    def unpack(self, kept: Kept) -> Tensor:
        """Called when a backward pass needs it."""
        return kept.value


@step(title="A plain loop", root=DataFolder(), seed=SEED)
def plain(root: str, seed: int) -> list[dict[str, float]]:
    """The tutorial's loop, small: 3,000 training and 1,000 test images, network 784-64-10, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, generator=generator)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    initialize(model, generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    for epoch in range(4):
        loss_sum, seen = 0.0, 0
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(y)
            seen += len(y)

        with torch.no_grad():
            logits = model(X_test)
            test_loss = loss_fn(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(title="A loop on images sorted by class", root=DataFolder(), seed=SEED)
def ordered(root: str, seed: int) -> list[dict[str, float]]:
    """As in the tutorial, but 3,000 training images lie sorted by class; 1,000 test images, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    by_class = train_data.targets[:3000].argsort(stable=True)
    X_train, y_train = train_data.data[by_class].unsqueeze(1) / 255, train_data.targets[by_class]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, generator=generator)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    initialize(model, generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    for epoch in range(4):
        loss_sum, seen = 0.0, 0
        for X, y in loader:
            log_probabilities = F.log_softmax(model(X), dim=1)
            loss = F.nll_loss(log_probabilities, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(y)
            seen += len(y)

        with torch.no_grad():
            logits = model(X_test)
            test_loss = F.cross_entropy(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(title="A loop with two modes", root=DataFolder(), seed=SEED)
def modes(root: str, seed: int) -> list[dict[str, float]]:
    """Dropout and batch norm have two ways to work. 2,000 training, 1,000 test images, ten epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:2000].unsqueeze(1) / 255, train_data.targets[:2000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, generator=generator)

    dropout = Dropout(p=0.5)
    dropout.generator = generator
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.BatchNorm1d(128), nn.ReLU(), dropout, nn.Linear(128, 10)
    )
    initialize(model, generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)

    history = []
    for epoch in range(10):
        model.train()
        loss_sum, seen = 0.0, 0
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(y)
            seen += len(y)

        model.eval()
        with torch.no_grad():
            logits = torch.cat([model(X) for X in X_test.split(10)])
            test_loss = loss_fn(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: train loss {loss_sum / seen:.4f}, test loss {test_loss:.4f}")
    return history


@step(title="A loop with normalised images", root=DataFolder(), seed=SEED)
def normalised(root: str, seed: int) -> list[dict[str, float]]:
    """Pixels get mean 0 and standard deviation 1. 3,000 training, 1,000 test images, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    mean, std = 0.2860, 0.3530
    X_train = (X_train - mean) / std
    X_test = (X_test - mean) / std

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, generator=generator)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    initialize(model, generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

    history = []
    for epoch in range(4):
        loss_sum, seen = 0.0, 0
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(y)
            seen += len(y)

        with torch.no_grad():
            logits = model(X_test)
            test_loss = loss_fn(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(title="A loop long enough to memorise", root=DataFolder(), seed=SEED)
def memorising(root: str, seed: int) -> list[dict[str, float]]:
    """500 training images, twenty epochs: a wide network can learn each by heart. 1,000 test images."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:500].unsqueeze(1) / 255, train_data.targets[:500]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True, generator=generator)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    initialize(model, generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)

    history = []
    for epoch in range(20):
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            fitted = (model(X_train).argmax(dim=1) == y_train).float().mean().item()
            test_loss = loss_fn(model(X_test), y_test).item()
            right = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
        history.append({"train accuracy": fitted, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: train accuracy {fitted:.1%}, test accuracy {right:.1%}")
    return history


@step(title="A loop whose memory is watched", root=DataFolder(), seed=SEED)
def remembered(root: str, seed: int) -> list[dict[str, float]]:
    """Memory that autograd keeps for backward passes to come, counted tensor by tensor. 1,000 images each."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:1000].unsqueeze(1) / 255, train_data.targets[:1000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    generator = torch.Generator().manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=50, shuffle=True, generator=generator)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    initialize(model, generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    losses = []
    memory = KeptMemory()
    with torch.autograd.graph.saved_tensors_hooks(memory.pack, memory.unpack):
        for epoch in range(3):
            for X, y in loader:
                loss = loss_fn(model(X), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            watched = loss_fn(model(X_test), y_test)
            losses.append(watched.item())
            del loss, watched
            kept = memory.bytes

            with torch.no_grad():
                logits = model(X_test)
            needed = memory.bytes - kept
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
            del logits
            figures = {"kept MB": kept / 1e6, "evaluation MB": needed / 1e6, "test accuracy": right}
            history.append(figures)
            print(f"epoch {epoch + 1}: {kept / 1e6:.2f} MB kept, {needed / 1e6:.2f} MB to evaluate")
    return history


LESSON = Lesson("mistakes", "Mistakes", (plain, ordered, modes, normalised, memorising, remembered))
