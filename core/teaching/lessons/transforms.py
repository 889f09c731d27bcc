"""Section 3 of the notes: ToTensor, the one-hot Lambda and what a loss makes of it, and the raw data."""

import torch
from torch import Tensor, nn
from torchvision import datasets
from torchvision.transforms import Lambda, ToTensor, v2

from core.teaching.snippets.params import DataFolder, Int
from core.teaching.snippets.step import Lesson, step


@step(
    title="ToTensor",
    root=DataFolder(),
    index=Int(default=0, low=0, high=999, label="Training image"),
)
def to_tensor(root: str, index: int) -> tuple[Tensor]:
    """Fashion-MNIST comes as PIL images of whole numbers from 0 to 255. A network takes float tensors.

    `ToTensor` makes one: it adds the channel in front and divides by 255. Newer code says the same in two
    steps, `ToImage` and `ToDtype`.
    """
    raw = datasets.FashionMNIST(root=root, train=True, download=True)
    picture, label = raw[index]
    low, high = picture.getextrema()
    print("without:", "PIL image,", picture.size, f"from {low} to {high}")

    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    image, label = training_data[index]
    print("with:   ", image.dtype, tuple(image.shape), f"from {image.min():.3f} to {image.max():.3f}")
    print("label:  ", label, training_data.classes[label])

    newer = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    print("largest difference to the newer way:", (newer(picture) - image).abs().max().item())
    return (image,)


@step(
    title="One-hot labels",
    root=DataFolder(),
    index=Int(default=0, low=0, high=999, label="Training image"),
)
def one_hot(root: str, index: int) -> tuple[Tensor]:
    """`target_transform` changes the label as `transform` changes the image; `Lambda` wraps any function.

    `scatter_` writes into the tensor it is called on (the underscore says so): along dimension 0, at the
    position that the label names, the value 1. Ten zeros become a one-hot vector.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=ToTensor(),
        target_transform=Lambda(
            lambda y: torch.zeros(10, dtype=torch.float).scatter_(0, torch.tensor(y), value=1)
        ),
    )
    image, target = training_data[index]
    print("image: ", tuple(image.shape))
    print("target:", target.tolist())
    print("back to the label:", int(target.argmax()), training_data.classes[target.argmax()])
    return (target,)


@step(title="The same loss", seed=Int(default=0, low=0, high=99, label="Seed"))
def same_loss(seed: int) -> tuple[Tensor, Tensor]:
    """Training does not need one-hot labels: `CrossEntropyLoss` takes class indices as well.

    The loss of a sample is minus the sum of target times log-probability over the classes. With a one-hot
    target all terms but one are zero, and an index names that one directly: one number instead of ten.
    """
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(4, 10, generator=generator)  # 4 samples, 10 classes
    indices = torch.randint(10, (4,), generator=generator)
    targets = torch.zeros(4, 10).scatter_(1, indices.unsqueeze(1), value=1)

    loss_fn = nn.CrossEntropyLoss()
    by_index, by_one_hot = loss_fn(logits, indices), loss_fn(logits, targets)
    print(f"class indices: {by_index:.6f} nats a sample, {indices.numel()} numbers")
    print(f"one-hot:       {by_one_hot:.6f} nats a sample, {targets.numel()} numbers")

    log_probabilities = logits.log_softmax(dim=1)
    print(f"by hand:       {-log_probabilities[torch.arange(4), indices].mean():.6f} nats a sample")
    return indices, targets


@step(
    title="The raw data are not transformed",
    root=DataFolder(),
    index=Int(default=0, low=0, high=999, label="Training image"),
)
def raw_data(root: str, index: int) -> tuple[Tensor, Tensor]:
    """A transform runs when a sample is asked for, in `dataset[i]`, each time anew.

    `.data` and `.targets` are what was read from the file: whole numbers, no channel, no transform. Whoever
    takes batches from there must scale them, or the network sees numbers 255 times too large.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=v2.Compose([ToTensor(), v2.Normalize(mean=[0.2860], std=[0.3530])]),
    )
    stored = training_data.data[index]
    image = training_data[index][0]
    print("stored:     ", stored.dtype, tuple(stored.shape), f"from {stored.min()} to {stored.max()}")
    print("transformed:", image.dtype, tuple(image.shape), f"from {image.min():.3f} to {image.max():.3f}")

    by_hand = (stored.unsqueeze(0) / 255 - 0.2860) / 0.3530
    print("by hand the same:", torch.allclose(by_hand, image))
    return stored, image


@step(title="Where 0.2860 and 0.3530 come from", root=DataFolder())
def statistics(root: str) -> None:
    """`Normalize` subtracts a mean and divides by a standard deviation.

    Inputs then lie around 0 with a spread of 1, where a network's first layers learn best. The
    numbers are those of the training images alone: the test images must not tell training anything.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True)
    pixels = training_data.data.flatten()
    counts = torch.bincount(pixels, minlength=256).double()  # how often each of the 256 values occurs
    values = torch.arange(256) / 255

    mean = (counts * values).sum() / counts.sum()
    std = ((counts * (values - mean) ** 2).sum() / counts.sum()).sqrt()
    print(f"{len(training_data):,} training images, {pixels.numel():,} pixels")
    print(f"mean {mean:.4f}, standard deviation {std:.4f}")


LESSON = Lesson("transforms", "Transforms", (to_tensor, one_hot, same_loss, raw_data, statistics))
