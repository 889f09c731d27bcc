"""How long a network takes for a batch on this machine, measured."""

import statistics
import time
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Timing:
    """A measurement."""

    images: int
    """Images in the batch."""
    seconds: float
    """Median time of one forward pass of the batch, seconds."""
    passes: int
    """How many passes were measured, after one that was not."""


def time_forward(module: nn.Module, images: int = 64, *, budget: float = 0.25) -> Timing:
    """Time forward passes in evaluation mode, without gradients, on the module's device (CPU here).

    Args:
        module: A network in evaluation mode; it is not changed.
        images: Images in the batch.
        budget: Stop measuring after this many seconds, but not before the third pass.
    """
    device = next((parameter.device for parameter in module.parameters()), torch.device("cpu"))
    x = torch.rand(images, 1, 28, 28, generator=torch.Generator().manual_seed(0)).to(device)
    times: list[float] = []
    with torch.inference_mode():
        module(x)
        while len(times) < 3 or (sum(times) < budget and len(times) < 200):
            start = time.perf_counter()
            module(x)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            times.append(time.perf_counter() - start)
    return Timing(images, statistics.median(times), len(times))
