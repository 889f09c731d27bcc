"""Steps of the optimization page about what is there before the loop: data, network, loss, optimizer."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Choice, Code, DataFolder, step


@step(
    title="Data and network, as before",
    root=DataFolder(),
    transform=TRANSFORM,
    batch_size=Choice(label="Batch size", default=64, options=(16, 64, 256)),
)
def prerequisites(root, transform, batch_size):
    """Optimization begins where the earlier pages ended: images in batches, and a network.

    Test images come from `train=False`. They are never trained on, or their score would mean nothing.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=transform)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=transform)
    train_dataloader = DataLoader(training_data, batch_size=batch_size)
    test_dataloader = DataLoader(test_data, batch_size=batch_size)
    print("training:", len(training_data), "images in", len(train_dataloader), "batches")
    print("test:    ", len(test_data), "images in", len(test_dataloader), "batches")

    torch.manual_seed(0)
    model = NeuralNetwork()
    print("parameters to adjust:", sum(param.numel() for param in model.parameters()))


@step(
    title="Hyperparameters",
    after=prerequisites,
    learning_rate=Choice(label="Learning rate", default=1e-3, options=(1e-3, 1e-2, 1e-1), top=True),
    batch_size_chosen=Choice(label="Batch size", default=64, options=(16, 64, 256, 1024), top=True),
    epochs=Choice(label="Epochs", default=5, options=(1, 5, 10), top=True),
)
def hyperparameters(learning_rate, batch_size_chosen, epochs, training_data):
    """What you choose, and training does not change. The **parameters** are what training changes.

    An **epoch** is one pass over the training images. Each batch gives one step, so a larger batch means
    fewer steps. The learning rate says how far a step goes against the gradient.
    """
    images = len(training_data)
    # the last batch may be smaller
    batches = len(DataLoader(training_data, batch_size=batch_size_chosen))
    print(f"{epochs * batches:,} steps: {epochs} epochs of {batches} batches, {images:,} images")
    print(f"a gradient of 0.5 moves its parameter by {learning_rate * 0.5:g} in a step of SGD")


@step(
    title="The loss function and the optimizer",
    learning_rate=Choice(label="Learning rate", default=1e-3, options=(1e-3, 1e-2, 1e-1), top=True),
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={f"{name}": f"torch.optim.{name}" for name in ("SGD", "Adam", "AdamW", "RMSprop")},
    ),
)
def choices(learning_rate, optimizer_class):
    """The optimizer is told once which tensors to move: that is what `model.parameters()` is for.

    SGD, stochastic gradient descent, subtracts the learning rate times the gradient. The others remember
    earlier gradients as well, from the first step on, in `optimizer.state`.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=learning_rate)
    print(optimizer)
    print(f"it moves {sum(param.numel() for param in model.parameters()):,} numbers")

    loss = loss_fn(model(torch.rand(8, 1, 28, 28)), torch.arange(8))
    loss.backward()
    optimizer.step()
    remembered = 0
    for state in optimizer.state.values():
        for value in state.values():
            if torch.is_tensor(value):
                remembered += value.numel()
    print(f"it remembers {remembered:,} numbers")
