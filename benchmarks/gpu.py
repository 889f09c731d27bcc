"""Everything about a GPU that can only be seen on one, in one command of at most six minutes.

`python -m benchmarks.gpu [--device cuda] [--part NAME ...] [--epochs N] [--limit N]`

Needs no network and no test runner. Prints one JSON line per part and goes on when a part fails: the failure
is in its line. With `--device cpu` the same parts run where there is no GPU, as far as they mean something
there, so that a test can hold the script itself.
"""

import argparse
import contextlib
import json
import statistics
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn

from benchmarks.gpu_recipe import train_large
from benchmarks.training import BATCH, tutorial_epoch
from core.config import TrainConfig
from core.data import Split, load_split
from core.errors import CoreError, DeviceMemoryError
from core.model import NeuralNetwork
from core.system import device as devices
from core.training.engine import run_training
from core.training.engine.records import RunProgress, TrainingResult
from core.training.jobs import JobQueue, TrainingService
from core.training.presets import PRESETS
from core.training.runs import RunStore


@dataclass(frozen=True)
class Setup:
    """What the parts share."""

    device: str
    train: Split
    test: Split
    epochs: int
    """Of runs that are only to be seen working."""

    @property
    def on_gpu(self) -> bool:
        """Whether the device is one."""
        return self.device.startswith("cuda")

    def tutorial(self, **changes: Any) -> TrainConfig:
        """The tutorial's run on the device."""
        return replace(TrainConfig.tutorial(), device=self.device, threads=0, epochs=self.epochs, **changes)

    def synchronize(self) -> None:
        """Wait for the device."""
        if self.on_gpu:
            torch.cuda.synchronize()


def environment(setup: Setup) -> dict[str, Any]:
    """What it runs on."""
    return {
        "torch": torch.__version__,
        "device": setup.device,
        "card": torch.cuda.get_device_name(setup.device) if setup.on_gpu else "none",
        "train_images": len(setup.train),
    }


def notes_run(setup: Setup) -> dict[str, Any]:
    """The tutorial's loop, the engine without and with capture, and `torch.compile`: seconds and losses."""
    loop_seconds, expected = tutorial_epoch(setup.train, setup.device)
    found: dict[str, Any] = {"tutorial_s": round(loop_seconds, 3)}
    for name, capture in (("engine_plain", False), ("engine_captured", True)):
        result, losses = _engine_run(setup, capture=capture)
        first = losses[: len(expected)]
        seconds = min(record.seconds for record in result.history)
        found[f"{name}_s"] = round(seconds, 3)
        found[f"{name}_times_faster"] = round(loop_seconds / seconds, 1)
        found[f"{name}_loss_difference"] = max(abs(a - b) for a, b in zip(expected, first, strict=True))
    return found


def _engine_run(setup: Setup, *, capture: bool) -> tuple[TrainingResult, list[float]]:
    """The tutorial's run in the engine, and the loss of every hundredth step."""
    losses: list[float] = []

    def note(progress: RunProgress) -> None:
        losses.extend(loss for step, loss in progress.losses if (step - 1) % 100 == 0)

    result = run_training(
        setup.tutorial(), train_split=setup.train, test_split=setup.test, capture=capture, on_progress=note
    )
    return result, losses


