"""Seconds an epoch of the tutorial's loop, of the engine, and of the arithmetic alone, in alternation.

`python -m benchmarks.training [--rounds N] [--steps N] [--threads N] [--device D] [--profile]`

The tutorial's loop is a DataLoader over torchvision-style samples (PIL image, ToTensor), SGD, batch 64.
The floor is its matrix products and weight updates as PyTorch does them, with preallocated outputs, and
nothing else. All three run in one process, one after the other in every round, so that a busy machine
disturbs them alike; the figure of each is the median over rounds, scaled to 60,000 images.
"""

import argparse
import json
import statistics
import time
from dataclasses import replace

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from core.config import TrainConfig
from core.data import Split, load_split
from core.model import NeuralNetwork
from core.system import device as devices
from core.training.engine import run_training

BATCH = 64
FULL_EPOCH = 60_000


class Samples(Dataset[tuple[Tensor, int]]):
    """Images one by one, through PIL and ToTensor, as torchvision's FashionMNIST hands them out."""

    def __init__(self, split: Split) -> None:
        self.images, self.labels, self.transform = split.images.numpy(), split.labels.tolist(), ToTensor()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def tutorial_epoch(split: Split, device: str) -> tuple[float, list[float]]:
    """Seconds and losses of one epoch of the tutorial's loop (its losses read every 100 steps, as there)."""
    torch.manual_seed(0)
    model = NeuralNetwork().to(device)
    loader = DataLoader(Samples(split), batch_size=BATCH)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    losses = []
    start = time.perf_counter()
    for step, (X, y) in enumerate(loader):
        X, y = X.to(device), y.to(device)
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 0:
            losses.append(loss.item())
    return time.perf_counter() - start, losses


def engine_epoch(split: Split, test: Split, device: str, threads: int) -> tuple[float, list[float]]:
    """Seconds and losses of the same epoch in the engine."""
    losses: list[float] = []
    config = replace(TrainConfig.tutorial(), epochs=1, device=device, threads=threads)
    result = run_training(
        config,
        train_split=split,
        test_split=test,
        on_progress=lambda p: losses.extend(loss for step, loss in p.losses if (step - 1) % 100 == 0),
    )
    return result.seconds, losses


def floor_epoch(steps: int, device: str) -> float:
    """Seconds of the matrix products and weight updates of `steps` steps, outputs preallocated."""
    generator = torch.Generator().manual_seed(0)

    def tensor(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator).to(device)

    x, h1, h2, out = tensor(BATCH, 784), tensor(BATCH, 512), tensor(BATCH, 512), tensor(BATCH, 10)
    w1, w2, w3 = tensor(512, 784), tensor(512, 512), tensor(10, 512)
    if device != "cpu":
        torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(steps):
        torch.mm(x, w1.t(), out=h1)
        torch.mm(h1, w2.t(), out=h2)
        torch.mm(h2, w3.t(), out=out)
        w3.addmm_(out.t(), h2, alpha=-1e-9)
        torch.mm(out, w3, out=h2)
        w2.addmm_(h2.t(), h1, alpha=-1e-9)
        torch.mm(h2, w2, out=h1)
        w1.addmm_(h1.t(), x, alpha=-1e-9)
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def profile(split: Split, test: Split, device: str, threads: int) -> str:
    """Where one epoch of the engine spends its time, by operation."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities) as profiler:
        engine_epoch(split, test, device, threads)
    return str(profiler.key_averages().table(sort_by="self_cpu_time_total", row_limit=15))


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--steps", type=int, default=938, help="steps per epoch; 938 is the full 60,000 images"
    )
    parser.add_argument("--threads", type=int, default=devices.cpu_threads())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--profile", action="store_true", help="print a profile of the engine instead")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = devices.resolve(options.device)
    train, test = load_split(True), load_split(False)
    count = min(len(train), options.steps * BATCH)
    train = replace(train, images=train.images[:count], labels=train.labels[:count])
    test = replace(test, images=test.images[:100], labels=test.labels[:100])
    if options.profile:
        print(profile(train, test, device, options.threads))
        return

    scale = FULL_EPOCH / count
    seconds: dict[str, list[float]] = {"tutorial": [], "engine": [], "floor": []}
    difference = 0.0
    for _ in range(options.rounds):
        tutorial, expected = tutorial_epoch(train, device)
        engine, found = engine_epoch(train, test, device, options.threads)
        floor = floor_epoch(-(-count // BATCH), device)
        for name, value in (("tutorial", tutorial), ("engine", engine), ("floor", floor)):
            seconds[name].append(value * scale)
        difference = max(difference, *(abs(a - b) for a, b in zip(expected, found, strict=True)))

    def ratio(first: str, second: str) -> float:
        return round(
            statistics.median(a / b for a, b in zip(seconds[first], seconds[second], strict=True)), 2
        )

    figures = {f"{name}_s_per_epoch": round(statistics.median(values), 3) for name, values in seconds.items()}
    print(
        json.dumps(
            {
                "benchmark": "training",
                "device": device,
                "threads": options.threads,
                "images": count,
                "rounds": options.rounds,
                **figures,
                "tutorial_over_engine": ratio("tutorial", "engine"),
                "engine_over_floor": ratio("engine", "floor"),
                "largest_loss_difference": difference,
            }
        )
    )


if __name__ == "__main__":
    main()
