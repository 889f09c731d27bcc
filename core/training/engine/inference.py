"""What a network makes of many images, and the only evaluation loop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from core.config import Normalization, TrainConfig
from core.data import CLASS_COUNT
from core.training.engine.batches import to_input
from core.training.engine.objectives import loss_function

EVALUATION_BATCH: Final = 100
"""Images at once: what the layers of a convolutional network make of so many stays in a core's cache, and
takes a third of the time that 1,000 take and a tenth of their memory."""


@dataclass(frozen=True)
class Evaluation:
    """A network on a set of images."""

    loss: float
    """Mean per image."""
    accuracy: float
    """Share predicted right, in [0, 1]."""
    logits: Tensor
    """float32, N x 10, on the CPU."""


def predict_logits(
    module: nn.Module,
    images: Tensor,
    normalize: Normalization = "none",
    *,
    batch_size: int = EVALUATION_BATCH,
    on_progress: Callable[[float], None] | None = None,
) -> Tensor:
    """The logits of many images, in evaluation mode and without tracking gradients.

    Args:
        module: The network; its mode is left as it was.
        images: uint8, N x 28 x 28, on the network's device.
        normalize: As the network was trained.
        batch_size: Images at once.
        on_progress: Called with the share done, in (0, 1].

    Returns:
        float32, N x 10, on the CPU.
    """
    was_training = module.training
    module.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(images), batch_size):
            parts.append(module(to_input(images[start : start + batch_size], normalize)).float())
            if on_progress:
                on_progress(min(1.0, (start + batch_size) / len(images)))
    module.train(was_training)
    return torch.cat(parts).cpu()


def confusion_matrix(labels: Tensor, predicted: Tensor, classes: int = CLASS_COUNT) -> Tensor:
    """How often each class (row) was taken for each class (column): int64, C x C, from two int64, N."""
    return torch.bincount(labels * classes + predicted, minlength=classes**2).view(classes, classes)


def evaluate(
    module: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    normalize: Normalization = "none",
    config: TrainConfig | None = None,
) -> Evaluation:
    """Loss and accuracy over all images, each image counting once.

    The tutorial averages the means of its batches, where a last smaller batch counts as much as a full one.

    Args:
        module: The network.
        images: uint8, N x 28 x 28, on the network's device.
        labels: int64, N.
        normalize: As the network was trained.
        config: Names the loss; `None` is cross-entropy.
    """
    logits = predict_logits(module, images, normalize)
    labels = labels.cpu()
    loss = loss_function(config or TrainConfig(), training=False)(logits, labels)
    accuracy = (logits.argmax(1) == labels).float().mean()
    return Evaluation(loss.item(), accuracy.item(), logits)
