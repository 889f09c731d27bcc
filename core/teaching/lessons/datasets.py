"""Section 2 of the tutorial: a dataset, a look at it, one of your own, and batches from a DataLoader."""

import csv
import os
import tempfile

import pandas as pd
import torch
from torch import nn
from torch.utils.data import (
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)
from torchvision import datasets
from torchvision.io import decode_image, write_png
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.snippets import Bool, Choice, Code, DataFolder, Int, Lesson, step


class CustomImageDataset(Dataset):
    """Images of a folder, with the labels of a CSV file: a file name and a label per row, below a header."""

    def __init__(self, annotations_file, img_dir, transform=None, target_transform=None):
        self.img_labels = pd.read_csv(annotations_file)
        self.img_dir = img_dir
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self):
        return len(self.img_labels)

    def __getitem__(self, idx):
        img_path = os.path.join(self.img_dir, self.img_labels.iloc[idx, 0])
        image = decode_image(img_path)
        label = int(self.img_labels.iloc[idx, 1])
        if self.transform:
            image = self.transform(image)
        if self.target_transform:
            label = self.target_transform(label)
        return image, label


@step(
    title="Load the two splits",
    root=DataFolder(),
    transform=TRANSFORM,
    index=Int(default=0, low=0, high=999, label="Training image"),
)
def loading(root, transform, index):
    """A `Dataset` stores samples and their labels; `dataset[i]` gives the pair at position `i`.

    `train=True` and `train=False` are different images. A network is trained on the first and judged on the
    second: judged on images it has learned from, it would look better than it is.
    """
    training_data = datasets.FashionMNIST(
        root=root,
        train=True,
        download=True,
        transform=transform,
    )
    test_data = datasets.FashionMNIST(
        root=root,
        train=False,
        download=True,
        transform=transform,
    )
    print(f"{len(training_data):,} training images")
    print(f"{len(test_data):,} test images")

    img, label = training_data[index]
    print("image:", tuple(img.shape), img.dtype)
    print(f"from {img.min():.2f} to {img.max():.2f}")
    print("label:", label, training_data.classes[label])
    return (img,)


