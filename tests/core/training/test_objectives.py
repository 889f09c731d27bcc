"""Learning-rate schedules are PyTorch's, step by step; losses pair with what the network gives."""

import pytest
import torch
from torch.optim import lr_scheduler

from core.config import OptimizerConfig, TrainConfig
from core.training.engine.objectives import learning_rate, loss_function, make_optimizer

STEPS, EPOCHS = 7, 4


def pytorch_rates(make_scheduler, config):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=config.lr)
    scheduler = make_scheduler(optimizer)
    rates = []
    for _ in range(STEPS * EPOCHS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize(
    ("config", "make_scheduler"),
    [
        (OptimizerConfig(lr=0.1), lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
        (
            OptimizerConfig(lr=0.1, schedule="step", step_epochs=2, gamma=0.3),
            lambda o: lr_scheduler.StepLR(o, step_size=2 * STEPS, gamma=0.3),
        ),
        (
            OptimizerConfig(lr=0.1, schedule="cosine"),
            lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=STEPS * EPOCHS),
        ),
        (
            OptimizerConfig(lr=0.1, schedule="one_cycle", warmup=0.3),
            lambda o: lr_scheduler.OneCycleLR(o, 0.1, STEPS * EPOCHS, pct_start=0.3, cycle_momentum=False),
        ),
    ],
    ids=lambda value: getattr(value, "schedule", ""),
)
def test_rates_are_pytorchs(config, make_scheduler):
    """Every step's learning rate is that of the scheduler in `torch.optim.lr_scheduler`."""
    ours = [learning_rate(config, s, steps_per_epoch=STEPS, epochs=EPOCHS) for s in range(STEPS * EPOCHS)]
    assert ours == pytest.approx(pytorch_rates(make_scheduler, config), rel=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_survives_very_short_runs(steps):
    """A run of one to three steps has finite, positive rates."""
    config = OptimizerConfig(lr=0.1, schedule="one_cycle", warmup=0.3)
    rates = [learning_rate(config, s, steps_per_epoch=steps, epochs=1) for s in range(steps)]
    assert all(0 < rate <= 0.1 for rate in rates)


def test_labels_are_smoothed_in_training_only(random_state):
    """An evaluation measures the labels as they are."""
    config = TrainConfig(label_smoothing=0.2)
    logits = torch.randn(8, 10, generator=random_state)
    labels = torch.randint(0, 10, (8,), generator=random_state)
    plain = torch.nn.functional.cross_entropy(logits, labels)
    assert loss_function(config, training=False)(logits, labels) == plain
    assert loss_function(config)(logits, labels) != plain


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sgd", torch.optim.SGD),
        ("adam", torch.optim.Adam),
        ("adamw", torch.optim.AdamW),
        ("rmsprop", torch.optim.RMSprop),
    ],
)
def test_each_name_is_that_optimizer(name, kind):
    """The optimizer has the configuration's learning rate and weight decay."""
    optimizer = make_optimizer(
        OptimizerConfig(name=name, lr=0.02, weight_decay=0.03), [torch.nn.Parameter(torch.ones(2))]
    )
    assert type(optimizer) is kind
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["weight_decay"]) == (0.02, 0.03)
