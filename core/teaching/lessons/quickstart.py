"""Section 0 of the tutorial: one program, from images to a trained network, a file and a prediction."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import DEVICE, TRANSFORM
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Bool, Choice, DataFolder, Int, Lesson, step


def train(dataloader, model, loss_fn, optimizer):
    """One pass over the training images: one update of the parameters per batch."""
    size = len(dataloader.dataset)
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        X, y = X.to(device), y.to(device)

        # Compute prediction error
        pred = model(X)
        loss = loss_fn(pred, y)

        # Backpropagation
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        if batch % 20 == 0:
            loss, current = loss.item(), batch * dataloader.batch_size + len(X)
            print(f"loss: {loss:>7f}  [{current:>5d}/{size:>5d}]")


def test(dataloader, model, loss_fn):
    """Accuracy and mean loss over the test images; nothing is learned from them."""
    size = len(dataloader.dataset)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in dataloader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += loss_fn(pred, y).item() * len(y)
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= size
    correct /= size
    print(f"Test accuracy: {100 * correct:>0.1f}%, average loss per image: {test_loss:>8f}\n")


@step(
    title="Working with data",
    root=DataFolder(),
    few_images=Bool(
        label="Few images",
        default=True,
        top=True,
        help="Off: every image of the dataset, as in the tutorial. That takes minutes.",
    ),
    batch_size=Choice(label="Batch size", default=64, options=(16, 64, 256), top=True),
    transform=TRANSFORM,
)
def data(root, few_images, batch_size, transform):
    """A `Dataset` holds the images and their labels; a `DataLoader` hands them out in batches.

    A batch `X` has four dimensions: images, channels (one: gray), height and width in pixels. To be done in
    seconds, the program takes a `Subset` of the images; without those three lines it takes them all.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=transform)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=transform)
    if few_images:
        training_data = Subset(training_data, range(min(2_560, len(training_data))))
        test_data = Subset(test_data, range(min(500, len(test_data))))

    # Create data loaders
    train_dataloader = DataLoader(training_data, batch_size=batch_size)
    test_dataloader = DataLoader(test_data, batch_size=batch_size)

    for X, y in test_dataloader:
        print(f"Shape of X [N, C, H, W]: {X.shape}")
        print(f"Shape of y: {y.shape} {y.dtype}")
        break
    return X, y


@step(
    title="The network",
    after=data,
    find_device=DEVICE,
    seed=Int(label="Seed", default=0, low=0, high=99),
)
def network(find_device, seed):
    """A network is a class: `__init__` makes the layers, `forward` says how an image passes through them.

    It gives ten **logits** per image: one score per class, any number, the higher the more likely. The device
    is where it computes: the processor (`cpu`), or a GPU if there is one. The seed fixes the random numbers
    that its parameters start from.
    """
    device = find_device
    print(f"Using {device} device")

    torch.manual_seed(seed)
    model = NeuralNetwork().to(device)
    print(model)
    return (model,)


@step(
    title="Train and test",
    after=network,
    learning_rate=Choice(label="Learning rate", default=1e-1, options=(1e-3, 1e-2, 1e-1)),
    epochs=Int(label="Epochs", default=2, low=1, high=5, top=True),
)
def training(model, train_dataloader, test_dataloader, learning_rate, epochs):
    """For each batch: predict, measure the **loss** (how wrong the scores are), get its gradient, and let the
    **optimizer** move the parameters a little against it.

    An **epoch** is one pass over the training images. The tutorial's learning rate is 0.001 with all 60,000
    images; with few images there are few steps, so each has to be longer.
    """
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)

    for t in range(epochs):
        print(f"Epoch {t + 1}\n-------------------------------")
        train(train_dataloader, model, loss_fn, optimizer)
        test(test_dataloader, model, loss_fn)
    print("Done!")


@step(title="Save", after=training)
def saving(model):
    """What the network has learned is its `state_dict`: a name and a tensor for each parameter (and for each
    buffer, such as a batch norm's running mean; this network has none). The class itself is not in the file.
    """
    torch.save(model.state_dict(), "model.pth")
    print("Saved PyTorch model state to model.pth")


@step(title="Load", after=saving)
def loading(device):
    """To load, make a new network, whose parameters are random, and give it those of the file.

    `weights_only=True` lets `torch.load` read tensors and plain values, and nothing that could run.
    """
    model = NeuralNetwork().to(device)
    print(model.load_state_dict(torch.load("model.pth", weights_only=True)))


@step(title="Predict", after=loading, index=Int(label="Test image", default=0, low=0, high=499))
def predicting(model, test_data, device, index):
    """The class with the largest logit is the prediction. The network is the one that was just trained, saved
    and loaded.

    `eval()` switches layers such as dropout from training to use; `no_grad()` saves the record that only
    training needs.
    """
    classes = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]

    model.eval()
    x, y = test_data[index][0], test_data[index][1]
    with torch.no_grad():
        x = x.to(device)
        pred = model(x)
        predicted, actual = classes[pred[0].argmax(0)], classes[y]
        print(f'Predicted: "{predicted}", Actual: "{actual}"')
    return x, pred, predicted, actual


LESSON = Lesson("quickstart", "Quickstart", (data, network, training, saving, loading, predicting))