@step(
    title="Nine at random",
    after=loading,
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def nine(training_data, seed):
    """Before training on data, look at it: nine training images, drawn at random.

    The seed decides which: the same seed gives the same nine.
    """
    import matplotlib.pyplot as plt

    labels_map = {
        0: "T-Shirt",
        1: "Trouser",
        2: "Pullover",
        3: "Dress",
        4: "Coat",
        5: "Sandal",
        6: "Shirt",
        7: "Sneaker",
        8: "Bag",
        9: "Ankle Boot",
    }
    torch.manual_seed(seed)
    figure = plt.figure(figsize=(8, 8))
    cols, rows = 3, 3
    for i in range(1, cols * rows + 1):
        sample_idx = torch.randint(len(training_data), size=(1,)).item()
        img, label = training_data[sample_idx]
        figure.add_subplot(rows, cols, i)
        plt.title(labels_map[label])
        plt.axis("off")
        plt.imshow(img.squeeze(), cmap="gray")
    plt.show()
    return figure


@step(
    title="A dataset of your own",
    after=loading,
    own_transform=Code(
        label="transform",
        default="None",
        options={
            "None": "None",
            "ToDtype": "v2.ToDtype(torch.float32, scale=True)",
            "ToDtype and Normalize": "v2.Compose("
            "[v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean=[0.2860], std=[0.3530])])",
        },
        help="Applied to each image when it is asked for.",
    ),
    target_transform=Code(
        label="target_transform",
        default="None",
        options={
            "None": "None",
            "one-hot": "lambda y: nn.functional.one_hot(torch.tensor(y), num_classes=10)",
            "shoe or not": "lambda y: int(y in (5, 7, 9))",
        },
        help="Applied to each label.",
    ),
    row=Int(default=0, low=0, high=11, label="Row of the CSV file"),
    header=Bool(default=True, label="A line with the columns' names", top=True),
)
def custom(training_data, own_transform, target_transform, row, header):
    """Three methods make a dataset of your own files.

    `__init__` remembers where things are, `__len__` says how many there are, and `__getitem__` reads one
    sample when it is asked for, and applies the transforms that you pass.

    This one takes a CSV file of file names and labels, and a folder of images. Here both are made of twelve
    real garments, so that the program has something to read. `pd.read_csv` takes the first line for the
    columns' names: a file without such a line loses its first image that way, and `header=None` keeps it.
    """
    with tempfile.TemporaryDirectory() as img_dir:
        annotations_file = os.path.join(img_dir, "labels.csv")
        with open(annotations_file, "w", newline="") as file:
            writer = csv.writer(file)
            if header:
                writer.writerow(["file", "label"])
            for number in range(12):
                garment = training_data.data[number].unsqueeze(0)
                write_png(garment, os.path.join(img_dir, f"garment{number}.png"))
                writer.writerow([f"garment{number}.png", training_data.targets[number].item()])

        dataset = CustomImageDataset(
            annotations_file,
            img_dir,
            transform=own_transform,
            target_transform=target_transform,
        )
        print(len(dataset), "samples")
        image, label = dataset[row]
        print("image:", tuple(image.shape), image.dtype, f"from {image.min():.4g} to {image.max():.4g}")
        print("label:", label)
    return (image,)


@step(
    title="The first batch",
    after=loading,
    batch_size=Choice(default=64, options=(1, 16, 64, 256), label="Batch size"),
    shuffle=Bool(default=True, label="Shuffle"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def first_batch(training_data, batch_size, shuffle, seed):
    """A `DataLoader` hands out batches; with `shuffle=True` each epoch has a new order.

    A batch is a pair, so it is unpacked into two names, separated by a comma. With an equals sign between
    them, both names would mean the whole pair, as the last lines show.
    """
    torch.manual_seed(seed)
    train_dataloader = DataLoader(training_data, batch_size=batch_size, shuffle=shuffle)

    train_features, train_labels = next(iter(train_dataloader))
    print(f"Feature batch shape: {train_features.size()}")
    print(f"Labels batch shape: {train_labels.size()}")
    img = train_features[0].squeeze()  # without its channel
    label = train_labels[0]
    print(f"First image: {tuple(img.shape)}, label {label}, {training_data.classes[label]}")

    first = second = next(iter(train_dataloader))
    print("first = second:", type(first), first is second)
    return train_features, train_labels


@step(
    title="Which sample comes when",
    count=Int(default=60, low=4, high=120, label="Samples"),
    batch_size=Int(default=16, low=1, high=32, label="Batch size"),
    shuffle=Bool(default=True, label="Shuffle"),
    drop_last=Bool(default=False, label="Drop the last batch if it is not full"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def order(count, batch_size, shuffle, drop_last, seed):
    """Here each sample is its own position, so the numbers show what a loader asks for, epoch by epoch.

    The last batch may be smaller. `drop_last=True` leaves it out: those samples have to wait for another
    epoch, which has another order if it is shuffled. Worker processes fetch ahead, but hand out the same
    order.
    """
    numbers = TensorDataset(torch.arange(count))
    torch.manual_seed(seed)
    loader = DataLoader(numbers, batch_size=batch_size, shuffle=shuffle, drop_last=drop_last)
    print(len(loader), "batches per epoch")

    epochs = []
    for epoch in range(3):
        epochs.append([positions.tolist() for (positions,) in loader])
        print("epoch", epoch + 1, "begins with", epochs[epoch][:1])
    return epochs


@step(
    title="Samplers",
    sampler=Code(
        label="Sampler",
        default="RandomSampler",
        options={
            "SequentialSampler": "SequentialSampler(numbers)",
            "RandomSampler": "RandomSampler(numbers)",
            "RandomSampler, with replacement": "RandomSampler(numbers, replacement=True)",
            "SubsetRandomSampler": "SubsetRandomSampler(range(0, 12, 2))",
            "WeightedRandomSampler": "WeightedRandomSampler(weights, num_samples=12)",
        },
    ),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def samplers(sampler, seed):
    """A **sampler** decides which sample comes next; `shuffle=True` is short for a `RandomSampler`.

    Pass one to choose yourself: a subset, or rare samples more often than others. Here the last two samples
    weigh five times as much as the rest. (`num_workers=2` would let two processes load ahead, in whatever
    order the sampler says.)
    """
    numbers = TensorDataset(torch.arange(12))
    weights = [1.0] * 10 + [5.0] * 2
    torch.manual_seed(seed)
    loader = DataLoader(numbers, batch_size=4, sampler=sampler, num_workers=0)

    drawn = [positions.tolist() for (positions,) in loader]
    for batch in drawn:
        print(batch)
    flat = [position for batch in drawn for position in batch]
    print(f"{len(set(flat))} different samples of 12 in {len(flat)} draws")


LESSON = Lesson("datasets", "Datasets and loaders", (loading, nine, custom, first_batch, order, samplers))
