"""A run's memory is known from its configuration: an upper bound, and not a wild one."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.training.footprint import training_bytes
from core.training.presets import PRESETS

MB = 1_000_000
TWO_STEPS = TrainConfig(epochs=1, device="cpu", threads=2, batch_size=256, data=DataConfig(limit=512))
WIDE = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(2048, 2048, 1900)),
    epochs=2,
    device="cpu",
    threads=2,
    batch_size=16,
    data=DataConfig(limit=64),
)
RUNS = {
    "convolutions": replace(
        TWO_STEPS, model=ModelConfig(architecture="cnn", channels=(64, 64), hidden=(16,), batch_norm=True)
    ),
    "one wide convolution": replace(
        TWO_STEPS, model=ModelConfig(architecture="cnn", channels=(128,), hidden=(16,))
    ),
    "ten million parameters": WIDE,
    "moments, an average and a best": replace(
        WIDE,
        optimizer=OptimizerConfig(name="adam", lr=1e-3, ema_decay=0.9),
        data=DataConfig(limit=64, validation=0.2),
        patience=1,
    ),
}

# The runs in a process of their own: the most that each held at once, beyond what was held before it.
MEASURE = """
import json, sys, tempfile
from pathlib import Path
import torch
from core.config import DataConfig, ModelConfig, TrainConfig
from core.data import load_split
from core.system import memory
from core.training.engine import run_training
from core.training.runs import RunStore
from tests.peak import watched

torch.set_num_threads(2)
memory.tune_allocator()
train, test = load_split(True), load_split(False)
small = TrainConfig(model=ModelConfig(architecture="cnn", channels=(2,), hidden=(4,)), epochs=1,
                    data=DataConfig(limit=20), batch_size=10, device="cpu")
run_training(small, train_split=train, test_split=test)  # what libraries set up once

for name, values in json.loads(sys.argv[1]).items():
    config = TrainConfig.from_dict(values)
    memory.give_back()
    with tempfile.TemporaryDirectory() as folder, watched() as peak:
        runs = RunStore(Path(folder))
        runs.begin(config)
        losses = torch.zeros(8).numpy()
        run_training(config, train_split=train, test_split=test,
                     on_checkpoint=lambda state: runs.save_epoch(state, losses))
    print(json.dumps([name, peak.extra]))
"""


@pytest.fixture(scope="module")
def peaks():
    """The most bytes that each run held, by its name."""
    texts = json.dumps({name: config.to_dict() for name, config in RUNS.items()})
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, texts], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-800:]
    return dict(map(json.loads, done.stdout.splitlines()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured on Linux only")
@pytest.mark.parametrize("name", RUNS)
def test_a_run_takes_no_more_than_was_worked_out(name, peaks):
    """Measured in a process of its own, with its epochs saved; the bound is within four times the peak."""
    measured, bound = peaks[name], training_bytes(RUNS[name], 5_000)
    assert measured <= bound, f"{measured / MB:.0f} MB, {bound / MB:.0f} MB worked out"
    assert bound <= 4 * measured + 30 * MB, f"{measured / MB:.0f} MB, {bound / MB:.0f} MB worked out"


def test_it_is_the_batch_that_takes_the_memory():
    """A link's batch of 4,096 on a wide network is told as gigabytes; presets are far below."""
    huge = replace(
        TWO_STEPS, model=ModelConfig(architecture="cnn", channels=(128, 128), hidden=(16,)), batch_size=4096
    )
    assert training_bytes(replace(huge, data=DataConfig()), 60_000) > 3_000 * MB
    assert training_bytes(replace(PRESETS["best"].config, batch_size=1024), 60_000) > 400 * MB
    for preset in PRESETS.values():
        assert training_bytes(preset.config, 60_000) < 200 * MB


def test_no_batch_is_larger_than_the_training_split():
    """Ten images in batches of 4,096 are a batch of ten; an evaluation takes a hundred."""
    config = replace(
        TWO_STEPS, model=ModelConfig(architecture="cnn", channels=(128,), hidden=(16,)), batch_size=4096
    )
    assert training_bytes(config, 10) < 200 * MB
