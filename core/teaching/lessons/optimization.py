"""Section 6 of the notes: what is chosen before training, what is minimised, and the loop that does it."""

# mypy: disable-error-code="no-untyped-call, arg-type"
# torch leaves backward() without annotations, and a Dataset need not have a length: a script checks neither.

from itertools import cycle
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.model import NeuralNetwork, initialize
from core.teaching.snippets.params import Bool, Choice, Code, DataFolder, Float, Int
from core.teaching.snippets.step import Lesson, step

SEED = Int(label="Seed", default=0, low=0, high=20)


def train_loop(
    dataloader: DataLoader[Any], model: nn.Module, loss_fn: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """One pass over the training images: one update of the parameters a batch."""
    size, seen = len(dataloader.dataset), 0
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        pred = model(X)
        loss = loss_fn(pred, y)

        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        seen += len(X)
        if batch % 10 == 0:
            print(f"loss: {loss.item():>7f}  [{seen:>5d}/{size:>5d}]")


def test_loop(dataloader: DataLoader[Any], model: nn.Module, loss_fn: nn.Module) -> None:
    """Accuracy and mean loss an image over the test images; nothing is learned from them."""
    size = len(dataloader.dataset)
    test_loss, correct = 0.0, 0.0
    model.eval()
    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item() * len(y)
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= size
    correct /= size
    print(f"test accuracy: {correct:.1%}, mean loss: {test_loss:.4f} nats an image, {size} images\n")


@step(
    title="Data and network, as before",
    root=DataFolder(),
    batch_size=Choice(label="Batch size", default=64, options=(16, 64, 256)),
)
def prerequisites(root: str, batch_size: int) -> None:
    """Optimization begins where the earlier pages ended: images in batches, and a network.

    Test images come from `train=False`. They are never trained on, or their score would mean nothing.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
    train_dataloader = DataLoader(training_data, batch_size=batch_size)
    test_dataloader = DataLoader(test_data, batch_size=batch_size)
    print("training:", len(training_data), "images in", len(train_dataloader), "batches")
    print("test:    ", len(test_data), "images in", len(test_dataloader), "batches")

    torch.manual_seed(0)
    model = NeuralNetwork()
    print("parameters to adjust:", sum(parameter.numel() for parameter in model.parameters()))


@step(
    title="Hyperparameters",
    learning_rate=Choice(label="Learning rate", default=1e-3, options=(1e-3, 1e-2, 1e-1), top=True),
    batch_size=Choice(label="Batch size", default=64, options=(16, 64, 256, 1024), top=True),
    epochs=Choice(label="Epochs", default=5, options=(1, 5, 10), top=True),
)
def hyperparameters(learning_rate: float, batch_size: int, epochs: int) -> None:
    """What you choose, and training does not change. The **parameters** are what training changes.

    An **epoch** is one pass over the training images. Each batch gives one step, so a larger batch means
    fewer steps. The learning rate says how far a step goes against the gradient.
    """
    images = 60_000
    steps = epochs * -(-images // batch_size)  # the last batch of an epoch may be smaller
    print(f"{steps:,} steps: {epochs} epochs of {images:,} images in batches of {batch_size}")
    print(f"a gradient of 0.5 moves its parameter by {learning_rate * 0.5:g} in a step of SGD")


@step(
    title="Three losses on the same logits",
    moved=Code(label="Move the logit of", default="the right class", options={
        "the right class": "9", "a wrong class": "2",
    }),
    value=Float(label="That logit", default=0.0, low=-6.0, high=6.0),
)  # fmt: skip
def losses(moved: int, value: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A loss is one number that says how wrong the logits are. Drag one logit, and leave the other nine.

    **Cross-entropy** takes logits. **NLL** (negative log-likelihood) takes logarithms of probabilities: after
    a log-softmax it is the same number. **MSE** (mean squared error) compares the ten logits with 0 and 1, so
    it also punishes a logit for being too large in the right direction.
    """
    label = torch.tensor([9])
    logits = torch.tensor([[0.5, -1.0, 2.0, 0.0, 1.0, -2.0, 0.5, 0.0, -0.5, 1.0]])
    logits[0, moved] = value
    logits.requires_grad_()

    def three(scores: Tensor) -> Tensor:
        cross_entropy = F.cross_entropy(scores, label)
        nll = F.nll_loss(F.log_softmax(scores, dim=1), label)
        mse = F.mse_loss(scores, F.one_hot(label, num_classes=10).float())
        return torch.stack([cross_entropy, nll, mse])

    here = three(logits).detach()
    slopes = torch.autograd.functional.jacobian(three, logits)[:, 0, moved]
    for name, loss, slope in zip(("cross-entropy", "NLL", "MSE"), here, slopes, strict=True):
        print(f"{name:<13} {loss.item():.4f}, slope {slope.item():+.4f}")

    places = torch.linspace(-6, 6, 97)
    curves = torch.empty(len(places), 3)
    for row, place in enumerate(places):
        shifted = logits.detach().clone()
        shifted[0, moved] = place
        curves[row] = three(shifted)
    return places, curves, here, slopes


@step(
    title="The loss function and the optimizer",
    learning_rate=Choice(label="Learning rate", default=1e-3, options=(1e-3, 1e-2, 1e-1), top=True),
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={f"{name}": f"torch.optim.{name}" for name in ("SGD", "Adam", "AdamW", "RMSprop")},
    ),
)
def choices(learning_rate: float, optimizer_class: type[torch.optim.SGD]) -> None:
    """The optimizer is told once which tensors to move: that is what `model.parameters()` is for.

    SGD, stochastic gradient descent, subtracts the learning rate times the gradient. The others keep notes
    on earlier gradients, in `optimizer.state`, from the first step on.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=learning_rate)

    loss_fn(model(torch.rand(8, 1, 28, 28)), torch.arange(8)).backward()
    optimizer.step()
    kept = [entry for state in optimizer.state.values() for entry in state.values()]
    numbers = sum(entry.numel() for entry in kept if isinstance(entry, Tensor))
    print(optimizer)
    print(f"it moves {sum(p.numel() for p in model.parameters()):,} numbers and notes {numbers:,}")


@step(
    title="The three steps, on one batch",
    root=DataFolder(),
    seed=SEED,
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={"SGD": "torch.optim.SGD", "Adam": "torch.optim.Adam"},
    ),
)
def three_steps(root: str, seed: int, optimizer_class: type[torch.optim.SGD]) -> nn.Parameter:
    """`backward()` writes gradients, `step()` moves the parameters against them, `zero_grad()` clears them.

    The loss on the same batch is lower afterwards: the step was made for exactly this batch.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True)
    X, y = training_data.data[:64].unsqueeze(1) / 255, training_data.targets[:64]
    torch.manual_seed(seed)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=1e-3)
    bias = list(model.parameters())[-1]  # one number a class

    before = loss_fn(model(X), y)
    print("loss before:", before.item())
    print("gradient:", bias.grad)
    before.backward()
    print("gradient after backward:", bias.grad)
    was = bias.detach().clone()
    optimizer.step()
    print("moved by:", bias.detach() - was)
    optimizer.zero_grad()
    print("gradient after zero_grad:", bias.grad)
    print("loss after: ", loss_fn(model(X), y).item())
    return bias


