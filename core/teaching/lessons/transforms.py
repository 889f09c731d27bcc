"""Section 3 of the tutorial: pictures to tensors, labels to one-hot, what a loss makes of them, raw data."""

import torch
from torch import nn
from torch.nn import functional as F
from torchvision import datasets
from torchvision.transforms import Lambda, ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.snippets import Bool, Code, DataFolder, Float, Int, Lesson, step

INDEX = Int(default=0, low=0, high=999, label="Training image")


@step(title="A picture, as it is stored", root=DataFolder(), index=INDEX)
def picture_and_label(root, index):
    """Without a transform, Fashion-MNIST gives PIL images of whole numbers from 0 to 255, and labels that are
    plain numbers.

    A transform may be passed here, as `transform=`, or set later: it runs each time a sample is asked for.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True)
    picture, label = training_data[index]
    low, high = picture.getextrema()
    print("PIL image,", picture.size, f"from {low} to {high}")
    print("label:", label, training_data.classes[label])


@step(title="A picture becomes a tensor", after=picture_and_label, transform=TRANSFORM)
def to_tensor(training_data, picture, index, transform):
    """A network takes float tensors. Two transforms make one: `v2.ToImage` adds the channel in front,
    `v2.ToDtype` with `scale=True` divides by 255. `ToTensor`, which the tutorial uses, does both at once;
    torchvision keeps it, and recommends the two.
    """
    training_data.transform = transform
    image, label = training_data[index]
    print(image.dtype, tuple(image.shape), f"from {image.min():.3f} to {image.max():.3f}")

    difference = (ToTensor()(picture) - image).abs().max().item()
    print("largest difference from ToTensor():", difference)
    return (image,)


@step(
    title="One-hot labels",
    after=picture_and_label,
    target_transform=Code(
        label="target_transform",
        default="F.one_hot",
        options={
            "F.one_hot": "v2.Lambda(lambda y: F.one_hot(torch.tensor(y), num_classes=10).float())",
            "as in the tutorial": "Lambda(\n"
            "    lambda y: torch.zeros(10, dtype=torch.float).scatter_(0, torch.tensor(y), value=1)\n"
            ")",
        },
        top=True,
    ),
)
def one_hot(training_data, index, target_transform):
    """`target_transform` changes the label as `transform` changes the image; `Lambda` wraps any function.

    `F.one_hot` makes ten whole numbers, a 1 at the position that the label names. The tutorial does the same
    by hand: `scatter_` writes into the tensor it is called on (the underscore says so), along dimension 0, at
    the label's position, the value 1.
    """
    training_data.target_transform = target_transform
    target = training_data[index][1]
    print("target:", target.tolist(), target.dtype)
    print("back to the label:", target.argmax().item(), training_data.classes[target.argmax()])
    return (target,)


@step(title="The same loss", seed=Int(default=0, low=0, high=99, label="Seed"))
def same_loss(seed):
    """Training does not need one-hot labels: `CrossEntropyLoss` takes class indices as well.

    The loss of a sample is minus the sum of target times log-probability over the classes. (The logarithm is
    the natural one, and the unit of such a loss is called the **nat**.) With a one-hot target all terms but
    one are zero, and an index names that one directly: one number instead of ten.
    """
    torch.manual_seed(seed)
    logits = torch.randn(4, 10)  # 4 samples, 10 classes
    indices = torch.randint(10, (4,))
    targets = F.one_hot(indices, num_classes=10).float()

    loss_fn = nn.CrossEntropyLoss()
    by_index, by_one_hot = loss_fn(logits, indices), loss_fn(logits, targets)
    print(f"class indices: {by_index:.6f} nats per sample, {indices.numel()} numbers")
    print(f"one-hot:       {by_one_hot:.6f} nats per sample, {targets.numel()} numbers")

    log_probabilities = logits.log_softmax(dim=1)
    print(f"by hand:       {-log_probabilities[torch.arange(4), indices].mean():.6f} nats per sample")
    return indices, targets


@step(
    title="The raw data are not transformed",
    after=picture_and_label,
    scaled=Bool(default=False, label="Scale the stored image", top=True),
)
def raw_data(training_data, index, scaled):
    """A transform runs when a sample is asked for, in `dataset[i]`, each time anew.

    `.data` and `.targets` are what was read from the file: whole numbers, no channel, no transform. A linear
    layer refuses them because of their dtype; converted but not scaled they would pass, with numbers 255
    times as large.
    """
    normalize = v2.Normalize(mean=[0.2860], std=[0.3530])
    training_data.transform = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), normalize])
    stored = training_data.data[index]
    image, label = training_data[index]
    for name, values in (("stored:", stored), ("transformed:", image)):
        print(name, values.dtype, tuple(values.shape))
        print(f"from {values.min():.4g} to {values.max():.4g}")

    if scaled:
        stored = (stored.unsqueeze(0) / 255 - 0.2860) / 0.3530
        print("scaled by hand, the same:", torch.allclose(stored, image))
    try:
        print("a layer's output:", nn.Linear(784, 10)(stored.flatten()).shape)
    except RuntimeError as error:
        print("RuntimeError:", error)
    return stored, image


@step(
    title="Where 0.2860 and 0.3530 come from",
    after=picture_and_label,
    share=Float(default=1.0, low=0.01, high=1.0, label="Share of the images", top=True),
)
def statistics(training_data, share):
    """`Normalize` subtracts a mean and divides by a standard deviation.

    Inputs then lie around 0 with a spread of 1, where a network's first layers learn best. The numbers are
    those of the training images alone: nothing about the test images may reach training. A small share of the
    images would have been enough.
    """
    pixels = training_data.data[: int(share * len(training_data))].flatten()
    counts = torch.bincount(pixels, minlength=256).double()  # how often each of the 256 values occurs
    values = torch.arange(256) / 255

    mean = (counts * values).sum() / counts.sum()
    std = ((counts * (values - mean) ** 2).sum() / counts.sum()).sqrt()
    print(f"{pixels.numel() // 784:,} training images, {pixels.numel():,} pixels")
    print(f"mean {mean:.4f}, standard deviation {std:.4f}")


LESSON = Lesson(
    "transforms",
    "Transforms",
    (picture_and_label, to_tensor, one_hot, same_loss, raw_data, statistics),
)
