"""One gradient, written out as the sum over the paths that lead from a value or a weight to the loss.

The chain rule for a value that several others depend on is the sum of products that each function here
lists: dL/dv = sum over k of dL/dy_k * dy_k/dv, where y_k are the outputs of the next operation (Rumelhart,
Hinton and Williams, "Learning representations by back-propagating errors", Nature 323, 1986). dL/dy_k is
what arrives from the loss, dy_k/dv the local derivative.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.analysis.backward.record import BackwardPass, Stage

MOST_LISTED = 8
"""Contributions that are listed one by one."""


@dataclass(frozen=True)
class Contribution:
    """What comes back through one output of the next operation."""

    index: tuple[int, ...]
    """The output: the image's number in the batch, then its place."""
    arriving: float
    """Gradient of the loss with respect to that output."""
    local: float
    """Derivative of that output with respect to what is looked at."""
    product: float
    """Of the two."""


@dataclass(frozen=True)
class PathSum:
    """A gradient as a sum: the listed products and the rest."""

    value: float
    """The value or weight that is looked at."""
    listed: tuple[Contribution, ...]
    """The largest by the product's absolute value, largest first; none is 0."""
    others: int
    """Number of further products that are not 0."""
    rest: float
    """Their sum, added up from them in float64."""
    gradient: float
    """The gradient that autograd gives."""

    @property
    def shown(self) -> float:
        """What the listed products and the rest add up to."""
        return math.fsum([*(each.product for each in self.listed), self.rest])


@dataclass(frozen=True)
class Hop:
    """One operation on the path that carries most."""

    depth: int
    """Depth of the value, as `BackwardPass.values` counts it."""
    index: tuple[int, ...]
    """Its place: the image's number in the batch, then the place in the layer."""
    value: float
    gradient: float
    """Of the loss with respect to the value, summed over all paths."""
    local: float
    """Derivative of the next value on this path with respect to this one; of the loss, at the last one."""


def value_paths(done: BackwardPass, depth: int, index: Sequence[int], most: int = MOST_LISTED) -> PathSum:
    """Write out the gradient of a pixel, a unit or a logit.

    Args:
        done: The recorded pass.
        depth: 0 for the image, d for what layer d - 1 gave.
        index: The image's number in the batch, then the place in the layer.
        most: How many contributions to list.
    """
    at = tuple(index)
    value, gradient = done.values(depth)[at].item(), done.gradients(depth)[at].item()
    if depth == len(done.stages):  # the loss is all that depends on a logit
        through = () if gradient == 0 else (Contribution((), 1.0, gradient, gradient),)
        return PathSum(value, through, 0, 0.0, gradient)
    stage = done.stages[depth]
    local = _local(stage, at)
    arriving = stage.arriving[at[0] : at[0] + 1]
    return _summed(value, gradient, arriving, local, most, (at[0], *(0 for _ in range(local.ndim - 1))))


def weight_paths(
    done: BackwardPass, layer: int, name: str, index: Sequence[int], most: int = MOST_LISTED
) -> PathSum:
    """Write out the gradient of one weight or bias: a sum over the images and the places where it is used.

    Args:
        done: The recorded pass.
        layer: Which layer, counted from 0; one with parameters.
        name: `weight` or `bias`.
        index: Its place in the parameter.
        most: How many contributions to list.
    """
    stage, at = done.stages[layer], tuple(index)
    value, gradient = getattr(stage.layer, name)[at].item(), stage.gradients[name][at].item()
    # such a layer is linear in its parameters, so the derivative is the layer with this one 1 and the rest 0,
    # and only the parameter's own unit or channel depends on it
    unit = slice(at[0], at[0] + 1)
    local = torch.ones_like(stage.output[:, unit]) if name == "bias" else _per_weight(stage, at)
    origin = (0, at[0], *(0 for _ in range(local.ndim - 2)))
    return _summed(value, gradient, stage.arriving[:, unit], local, most, origin)


def strongest_path(done: BackwardPass, depth: int, index: Sequence[int]) -> tuple[Hop, ...]:
    """From a value to the loss, each time through the output that contributes most to the gradient.

    It ends early where nothing comes back: behind a unit that a ReLU holds at 0, say.
    """
    hops: list[Hop] = []
    at = tuple(index)
    for here in range(depth, len(done.stages) + 1):
        paths = value_paths(done, here, at, most=1)
        local = paths.listed[0].local if paths.listed else 0.0
        hops.append(Hop(here, at, paths.value, paths.gradient, local))
        if not paths.listed:
            break
        at = paths.listed[0].index
    return tuple(hops)


def _local(stage: Stage, at: tuple[int, ...]) -> Tensor:
    """Derivatives of all that a layer gives for one image with respect to one value of its input, 1 x ..."""
    x = stage.input[at[0] : at[0] + 1].clone().requires_grad_(True)
    tangent = torch.zeros_like(x)
    tangent[(0, *at[1:])] = 1
    # the backward pass is linear in what arrives, and its own backward pass gives J v instead of u J
    # (Townsend, "A new trick for calculating Jacobian vector products", 2017)
    with torch.enable_grad():
        out = stage.layer(x)
        probe = torch.zeros_like(out).requires_grad_(True)
        (back,) = torch.autograd.grad(out, x, probe, create_graph=True)
        (local,) = torch.autograd.grad(back, probe, tangent)
    return local


def _per_weight(stage: Stage, at: tuple[int, ...]) -> Tensor:
    """Derivatives of a unit's or channel's outputs with respect to one of its weights, N x 1 x ..."""
    layer, x = stage.layer, stage.input
    if isinstance(layer, nn.Linear):
        return x[:, at[1] : at[1] + 1]
    if isinstance(layer, nn.Conv2d):
        kernel = torch.zeros_like(layer.weight[:1])
        kernel[(0, *at[1:])] = 1
        return F.conv2d(x, kernel, stride=layer.stride, padding=layer.padding)
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        # in evaluation mode its output is weight * (x - mean) / sqrt(var + eps) + bias (torch.nn.BatchNorm2d)
        channel = x[:, at[0] : at[0] + 1]
        return F.batch_norm(
            channel, _one(layer.running_mean, at[0]), _one(layer.running_var, at[0]), eps=layer.eps
        )
    raise ValueError(f"{type(layer).__name__} has no weights.")


def _one(values: Tensor | None, at: int) -> Tensor | None:
    return None if values is None else values[at : at + 1]


def _summed(
    value: float, gradient: float, arriving: Tensor, local: Tensor, most: int, origin: tuple[int, ...]
) -> PathSum:
    """List the largest of the products and add up the others; `origin` is where the tensors begin."""
    products = (arriving.double() * local.double()).detach()
    size = products.abs().flatten()
    count = int((size > 0).sum())
    order = size.topk(min(most, count)).indices
    listed = []
    for place in torch.stack(torch.unravel_index(order, products.shape), 1).tolist():
        at = tuple(place)
        index = tuple(a + b for a, b in zip(at, origin, strict=True))
        listed.append(Contribution(index, arriving[at].item(), local[at].item(), products[at].item()))
    others = products.flatten().index_fill(0, order, 0.0)
    return PathSum(value, tuple(listed), count - len(listed), float(others.sum()), gradient)
