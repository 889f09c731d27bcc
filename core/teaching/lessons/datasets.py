"""Section 2 of the notes: a dataset, a look at it, a dataset of one's own, and batches from a DataLoader."""

import csv
import tempfile
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.data.custom_dataset import CustomImageDataset
from core.teaching.snippets.params import Bool, Choice, DataFolder, Int
from core.teaching.snippets.step import Lesson, step


@step(
    title="Load the two splits",
    root=DataFolder(),
    index=Int(default=0, low=0, high=999, label="Training image"),
)
def loading(root: str, index: int) -> tuple[Tensor]:
    """A `Dataset` stores samples and their labels; `dataset[i]` gives the pair at position `i`.

    `train=True` and `train=False` are different images. A network is trained on the first and judged on the
    second: judged on images it has learned from, it would look better than it is.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=ToTensor(),
    )
    test_data = datasets.FashionMNIST(
        root=root,
        train=False,
        download=True,
        transform=ToTensor(),
    )
    print(f"{len(training_data):,} training images")
    print(f"{len(test_data):,} test images")

    image, label = training_data[index]
    print("image:", tuple(image.shape), image.dtype)
    print(f"from {image.min():.2f} to {image.max():.2f}")
    print("label:", label, training_data.classes[label])
    return (image,)


@step(
    title="Nine at random",
    root=DataFolder(),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def nine(root: str, seed: int) -> Figure:
    """Before training on data, look at it. Nine training images, drawn at random.

    The seed decides which: the same seed gives the same nine. `Figure` is Matplotlib without `pyplot`, whose
    hidden global figure is not safe where several people draw at once.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=ToTensor(),
    )
    generator = torch.Generator().manual_seed(seed)

    figure = Figure(figsize=(6, 6))
    for position in range(1, 10):
        index = int(torch.randint(len(training_data), (1,), generator=generator))
        image, label = training_data[index]
        axes = figure.add_subplot(3, 3, position)
        axes.imshow(image.squeeze().numpy(), cmap="gray")
        axes.set_title(f"{index}: {training_data.classes[label]}", fontsize=9)
        axes.axis("off")
    return figure


@step(
    title="A dataset of your own",
    root=DataFolder(),
    index=Int(default=0, low=0, high=11, label="Row of the CSV file"),
)
def custom(root: str, index: int) -> tuple[Tensor]:
    """Three methods make a dataset of your own files.

    `__init__` remembers where things are, `__len__` says how many there are, and `__getitem__` reads one
    sample when it is asked for.

    This one takes a CSV file of file names and labels, and a folder of images. Here both are made of twelve
    real garments, so that the program has something to read.
    """
    source = datasets.FashionMNIST(root=root, train=True, download=True)
    with tempfile.TemporaryDirectory() as folder:
        with Path(folder, "labels.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "label"])
            for number in range(12):
                garment, target = source[number]
                garment.save(Path(folder, f"{number:02}.png"))
                writer.writerow([f"{number:02}.png", target])

        dataset = CustomImageDataset(Path(folder, "labels.csv"), folder)
        image, label = dataset[index]
        print(len(dataset), "samples")
        print("image:", tuple(image.shape), image.dtype, "label:", label, source.classes[label])
    return (image,)


@step(
    title="The first batch",
    root=DataFolder(),
    batch_size=Choice(default=64, options=(1, 16, 64, 256), label="Batch size"),
    shuffle=Bool(default=True, label="Shuffle"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def first_batch(root: str, batch_size: int, shuffle: bool, seed: int) -> tuple[Tensor, Tensor]:
    """A `DataLoader` hands out batches; with `shuffle=True` each epoch has a new order.

    A batch is a pair, so it is unpacked into two names, separated by a comma. With an equals sign between
    them, both names would mean the whole pair, as the last lines show.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=ToTensor(),
    )
    generator = torch.Generator().manual_seed(seed)
    loader = DataLoader(
        training_data,
        batch_size=batch_size,
        shuffle=shuffle,
        generator=generator,
    )

    features, labels = next(iter(loader))
    print("features:", features.size(), features.dtype)
    print("labels:  ", labels.size(), labels.dtype)
    picture = features[0].squeeze()  # without its channel
    name = training_data.classes[labels[0]]
    print("first image:", tuple(picture.shape), name)

    first = second = next(iter(loader))
    print("first = second:", type(first), first is second)
    return features, labels


@step(
    title="Which sample comes when",
    count=Int(default=60, low=4, high=120, label="Samples"),
    batch_size=Int(default=16, low=1, high=32, label="Batch size"),
    shuffle=Bool(default=True, label="Shuffle"),
    drop_last=Bool(default=False, label="Drop the last batch if it is not full"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def order(count: int, batch_size: int, shuffle: bool, drop_last: bool, seed: int) -> list[list[list[int]]]:
    """Samples that are their own positions show what a loader asks for, epoch by epoch.

    The last batch may be smaller. `drop_last=True` leaves it out: those samples wait for another epoch, whose
    order is another one if it is shuffled. Worker processes fetch ahead, but hand out the same order.
    """
    numbers = TensorDataset(torch.arange(count))
    loader = DataLoader(
        numbers,
        batch_size=batch_size,
        shuffle=shuffle,
        drop_last=drop_last,
        generator=torch.Generator().manual_seed(seed),
    )
    print(len(loader), "batches an epoch")

    epochs = []
    for number in range(3):
        epochs.append([positions.tolist() for (positions,) in loader])
        print("epoch", number + 1, "begins with", epochs[number][:1])
    return epochs


LESSON = Lesson("datasets", "Datasets and loaders", (loading, nine, custom, first_batch, order))