@step(
    title="The full loop",
    root=DataFolder(),
    learning_rate=Choice(label="Learning rate", default=1e-1, options=(1e-3, 1e-2, 1e-1), top=True),
    batch_size=Choice(label="Batch size", default=64, options=(16, 64, 256), top=True),
    epochs=Int(label="Epochs", default=2, low=1, high=3, top=True),
    shuffle=Bool(label="Shuffle", default=False),
)
def full_loop(root: str, learning_rate: float, batch_size: int, epochs: int, shuffle: bool) -> None:
    """An epoch is a **train loop**, which learns, and a **test loop**, which only looks.

    `model.train()` and `model.eval()` switch layers such as dropout between their two ways of working. Here
    1,280 training and 500 test images are enough to see it; the tutorial's rate of 0.001 needs all 60,000.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
    torch.manual_seed(0)
    train_dataloader = DataLoader(Subset(training_data, range(1_280)), batch_size, shuffle=shuffle)
    test_dataloader = DataLoader(Subset(test_data, range(500)), batch_size)

    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for epoch in range(epochs):
        print(f"epoch {epoch + 1}\n-------")
        train_loop(train_dataloader, model, loss_fn, optimizer)
        test_loop(test_dataloader, model, loss_fn)
    print("Done!")


def ravine(x: Tensor, y: Tensor) -> Tensor:
    """Flat along x, fifty times as steep along y; lowest, 0, at (0, 0)."""
    return 0.5 * x**2 + 25 * y**2


def valley(x: Tensor, y: Tensor) -> Tensor:
    """Rosenbrock's curved valley, made gentler: lowest, 0, at (1, 1)."""
    return (1 - x) ** 2 + 5 * (y - x**2) ** 2


def saddle(x: Tensor, y: Tensor) -> Tensor:
    """A ridge along x = -y that is lowest, 1, at a pass at (0, 0); lowest, 0, at ±(0.5, 0.5)."""
    return (x - y) ** 2 + ((x + y) ** 2 - 1) ** 2


