"""Runs side by side: their settings in words, and which of them differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.config import TrainConfig
from core.text import shown
from core.training.presets import OPTIMIZERS, SCHEDULES, changed, mended, network_of, place_of


@dataclass(frozen=True)
class SettingRow:
    """One setting of several runs."""

    name: str
    """What it is."""
    values: tuple[str, ...]
    """In words, one per run."""
    differs: bool
    """Whether the runs disagree on it."""


def compare(configs: Sequence[TrainConfig]) -> list[SettingRow]:
    """Every setting of several runs, those that differ first."""
    columns = [settings(config) for config in configs]
    rows = [
        SettingRow(name, values, len(set(values)) > 1)
        for name in (columns[0] if columns else {})
        for values in [tuple(column[name] for column in columns)]
    ]
    return sorted(rows, key=lambda row: not row.differs)


def shared_and_own(titles: Sequence[str]) -> tuple[str, list[str]]:
    """What all titles say, and what only each of them says.

    Args:
        titles: Parts joined by ", ".

    Returns:
        The shared parts, empty for a single title; and for each title the rest, or all of it where nothing
        is left.
    """
    parts = [title.split(", ") for title in titles]
    every = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    shared = [part for part in parts[0] if part in every] if parts else []
    own = [", ".join(part for part in of_one if part not in every) for of_one in parts]
    return ", ".join(shared), [short or title for short, title in zip(own, titles, strict=True)]


def settings(config: TrainConfig) -> dict[str, str]:
    """The settings of a run in words; what plays no part in it is a dash."""
    model, data, optimizer = config.model, config.data, config.optimizer
    shape = model.architecture in ("mlp", "cnn")
    changes = [
        f"shift {data.shift} px" if data.shift else "",
        "mirror" if data.flip else "",
        f"erase {data.erase} px" if data.erase else "",
    ]
    schedule = {"constant": "Constant", **SCHEDULES}[optimizer.schedule]
    if optimizer.schedule == "step":
        schedule += f", × {optimizer.gamma:g} every {optimizer.step_epochs} epochs"
    if optimizer.schedule == "one_cycle":
        schedule += f", rising for {optimizer.warmup:.0%}"
    momentum = f"{optimizer.momentum:g}{' (Nesterov)' if optimizer.nesterov else ''}"
    return {
        "Network": network_of(model),
        "Activation": model.activation if shape else "—",
        "Dropout": f"{model.dropout:g}" if shape else "—",
        "Batch norm": ("yes" if model.batch_norm else "no") if shape else "—",
        "Optimizer": OPTIMIZERS[optimizer.name],
        "Learning rate": f"{optimizer.lr:g}",
        "Momentum": momentum if optimizer.name in ("sgd", "rmsprop") else "—",
        "Weight decay": f"{optimizer.weight_decay:g}",
        "Schedule": schedule,
        "Largest gradient norm": f"{optimizer.clip_norm:g}" if optimizer.clip_norm else "—",
        "Weights": f"averaged, decay {optimizer.ema_decay:g}" if optimizer.ema_decay else "the last",
        "Loss": {"cross_entropy": "cross-entropy", "nll": "NLL", "mse": "squared error"}[config.loss],
        "Label smoothing": f"{config.label_smoothing:g}" if config.loss == "cross_entropy" else "—",
        "Epochs asked for": str(config.epochs),
        "Batch size": f"{config.batch_size:,}",
        "Shuffled every epoch": "yes" if config.shuffle else "no",
        "Seed": str(config.seed),
        "Stop early after": _epochs(config.patience) if config.patience else "—",
        "Dataset": shown(data.dataset),  # a link may name any
        "Training images": ", ".join([f"the first {data.limit:,}" if data.limit else "all", *mended(data)]),
        "Held out for validation": f"{data.validation:.0%}",
        "Pixel values": "mean 0, deviation 1" if data.normalize == "fashion_mnist" else "[0, 1]",
        "Augmentation": ", ".join(change for change in changes if change) or "none",
        "Changed on the way": "; ".join(
            f"{place_of(change)}: {', '.join(changed(change))}" for change in config.changes
        )
        or "—",
        "Precision": config.precision,
        "Device": config.device,
        "CPU threads": str(config.threads),
    }


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"
