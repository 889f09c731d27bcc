"""Steps on runs seen from the inside: what the weights did, where the images went, the losses around them."""

import torch
from torch import nn
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.teaching.snippets import Choice, DataFolder, Int, Lesson, step


@step(
    title="What the weights did",
    root=DataFolder(),
    learning_rate=Choice(label="Learning rate", default=0.1, options=(0.01, 0.1, 1.0)),
)
def weights(root, learning_rate):
    """A copy of the weights before a step says how far it went; one of the first, how far they all went."""
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    X = training_data.data[:1000].float().unsqueeze(1) / 255
    y = training_data.targets[:1000]

    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    path = [nn.utils.parameters_to_vector(model.parameters()).detach()]
    weight = model[1].weight
    start = weight.detach().clone()

    for epoch in range(1, 4):
        for i in range(0, 1000, 50):
            before = weight.detach().clone()
            loss = nn.functional.cross_entropy(model(X[i : i + 50]), y[i : i + 50])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        path.append(nn.utils.parameters_to_vector(model.parameters()).detach())
        update = (weight.detach() - before).norm() / before.norm()
        with torch.no_grad():
            zeros = (model[:3](X) == 0).float().mean()
        distance = (weight.detach() - start).norm()
        print(f"epoch {epoch}: norm {weight.norm().item():.3f}, from the start {distance.item():.3f},")
        print(f"    last update over weight {update.item():.1e}, zeros {zeros.item():.0%}")


@step(
    title="Where the images went",
    after=weights,
    count=Int(default=500, low=100, high=1_000, label="Images"),
)
def images(count, model, path, X, y):
    """The last hidden layer's values, along two directions that are fitted once, after the last epoch."""
    hidden = model[:3]
    with torch.no_grad():
        values = hidden(X[:count])
        middle = values.mean(dim=0)
        axes = torch.linalg.svd(values - middle, full_matrices=False).Vh[:2]
        for epoch, vector in enumerate(path):
            nn.utils.vector_to_parameters(vector, model.parameters())
            points = (hidden(X[:count]) - middle) @ axes.T
            trousers = points[y[:count] == 1].mean(dim=0)
            boots = points[y[:count] == 9].mean(dim=0)
            print(f"epoch {epoch}: trousers and ankle boots are {(trousers - boots).norm().item():.2f} apart")


@step(
    title="The landscape", after=weights, side=Int(default=5, low=3, high=9, label="Points along each side")
)
def landscape(side, model, path, X, y):
    """Two directions through the last weights, each filter as long as its weights; a loss at each point."""
    differences = torch.stack(path) - path[-1]
    _, values, Vh = torch.linalg.svd(differences, full_matrices=False)
    share = values[:2].square().sum() / values.square().sum()
    print(f"the path's first two directions explain {share.item():.1%} of it")

    directions = []
    for direction in Vh[:2]:
        parts = []
        start = 0
        for param in model.parameters():
            part = direction[start : start + param.numel()].view_as(param)
            start = start + param.numel()
            dim = 1 if param.dim() > 1 else 0
            length = param.detach().norm(dim=dim, keepdim=True)
            parts.append((part / part.norm(dim=dim, keepdim=True).clamp(min=1e-12) * length).flatten())
        directions.append(torch.cat(parts))

    for b in torch.linspace(1, -1, side):
        row = []
        for a in torch.linspace(-1, 1, side):
            vector = path[-1] + a * directions[0] + b * directions[1]
            nn.utils.vector_to_parameters(vector, model.parameters())
            with torch.no_grad():
                row.append(nn.functional.cross_entropy(model(X[:500]), y[:500]).item())
        print("  ".join(f"{loss:6.3f}" for loss in row))


@step(
    title="The line between two runs",
    after=weights,
    other_seed=Int(default=1, low=0, high=9, label="Seed of the second run"),
    points=Int(default=9, low=3, high=25, label="Points on the line"),
)
def barrier(other_seed, points, path, X, y, learning_rate):
    """A second run of the same network, and the losses straight from one run's last weights to the other's.

    The barrier is the highest loss on the way, less the mean of both ends.
    """
    torch.manual_seed(other_seed)
    other = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(other.parameters(), lr=learning_rate)
    for _ in range(3):
        for i in range(0, 1000, 50):
            loss = nn.functional.cross_entropy(other(X[i : i + 50]), y[i : i + 50])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    end = nn.utils.parameters_to_vector(other.parameters()).detach()

    losses = []
    for t in torch.linspace(0, 1, points):
        nn.utils.vector_to_parameters((1 - t) * path[-1] + t * end, other.parameters())
        with torch.no_grad():
            losses.append(nn.functional.cross_entropy(other(X), y).item())
        print(f"{t.item():.2f} of the way: loss {losses[-1]:.4f}")
    highest = max(losses) - (losses[0] + losses[-1]) / 2
    print(f"barrier: {highest:.4f}")


LESSON = Lesson("inside_run", "Inside a run", (weights, images, landscape, barrier))
