"""A network's parameters one by one: their values, how they began, how far training moved them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

BINS = 60
MAX_PICTURE = 128
"""Longest side of a heat map, cells: larger parameters are averaged over blocks."""
CHUNK = 1 << 20
"""Values that are held in double precision at once: 8 MB."""


@dataclass(frozen=True)
class ParameterRow:
    """One line of `named_parameters()`."""

    name: str
    """Such as `linear_relu_stack.0.weight`."""
    shape: tuple[int, ...]
    """Its size."""
    count: int
    """Number of values."""
    first: str
    """Its first values, as PyTorch prints numbers."""
    requires_grad: bool
    """Whether training would change it."""
    device: str
    """Where it lives."""


def parameter_rows(module: nn.Module, shown: int = 3) -> list[ParameterRow]:
    """Every parameter, in the order of `named_parameters()`, with its first `shown` values."""
    rows = []
    for name, parameter in module.named_parameters():
        values = parameter.detach().flatten()
        first = ", ".join(f"{value:.4f}" for value in values[:shown].tolist())
        more = ", ..." if len(values) > shown else ""
        rows.append(
            ParameterRow(
                name, tuple(parameter.shape), len(values), first + more,
                parameter.requires_grad, str(parameter.device),
            )
        )  # fmt: skip
    return rows


@dataclass(frozen=True)
class ParameterStats:
    """What the values of one parameter look like."""

    count: int
    """Number of values."""
    mean: float
    """Their mean."""
    std: float
    """Their standard deviation (divided by the count); 0 for a single value."""
    norm: float
    """Their L2 norm."""
    low: float
    """The smallest."""
    high: float
    """The largest."""
    zeros: float
    """Share of values that are exactly 0, in [0, 1]."""
    counts: tuple[int, ...]
    """Values in each of the bins."""
    edges: tuple[float, ...]
    """The bins' edges, one more than bins, rising."""


def parameter_stats(values: Tensor, bins: int = BINS) -> ParameterStats:
    """Describe a parameter of any shape (float, at least one value)."""
    flat = values.detach().flatten().to("cpu", torch.float32)
    low, high = flat.min().item(), flat.max().item()
    margin = 0.0 if high > low else max(abs(low), 1.0) / 2  # all equal: one bar with room around it
    edges = torch.linspace(low - margin, high + margin, bins + 1, dtype=torch.float64)
    counts = torch.histc(flat, bins, low - margin, high + margin)
    # no copy in double precision: the largest parameter there may be is 40 MB as it is
    return ParameterStats(
        count=len(flat),
        mean=flat.mean(dtype=torch.float64).item(),
        std=flat.std(correction=0).item(),
        norm=torch.linalg.vector_norm(flat, dtype=torch.float64).item(),
        low=low,
        high=high,
        zeros=1 - int(flat.count_nonzero()) / len(flat),
        counts=tuple(int(count) for count in counts.tolist()),
        edges=tuple(edges.tolist()),
    )


def heat_map(values: Tensor, side: int = MAX_PICTURE) -> Tensor:
    """A parameter as a picture: float32, H x W, no side longer than `side`.

    Rows are the first dimension (outputs), columns all others together (inputs). Larger parameters are
    averaged over blocks; a vector is folded into rows.
    """
    flat = values.detach().to("cpu", torch.float32)
    if flat.ndim == 1:
        if len(flat) > side * side:
            flat = nn.functional.adaptive_avg_pool1d(flat[None], side * side)[0]
        columns = min(side, math.ceil(math.sqrt(len(flat) * 4)))
        rows = math.ceil(len(flat) / columns)
        padded = torch.full((rows * columns,), math.nan)
        padded[: len(flat)] = flat
        return padded.view(rows, columns)
    flat = flat.flatten(1)
    height, width = min(side, flat.shape[0]), min(side, flat.shape[1])
    return nn.functional.adaptive_avg_pool2d(flat[None], (height, width))[0]


@dataclass(frozen=True)
class InitRule:
    """How a parameter's first values are drawn."""

    formula: str
    """The distribution, as LaTeX."""
    words: str
    """The same in words, with this parameter's numbers."""
    source: str
    """The function of PyTorch that draws it."""
    std: float
    """Standard deviation of that distribution."""


def init_rule(module: nn.Module, name: str) -> InitRule:
    """How the layer that owns parameter `name` draws it when it is made."""
    owner, _, kind = name.rpartition(".")
    layer = module.get_submodule(owner)
    source = f"torch.nn.{type(layer).__name__}.reset_parameters"
    if not isinstance(layer, nn.Linear | nn.Conv2d):
        value = 1 if kind == "weight" else 0
        return InitRule(str(value), f"every value starts at {value}, nothing is drawn", source, 0.0)
    fan_in = layer.weight[0].numel()
    bound = 1 / math.sqrt(fan_in)
    draw = (
        "init.kaiming_uniform_(weight, a=math.sqrt(5))" if kind == "weight" else "init.uniform_(bias, -b, b)"
    )
    return InitRule(
        r"U\left(-\frac{1}{\sqrt{\text{fan\_in}}},\ \frac{1}{\sqrt{\text{fan\_in}}}\right)",
        f"uniform between −{bound:.4f} and {bound:.4f}, since fan_in (inputs of one output) is {fan_in:,}",
        f"{source}: {draw}",
        bound / math.sqrt(3),
    )


@dataclass(frozen=True)
class Movement:
    """How far training has carried one parameter."""

    distance: float
    """L2 norm of the difference."""
    relative: float
    """The same as a share of the first values' norm; `inf` where that is 0."""
    mean_change: float
    """Mean absolute change of one value."""
    cosine: float
    """Cosine between the first values and those of now, in [-1, 1]; 0 where one of them is 0."""


def movement(first: Tensor, now: Tensor) -> Movement:
    """Compare a parameter with its first values (same shape, float)."""
    before, after = first.detach().flatten(), now.detach().flatten()
    squares = norm = other = product = total = 0.0
    for start in range(0, len(before), CHUNK):  # in double precision, a piece at a time
        a, b = before[start : start + CHUNK].double(), after[start : start + CHUNK].double()
        squares += (b - a).square().sum().item()
        total += (b - a).abs().sum().item()
        norm += a.square().sum().item()
        other += b.square().sum().item()
        product += (a @ b).item()
    distance, norm, other = math.sqrt(squares), math.sqrt(norm), math.sqrt(other)
    return Movement(
        distance=distance,
        relative=distance / norm if norm else math.inf,
        mean_change=total / len(before),
        cosine=product / (norm * other) if norm and other else 0.0,
    )
