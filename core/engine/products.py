"""Linear layers on a CPU, their matrix products by the library that is the quicker one there.

PyTorch multiplies float32 matrices with Intel's MKL, which keeps to AVX2 on processors of other makers.
oneDNN, which PyTorch brings along for convolutions and its compiler, uses their AVX-512 as well: on such a
processor the products of the tutorial's network take half the time (docs/ARCHITECTURE.md).
"""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

_Kind = TypeVar("_Kind", bound=nn.Linear)


@cache
def prefers_onednn() -> bool:
    """Whether oneDNN is the quicker one. A machine gets one answer always: runs go on to the same bits."""
    try:
        maker = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return (
        "AuthenticAMD" in maker
        and torch.backends.cpu.get_cpu_capability() == "AVX512"
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """What `torch.nn.functional.linear` gives, to float32's accuracy. For where autograd does not look.

    Args:
        x: float32, N x in.
        weight: float32, out x in; a transposed matrix does as well.
        bias: float32, out.

    Returns:
        float32, N x out.
    """
    if not prefers_onednn():
        return F.linear(x, weight, bias)
    y: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return y


def subtract_product(weight: Tensor, gradient: Tensor, x: Tensor, rate: float, keep: float) -> None:
    """`weight <- keep * weight - rate * gradient^T x`, in place.

    Args:
        weight: float32, out x in.
        gradient: float32, N x out.
        x: float32, N x in.
        rate: Learning rate.
        keep: What weight decay leaves of the weight, in [0, 1].
    """
    if not prefers_onednn():
        weight.addmm_(gradient.t(), x, beta=keep, alpha=-rate)
        return
    if keep != 1:
        weight.mul_(keep)
    weight.sub_(linear(gradient.t(), x.t()), alpha=rate)


class Linear(nn.Linear):
    """A linear layer that learns by the quicker library, and predicts as `nn.Linear` does."""

    def forward(self, x: Tensor) -> Tensor:
        """Map N x in_features to N x out_features."""
        if not torch.is_grad_enabled() or not prefers_onednn():
            return super().forward(x)
        y: Tensor = _Product.apply(x, self.weight, self.bias)
        return y


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return linear(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        of_x, of_weight, of_bias = ctx.needs_input_grad
        return (
            linear(gradient, weight.t()) if of_x else None,
            linear(gradient.t(), x.t()) if of_weight else None,
            gradient.sum(0) if of_bias else None,
        )


def replace_linear(module: nn.Module, kind: type[_Kind]) -> list[_Kind]:
    """Replace every linear layer in `module` by one of another class that takes over its parameters.

    Args:
        module: Changed in place; its `state_dict` keeps its keys.
        kind: The class, made as `nn.Linear` is.

    Returns:
        The new layers.
    """
    replaced = []
    for parent in list(module.modules()):
        for name, layer in parent.named_children():
            if type(layer) is nn.Linear:
                with torch.device("meta"):  # the parameters are not drawn: they are taken over
                    new = kind(layer.in_features, layer.out_features, layer.bias is not None)
                new.weight, new.bias = layer.weight, layer.bias
                setattr(parent, name, new)
                replaced.append(new)
    return replaced
