"""The loops of the mistakes lab: correct programs, each of which some mistakes are made in.

Every loop is small on purpose: a few thousand images, a narrow network, seconds on one core. They are a
beginner's scripts, as the lessons are.
"""

import weakref

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets

from core.teaching.snippets import DataFolder, Int, Lesson, step

SEED = Int(default=0, low=0, high=9_999, label="Seed")


def _epochs(count):
    return Int(default=count, low=1, high=30, top=True)


KEPT = weakref.WeakSet()


class Kept:
    """One tensor that autograd keeps; `KEPT` lists it for as long as this exists."""

    def __init__(self, tensor):
        self.tensor = tensor.detach()  # its history would keep itself alive
        KEPT.add(self)


def megabytes_kept(there_anyway):
    """What autograd keeps for backward passes, each piece of memory once, without what is there anyway."""
    storages = {kept.tensor.untyped_storage().data_ptr(): kept.tensor.untyped_storage() for kept in KEPT}
    for tensor in there_anyway:
        storages.pop(tensor.untyped_storage().data_ptr(), None)
    return sum(storage.nbytes() for storage in storages.values()) / 1e6


@step(title="A plain loop", root=DataFolder(), seed=SEED, epochs=_epochs(4))
def plain(root, seed, epochs):
    """The tutorial's loop, small: 3,000 training and 1,000 test images, network 784-64-10, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    for t in range(epochs):
        loss_sum, seen = 0, 0
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
            right = (logits.argmax(1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {t + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(
    title="A loop on images sorted by class",
    root=DataFolder(),
    seed=SEED,
    epochs=Int(default=4, low=1, high=30, top=True),
)
def ordered(root, seed, epochs):
    """As in the tutorial, but 3,000 training images lie sorted by class; 1,000 test images, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    by_class = train_data.targets[:3000].argsort(stable=True)
    X_train, y_train = train_data.data[by_class].unsqueeze(1) / 255, train_data.targets[by_class]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    for t in range(epochs):
        loss_sum, seen = 0, 0
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
            right = (logits.argmax(1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {t + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(
    title="A loop with two modes",
    root=DataFolder(),
    seed=SEED,
    epochs=Int(default=10, low=1, high=30, top=True),
)
def modes(root, seed, epochs):
    """Dropout and batch norm have two ways to work. 2,000 training, 1,000 test images, ten epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:2000].unsqueeze(1) / 255, train_data.targets[:2000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.BatchNorm1d(128),
        nn.ReLU(),
        nn.Dropout(p=0.5),
        nn.Linear(128, 10),
    )
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)

    history = []
    for t in range(epochs):
        model.train()
        loss_sum, seen = 0, 0
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
            right = (logits.argmax(1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {t + 1}: train loss {loss_sum / seen:.4f}, test loss {test_loss:.4f}")
    return history


@step(
    title="A loop with normalized images",
    root=DataFolder(),
    seed=SEED,
    epochs=Int(default=4, low=1, high=30, top=True),
)
def normalized(root, seed, epochs):
    """Pixels get mean 0 and standard deviation 1. 3,000 training, 1,000 test images, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    mean, std = 0.2860, 0.3530
    X_train = (X_train - mean) / std
    X_test = (X_test - mean) / std

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)

    history = []
    for t in range(epochs):
        loss_sum, seen = 0, 0
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
            right = (logits.argmax(1) == y_test).float().mean().item()
        history.append({"train loss": loss_sum / seen, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {t + 1}: train loss {loss_sum / seen:.4f}, test accuracy {right:.1%}")
    return history


@step(
    title="A loop long enough to memorize",
    root=DataFolder(),
    seed=SEED,
    epochs=Int(default=20, low=1, high=30, top=True),
)
def memorizing(root, seed, epochs):
    """500 training images, twenty epochs: a wide network can learn each by heart. 1,000 test images."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:500].unsqueeze(1) / 255, train_data.targets[:500]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)

    history = []
    for t in range(epochs):
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            fitted = (model(X_train).argmax(1) == y_train).float().mean().item()
            test_loss = loss_fn(model(X_test), y_test).item()
            right = (model(X_test).argmax(1) == y_test).float().mean().item()
        history.append({"train accuracy": fitted, "test loss": test_loss, "test accuracy": right})
        print(f"epoch {t + 1}: train accuracy {fitted:.1%}, test accuracy {right:.1%}")
    return history


@step(
    title="A loop whose memory is watched",
    root=DataFolder(),
    seed=SEED,
    epochs=Int(default=3, low=1, high=30, top=True),
)
def remembered(root, seed, epochs):
    """Memory that autograd keeps for backward passes to come, each piece once. 1,000 images each."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:1000].unsqueeze(1) / 255, train_data.targets[:1000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=50, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    history = []
    losses = []
    there_anyway = [X_train, X_test, y_test, *model.parameters()]
    with torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor):
        for t in range(epochs):
            for X, y in loader:
                loss = loss_fn(model(X), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            del loss
            kept_before = megabytes_kept(there_anyway)

            with torch.no_grad():
                logits = model(X_test)
                watched = loss_fn(logits, y_test)
            losses.append(watched.item())
            needed = megabytes_kept(there_anyway) - kept_before
            right = (logits.argmax(1) == y_test).float().mean().item()
            del logits, watched
            kept = megabytes_kept(there_anyway)
            history.append({"kept MB": kept, "evaluation MB": needed, "test accuracy": right})
            print(f"epoch {t + 1}: {kept:.2f} MB kept, {needed:.2f} MB to evaluate")
    return history


LESSON = Lesson("mistakes", "Mistakes", (plain, ordered, modes, normalized, memorizing, remembered))
