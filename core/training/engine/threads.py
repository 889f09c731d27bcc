"""How many threads a run takes."""

from typing import Final

from core.config import TrainConfig
from core.model.summary import summary_of
from core.system import device as devices

WORK_PER_THREAD: Final = 50_000_000
"""Multiply-adds of a step's forward pass below which another thread does not pay.

Threads wait for each other in every operation. At 43 million (the tutorial's network, batches of 64) an epoch
took two threads 1.3 times as long as one on two quiet cores, and 2.2 times beside one busy process; at 86
million 0.9 and 1.4, at 171 million 0.8 and 1.2 (docs/MEASUREMENTS.md).
"""


def threads_for(config: TrainConfig) -> int:
    """The CPU threads of a run that leaves them open: those allowed here, each with enough work.

    Args:
        config: The run, its device resolved.

    Raises:
        ArchitectureError: The layers do not fit each other.
    """
    allowed = devices.cpu_threads()
    if config.device != "cpu":
        return allowed
    work = summary_of(config.model).multiply_adds * config.batch_size
    return max(1, min(allowed, work // WORK_PER_THREAD))
