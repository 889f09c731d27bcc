"""A recipe for GPUs: a residual network in bfloat16 on mirrored, shifted and erased images.

Part of `python -m benchmarks.gpu`; by itself it measures nothing.
"""

from typing import cast

import torch
from torch import Tensor, nn

from core.data import Split


class Residual(nn.Module):
    """Two convolutions around which the input goes unchanged."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(_convolution(channels, channels), _convolution(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Any N x C x H x W."""
        return x + cast(Tensor, self.layers(x))


def _convolution(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def residual_network(width: int) -> nn.Module:
    """Nine layers: 28 x 28 to 14 x 14 to 7 x 7, with a residual pair after each halving."""
    return nn.Sequential(
        _convolution(1, width),
        _convolution(width, 2 * width), nn.MaxPool2d(2), Residual(2 * width),
        _convolution(2 * width, 4 * width), nn.MaxPool2d(2), Residual(4 * width),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4 * width, 10, bias=False),
    )  # fmt: skip


def train_large(device: str, train: Split, test: Split, *, seed: int, epochs: int, width: int) -> float:
    """Train it; gives the test accuracy in [0, 1] of the mean logits of each image and its mirror image.

    Args:
        device: Where.
        train: Training images.
        test: Test images.
        seed: Of weights, order and augmentation.
        epochs: Passes over the training images.
        width: Channels of the first layer.
    """
    torch.manual_seed(seed)
    batch, on_gpu = 512, device.startswith("cuda")
    model = residual_network(width).to(device)
    model.to(memory_format=torch.channels_last)
    images, labels = (split.to(device) for split in (train.images, train.labels))
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.4, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=on_gpu
    )
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=max(steps, 2), pct_start=0.25)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(images), device=device)
        for first in range(0, len(images) - batch + 1, batch):
            chosen = order[first : first + batch]
            X = _augmented(_normalized(images[chosen]))
            with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
                loss = loss_fn(model(X.contiguous(memory_format=torch.channels_last)), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()
    right = 0
    with torch.no_grad():
        for first in range(0, len(test), 1000):
            X = _normalized(test.images[first : first + 1000].to(device))
            logits = model(X) + model(X.flip(3))  # an image and its mirror image
            right += int((logits.argmax(1).cpu() == test.labels[first : first + 1000]).sum())
    return right / len(test)


def _normalized(images: Tensor) -> Tensor:
    return (images.unsqueeze(1).float() / 255 - 0.286) / 0.353


def _augmented(X: Tensor) -> Tensor:
    """Half of them mirrored, all moved by up to two pixels, each with a square of eight pixels erased."""
    X = torch.where(torch.rand(len(X), 1, 1, 1, device=X.device) < 0.5, X.flip(3), X)
    padded = nn.functional.pad(X, (2, 2, 2, 2), mode="replicate")
    down, right = (int(value) for value in torch.randint(5, (2,)))
    X = padded[:, :, down : down + 28, right : right + 28]
    rows = torch.arange(28, device=X.device)
    top, left = (torch.randint(-4, 25, (len(X), 1), device=X.device) for _ in range(2))
    in_rows, in_columns = ((rows >= at) & (rows < at + 8) for at in (top, left))
    erased = in_rows[:, None, :, None] & in_columns[:, None, None, :]
    return X.masked_fill(erased, 0.0)
