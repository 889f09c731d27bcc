"""The matrix products of a linear layer on a CPU, by the library that is the quicker one there.

PyTorch multiplies float32 matrices with Intel's MKL, which keeps to AVX2 on processors of other makers.
oneDNN, which PyTorch brings along for convolutions and its compiler, uses their AVX-512 as well: on such a
processor the products of the tutorial's network take half the time (docs/MEASUREMENTS.md).
"""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F


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
    if prefers_onednn():
        subtract(weight, linear(gradient.t(), x.t()), rate, keep)
    else:
        weight.addmm_(gradient.t(), x, beta=keep, alpha=-rate)


def subtract(parameter: Tensor, gradient: Tensor, rate: float, keep: float) -> None:
    """`parameter <- keep * parameter - rate * gradient`, in place, float32 of one shape."""
    if keep != 1:
        parameter.mul_(keep)
    parameter.sub_(gradient, alpha=rate)
