"""How the gradient fares on its way back: its size at each layer, and the units that let nothing through."""

from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor, nn

from core.analysis.backward.record import BackwardPass, Stage

FACTOR: Final = 1000.0
"""From which factor, between the logits and a layer, a gradient counts as vanishing or exploding."""
FLAT: Final = 0.05
"""A sigmoid or tanh is saturated where its slope is below this share of its steepest."""

State = Literal["ok", "vanishing", "exploding"]


@dataclass(frozen=True)
class LayerHealth:
    """One layer."""

    name: str
    kind: str
    """The layer's type, such as `Linear`."""
    gradient_norm: float
    """L2 norm of the gradient with respect to its output."""
    weight_gradient_norm: float | None
    """L2 norm of its parameters' gradients together; `None` without parameters."""
    units: int
    """Units, or channels, of an activation; 0 for other layers."""
    dead: int
    """Units of a ReLU that give 0 for every image of the batch, and at every place."""
    saturated: int
    """Units of a sigmoid or tanh that are saturated for every image of the batch, and at every place."""
    state: State
    """Against the norm at the logits."""


def layer_health(done: BackwardPass) -> tuple[LayerHealth, ...]:
    """Every layer's gradient, first to last."""
    end = float(done.gradients(len(done.stages)).norm())
    return tuple(_of(stage, end) for stage in done.stages)


def flat_units(stage: Stage) -> Tensor | None:
    """Which units of an activation let next to nothing through, bool, one per unit; `None` for other layers.

    The slope of ReLU is 0 where it gives 0, of the sigmoid s (1 - s), at most 1/4, and of tanh 1 - t^2, at
    most 1 (Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.3).
    """
    out = stage.output
    match stage.layer:
        case nn.ReLU():
            flat = out == 0
        case nn.Sigmoid():
            flat = out * (1 - out) < FLAT / 4
        case nn.Tanh():
            flat = 1 - out.square() < FLAT
        case _:
            return None
    return flat.transpose(0, 1).flatten(1).all(1)


def _of(stage: Stage, end: float) -> LayerHealth:
    norm = float(stage.arriving.norm())
    flat = flat_units(stage)
    count = 0 if flat is None else int(flat.sum())
    relu = isinstance(stage.layer, nn.ReLU)
    own = [gradient.norm() for gradient in stage.gradients.values()]
    state: State = "vanishing" if norm * FACTOR < end else "exploding" if norm > end * FACTOR else "ok"
    return LayerHealth(
        name=stage.name,
        kind=type(stage.layer).__name__,
        gradient_norm=norm,
        weight_gradient_norm=float(torch.stack(own).norm()) if own else None,
        units=0 if flat is None else len(flat),
        dead=count if relu else 0,
        saturated=0 if relu else count,
        state=state,
    )
