"""Settings that PyTorch would refuse in the middle of a run are refused before it, with what works."""

import contextlib
import random
import re
import typing
from dataclasses import replace

import pytest
import torch

from core.config import (
    Activation,
    DataConfig,
    LayerConfig,
    LayerKind,
    Loss,
    ModelConfig,
    OptimizerConfig,
    Precision,
    Schedule,
    TrainConfig,
)  # fmt: skip
from core.data.statistics import NORMALIZATIONS
from core.errors import ConfigError, CoreError
from core.model.architecture import find_problem
from core.training.engine import run_training
from core.training.jobs.training import resolve

NORMED = ModelConfig(architecture="mlp", hidden=(16,), batch_norm=True)


@pytest.mark.parametrize(("limit", "batch"), [(65, 64), (20, 1), (129, 64), (33, 8)])
def test_a_batch_norm_over_one_image_is_said_before_the_start(sample_train, sample_test, limit, batch):
    """The sentence names batch sizes that work, and they do."""
    config = TrainConfig(
        model=NORMED, data=DataConfig(limit=limit), epochs=1, batch_size=batch, device="cpu", threads=1
    )
    with pytest.raises(ConfigError, match="Batch norm takes means over the images of a batch") as error:
        resolve(config, sample_train)
    sizes = [int(size) for size in re.findall(r"(\d+)(?: or (\d+))?\.$", str(error.value))[0] if size]
    assert len(sizes) == 2
    for size in sizes:
        good = resolve(replace(config, batch_size=size), sample_train)
        run_training(good, train_split=sample_train, test_split=sample_test.first(20))


def test_a_batch_norm_over_pixels_takes_one_image(sample_train, sample_test):
    """A picture has many values per channel, so one image is enough."""
    layers = (
        LayerConfig(kind="batch_norm"),
        LayerConfig(kind="flatten"),
        LayerConfig(kind="linear", size=10),
    )
    config = TrainConfig(
        model=ModelConfig(architecture="custom", layers=layers), data=DataConfig(limit=11), epochs=1,
        batch_size=10, device="cpu", threads=1,
    )  # fmt: skip
    run_training(resolve(config, sample_train), train_split=sample_train, test_split=sample_test.first(20))


@pytest.mark.parametrize("patience", [0, 1])
def test_a_validation_share_that_holds_out_nothing_is_refused(sample_train, patience):
    """Two percent of 160 images are less than one of a class; the sentence says what is enough."""
    data = DataConfig(limit=160, validation=0.02)
    config = TrainConfig(data=data, epochs=2, patience=patience, device="cpu", threads=1)
    with pytest.raises(ConfigError, match="holds out none of the") as error:
        resolve(config, sample_train)
    share = int(re.findall(r"set the share to (\d+)%", str(error.value))[0]) / 100
    counts = torch.bincount(sample_train.labels[:160])
    assert round(share * int(counts.min())) >= 1 or share < 0.5
    for _ in range(10):  # another class may be smaller still
        try:
            resolve(replace(config, data=replace(data, validation=share)), sample_train)
            return
        except ConfigError as again:
            share = int(re.findall(r"set the share to (\d+)%", str(again))[0]) / 100
    raise AssertionError("the advice does not end")


def valid(rng: random.Random) -> TrainConfig:
    """A configuration drawn from all that is allowed, small."""

    def any_of(options: object) -> typing.Any:
        return rng.choice(typing.get_args(options))

    layers: tuple[LayerConfig, ...] = ()
    architecture = rng.choice(["tutorial", "mlp", "cnn", "custom"])
    while architecture == "custom" and (not layers or find_problem(layers) is not None):
        problem = find_problem(layers) if layers else None
        layers = problem.fix.layers if problem else tuple(_layer(rng) for _ in range(rng.randrange(1, 8)))
    model = ModelConfig(
        architecture=architecture, layers=layers, activation=any_of(Activation),
        batch_norm=rng.random() < 0.5, hidden=tuple(rng.choice([1, 3, 16]) for _ in range(rng.randrange(4))),
        channels=tuple(rng.choice([1, 2, 5]) for _ in range(rng.randrange(1, 5))),
        dropout=rng.choice([0, 0.5, 0.99]), bias=rng.random() < 0.6,
    )  # fmt: skip
    name, momentum = rng.choice(["sgd", "adam", "adamw", "rmsprop"]), rng.choice([0.0, 0.9])
    optimizer = OptimizerConfig(
        name=name, lr=rng.choice([1e-6, 1e-3, 0.1]), momentum=momentum, weight_decay=rng.choice([0, 0.01, 1]),
        nesterov=name == "sgd" and momentum > 0 and rng.random() < 0.5, schedule=any_of(Schedule),
        warmup=rng.choice([0.001, 0.3, 0.999]), clip_norm=rng.choice([None, 1e-6, 1e6]),
        ema_decay=rng.choice([0, 0.5, 0.999]),
    )  # fmt: skip
    data = DataConfig(
        limit=rng.choice([10, 17, 33, 65, 100]), validation=rng.choice([0, 0, 0, 0.2, 0.5]),
        normalize=rng.choice(list(NORMALIZATIONS)), shift=rng.choice([0, 8]), flip=rng.random() < 0.3,
        erase=rng.choice([0, 1, 20]),
    )  # fmt: skip
    loss = any_of(Loss)
    return TrainConfig(
        model=model, data=data, optimizer=optimizer, loss=loss,
        batch_size=rng.choice([1, 2, 7, 16, 64, 4096]),
        label_smoothing=rng.choice([0, 0.1, 0.9]) if loss == "cross_entropy" else 0.0, epochs=2,
        shuffle=rng.random() < 0.5, seed=rng.choice([0, 2**31 - 1]), precision=any_of(Precision),
        patience=int(data.validation > 0), device="cpu", threads=1,
    )  # fmt: skip


def _layer(rng: random.Random) -> LayerConfig:
    kind = rng.choice(typing.get_args(LayerKind))
    sizes = {"linear": [1, 7, 32], "conv": [1, 2, 8], "max_pool": [1, 3, 14], "avg_pool": [2, 14]}
    return LayerConfig(
        kind=kind, size=rng.choice(sizes.get(kind, [0])), kernel=rng.choice([1, 3, 9]),
        bias=rng.random() < 0.7,
        p=rng.choice([0, 0.99]) if kind == "dropout" else 0.0,
        padding=rng.choice([None, 0, 2]) if kind == "conv" else None,
        stride=rng.choice([1, 4]) if kind == "conv" else 1,
    )  # fmt: skip


def test_no_allowed_combination_is_refused_by_pytorch(sample_train, sample_test):
    """500 configurations, two steps each: they train, or end in a sentence of ours."""
    rng = random.Random(5)
    trained = 0
    test = sample_test.first(20)
    for _ in range(500):
        steps = iter(range(3))
        with contextlib.suppress(CoreError):
            run_training(
                resolve(valid(rng), sample_train),
                train_split=sample_train,
                test_split=test,
                should_stop=lambda left=steps: next(left, None) is None,
            )
            trained += 1
    assert trained > 250
