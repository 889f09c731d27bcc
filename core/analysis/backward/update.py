"""What an optimizer makes of one gradient, in numbers: the same as `torch.optim`, for one weight.

Formulas as in the documentation of `torch.optim.SGD`, `Adam`, `AdamW` and `RMSprop`, with PyTorch's defaults
for what `OptimizerConfig` does not say (betas 0.9 and 0.999, alpha 0.99, eps 1e-8, dampening 0).
"""

import math
from dataclasses import dataclass
from typing import Final

from core.config import OptimizerConfig

BETA_1: Final = 0.9
BETA_2: Final = 0.999
ALPHA: Final = 0.99
EPS: Final = 1e-8


@dataclass(frozen=True)
class Averages:
    """What an optimizer remembers of a weight between steps; all 0 before the first."""

    steps: int = 0
    """Steps made so far."""
    first: float = 0.0
    """The momentum buffer of `sgd` and `rmsprop`; the average of gradients of `adam` and `adamw`."""
    second: float = 0.0
    """The average of squared gradients of `adam`, `adamw` and `rmsprop`."""


@dataclass(frozen=True)
class Update:
    """One step of one weight."""

    change: float
    """What is added to the weight."""
    after: float
    """The weight after the step."""
    averages: Averages
    """What is remembered for the next step."""
    formula: str
    """The step in LaTeX, in the letters of `torch.optim`."""


def update(
    config: OptimizerConfig, weight: float, gradient: float, averages: Averages | None = None
) -> Update:
    """One step with the learning rate `config.lr`, without clipping, in float64.

    - SGD: g' = g + d w; b = m b + g'; w - lr b, or w - lr (g' + m b) with Nesterov's momentum
      (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013).
    - Adam: m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2; w - lr m^ / (sqrt(v^) + eps), where
      m^ = m / (1 - b1^t) and v^ = v / (1 - b2^t) (Kingma and Ba, 2015).
    - AdamW: as Adam with g' = g, from (1 - lr d) w (Loshchilov and Hutter, 2019).
    - RMSprop: v = a v + (1 - a) g'^2; s = g' / (sqrt(v) + eps); b = m b + s; w - lr b (Hinton's lecture 6e).

    Args:
        config: The optimizer and its settings.
        weight: The weight before the step.
        gradient: Gradient of the loss with respect to it.
        averages: What is remembered of earlier steps; `None` for a new optimizer.
    """
    old = averages or Averages()
    steps = old.steps + 1
    lr, decay = config.lr, config.weight_decay
    g = gradient if config.name == "adamw" else gradient + decay * weight
    decayed = r"g' = g + \lambda w, \quad " if decay and config.name != "adamw" else ""
    grad = "g'" if decayed else "g"
    if config.name == "sgd":
        first = config.momentum * old.first + g
        change = -lr * (g + config.momentum * first if config.nesterov else first)
        moved = rf"({grad} + \mu b)" if config.nesterov else "b" if config.momentum else grad
        rule = (rf"b \leftarrow \mu b + {grad}, \quad " if config.momentum else "") + (
            rf"w \leftarrow w - \eta {moved}"
        )
        return Update(change, weight + change, Averages(steps, first, 0.0), decayed + rule)
    if config.name == "rmsprop":
        second = ALPHA * old.second + (1 - ALPHA) * g * g
        first = config.momentum * old.first + g / (math.sqrt(second) + EPS)
        rule = rf"v \leftarrow 0.99 v + 0.01 {grad}^2, \quad "
        scaled = rf"{grad} / (\sqrt{{v}} + \epsilon)"
        rule += (
            rf"b \leftarrow \mu b + {scaled}, \quad w \leftarrow w - \eta b"
            if config.momentum
            else rf"w \leftarrow w - \eta \, {scaled}"
        )
        return Update(-lr * first, weight - lr * first, Averages(steps, first, second), decayed + rule)
    first = BETA_1 * old.first + (1 - BETA_1) * g
    second = BETA_2 * old.second + (1 - BETA_2) * g * g
    ratio = (first / (1 - BETA_1**steps)) / (math.sqrt(second / (1 - BETA_2**steps)) + EPS)
    change = -lr * ratio - (lr * decay * weight if config.name == "adamw" else 0.0)
    start = r"(1 - \eta \lambda) w" if config.name == "adamw" and decay else "w"
    rule = (
        rf"m \leftarrow 0.9 m + 0.1 {grad}, \quad v \leftarrow 0.999 v + 0.001 {grad}^2, \quad "
        rf"w \leftarrow {start} - \eta \, \hat m / (\sqrt{{\hat v}} + \epsilon)"
    )
    return Update(change, weight + change, Averages(steps, first, second), decayed + rule)