@step(
    title="Down a surface",
    surface=Code(label="Surface", default="Ravine", options={
        "Ravine": "ravine", "Curved valley": "valley", "Saddle": "saddle",
    }),
    rate=Choice(label="Learning rate of all", default=0.03, options=(0.003, 0.01, 0.03, 0.1, 0.3), top=True),
    steps=Int(label="Steps", default=80, low=5, high=150, top=True),
)  # fmt: skip
def downhill(surface: Any, rate: float, steps: int) -> dict[str, list[list[float]]]:
    """Two parameters only, so that the whole loss can be drawn. All optimizers start at one place.

    SGD follows the slope, so on the steep axis it bounces while it crawls along the flat one. Momentum rolls
    on. RMSprop and Adam divide by the size of recent gradients, so both axes count alike.
    """
    contenders: dict[str, Any] = {
        "SGD": lambda point: torch.optim.SGD([point], lr=rate),
        "SGD, momentum 0.9": lambda point: torch.optim.SGD([point], lr=rate, momentum=0.9),
        "RMSprop": lambda point: torch.optim.RMSprop([point], lr=rate),
        "Adam": lambda point: torch.optim.Adam([point], lr=rate),
        "AdamW, decay 0.1": lambda point: torch.optim.AdamW([point], lr=rate, weight_decay=0.1),
    }
    paths: dict[str, list[list[float]]] = {}
    for name, make in contenders.items():
        point = torch.tensor([-1.5, 1.4], requires_grad=True)
        optimizer = make(point)
        path = [point.tolist()]
        for _ in range(steps):
            optimizer.zero_grad()
            surface(*point).backward()
            optimizer.step()
            if not point.isfinite().all() or point.abs().max() > 1e3:
                break
            path.append(point.tolist())
        paths[name] = path
        height = surface(*torch.tensor(path[-1])).item()
        print(f"{name:<18} {len(path) - 1:>3} steps, height {height:.5f}")
    return paths


@step(
    title="Which learning rate?",
    root=DataFolder(),
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={"SGD": "torch.optim.SGD", "Adam": "torch.optim.Adam", "RMSprop": "torch.optim.RMSprop"},
    ),
    seed=SEED,
)
def range_test(
    root: str, optimizer_class: type[torch.optim.SGD], seed: int
) -> tuple[list[float], list[float], list[float], float, float]:
    """Raise the rate a little at every batch and watch the loss: flat, then falling, then out of control.

    That is the learning-rate range test of Leslie N. Smith (2015). Single batches are noisy, so the line is
    the mean of a batch and its six neighbours.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True)
    images, labels = training_data.data[:6_400].unsqueeze(1) / 255, training_data.targets[:6_400]
    torch.manual_seed(seed)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=1e-4)

    rates: list[float] = []
    batch_losses: list[float] = []
    for number, (X, y) in enumerate(zip(images.split(64), labels.split(64), strict=True)):
        rate = 1e-4 * (10 / 1e-4) ** (number / 99)  # from 0.0001 to 10, each time the same factor more
        optimizer.param_groups[0]["lr"] = rate
        loss = loss_fn(model(X), y)
        if not loss.isfinite() or loss > 10:
            break
        rates.append(rate)
        batch_losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    means = []
    for i in range(len(batch_losses)):
        near = batch_losses[max(0, i - 3) : i + 4]
        means.append(sum(near) / len(near))
    best = means.index(min(means))
    falls = [means[i + 1] - means[i - 1] for i in range(1, best)] or [0.0]
    steepest, lowest = rates[falls.index(min(falls)) + 1], rates[best]
    print(f"{len(rates)} batches of 64, rates {rates[0]:.4f} to {rates[-1]:.2f}")
    print(f"steepest fall at rate {steepest:.2g}")
    print(f"lowest mean loss {min(means):.3f} at rate {lowest:.2g}; a tenth of it is {lowest / 10:.2g}")
    return rates, batch_losses, means, steepest, lowest


@step(
    title="The program behind the buttons",
    root=DataFolder(),
    seed=SEED,
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={
            "SGD": "torch.optim.SGD(model.parameters(), lr=0.1)",
            "SGD, momentum 0.9": "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)",
            "Adam": "torch.optim.Adam(model.parameters(), lr=0.003)",
        },
    ),
)
def one_round(root: str, seed: int, optimizer_class: torch.optim.Optimizer) -> None:
    """Three rounds of the loop on a network of 25,450 parameters, 784-32-10.

    The step debugger above runs the same lines on the same batches, so its numbers are these.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True)
    images, labels = training_data.data[:512].unsqueeze(1) / 255, training_data.targets[:512]
    batches = cycle(zip(images.split(64), labels.split(64), strict=True))
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    initialize(model, torch.Generator().manual_seed(seed))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class

    for _ in range(3):
        X, y = next(batches)
        pred = model(X)
        loss = loss_fn(pred, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        print(f"loss {loss.item():.6f}")


LESSON = Lesson(
    "optimization",
    "Optimization",
    (
        prerequisites,
        hyperparameters,
        losses,
        choices,
        three_steps,
        one_round,
        full_loop,
        downhill,
        range_test,
    ),
)
