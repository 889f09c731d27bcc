"""The size of updates against weights, as each epoch's record keeps it."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import load_split
from core.errors import RunError
from core.model import build
from core.training import run_training
from core.training.engine.batches import to_input
from core.training.engine.records import EpochRecord

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,)),
    data=DataConfig(limit=64),
    optimizer=OptimizerConfig(lr=0.1),
    epochs=1,
    batch_size=64,
    device="cpu",
    threads=1,
)


def trained(config=CONFIG):
    train = load_split(train=True)
    return train, run_training(config, train_split=train, test_split=load_split(train=False).first(20))


def test_the_ratio_of_one_step_is_rate_times_gradient_over_weight():
    """Plain SGD, an epoch of one step: the record's ratios are those worked out with autograd."""
    train, result = trained()
    module = build(CONFIG.model, torch.Generator().manual_seed(CONFIG.seed))
    F.cross_entropy(module(to_input(train.images[:64])), train.labels[:64]).backward()
    expected = {
        name: 0.1 * float(p.grad.norm() / p.detach().norm())
        for name, p in module.named_parameters()
        if name.endswith("weight")
    }
    assert result.history[0].update_ratios == pytest.approx(expected, rel=1e-4)


def test_a_record_from_before_the_ratios_still_loads():
    """It has none, and says so by being empty; what cannot be a ratio is refused."""
    record = trained()[1].history[0]
    values = record.to_dict()
    assert EpochRecord.from_dict(values) == record
    with pytest.raises(RunError):
        EpochRecord.from_dict(values | {"update_ratios": {"layers.1.weight": math.inf}})
    del values["update_ratios"]
    assert EpochRecord.from_dict(values) == replace(record, update_ratios={})
