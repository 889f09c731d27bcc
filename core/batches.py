"""From uint8 images to what a network takes, a batch at a time, on whatever device they are."""

import torch
from torch import Tensor

from core.config import DataConfig, Normalization
from core.data import MEAN, STD


def to_input(images: Tensor, normalize: Normalization = "none") -> Tensor:
    """Scale uint8 images (N x 28 x 28) to float32 (N x 1 x 28 x 28) in [0, 1], then normalise.

    The values are those of torchvision's `ToTensor` (and `Normalize`) to the bit.

    Args:
        images: uint8, N x 28 x 28.
        normalize: `fashion_mnist` subtracts `MEAN` and divides by `STD`; `none` does neither.
    """
    batch = images.unsqueeze(1).to(torch.float32).div_(255)
    return batch if normalize == "none" else batch.sub_(MEAN).div_(STD)


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
