"""A step of plain SGD on a perceptron, written out: products and subtractions, no graph, no gradients kept.

Autograd writes a layer's weight gradient to memory, and the optimizer reads it back to subtract it. Without
momentum nothing else needs it, so the product that would give the gradient can be subtracted from the weight
straight away: `W <- (1 - lr * decay) W - lr * g^T x`, the formula in the documentation of `torch.optim.SGD`
with the gradient `g^T x` of a linear layer in it. Where the network is linear layers with ReLU between
them, what autograd would do is four lines more, and its own work per operation is saved as well.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from core.config import TrainConfig
from core.model import layers_of
from core.training.engine.products import linear, subtract, subtract_product


def is_written_out(config: TrainConfig) -> bool:
    """Whether a step is plain enough: SGD alone, float32, on the CPU, flatten - (linear - ReLU) - linear."""
    optimizer, (first, *kinds) = config.optimizer, (layer.kind for layer in layers_of(config.model))
    return (
        optimizer.name == "sgd"
        and optimizer.momentum == 0
        and optimizer.clip_norm is None
        and config.precision == "float32"
        and config.device == "cpu"
        and first == "flatten"
        and kinds == [("linear", "relu")[at % 2] for at in range(len(kinds) | 1)]
    )


def sgd_step(
    layers: Sequence[nn.Linear],
    x: Tensor,
    loss: Callable[[Tensor], tuple[Tensor, Tensor]],
    *,
    rate: float,
    decay: float = 0.0,
    gradients: list[Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """Forward, loss, backward and update, as autograd and `torch.optim.SGD` do them but for rounding.

    Args:
        layers: With ReLU between them; their parameters are changed in place.
        x: The first one's input; float32, N x in.
        loss: Of the logits (float32, N x out), a scalar, and its gradient with respect to them.
        rate: Learning rate.
        decay: Weight decay (L2).
        gradients: Where to leave the gradients, to be measured; `None` makes none of the weights'.

    Returns:
        The loss and the logits, both before the update.
    """
    keep = 1 - rate * decay
    with torch.no_grad():
        inputs = [x]
        for layer in layers[:-1]:
            inputs.append(linear(inputs[-1], layer.weight, layer.bias).relu_())
        logits = linear(inputs[-1], layers[-1].weight, layers[-1].bias)
        value, gradient = loss(logits)
        for layer, x in zip(layers[:0:-1], inputs[:0:-1], strict=True):
            # the input's gradient first: it needs the weight as it was
            passed_on = linear(gradient, layer.weight.t())
            _update(layer, x, gradient, rate, keep, gradients)
            gradient = passed_on.mul_(x.sign_())  # ReLU's slope is 0 or 1
        _update(layers[0], inputs[0], gradient, rate, keep, gradients)
    return value, logits


def _update(
    layer: nn.Linear, x: Tensor, gradient: Tensor, rate: float, keep: float, gradients: list[Tensor] | None
) -> None:
    """Subtract a layer's gradients, given those of what it gave for `x`."""
    if gradients is None:
        subtract_product(layer.weight, gradient, x, rate, keep)
    else:
        gradients.append(linear(gradient.t(), x.t()))
        subtract(layer.weight, gradients[-1], rate, keep)
    if layer.bias is not None:
        of_bias = gradient.sum(0)
        subtract(layer.bias, of_bias, rate, keep)
        if gradients is not None:
            gradients.append(of_bias)
