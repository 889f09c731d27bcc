"""From a split of uint8 images to the batches a network takes, on whatever device they are."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from core.config import DataConfig, Normalization
from core.data import Split
from core.data.statistics import NORMALIZATIONS


def to_input(images: Tensor, normalize: Normalization = "none") -> Tensor:
    """Scale uint8 images (N x 28 x 28) to float32 (N x 1 x 28 x 28) in [0, 1], then normalize.

    The values are those of torchvision's `ToTensor` (and `Normalize`) to the bit.

    Args:
        images: uint8, N x 28 x 28.
        normalize: Which mean is subtracted, and which deviation divided by.
    """
    batch = images.unsqueeze(1).to(torch.float32).div_(255)
    if normalize == "none":
        return batch
    mean, std = NORMALIZATIONS[normalize]
    return batch.sub_(mean).div_(std)


def in_batches(
    images: Tensor, labels: Tensor, size: int, order: Tensor | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """An epoch's batches; the last may be smaller.

    Args:
        images: uint8, N x 28 x 28.
        labels: int64, N.
        size: Images per batch.
        order: int64, N: which image comes when; `None` takes them as they are stored, without a copy.
    """
    if order is None:
        yield from zip(torch.split(images, size), torch.split(labels, size), strict=True)
        return
    for indices in torch.split(order, size):
        yield images[indices], labels[indices]


def augment(images: Tensor, data: DataConfig, generator: torch.Generator) -> Tensor:
    """Shift, mirror and erase each image of a batch at random, all images at once.

    Args:
        images: uint8, N x 28 x 28.
        data: How far to shift, whether to mirror, how much to erase.
        generator: On the images' device.

    Returns:
        uint8, N x 28 x 28; `images` itself where nothing is to be changed.
    """
    count, side, device = len(images), images.shape[-1], images.device

    def draw(high: int) -> Tensor:
        return torch.randint(0, high, (count,), generator=generator, device=device)

    if data.shift:
        padded = torch.nn.functional.pad(images, (data.shift,) * 4)
        windows = padded.unfold(1, side, 1).unfold(2, side, 1)  # a view: N x (2s+1) x (2s+1) x 28 x 28
        rows, columns = draw(2 * data.shift + 1), draw(2 * data.shift + 1)
        images = windows[torch.arange(count, device=device), rows, columns]
    if data.flip:
        images = torch.where(draw(2).bool()[:, None, None], images.flip(-1), images)
    if data.erase:
        pixels = torch.arange(side, device=device)
        top, left = draw(side - data.erase + 1)[:, None], draw(side - data.erase + 1)[:, None]
        in_rows = (pixels >= top) & (pixels < top + data.erase)
        in_columns = (pixels >= left) & (pixels < left + data.erase)
        images = images.masked_fill(in_rows[:, :, None] & in_columns[:, None, :], 0)
    return images


def split_indices(data: DataConfig, labels: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which images to train on and which to hold out for validation; every class gives its share.

    What is left out is in neither; which of the others are held out does not depend on it.

    Args:
        data: How many images to use, and the share to hold out.
        labels: int64, N, as the dataset has them.
        generator: On the CPU; chooses which images of a class are held out.

    Returns:
        Two int64 vectors of indices, each in stored order.
    """
    labels = labels[: data.limit]
    held_out = torch.zeros(len(labels), dtype=torch.bool)
    if data.validation:
        for label in torch.unique(labels):
            members = (labels == label).nonzero().squeeze(1)
            order = torch.randperm(len(members), generator=generator)
            held_out[members[order[: round(data.validation * len(members))]]] = True
    used = torch.ones(len(labels), dtype=torch.bool)
    used[[index for index in data.left_out if index < len(labels)]] = False
    return (used & ~held_out).nonzero().squeeze(1), (used & held_out).nonzero().squeeze(1)


def kept_of(data: DataConfig, split: Split, held_out: Tensor) -> Tensor:
    """Which of the images to train on are not left out: bool, one for each that is not held out.

    Args:
        data: What is left out.
        split: All training images.
        held_out: int64: which of them are for validation.
    """
    used = torch.ones(len(split.labels[: data.limit]), dtype=torch.bool)
    rest = used.index_fill(0, held_out, False)
    used[[index for index in data.left_out if index < len(used)]] = False
    return used[rest]


def own_labels(data: DataConfig, split: Split) -> Split:
    """The split with the run's own labels in place of the dataset's, which stay as they are."""
    if not data.relabeled:
        return split
    indices, classes = torch.tensor(data.relabeled).unbind(1)
    return replace(split, labels=split.labels.index_copy(0, indices, classes))


def images_at(split: Split, indices: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
    """The images (uint8, M x 28 x 28) and labels (int64, M) at `indices`, on the device."""
    if len(indices) == len(split):  # all of them: share the split's memory instead of copying it
        return split.images.to(device), split.labels.to(device)
    return split.images[indices].to(device), split.labels[indices].to(device)
