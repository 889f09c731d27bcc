"""A forward pass to the loss and the backward pass from it, with everything on the way kept."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from core.model.footprint import backward_bytes
from core.model.summary import leaf_layers, summarize_network
from core.system import memory

MOST_IMAGES: Final = 8
"""Most images of one recorded pass: every layer's values and gradients are held for all of them."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One layer on the way to the loss and back."""

    name: str
    """The layer's name."""
    layer: nn.Module
    """The layer, in evaluation mode; never change it."""
    input: Tensor
    """What reached it going forward, N x ..."""
    output: Tensor
    """What it gave, N x ..."""
    arriving: Tensor
    """Gradient of the loss with respect to its output, in the output's shape."""
    leaving: Tensor
    """Gradient of the loss with respect to its input, in the input's shape."""
    gradients: dict[str, Tensor]
    """Gradients of its own parameters, by `weight` and `bias`."""


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """A whole pass: the stages in the order of the forward pass, and the loss at its end."""

    stages: tuple[Stage, ...]
    labels: Tensor
    """int64, N."""
    loss: float
    """The mean over the batch, as the loss function gives it."""

    def values(self, depth: int) -> Tensor:
        """The image at depth 0, and what layer `depth - 1` gave at every other, N x ..."""
        return self.stages[0].input if depth == 0 else self.stages[depth - 1].output

    def gradients(self, depth: int) -> Tensor:
        """Gradient of the loss with respect to `values(depth)`, in its shape."""
        return self.stages[0].leaving if depth == 0 else self.stages[depth - 1].arriving


def record(
    module: nn.Module, x: Tensor, labels: Tensor, loss_of: Callable[[Tensor, Tensor], Tensor]
) -> BackwardPass:
    """Go forward to the loss and back again, as a step of training does, in evaluation mode.

    In evaluation mode batch norm uses its running statistics and dropout passes everything on, so that
    images do not touch each other. `module` stays as it is: what runs is a copy
    that shares its values.

    Args:
        module: One of our networks.
        x: float32, N x 1 x 28 x 28, with N at most `MOST_IMAGES`.
        labels: int64, N.
        loss_of: Gives a scalar loss for logits and labels.

    Raises:
        ValueError: There is no image, or there are more than `MOST_IMAGES`.
        QueueError: The server has too little memory for it now.
    """
    if not 1 <= len(x) <= MOST_IMAGES:
        raise ValueError(f"A recorded pass takes 1 to {MOST_IMAGES} images, not {len(x)}.")
    summary = summarize_network(module)  # values and gradients of every layer, and of every parameter
    size = 2 * backward_bytes(summary.rows, len(x)) + summary.parameter_bytes
    with memory.reserve(size, "this step back"):
        return _record(module, x, labels, loss_of)


def _record(
    module: nn.Module, x: Tensor, labels: Tensor, loss_of: Callable[[Tensor, Tensor], Tensor]
) -> BackwardPass:
    # the copy's parameters share the memory of the module's: nobody writes into either
    shared = {id(parameter): nn.Parameter(parameter.detach()) for parameter in module.parameters()}
    own = copy.deepcopy(module, shared).eval()
    names, layers = zip(*leaf_layers(own), strict=True)
    with torch.enable_grad():
        values = [x.detach().clone().requires_grad_(True)]
        for layer in layers:
            given = layer(values[-1])
            # a layer that changes nothing gives back its input: a view stands for a value of its own
            values.append(given.view_as(given) if given is values[-1] else given)
        loss = loss_of(values[-1], labels)
        places = [(i, name) for i, layer in enumerate(layers) for name, _ in layer.named_parameters()]
        found = torch.autograd.grad(loss, [*values, *(getattr(layers[i], name) for i, name in places)])
    passed, learned = found[: len(values)], dict(zip(places, found[len(values) :], strict=True))
    kept = [value.detach() for value in values]
    own.requires_grad_(False)
    stages = tuple(
        Stage(
            names[i], layer, kept[i], kept[i + 1], passed[i + 1], passed[i],
            {name: gradient for (at, name), gradient in learned.items() if at == i},
        )
        for i, layer in enumerate(layers)
    )  # fmt: skip
    return BackwardPass(stages, labels, float(loss.detach()))
