"""What the weights of a run did from its start to its end, and what that made of one fixed set of images."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from core.analysis.kept_weights import KeptWeights, kept_weights
from core.analysis.projection import principal_components
from core.config import ModelConfig
from core.errors import CoreError
from core.model import build
from core.model.footprint import forward_bytes
from core.model.summary import leaf_layers, summary_of
from core.training.engine import EVALUATION_BATCH
from core.training.engine.batches import to_input
from core.training.runs import RunStore

IMAGES: Final = 500
"""Test images that are followed, the first ones."""
UNITS: Final = 8
"""Units or kernels of the first layer that are followed, the first ones."""

_ACTIVATIONS: Final = (nn.ReLU, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid)


@dataclass(frozen=True, eq=False)
class WeightsOverTime:
    """A run's kept epochs, E of them, the start among them."""

    epochs: tuple[int, ...]
    """Rising; 0 is the start."""
    names: tuple[str, ...]
    """The weights, W of them, without biases."""
    norms: Tensor
    """float32, E x W: L2 norms."""
    distances: Tensor
    """float32, E x W: L2 norms of the differences from the start."""
    activations: tuple[str, ...]
    """The activation layers, A of them, such as `1 · ReLU`."""
    zeros: Tensor
    """float32, E x A: the share of an activation's values, over the images, that are exactly 0."""
    first: Tensor
    """float32, E x units x height x width: weights of the first layer; empty where it looks at no pixels."""
    points: Tensor
    """float32, E x N x 2: the images in the plane; N is 0 where the network has no linear layer."""
    share: float
    """How much of the variance of the last epoch's hidden values that plane keeps, in [0, 1]."""


def weights_over_time(
    run: KeptWeights, images: Tensor, report: Callable[[float], None] = lambda share: None
) -> WeightsOverTime:
    """Look at every kept epoch of a run.

    The plane of `points` is fitted once: the first two principal components of what reaches the last linear
    layer after the last epoch, over these images. Every earlier epoch is projected onto the same two
    directions, so that what moves is the network and not the map.

    Args:
        run: What the run kept.
        images: uint8, N x 28 x 28; the first `IMAGES` of the test split.
        report: Called with the share done.

    Raises:
        RunError: Weights have gone or are damaged.
    """
    module = build(run.config.model).eval().requires_grad_(False)
    x = to_input(images, run.config.data.normalize)
    module.load_state_dict(run.state(run.epochs[-1]))
    hidden, _ = _forward(module, x)
    plane = principal_components(hidden) if hidden.numel() else None
    start = {name: value.clone() for name, value in run.state(0).items()}
    names = [name for name, _ in module.named_parameters() if name.endswith("weight")]
    norms, distances, zeros, first, points = [], [], [], [], []
    for done, (_, state) in enumerate(run.states(), start=1):
        module.load_state_dict(state)
        norms.append(torch.tensor([float(state[name].norm()) for name in names]))
        distances.append(torch.tensor([float((state[name] - start[name]).norm()) for name in names]))
        hidden, shares = _forward(module, x)
        zeros.append(torch.tensor(shares))
        first.append(_first_layer(module))
        points.append(plane.project(hidden) if plane is not None else torch.zeros(0, 2))
        report(done / len(run.epochs))
    return WeightsOverTime(
        epochs=run.epochs,
        names=tuple(names),
        norms=torch.stack(norms),
        distances=torch.stack(distances),
        activations=tuple(_activations(module)),
        zeros=torch.stack(zeros),
        first=torch.stack(first),
        points=torch.stack(points),
        share=plane.share if plane is not None else 0.0,
    )


def peak_bytes(config: ModelConfig) -> int:
    """Bytes that `weights_over_time` takes at its peak: networks, files and activations."""
    summary = summary_of(config)
    return 8 * summary.parameter_bytes + forward_bytes(summary.rows, IMAGES) + 16_000_000


def apart(root: str, key: str, images: Tensor, report: Callable[[float], None]) -> dict[str, Any]:
    """`weights_over_time` as `core.system.apart` calls it: plain values in and out."""
    found = weights_over_time(kept_weights(RunStore(Path(root)), key), images, report)
    return {field.name: getattr(found, field.name) for field in fields(found)}


def _activations(module: nn.Module) -> list[str]:
    return [
        f"{at} · {type(layer).__name__}"
        for at, (_, layer) in enumerate(leaf_layers(module))
        if isinstance(layer, _ACTIVATIONS)
    ]


def _forward(module: nn.Module, x: Tensor) -> tuple[Tensor, list[float]]:
    """What reaches the last linear layer (N x D, empty without one), and each activation's share of zeros."""
    layers = [layer for _, layer in leaf_layers(module)]
    last = max((at for at, layer in enumerate(layers) if isinstance(layer, nn.Linear)), default=None)
    parts, counts = [], []
    with torch.no_grad():
        for batch in x.split(EVALUATION_BATCH):  # type: ignore[no-untyped-call]
            values, found = batch, []
            for at, layer in enumerate(layers):
                if at == last:
                    parts.append(values.flatten(1))
                values = layer(values)
                if isinstance(layer, _ACTIVATIONS):
                    found.append([float((values == 0).sum()), float(values.numel())])
            counts.append(torch.tensor(found).reshape(-1, 2))
    zeros, whole = torch.stack(counts).double().sum(0).unbind(1)
    return torch.cat(parts) if parts else torch.zeros(0), (zeros / whole).tolist()


def _first_layer(module: nn.Module) -> Tensor:
    """The weights that look at pixels directly, of the first units: units x height x width."""
    for _, layer in leaf_layers(module):
        if isinstance(layer, nn.Linear) and layer.in_features == 784:
            return layer.weight[:UNITS].detach().reshape(-1, 28, 28).clone()
        if isinstance(layer, nn.Conv2d):
            return layer.weight[:UNITS, 0].detach().clone()
        if not isinstance(layer, nn.Flatten):
            break
    return torch.zeros(0, 1, 1)


def require_points(found: WeightsOverTime) -> Tensor:
    """The images' points, E x N x 2.

    Raises:
        CoreError: There are none.
    """
    if not found.points.numel():
        raise CoreError(
            "This network has no linear layer, so it has no last hidden layer whose values could be drawn."
        )
    return found.points
