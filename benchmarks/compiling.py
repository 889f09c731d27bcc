"""What `torch.compile` costs and gives on the tutorial's network: `python -m benchmarks.compiling`.

It needs a C++ compiler, so no page runs it. One training step (forward, loss, backward, SGD) with a batch of
64 random images, as it is and compiled, in alternation; prints one JSON line.
"""

import json
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from core.model import NeuralNetwork


def main() -> None:
    """Time the first compiled step, and the steps after it."""
    X, y = torch.rand(64, 1, 28, 28), torch.randint(10, (64,))
    plain, other = _step(NeuralNetwork(), X, y), NeuralNetwork()
    other.compile()
    compiled = _step(other, X, y)
    start = time.perf_counter()
    compiled()
    first = time.perf_counter() - start
    times: dict[str, list[float]] = {"plain": [], "compiled": []}
    for _ in range(200):
        for name, step in (("plain", plain), ("compiled", compiled)):
            start = time.perf_counter()
            step()
            times[name].append(1000 * (time.perf_counter() - start))
    medians = {f"{name}_ms": round(statistics.median(found), 3) for name, found in times.items()}
    print(json.dumps({"first_step_s": round(first, 1), **medians, "threads": torch.get_num_threads()}))


def _step(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> Callable[[], None]:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

    def step() -> None:
        loss = nn.functional.cross_entropy(model(X), y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()

    return step


if __name__ == "__main__":
    main()
