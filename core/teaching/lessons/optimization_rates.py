"""Steps of the optimization page about choosing well: validation, an outer loop, optimizers, rates."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.lessons.optimization_setup import prerequisites
from core.teaching.snippets import Choice, Code, Float, Int, step

SEED = Int(label="Seed", default=0, low=0, high=20)


def accuracy(model, dataset):
    """The share of a dataset that the model gets right."""
    model.eval()
    X, y = next(iter(DataLoader(dataset, batch_size=len(dataset))))
    with torch.no_grad():
        return (model(X).argmax(1) == y).float().mean().item()


def train_briefly(dataset, learning_rate, batch_size):
    """A small network after two epochs."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for t in range(2):
        for X, y in DataLoader(dataset, batch_size=batch_size, shuffle=True):
            loss = loss_fn(model(X), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return model


@step(
    title="A validation split",
    after=prerequisites,
    share=Float(label="Share held back", default=0.2, low=0.1, high=0.5),
    epochs=Int(label="Epochs", default=8, low=2, high=12, top=True),
    seed=SEED,
)
def validation(training_data, share, epochs, seed):
    """The test images judge the network that you end up with. Whatever you choose on the way (when to stop,
    which learning rate) is chosen by other images: a part of the training images, held back for
    **validation**. Choose by the test images, and their score is too good.

    The network is kept as it was after its best epoch.
    """
    images, labels = training_data.data[:2000].unsqueeze(1) / 255, training_data.targets[:2000]
    torch.manual_seed(seed)
    train_part, valid_part = random_split(TensorDataset(images, labels), [1 - share, share])
    print(len(train_part), "images to train on,", len(valid_part), "to validate")

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    best, best_state = 0, None
    for t in range(epochs):
        model.train()
        for X, y in DataLoader(train_part, batch_size=64, shuffle=True):
            loss = loss_fn(model(X), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        score = accuracy(model, valid_part)
        print(f"epoch {t + 1}: train {accuracy(model, train_part):.1%}, validation {score:.1%}")
        if score > best:
            best = score
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best_state)
    print(f"kept: the network with a validation accuracy of {best:.1%}")


@step(
    title="The outer loop",
    after=prerequisites,
    rates=Code(
        label="Learning rates",
        default="three",
        options={"two": "[0.01, 0.1]", "three": "[0.001, 0.01, 0.1]", "four": "[0.001, 0.01, 0.1, 1.0]"},
        top=True,
    ),
    sizes=Code(
        label="Batch sizes", default="16 and 64", options={"64": "[64]", "16 and 64": "[16, 64]"}, top=True
    ),
)
def outer_loop(training_data, test_data, rates, sizes):
    """Hyperparameters are chosen by trying: around the training loop there is another one. Each setting is
    trained from the same start and judged by validation images; the test images see the winner alone, once.
    """
    images, labels = training_data.data[:1000].unsqueeze(1) / 255, training_data.targets[:1000]
    train_part = TensorDataset(images[:800], labels[:800])
    valid_part = TensorDataset(images[800:], labels[800:])

    results = {}
    for learning_rate in rates:
        for batch_size in sizes:
            model = train_briefly(train_part, learning_rate, batch_size)
            results[learning_rate, batch_size] = accuracy(model, valid_part)
            print(f"rate {learning_rate}, batch {batch_size}: {results[learning_rate, batch_size]:.1%}")

    learning_rate, batch_size = max(results, key=results.get)
    model = train_briefly(train_part, learning_rate, batch_size)
    test_part = TensorDataset(test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000])
    print(f"chosen: rate {learning_rate}, batch {batch_size}; test accuracy {accuracy(model, test_part):.1%}")


def ravine(x, y):
    """Flat along x, fifty times as steep along y; lowest, 0, at (0, 0)."""
    return 0.5 * x**2 + 25 * y**2


def valley(x, y):
    """Rosenbrock's curved valley, made gentler: lowest, 0, at (1, 1)."""
    return (1 - x) ** 2 + 5 * (y - x**2) ** 2


def saddle(x, y):
    """A ridge along x = -y that is lowest, 1, at a pass at (0, 0); lowest, 0, at ±(0.5, 0.5)."""
    return (x - y) ** 2 + ((x + y) ** 2 - 1) ** 2


@step(
    title="Down a surface",
    surface=Code(
        label="Surface",
        default="Ravine",
        options={"Ravine": "ravine", "Curved valley": "valley", "Saddle": "saddle"},
    ),
    rate=Choice(label="Learning rate for all", default=0.03, options=(0.003, 0.01, 0.03, 0.1, 0.3), top=True),
    steps=Int(label="Steps", default=80, low=5, high=150, top=True),
)
def downhill(surface, rate, steps):
    """Two parameters only, so that the whole loss can be drawn. All optimizers start at one place.

    SGD follows the slope, so on the steep axis it bounces while it crawls along the flat one. Momentum rolls
    on. RMSprop and Adam divide by the size of recent gradients, so both axes count alike.
    """
    contenders = {
        "SGD": lambda point: torch.optim.SGD([point], lr=rate),
        "SGD, momentum 0.9": lambda point: torch.optim.SGD([point], lr=rate, momentum=0.9),
        "RMSprop": lambda point: torch.optim.RMSprop([point], lr=rate),
        "Adam": lambda point: torch.optim.Adam([point], lr=rate),
        "AdamW, decay 0.1": lambda point: torch.optim.AdamW([point], lr=rate, weight_decay=0.1),
    }
    paths = {}
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
    after=prerequisites,
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={"SGD": "torch.optim.SGD", "Adam": "torch.optim.Adam", "RMSprop": "torch.optim.RMSprop"},
    ),
    seed=SEED,
)
def range_test(training_data, optimizer_class, seed):
    """Raise the rate a little at every batch and watch the loss: flat, then falling, then out of control.

    That is the learning-rate range test of Leslie N. Smith (2015). Single batches are noisy, so the line is
    the mean of a batch and its six neighbors.
    """
    images, labels = training_data.data[:6_400].unsqueeze(1) / 255, training_data.targets[:6_400]
    torch.manual_seed(seed)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=1e-4)

    rates, batch_losses = [], []
    for number, (X, y) in enumerate(zip(images.split(64), labels.split(64))):
        # from 0.0001 to 10, each time the same factor more
        rate = 1e-4 * (10 / 1e-4) ** (number / 99)
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
    print(f"{len(rates)} batches of 64, rates {rates[0]:.2g} to {rates[-1]:.2g}")
    print(f"steepest fall at rate {steepest:.2g}")
    print(f"lowest mean loss {min(means):.3f} at rate {lowest:.2g}")
    print(f"a tenth of that rate: {lowest / 10:.2g}")
    return rates, batch_losses, means, steepest, lowest
