"""How long a network takes for a batch on this machine, measured."""

import statistics
import time
from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from core.model.footprint import forward_bytes
from core.model.summary import NetworkSummary

MOST_IMAGES: Final = 64
WORK: Final = 1_000_000_000
"""Multiply-adds of one pass at most: some hundredths of a second on one core, and there are four or more."""
LAYER_BYTES: Final = 8_000_000
"""What one layer may give for the batch: networks with very wide layers are timed on fewer images."""


@dataclass(frozen=True)
class Timing:
    """A measurement."""

    images: int
    """Images in the batch."""
    seconds: float
    """Median time of one forward pass of the batch, seconds."""
    passes: int
    """How many passes were measured, after one that was not."""


def timed_images(summary: NetworkSummary) -> int:
    """How many images a network is timed on, so that a page may do it by itself."""
    largest = max((row.activation_bytes for row in summary.rows), default=0)
    by_work = WORK // max(summary.multiply_adds, 1)
    return max(1, min(MOST_IMAGES, by_work, LAYER_BYTES // max(largest, 1)))


def timing_bytes(summary: NetworkSummary, images: int) -> int:
    """Bytes that building and timing a network takes."""
    return 2 * summary.parameter_bytes + forward_bytes(summary.rows, images)


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
