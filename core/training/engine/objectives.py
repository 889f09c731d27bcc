"""Loss functions, optimizers and learning-rate schedules, each as PyTorch has it."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from core.config import MAX_CHANGES, Change, OptimizerConfig, TrainConfig

ONE_CYCLE_START = 25.0
"""The peak rate over the first one, the default `div_factor` of `torch.optim.lr_scheduler.OneCycleLR`."""
ONE_CYCLE_END = 1e4
"""The first rate over the last one, the default `final_div_factor` of the same."""


def loss_function(config: TrainConfig, *, training: bool = True) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of a batch: logits (N x 10, float) and labels (N, int64) to a mean over the batch (scalar).

    Formulas as in the documentation of `torch.nn.CrossEntropyLoss`, `NLLLoss` and `MSELoss`.

    Args:
        config: Names the loss and its label smoothing.
        training: Labels are smoothed only in training; an evaluation is of the labels as they are.
    """
    if config.loss == "nll":
        return lambda logits, labels: F.nll_loss(F.log_softmax(logits, dim=1), labels)
    if config.loss == "mse":
        return lambda logits, labels: F.mse_loss(logits, F.one_hot(labels, logits.shape[1]).to(logits.dtype))
    smoothing = config.label_smoothing if training else 0.0
    return lambda logits, labels: F.cross_entropy(logits, labels, label_smoothing=smoothing)


def loss_with_gradient(config: TrainConfig) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """As `loss_function` in training, with the gradient with respect to the logits (N x 10).

    Of plain cross-entropy it is `(softmax(logits) - one_hot(labels)) / N`; of the others, autograd's
    (Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4).
    """
    loss = loss_function(config)

    def cross_entropy(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        log_probabilities = logits.log_softmax(1)
        value = F.nll_loss(log_probabilities, labels)
        gradient = log_probabilities.exp_() - F.one_hot(labels, logits.shape[1])
        return value, gradient.div_(len(labels))

    def any_other(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            value = loss(logits.requires_grad_(), labels)
            (gradient,) = torch.autograd.grad(value, logits)
        logits.detach_()
        return value.detach(), gradient

    return any_other if config.loss == "mse" or config.label_smoothing else cross_entropy


def make_optimizer(
    config: OptimizerConfig, parameters: Iterable[Tensor], *, capture_on: str | None = None
) -> torch.optim.Optimizer:
    """The optimizer, with PyTorch's defaults for what the configuration does not say.

    Formulas as in the documentation of `torch.optim.SGD`, `Adam`, `AdamW` and `RMSprop`.

    Args:
        config: Which optimizer, and its settings.
        parameters: What to update.
        capture_on: The CUDA device on which a graph will hold the update: it is one kernel then, and reads
            its learning rate from that device. `None` leaves both to PyTorch.
    """
    parameters = list(parameters)
    fused = True if capture_on else None
    lr = torch.tensor(config.lr, device=capture_on) if capture_on else config.lr
    decay = config.weight_decay
    match config.name:
        case "sgd":
            return torch.optim.SGD(
                parameters, lr, config.momentum, weight_decay=decay, nesterov=config.nesterov, fused=fused
            )
        case "adam":
            return torch.optim.Adam(parameters, lr, weight_decay=decay, fused=fused, capturable=bool(fused))
        case "adamw":
            return torch.optim.AdamW(parameters, lr, weight_decay=decay, fused=fused, capturable=bool(fused))
        case "rmsprop":
            return torch.optim.RMSprop(parameters, lr, momentum=config.momentum, weight_decay=decay)


def learning_rate(config: OptimizerConfig, step: int, *, steps_per_epoch: int, epochs: int) -> float:
    """The learning rate of one optimizer step.

    The rates are those of `StepLR`, `CosineAnnealingLR` and `OneCycleLR` (cosine, two phases), with
    the formulas of their pages in the documentation of `torch.optim.lr_scheduler`.

    Args:
        config: The schedule and its settings.
        step: Optimizer step, counted from 0 over the whole run.
        steps_per_epoch: Optimizer steps in an epoch.
        epochs: Epochs in the run.
    """
    total = steps_per_epoch * epochs
    if config.schedule == "step":
        return config.lr * config.gamma ** (step // steps_per_epoch // config.step_epochs)
    if config.schedule == "cosine":
        return config.lr * (1 + math.cos(math.pi * step / total)) / 2
    if config.schedule == "one_cycle":
        first = config.lr / ONE_CYCLE_START
        peak = max(config.warmup * total - 1, 1e-9)  # a run of a step or two has no rise
        if step <= peak:
            return _cosine(first, config.lr, step / peak)
        return _cosine(config.lr, first / ONE_CYCLE_END, (step - peak) / (total - 1 - peak))
    return config.lr


def rate_at(config: TrainConfig, epoch: int, step: int, *, steps_per_epoch: int) -> float:
    """The learning rate of a step of a run whose settings may change on the way.

    Args:
        config: The run with its changes.
        epoch: Counted from 1.
        step: In the epoch, counted from 0.
        steps_per_epoch: Optimizer steps in this epoch.
    """
    for change in reversed(config.changes):
        if change.lr is not None and change.place <= (epoch - 1, step):
            return change.lr
    root = config.root
    return learning_rate(
        root.optimizer,
        (epoch - 1) * steps_per_epoch + step,
        steps_per_epoch=steps_per_epoch,
        epochs=root.epochs,
    )


def with_rate(config: TrainConfig, epoch: int, step: int, rate: float) -> TrainConfig | None:
    """The run that `config` becomes where its learning rate is `rate` from a step on.

    Args:
        config: The run with its changes so far.
        epoch: Counted from 1.
        step: In the epoch, counted from 0.
        rate: Constant from there on.

    Returns:
        `None` where changes are still to come, or there were as many as a run may have: nothing is changed.
    """
    changes = config.changes
    if len(changes) >= MAX_CHANGES or (changes and changes[-1].place >= (epoch - 1, step)):
        return None
    return replace(config, changes=(*changes, Change(epoch=epoch - 1, step=step, lr=rate)))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * min(max(share, 0.0), 1.0)))