def compiled(setup: Setup) -> dict[str, Any]:
    """`torch.compile` around the tutorial's network, over slices of resident images."""
    torch.manual_seed(0)
    model = NeuralNetwork().to(setup.device)
    images, labels = setup.train.images.to(setup.device), setup.train.labels.to(setup.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    forward = torch.compile(lambda X, y: nn.functional.cross_entropy(model(X), y))

    def epoch(stop: int) -> None:
        for first in range(0, stop, BATCH):
            X = images[first : first + BATCH].unsqueeze(1).float() / 255
            loss: Tensor = forward(X, labels[first : first + BATCH])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            optimizer.zero_grad()

    whole = len(images) // BATCH * BATCH
    epoch(min(whole, 3 * BATCH))
    setup.synchronize()
    start = time.perf_counter()
    epoch(whole)
    setup.synchronize()
    return {"compile_s": round(time.perf_counter() - start, 3)}


def best(setup: Setup) -> dict[str, Any]:
    """The preset "Best": seconds and test accuracy."""
    config = replace(PRESETS["best"].config, device=setup.device)
    if not setup.on_gpu:
        config = replace(config, epochs=setup.epochs)
    result = run_training(config, train_split=setup.train, test_split=setup.test)
    return {"seconds": round(result.seconds, 1), "test_accuracy": round(result.history[-1].test_accuracy, 4)}


def large_recipe(setup: Setup) -> dict[str, Any]:
    """A recipe for GPUs: residual network, bfloat16, channels-last, mirrored, shifted and erased images.

    Aim: 95% test accuracy in under a minute, mean of five seeds.
    """
    seeds, epochs, width = (5, 24, 64) if setup.on_gpu else (1, setup.epochs, 4)
    accuracies, seconds = [], []
    for seed in range(seeds):
        start = time.perf_counter()
        accuracy = train_large(setup.device, setup.train, setup.test, seed=seed, epochs=epochs, width=width)
        accuracies.append(accuracy)
        seconds.append(time.perf_counter() - start)
    return {
        "seeds": seeds,
        "epochs": epochs,
        "test_accuracy_mean": round(statistics.mean(accuracies), 4),
        "test_accuracy_lowest": round(min(accuracies), 4),
        "seconds_each": round(statistics.mean(seconds), 1),
    }


def out_of_memory(setup: Setup) -> dict[str, Any]:
    """A run that cannot fit: a sentence, the memory given back, and the next run works."""
    if not setup.on_gpu:
        return {"skipped": "a CPU has no memory of its own to run out of"}
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    free, _ = torch.cuda.mem_get_info()
    hog = torch.empty(max(0, free - (200 << 20)), dtype=torch.uint8, device=setup.device)
    sentence = ""
    try:
        config = replace(PRESETS["best"].config, device=setup.device, batch_size=4096, epochs=1)
        run_training(config, train_split=setup.train, test_split=setup.test)
    except DeviceMemoryError as error:
        sentence = str(error)
    del hog
    torch.cuda.empty_cache()
    after = torch.cuda.memory_allocated()
    run_training(setup.tutorial(), train_split=setup.train, test_split=setup.test)
    return {"sentence": sentence, "given_back": after <= before + (1 << 20), "next_run": "works"}


def capture_fails(setup: Setup) -> dict[str, Any]:
    """A step that cannot be captured trains plainly, with the same losses."""
    expected = run_training(
        setup.tutorial(), train_split=setup.train, test_split=setup.test, capture=False
    ).history
    broken = mock.patch(
        "core.training.engine.step._CapturedStep", side_effect=RuntimeError("cannot be captured")
    )
    with broken:
        found = run_training(setup.tutorial(), train_split=setup.train, test_split=setup.test).history
    gap = max(abs(a.train_loss - b.train_loss) for a, b in zip(expected, found, strict=True))
    return {"loss_difference": gap}


def queue(setup: Setup) -> dict[str, Any]:
    """Two runs asked for at once end one after the other; a third is interrupted and resumed."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        service = TrainingService(JobQueue(), store, lambda _: (setup.train, setup.test))
        try:
            first, second = (service.submit(setup.tutorial(seed=seed)) for seed in (1, 2))
            ended = [service.wait(run.key, 120) for run in (first, second)]
        finally:
            service.close()
        return {"states": [run.state if run is not None else "lost" for run in ended]}


def interrupted(setup: Setup) -> dict[str, Any]:
    """A run stopped after an epoch and resumed ends as the whole one; its checkpoint loads on a CPU."""
    config = replace(setup.tutorial(), epochs=2)
    states: list[Any] = []
    whole = run_training(config, train_split=setup.train, test_split=setup.test, on_checkpoint=states.append)
    resumed = run_training(config, train_split=setup.train, test_split=setup.test, resume=states[0])
    gap = max(
        float((whole.state_dict[name].cpu() - resumed.state_dict[name].cpu()).abs().max())
        for name in whole.state_dict
    )
    model = NeuralNetwork()
    model.load_state_dict({name: value.cpu() for name, value in resumed.state_dict.items()})
    return {"largest_weight_difference": gap, "loads_on_cpu": True}


def clicks(setup: Setup) -> dict[str, Any]:
    """Time to prepare what a page shows (the test logits) while a run trains, against idle."""
    model = NeuralNetwork()
    X = setup.test.images[:1000].unsqueeze(1).float() / 255

    def answer() -> float:
        start = time.perf_counter()
        with torch.no_grad():
            model(X).softmax(1)
        return time.perf_counter() - start

    idle = statistics.median(answer() for _ in range(20))
    over = threading.Event()
    run = threading.Thread(
        target=lambda: run_training(
            replace(setup.tutorial(), epochs=50), train_split=setup.train, test_split=setup.test,
            should_stop=over.is_set,
        )
    )  # fmt: skip
    run.start()
    time.sleep(1)
    busy = statistics.median(answer() for _ in range(20))
    over.set()
    run.join()
    return {"idle_ms": round(1000 * idle, 2), "while_training_ms": round(1000 * busy, 2)}


PARTS: dict[str, Callable[[Setup], dict[str, Any]]] = {
    part.__name__: part
    for part in (
        environment, notes_run, interrupted, capture_fails, queue, out_of_memory, clicks, best, compiled,
        large_recipe,
    )
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run the parts; 1 where one failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--part", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--epochs", type=int, default=2, help="of runs that are only to be seen working")
    parser.add_argument("--limit", type=int, default=60_000, help="training images")
    options = parser.parse_args(arguments)
    train, test = load_split(True), load_split(False)
    train = replace(train, images=train.images[: options.limit], labels=train.labels[: options.limit])
    status = 0
    try:
        setup = Setup(devices.resolve(options.device), train, test, options.epochs)
    except CoreError as error:
        print(json.dumps({"benchmark": "gpu", "skipped": str(error)}))
        return 0
    for name in options.part:
        start = time.perf_counter()
        line: dict[str, Any] = {"benchmark": "gpu", "part": name}
        try:
            line |= PARTS[name](setup)
        except Exception as error:  # the other parts are still worth their minutes
            status = 1
            line |= {"failed": f"{type(error).__name__}: {error}", "where": traceback.format_exc()[-800:]}
        print(json.dumps({**line, "part_s": round(time.perf_counter() - start, 1)}), flush=True)
        with contextlib.suppress(Exception):
            torch.cuda.empty_cache()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
