"""A fork of a run, step by step: what has to be kept of an epoch so that training can go on from it."""

import copy

import torch
from torch import nn
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.teaching.snippets import Choice, DataFolder, Int, Lesson, step


@step(
    title="The road not taken",
    root=DataFolder(),
    epoch=Int(default=2, low=1, high=3, label="Fork after epoch"),
    new_rate=Choice(label="Learning rate of the fork", default=0.01, options=(0.01, 0.1, 0.5)),
)
def fork(root, epoch, new_rate):
    """A place to go on from is three things: the weights, what the optimizer remembers, and where the
    shuffle's generator stands.

    With all three, the road on which nothing is changed ends with the weights of the run that was never
    interrupted, to the bit.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    X = training_data.data[:1000].float().unsqueeze(1) / 255
    y = training_data.targets[:1000]

    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    lr = 0.05
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    shuffle = torch.Generator().manual_seed(0)

    def train_epoch():
        for indices in torch.randperm(1000, generator=shuffle).split(50):
            loss = nn.functional.cross_entropy(model(X[indices]), y[indices])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            return nn.functional.cross_entropy(model(X), y).item()

    for number in range(1, 5):
        loss = train_epoch()
        print(f"epoch {number}: loss {loss:.4f}")
        if number == epoch:
            kept = copy.deepcopy([model.state_dict(), optimizer.state_dict(), shuffle.get_state()])
    end = nn.utils.parameters_to_vector(model.parameters()).detach()

    for road, rate in (("nothing changed", lr), ("the fork", new_rate)):
        weights, memory, place = copy.deepcopy(kept)  # or this road's steps would change what is kept
        model.load_state_dict(weights)
        optimizer.load_state_dict(memory)
        optimizer.param_groups[0]["lr"] = rate
        shuffle.set_state(place)
        for number in range(epoch + 1, 5):
            loss = train_epoch()
            print(f"{road}, epoch {number}: loss {loss:.4f}")
        same = torch.equal(nn.utils.parameters_to_vector(model.parameters()), end)
        print(f"{road}: the same weights at the end? {same}")


LESSON = Lesson("forks", "The road not taken", (fork,))
