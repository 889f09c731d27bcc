"""Why a network says what it says: gradients with respect to pixels, occlusion, and its last hidden layer.

Images are float32 1 x 28 x 28 in [0, 1]; the network's own normalization is applied inside, so that every
gradient is per unit of brightness. A shared network is never written to: its layers are only called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.analysis.projection import Projection, principal_components
from core.config import Normalization
from core.data.statistics import NORMALIZATIONS
from core.errors import CoreError
from core.model import NeuralNetwork, StackedNetwork
from core.training.engine import EVALUATION_BATCH, predict_logits
from core.training.trained_model import TrainedModel

INTEGRATION_STEPS: Final = 64
GRADIENT_BATCH: Final = 8
"""Images at once whose activations are kept for a gradient."""
COVERED_BATCH: Final = 56
"""Covered or moved images at once: what layers give for all 784 would be hundreds of megabytes."""
MAX_STEP: Final = 1.0
"""Longest step that `smallest_change` tries: the most any pixel may change, in brightness."""


def normalized(images: Tensor, normalize: Normalization) -> Tensor:
    """Images in [0, 1] as the network takes them, differentiable."""
    mean, std = NORMALIZATIONS[normalize]
    return images if normalize == "none" else (images - mean) / std


def logits_of(model: TrainedModel, images: Tensor) -> Tensor:
    """Logits (N x 10) of images N x 1 x 28 x 28 in [0, 1], differentiable in the images."""
    logits: Tensor = model.module(normalized(images, model.normalize))
    return logits


def input_gradient(model: TrainedModel, image: Tensor, label: int) -> Tensor:
    """How the log-probability of a class changes with each pixel.

    A saliency map with its sign: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks:
    Visualising Image Classification Models and Saliency Maps", 2013, section 3; there of the class's score.

    Args:
        model: The network.
        image: float32, 1 x 28 x 28, in [0, 1].
        label: The class that is asked about.

    Returns:
        float32, 28 x 28: nats per unit of brightness.
    """
    x = image[None].clone().requires_grad_()
    log_probability = logits_of(model, x).log_softmax(1)[0, label]
    (gradient,) = torch.autograd.grad(log_probability, x)
    return gradient[0, 0]


def integrated_gradients(
    model: TrainedModel, image: Tensor, label: int, steps: int = INTEGRATION_STEPS
) -> Tensor:
    """How much each pixel adds to a class's logit on the way from black to the image.

    The gradients at `steps` points of the straight way are averaged and multiplied by the image. Their sum is
    the logit of the image minus the logit of black, up to the coarseness of the steps.
    Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, section 3.

    Args:
        model: The network.
        image: float32, 1 x 28 x 28, in [0, 1].
        label: The class that is asked about.
        steps: Points on the way.

    Returns:
        float32, 28 x 28, in units of the logit.
    """
    shares = (torch.arange(steps) + 0.5) / steps  # the midpoints of equal parts
    total = torch.zeros_like(image)
    for start in range(0, steps, GRADIENT_BATCH):
        x = (shares[start : start + GRADIENT_BATCH, None, None, None] * image[None]).requires_grad_()
        (gradients,) = torch.autograd.grad(logits_of(model, x)[:, label].sum(), x)
        total += gradients.sum(0)
    return (total / steps * image)[0]


def occlusion(model: TrainedModel, image: Tensor, label: int, patch: int = 5) -> Tensor:
    """How much of a class's probability is lost when a black square covers each place.

    Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, with a gray square.

    Args:
        model: The network.
        image: float32, 1 x 28 x 28, in [0, 1].
        label: The class that is asked about.
        patch: Side of the square, pixels, odd.

    Returns:
        float32, 28 x 28, in [-1, 1]: probability lost with the square centered there; positive where the
        place speaks for the class.
    """
    side = image.shape[-1]
    places = torch.arange(side)
    near = (places[:, None] - places[None, :]).abs() <= patch // 2  # center x pixel
    covered = near[:, None, :, None] & near[None, :, None, :]  # row, column of the center x row, column
    seen = ~covered.reshape(side * side, 1, side, side)
    with torch.no_grad():
        whole = logits_of(model, image[None]).softmax(1)[0, label]
        parts = [
            logits_of(model, image * seen[start : start + COVERED_BATCH]).softmax(1)[:, label]
            for start in range(0, len(seen), COVERED_BATCH)
        ]
    return (whole - torch.cat(parts)).reshape(side, side)


@dataclass(frozen=True, eq=False)
class Change:
    """The first step along one line, given by the gradient, that changes the answer."""

    image: Tensor
    """float32, 1 x 28 x 28, in [0, 1]: the changed image."""
    step: float
    """Largest change of a pixel, in brightness."""
    before: int
    """The answer to the original."""
    after: int
    """The answer to the changed image."""


def smallest_change(model: TrainedModel, image: Tensor, *, sign: bool = False) -> Change | None:
    """Follow the gradient away from the network's answer until the answer changes.

    One straight line, no search: `image + step * direction`, clipped to [0, 1]. The direction lowers the
    log-probability of the answer, and its largest element is 1. With `sign` it is that of Goodfellow, Shlens
    and Szegedy, "Explaining and Harnessing Adversarial Examples", ICLR 2015, section 4.

    Args:
        model: The network.
        image: float32, 1 x 28 x 28, in [0, 1].
        sign: Change every pixel by the same amount, as the gradient's sign says.

    Returns:
        The first change on a grid of steps 1/4096 apart; `None` where even the longest step changes nothing.
    """
    with torch.no_grad():
        before = int(logits_of(model, image[None]).argmax())
    gradient = -input_gradient(model, image, before)
    direction = gradient.sign() if sign else gradient
    largest = float(direction.abs().max())
    if largest == 0:
        return None
    direction = direction / largest

    def first(steps: Tensor) -> tuple[int, int] | None:
        for start in range(0, len(steps), COVERED_BATCH):
            some = steps[start : start + COVERED_BATCH, None, None, None]
            with torch.no_grad():
                answers = logits_of(model, (image[None] + some * direction).clamp(0, 1)).argmax(1)
            changed = (answers != before).nonzero()
            if len(changed):
                return start + int(changed[0]), int(answers[changed[0]])
        return None

    coarse = torch.arange(1, 257) / 256 * MAX_STEP
    found = first(coarse)
    if found is None:
        return None
    fine = coarse[found[0]] - torch.arange(15, -1, -1) / 4096 * MAX_STEP
    found = first(fine)
    if found is None:  # cannot be: the last of the fine steps is the coarse one
        return None
    step = float(fine[found[0]])
    return Change((image + step * direction).clamp(0, 1), step, before, found[1])


def trunk(module: nn.Module) -> nn.Sequential:
    """The network without its last linear layer: from images to the last hidden layer, parameters shared.

    Raises:
        CoreError: The network is not a stack of layers, or has no linear layer.
    """
    if isinstance(module, NeuralNetwork):
        layers = [module.flatten, *module.linear_relu_stack]
    elif isinstance(module, StackedNetwork):
        layers = list(module.layers)
    else:
        raise CoreError("This network is not a stack of layers, so it has no last hidden layer to look into.")
    linear = [place for place, layer in enumerate(layers) if isinstance(layer, nn.Linear)]
    if not linear:
        raise CoreError("This network has no linear layer, so it has no last hidden layer to look into.")
    return nn.Sequential(*layers[: linear[-1]])


def hidden(
    model: TrainedModel,
    images: Tensor,
    *,
    batch_size: int = EVALUATION_BATCH,
    on_progress: Callable[[float], None] | None = None,
) -> Tensor:
    """What reaches the network's last linear layer.

    Args:
        model: The network.
        images: uint8, N x 28 x 28.
        batch_size: Images at once.
        on_progress: Called with the share done, in (0, 1].

    Returns:
        float32, N x units.

    Raises:
        CoreError: The network has no such layer.
    """
    layers = trunk(model.module).eval()  # already in evaluation mode: nothing changes
    features = predict_logits(layers, images, model.normalize, batch_size=batch_size, on_progress=on_progress)
    return features.flatten(1)


def nearest_features(features: Tensor, one: Tensor, most: int = 8) -> tuple[Tensor, Tensor]:
    """The rows of `features` (N x D) nearest to `one` (D), nearest first: their positions and distances."""
    distances = (features - one).square().sum(1).sqrt()
    found = distances.topk(min(most, len(features)), largest=False)
    return found.indices, found.values


def plane(features: Tensor) -> Projection:
    """The plane in which `features` (float32, N x D, N and D at least 2) differ most.

    Raises:
        CoreError: All points are one.
    """
    found = principal_components(features)
    if found.share == 0:
        raise CoreError("All images look the same to this network's last hidden layer: there is no map.")
    return found


def overlay(attribution: Tensor) -> Tensor:
    """An attribution as colors: red speaks for the class, blue against it, both on a scale of its own.

    Args:
        attribution: float32, H x W.

    Returns:
        float32, H x W, in [-1, 1]: the attribution by its 99th percentile of size, clipped.
    """
    scale = float(attribution.abs().quantile(0.99))
    return (attribution / scale).clamp(-1, 1) if scale > 0 else torch.zeros_like(attribution)


def smooth(attribution: Tensor) -> Tensor:
    """Averaged over 3 x 3 pixels: single pixels of a gradient are noisy."""
    return F.avg_pool2d(attribution[None, None], 3, stride=1, padding=1, count_include_pad=False)[0, 0]
