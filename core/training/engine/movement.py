"""How far a step moves each weight, measured now and then while a run goes on."""

import torch
from torch import Tensor, nn


class UpdateRatios:
    """The size of the update against the size of the weight, per weight, over some steps of an epoch.

    Karpathy, "CS231n: Neural Networks Part 3", section "Ratio of weights:updates": the L2 norm of the update
    over that of the weight before it. His rule of thumb is about 1e-3. Biases, which may be 0, are left out.

    Args:
        model: The network in training; it is only read.
    """

    def __init__(self, model: nn.Module) -> None:
        found = [(name, p) for name, p in model.named_parameters() if name.endswith("weight")]
        self._names, self._weights = [name for name, _ in found], [weight for _, weight in found]
        self._before: list[Tensor] = []
        self._ratios: list[Tensor] = []

    def before(self) -> None:
        """Remember the weights; to be called right before a step that is measured."""
        self._before = [weight.detach().clone() for weight in self._weights]

    def after(self) -> None:
        """Measure the step that was just done. Nothing waits for the device."""
        ratios = [
            (weight.detach() - old).norm() / old.norm().clamp_min(torch.finfo(old.dtype).tiny)
            for weight, old in zip(self._weights, self._before, strict=True)
        ]
        self._before = []
        if ratios:
            self._ratios.append(torch.stack(ratios))

    def mean(self) -> dict[str, float]:
        """The mean over the measured steps, by the weight's name; only ratios that are finite."""
        if not self._ratios:
            return {}
        means = torch.stack(self._ratios).double().mean(0)
        return {name: ratio for name, ratio in zip(self._names, means.tolist(), strict=True) if ratio < 1e30}
