"""Section 6 of the tutorial: what is chosen before training, what is minimized, and the loop that does it."""

from itertools import cycle

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.lessons.optimization_losses import losses, regression
from core.teaching.lessons.optimization_rates import downhill, outer_loop, range_test, validation
from core.teaching.lessons.optimization_setup import choices, hyperparameters, prerequisites
from core.teaching.snippets import Bool, Choice, Code, DataFolder, Int, Lesson, step

SEED = Int(label="Seed", default=0, low=0, high=20)


def train_loop(dataloader, model, loss_fn, optimizer):
    """One pass over the training images: one update of the parameters per batch."""
    size, seen = len(dataloader.dataset), 0
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        # Compute prediction and loss
        pred = model(X)
        loss = loss_fn(pred, y)

        # Backpropagation
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        seen += len(X)
        if batch % 10 == 0:
            print(f"loss: {loss.item():>7f}  [{seen:>5d}/{size:>5d}]")


def test_loop(dataloader, model, loss_fn):
    """Accuracy and mean loss over the test images; nothing is learned from them."""
    size = len(dataloader.dataset)
    test_loss, correct = 0, 0
    model.eval()
    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item() * len(y)
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= size
    correct /= size
    print(f"test accuracy: {correct:.1%}, mean loss: {test_loss:.4f} nats per image, {size} images\n")


@step(
    title="The three steps, on one batch",
    after=prerequisites,
    seed=SEED,
    optimizer_class=Code(
        label="Optimizer",
        default="SGD",
        options={"SGD": "torch.optim.SGD", "Adam": "torch.optim.Adam"},
    ),
)
def three_steps(training_data, seed, optimizer_class):
    """`backward()` writes gradients, `step()` moves the parameters against them, `zero_grad()` clears them.

    The loss on the same batch is lower afterward: the step was made for exactly this batch.
    """
    X, y = training_data.data[:64].unsqueeze(1) / 255, training_data.targets[:64]
    torch.manual_seed(seed)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = optimizer_class(model.parameters(), lr=1e-3)
    bias = model.linear_relu_stack[4].bias  # one number per class

    loss = loss_fn(model(X), y)
    print("loss before:", loss.item())
    print("gradient:", bias.grad)
    loss.backward()
    print("gradient after backward:", bias.grad)
    was = bias.detach().clone()
    optimizer.step()
    print("moved by:", bias.detach() - was)
    optimizer.zero_grad()
    print("gradient after zero_grad:", bias.grad)
    print("loss after: ", loss_fn(model(X), y).item())
    return (bias,)


@step(
    title="The loop of the step debugger",
    after=prerequisites,
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
def one_round(training_data, seed, optimizer_class):
    """Three rounds of the loop, on a network of 25,450 parameters, 784-32-10."""
    images, labels = training_data.data[:512].unsqueeze(1) / 255, training_data.targets[:512]
    batches = cycle(zip(images.split(64), labels.split(64)))
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
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


@step(
    title="The full loop",
    after=prerequisites,
    learning_rate=Choice(label="Learning rate", default=1e-1, options=(1e-3, 1e-2, 1e-1), top=True),
    small_batch=Choice(label="Batch size", default=64, options=(16, 64, 256)),
    epochs=Int(label="Epochs", default=2, low=1, high=3, top=True),
    shuffle=Bool(label="Shuffle", default=False),
)
def full_loop(training_data, test_data, learning_rate, small_batch, epochs, shuffle):
    """An epoch is a **train loop**, which learns, and a **test loop**, which only looks.

    `model.train()` and `model.eval()` switch layers such as dropout between their two ways of working. Here
    1,280 training and 500 test images are enough to see it; the tutorial's rate of 0.001 needs all 60,000.
    """
    torch.manual_seed(0)
    few_train = DataLoader(Subset(training_data, range(1_280)), batch_size=small_batch, shuffle=shuffle)
    few_test = DataLoader(Subset(test_data, range(min(500, len(test_data)))), batch_size=small_batch)

    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for t in range(epochs):
        print(f"Epoch {t + 1}\n-------------------------------")
        train_loop(few_train, model, loss_fn, optimizer)
        test_loop(few_test, model, loss_fn)
    print("Done!")


LESSON = Lesson(
    "optimization",
    "Optimization",
    (
        prerequisites,
        hyperparameters,
        losses,
        regression,
        choices,
        three_steps,
        one_round,
        full_loop,
        validation,
        outer_loop,
        downhill,
        range_test,
    ),
)
