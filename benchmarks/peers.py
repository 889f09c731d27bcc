"""The tutorial's run by everything that a person could pick for it, in one process and in turn.

`python -m benchmarks.peers [--rounds N] [--steps N] [--threads N] [--busy N]`

One epoch of the tutorial's network (784-512-512-10, SGD, rate 1e-3, batch 64, stored order) by: the
tutorial's DataLoader loop, Lightning, fastai, a plain loop over slices of tensors in memory, the same under
`torch.compile`, JAX with the epoch as one compiled scan, the engine, and the bare matrix products. Every
round runs them one after the other, so that a busy machine disturbs them alike; the order rotates.
`--threads` is for all but the engine, which chooses for itself, as in the app. The peers are installed in an
environment of this command's own (`.cache/peers`), never in the app's. `--busy N` starts N processes that
compute all the time, as neighbors on a shared machine do. Prints one JSON line: the median seconds of each,
each one's ratio to the engine (median over rounds), and the largest difference between its losses and the
tutorial's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.neighbors import busy
from benchmarks.training import BATCH, FULL_EPOCH, Samples, engine_epoch, floor_epoch, tutorial_epoch
from core.data import Split, load_split
from core.model import NeuralNetwork
from core.system import device as devices

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".cache" / "peers"
PEERS = ("jax>=0.8,<1", "lightning>=2.5,<3", "fastai>=2.8,<3")
RATE = 1e-3

Epoch = Callable[[Split], tuple[float, list[float]]]
"""Runs one epoch; gives its seconds and the loss of every hundredth step."""


def slices_epoch(split: Split) -> tuple[float, list[float]]:
    """A plain loop over slices of tensors that lie in memory as uint8."""
    return _slices(split, lambda step: step)


def compiled_epoch(split: Split) -> tuple[float, list[float]]:
    """The same loop with its forward pass and loss under `torch.compile`; compiling is not counted."""
    return _slices(split, torch.compile)


def _slices(split: Split, wrap: Callable[[Any], Any]) -> tuple[float, list[float]]:
    torch.manual_seed(0)
    model, loss_fn = NeuralNetwork(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def forward(X: Tensor, y: Tensor) -> Tensor:
        loss: Tensor = loss_fn(model(X), y)
        return loss

    forward = wrap(forward)
    for size in {BATCH, len(split) % BATCH or BATCH}:  # the shapes that a compiler meets
        warm: Tensor = forward(torch.zeros(size, 1, 28, 28), torch.zeros(size, dtype=torch.int64))
        warm.backward()  # type: ignore[no-untyped-call]
    optimizer.zero_grad()
    losses = []
    start = time.perf_counter()
    for step, first in enumerate(range(0, len(split), BATCH)):
        X = split.images[first : first + BATCH].unsqueeze(1).float() / 255
        loss = forward(X, split.labels[first : first + BATCH])
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        if step % 100 == 0:
            losses.append(loss.item())
    return time.perf_counter() - start, losses


def lightning_epoch(split: Split) -> tuple[float, list[float]]:
    """Lightning's trainer, with everything off that it does besides training."""
    import lightning

    torch.manual_seed(0)

    class Tutorial(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model, self.loss_fn = NeuralNetwork(), nn.CrossEntropyLoss()
            self.losses: list[float] = []

        def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
            loss: Tensor = self.loss_fn(self.model(batch[0]), batch[1])
            if index % 100 == 0:
                self.losses.append(loss.item())
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=RATE)

    module = Tutorial()
    trainer = lightning.Trainer(
        max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    loader = DataLoader(Samples(split), batch_size=BATCH)
    start = time.perf_counter()
    trainer.fit(module, loader)
    return time.perf_counter() - start, module.losses


def fastai_epoch(split: Split) -> tuple[float, list[float]]:
    """Fastai's learner without its progress bar and recorder."""
    import fastai.callback.progress  # noqa: F401 - gives learners `no_bar`
    from fastai.callback.core import Callback
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.optimizer import SGD

    torch.manual_seed(0)
    losses: list[float] = []

    class Losses(Callback):  # type: ignore[misc]
        def after_loss(self) -> None:
            if self.training and self.iter % 100 == 0:
                losses.append(self.loss.item())

    few = replace(split, images=split.images[:BATCH], labels=split.labels[:BATCH])
    loaders = (DataLoader(Samples(part), batch_size=BATCH) for part in (split, few))
    learner = Learner(
        DataLoaders(*loaders), NeuralNetwork(), loss_func=nn.CrossEntropyLoss(), opt_func=SGD, lr=RATE,
        cbs=[Losses()], train_bn=False,
    )  # fmt: skip
    with learner.no_bar(), learner.no_logging():
        start = time.perf_counter()
        learner.fit(1)
        return time.perf_counter() - start, losses


def jax_epoch(split: Split) -> tuple[float, list[float]]:
    """JAX, the whole epoch as one compiled scan; compiling is not counted."""
    import jax
    import jax.numpy as jnp

    torch.manual_seed(0)
    state = NeuralNetwork().state_dict()
    names = [f"linear_relu_stack.{layer}" for layer in (0, 2, 4)]
    parameters = [
        (jnp.asarray(state[f"{name}.weight"].numpy().T), jnp.asarray(state[f"{name}.bias"].numpy()))
        for name in names
    ]
    whole = len(split) // BATCH * BATCH
    images = jnp.asarray(split.images[:whole].reshape(-1, BATCH, 784).numpy())
    labels = jnp.asarray(split.labels[:whole].reshape(-1, BATCH).numpy())

    def loss_of(weights: Any, X: Any, y: Any) -> Any:
        hidden = X.astype(jnp.float32) / 255
        for weight, bias in weights[:-1]:
            hidden = jax.nn.relu(hidden @ weight + bias)
        logits = hidden @ weights[-1][0] + weights[-1][1]
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1).mean()

    def step(weights: Any, batch: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(weights, *batch)
        return jax.tree.map(lambda w, g: w - RATE * g, weights, gradients), loss

    epoch = jax.jit(lambda weights, batches: jax.lax.scan(step, weights, batches))
    compiled = epoch.lower(parameters, (images, labels)).compile()
    start = time.perf_counter()
    weights, losses = compiled(parameters, (images, labels))
    if len(split) > whole:  # the last, smaller batch
        X, y = split.images[whole:].reshape(-1, 784).numpy(), split.labels[whole:].numpy()
        rest = (jnp.asarray(X), jnp.asarray(y))
        weights, _ = step(weights, rest)
    jax.block_until_ready(weights)
    return time.perf_counter() - start, [float(loss) for loss in losses[::100]]


def epochs(test: Split) -> dict[str, Epoch]:
    """Everything that is compared, by name."""
    return {
        "tutorial": lambda split: tutorial_epoch(split, "cpu"),
        "lightning": lightning_epoch,
        "fastai": fastai_epoch,
        "slices": slices_epoch,
        "torch_compile": compiled_epoch,
        "jax": jax_epoch,
        "engine": lambda split: engine_epoch(split, test, "cpu", 0),
        "floor": lambda split: (floor_epoch(-(-len(split) // BATCH), "cpu"), []),
    }


def make_environment() -> Path:
    """The environment's Python: it has the peers, and sees the app's packages behind them."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "ready").exists():
        print("Making an environment for the peers; this takes some minutes", file=sys.stderr)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        packages = next(ENVIRONMENT.glob("lib/python*/site-packages"))
        app = [entry for entry in sys.path if entry.endswith("site-packages")]
        (packages / "app.pth").write_text("\n".join(app))
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True, stdout=sys.stderr)
        (ENVIRONMENT / "ready").touch()
    return python


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run all of them, round after round."""
    torch.set_num_threads(options.threads)
    train, test = load_split(True), load_split(False)
    count = min(len(train), options.steps * BATCH)
    train = replace(train, images=train.images[:count], labels=train.labels[:count])
    test = replace(test, images=test.images[:100], labels=test.labels[:100])
    run = {name: epoch for name, epoch in epochs(test).items() if name not in options.without}
    seconds: dict[str, list[float]] = {name: [] for name in run}
    differences: dict[str, float] = {}
    failures: dict[str, str] = {}
    names = list(run)
    for round_number in range(options.rounds):
        expected: list[float] = []
        turn = round_number % len(names)
        for name in ["tutorial", *(n for n in names[turn:] + names[:turn] if n != "tutorial")]:
            torch.set_num_threads(options.threads)  # the engine may have chosen fewer
            try:
                taken, losses = run[name](train)
            except Exception as error:  # a peer that cannot run here says so, the others go on
                failures[name] = (
                    f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
                )
                continue
            seconds[name].append(taken * FULL_EPOCH / count)
            expected = losses if name == "tutorial" else expected
            if losses:
                gap = max(abs(a - b) for a, b in zip(expected, losses, strict=False))
                differences[name] = max(differences.get(name, 0.0), gap)
    engine = seconds["engine"]
    return {
        "benchmark": "peers",
        "threads": options.threads,
        "busy": options.busy,
        "images": count,
        "rounds": options.rounds,
        "seconds": {name: round(statistics.median(values), 2) for name, values in seconds.items() if values},
        "over_engine": {
            name: round(statistics.median(a / b for a, b in zip(values, engine, strict=False)), 2)
            for name, values in seconds.items()
            if values
        },
        "loss_difference": differences,
        "failed": failures,
    }


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=938, help="steps per epoch; 938 is all 60,000 images")
    parser.add_argument("--threads", type=int, default=devices.cpu_threads())
    parser.add_argument("--busy", type=int, default=0, help="processes that compute beside it")
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    parser.add_argument("--here", action="store_true", help="do not make an environment: use this Python")
    options = parser.parse_args()
    if not options.here:
        python = str(make_environment())
        os.execv(python, [python, "-m", "benchmarks.peers", "--here", *sys.argv[1:]])
    with busy(options.busy):
        print(json.dumps(measure(options)))


if __name__ == "__main__":
    main()
