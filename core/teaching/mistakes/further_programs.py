"""More loops of the mistakes lab: a network's own class, one number, choosing, a rare class, a total."""

# mypy: disable-error-code="no-untyped-call"
# torch leaves backward() without annotations: a reader's script checks neither.

import copy

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets

from core.teaching.mistakes.programs import SEED, Kept, megabytes_kept
from core.teaching.snippets.params import DataFolder
from core.teaching.snippets.step import Lesson, step


class Network(nn.Module):
    """Three hidden layers, 784-64-64-64-10."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(784, 64), nn.Linear(64, 64), nn.Linear(64, 64)])
        self.head = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, one row per image."""
        x = x.flatten(1)
        for layer in self.hidden:
            x = layer(x).relu()
        logits: Tensor = self.head(x)
        return logits


@step(title="A loop with a network of its own class", root=DataFolder(), seed=SEED)
def of_a_class(root: str, seed: int) -> list[dict[str, float]]:
    """Three hidden layers in a class: 3,000 training and 1,000 test images, four epochs, Adam."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = Network()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)

    history = []
    for epoch in range(4):
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            logits = model(X_test)
            test_loss = loss_fn(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"test loss": test_loss, "test accuracy": right})
        print(f"epoch {epoch + 1}: test loss {test_loss:.4f}, test accuracy {right:.1%}")
    return history


@step(title="A loop that predicts one number", root=DataFolder(), seed=SEED)
def of_one_number(root: str, seed: int) -> list[dict[str, float]]:
    """How bright is the image's upper half, from 0 to 10? 2,000 training, 1,000 test images, five epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, X_test = train_data.data[:2000].unsqueeze(1) / 255, test_data.data[:1000].unsqueeze(1) / 255
    y_train, y_test = 10 * X_train[:, 0, :14].mean(dim=(1, 2)), 10 * X_test[:, 0, :14].mean(dim=(1, 2))

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=64, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)

    history = []
    for epoch in range(5):
        for X, y in loader:
            output = model(X).squeeze(1)
            loss = ((output - y) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            error = ((model(X_test).squeeze(1) - y_test) ** 2).mean().item()
        history.append({"test error": error})
        print(f"epoch {epoch + 1}: mean squared error on the test images {error:.4f}")
    return history


@step(title="A loop that keeps its best weights", root=DataFolder(), seed=SEED)
def keeping_the_best(root: str, seed: int) -> list[dict[str, float]]:
    """500 training images overfit soon; the weights that are best on 500 others are kept. Twenty epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:500].unsqueeze(1) / 255, train_data.targets[:500]
    X_val, y_val = train_data.data[500:1000].unsqueeze(1) / 255, train_data.targets[500:1000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=50, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    history = []
    least = float("inf")
    for epoch in range(20):
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            validation_loss = loss_fn(model(X_val), y_val).item()
        if validation_loss < least:
            least = validation_loss
            best = copy.deepcopy(model.state_dict())
        kept = copy.deepcopy(model)
        kept.load_state_dict(best)
        with torch.no_grad():
            logits = kept(X_test)
            test_loss = loss_fn(logits, y_test).item()
            right = (logits.argmax(dim=1) == y_test).float().mean().item()
        history.append({"test loss": test_loss, "test accuracy": right})
        print(
            f"epoch {epoch + 1}: validation loss {validation_loss:.4f}, best so far on test {test_loss:.4f}"
        )
    return history


@step(title="A choice among twenty networks", root=DataFolder(), seed=SEED)
def choosing(root: str, seed: int) -> list[dict[str, float]]:
    """Twenty small networks, 100 training images each; the best on 50 images is chosen, then tested on 50."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:2000].unsqueeze(1) / 255, train_data.targets[:2000]
    X_val, y_val = train_data.data[2000:2050].unsqueeze(1) / 255, train_data.targets[2000:2050]

    torch.manual_seed(seed)
    drawn = torch.randperm(1000)[:50]
    X_test, y_test = test_data.data[drawn].unsqueeze(1) / 255, test_data.targets[drawn]
    loss_fn = nn.CrossEntropyLoss()

    history = []
    best = -1.0
    for epoch in range(20):
        model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        chosen = torch.randperm(2000)[:100]
        for batch in chosen.split(10):
            loss = loss_fn(model(X_train[batch]), y_train[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            score = (model(X_val).argmax(dim=1) == y_val).float().mean().item()
            right = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
        if score > best:
            best, reported = score, right
        history.append({"test accuracy": reported})
        print(f"network {epoch + 1}: chosen by {score:.1%}; test accuracy of the best {reported:.1%}")
    return history


@step(title="A loop with a rare class", root=DataFolder(), seed=SEED)
def with_a_rare_class(root: str, seed: int) -> list[dict[str, float]]:
    """Shirts among T-shirts, 1 in 20: is it a shirt? Test images in the same shares, four epochs."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)

    def rare(data: Tensor, targets: Tensor, count: int) -> tuple[Tensor, Tensor]:
        images = torch.cat([data[targets == 0][: 19 * count], data[targets == 6][:count]]).unsqueeze(1) / 255
        return images, torch.cat([torch.zeros(len(images) - count), torch.ones(count)]).long()

    X_train, y_train = rare(train_data.data[:5000], train_data.targets[:5000], 20)
    X_test, y_test = rare(test_data.data[:1000], test_data.targets[:1000], 5)

    torch.manual_seed(seed)
    train_set = TensorDataset(X_train, y_train)
    loader = DataLoader(train_set, batch_size=20, shuffle=True)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 2))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    history = []
    for epoch in range(4):
        for X, y in loader:
            loss = loss_fn(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        with torch.no_grad():
            hits = (model(X_test).argmax(dim=1) == y_test).float()
        right = ((hits[y_test == 0].mean() + hits[y_test == 1].mean()) / 2).item()
        history.append({"test accuracy": right})
        print(f"epoch {epoch + 1}: test accuracy {right:.1%}")
    return history


@step(title="A loop with a total", root=DataFolder(), seed=SEED)
def with_a_total(root: str, seed: int) -> list[dict[str, float]]:
    """What autograd keeps after adding up the loss over 1,000 test images, each piece of memory once."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    X_train, y_train = train_data.data[:1000].unsqueeze(1) / 255, train_data.targets[:1000]
    X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    loss_fn = nn.CrossEntropyLoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)

    history = []
    there_anyway = [X_train, X_test, y_train, y_test, *model.parameters()]
    with torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor):
        for epoch in range(2):
            for X, y in zip(X_train.split(50), y_train.split(50), strict=True):
                loss = loss_fn(model(X), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

            total = 0.0
            for X, y in zip(X_test.split(50), y_test.split(50), strict=True):
                loss = loss_fn(model(X), y)
                total += loss.item()
            del loss
            kept = megabytes_kept(there_anyway)
            history.append({"kept MB": kept})
            print(f"epoch {epoch + 1}: {kept:.2f} MB kept")
    return history


LESSON = Lesson(
    "further_mistakes",
    "Mistakes",
    (of_a_class, of_one_number, keeping_the_best, choosing, with_a_rare_class, with_a_total),
)
