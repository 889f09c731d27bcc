"""An average of the weights over the steps of a run.

While the learning rate is large, a network's weights bounce around the place they are drawn to; the average
of their last positions lies nearer to it, and predicts as if the rate had already come down.
"""

import copy

import torch
from torch import nn


class WeightAverage:
    """An exponential moving average of a network's weights, with Adam's correction of its start.

    After step t the average is `(1 - d) / (1 - d^t)` times the sum of `d^(t - i) w_i` over the steps i: the
    weights w_i of the last `1 / (1 - d)` steps or so, and nothing of the weights before the first one. The
    division is that of Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 3.

    Args:
        model: The network that is trained; it is copied here and read after every step.
        decay: d, in (0, 1).

    Its `model` is the network with the averaged weights. Running means and variances of batch norm are
    averaged as well; counts of batches are the trained network's.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self.decay = copy.deepcopy(model), decay
        # these share their memory with the two networks
        pairs = list(zip(self.model.state_dict().values(), model.state_dict().values(), strict=True))
        self._means = [mean for mean, _ in pairs if mean.is_floating_point()]
        self._values = [value for mean, value in pairs if mean.is_floating_point()]
        self._counts = [(count, value) for count, value in pairs if not count.is_floating_point()]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights as they are after `step` (counted from 1 over the whole run)."""
        torch._foreach_lerp_(self._means, self._values, (1 - self.decay) / (1 - self.decay**step))
        for count, value in self._counts:
            count.copy_(value)
