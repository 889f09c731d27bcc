"""Plain SGD folded into the backward pass of linear layers.

Autograd writes a layer's weight gradient to memory, and the optimizer reads it back to subtract it. Without
momentum nothing else needs it, so the product that would give the gradient can be subtracted from the weight
straight away: `W <- (1 - lr * decay) W - lr * g^T x`. Same update, less memory traffic.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from core.config import TrainConfig
from core.training.engine.products import linear, subtract, subtract_product


def can_fold(config: TrainConfig) -> bool:
    """Whether a run's update is plain enough: SGD without momentum or clipping, float32, on the CPU."""
    optimizer = config.optimizer
    return (
        optimizer.name == "sgd"
        and optimizer.momentum == 0
        and optimizer.clip_norm is None
        and config.precision == "float32"
        and config.device == "cpu"
    )


class FoldedLinear(nn.Linear):
    """A linear layer that updates its own parameters while the gradient passes through it."""

    rate: float | None = None
    """Learning rate of the coming backward pass; with `None` the layer behaves as `nn.Linear` does."""
    decay: float = 0.0
    """Weight decay (L2)."""
    gradients: list[Tensor] | None = None
    """Where backward passes leave their gradients to be measured; `None` keeps none."""

    def forward(self, x: Tensor) -> Tensor:
        """Map N x in_features to N x out_features."""
        if self.rate is None or not torch.is_grad_enabled():
            return super().forward(x)
        y: Tensor = _LinearThenUpdate.apply(x, self.weight, self.bias, self.rate, self.decay, self.gradients)
        return y


class _LinearThenUpdate(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        rate: float,
        decay: float,
        gradients: list[Tensor] | None,
    ) -> Tensor:
        ctx.save_for_backward(x, weight, bias)
        ctx.rate, ctx.decay, ctx.gradients = rate, decay, gradients
        return linear(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias = ctx.saved_tensors
        keep = 1 - ctx.rate * ctx.decay
        # the input's gradient first: it needs the weight as it was
        passed_on = linear(gradient, weight.t()) if ctx.needs_input_grad[0] else None
        if ctx.gradients is None:
            subtract_product(weight, gradient, x, ctx.rate, keep)
        else:
            of_weight = linear(gradient.t(), x.t())
            ctx.gradients.append(of_weight)
            subtract(weight, of_weight, ctx.rate, keep)
        if bias is not None:
            of_bias = gradient.sum(0)
            subtract(bias, of_bias, ctx.rate, keep)
            if ctx.gradients is not None:
                ctx.gradients.append(of_bias)
        return passed_on, None, None, None, None, None


def fold_updates(module: nn.Module, decay: float) -> list[FoldedLinear]:
    """Replace every linear layer in `module` by one that shares its parameters and updates them itself.

    Args:
        module: Changed in place; its `state_dict` keeps its keys.
        decay: Weight decay (L2).
    """
    folded = []
    for parent in list(module.modules()):
        for name, layer in parent.named_children():
            if type(layer) is nn.Linear:
                with torch.device("meta"):  # the parameters are not drawn: they are taken over
                    new = FoldedLinear(layer.in_features, layer.out_features, layer.bias is not None)
                new.weight, new.bias, new.decay = layer.weight, layer.bias, decay
                setattr(parent, name, new)
                folded.append(new)
    return folded
