"""Runs worth doing, with why they behave as they do; and what to call any run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from core.config import Change, DataConfig, ModelConfig, OptimizerConfig, TrainConfig


@dataclass(frozen=True)
class Preset:
    """A run with a name."""

    name: str
    """What links and the command line call it."""
    title: str
    """What a person calls it."""
    why: str
    """One sentence on why it behaves as it does."""
    config: TrainConfig
    """Its settings."""


_ALL = (
    Preset(
        "tutorial",
        "Tutorial",
        "The tutorial's own settings: plain SGD with a small learning rate takes small steps, so five epochs "
        "end while the loss is still falling.",
        TrainConfig.tutorial(),
    ),
    # 92.49% of 10,000 test images, mean of seeds 0 to 4, deviation 0.10, lowest 92.37 (benchmarks.recipes)
    Preset(
        "fast",
        "Fast and good",
        "A small convolutional network sees neighboring pixels together, its learning rate rises and then "
        "falls, and the average of its last weights is what counts: it works as a low rate does, but sooner.",
        TrainConfig(
            model=ModelConfig(architecture="cnn", channels=(16, 32), hidden=(256,), batch_norm=True),
            data=DataConfig(normalize="fashion_mnist"),
            optimizer=OptimizerConfig(
                lr=0.15,
                momentum=0.9,
                nesterov=True,
                weight_decay=5e-4,
                schedule="one_cycle",
                warmup=0.1,
                ema_decay=0.98,
            ),
            epochs=4,
            batch_size=256,
        ),
    ),
    # 93.91% of 10,000 test images, mean of seeds 0 to 4, standard deviation 0.16, lowest 93.69 (the same)
    Preset(
        "best",
        "Best",
        "More channels, more epochs, softened labels, and training images shifted and mirrored at random: "
        "the network never sees the same picture twice, so it goes on learning what holds for new ones.",
        TrainConfig(
            model=ModelConfig(architecture="cnn", channels=(32, 64), hidden=(256,), batch_norm=True),
            data=DataConfig(shift=1, flip=True, normalize="fashion_mnist"),
            optimizer=OptimizerConfig(
                lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4, schedule="one_cycle", warmup=0.2
            ),
            label_smoothing=0.1,
            epochs=15,
            batch_size=128,
        ),
    ),
    Preset(
        "diverges",
        "Diverges",
        "The learning rate is so large that each step overshoots the valley it aims for, the next one more "
        "so, until the loss is no longer a number.",
        replace(TrainConfig.tutorial(), optimizer=OptimizerConfig(lr=100.0), epochs=2),
    ),
    Preset(
        "slow",
        "Too slow",
        "The learning rate is so small that the weights hardly move: after an epoch the network guesses "
        "little better than at the start.",
        replace(TrainConfig.tutorial(), optimizer=OptimizerConfig(lr=1e-5), epochs=2),
    ),
)

PRESETS: Final[dict[str, Preset]] = {preset.name: preset for preset in _ALL}

OPTIMIZERS: Final = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
SCHEDULES: Final = {"step": "Step", "cosine": "Cosine", "one_cycle": "One-cycle"}


def preset_of(config: TrainConfig) -> Preset | None:
    """The preset that `config` is, whatever device, threads and dataset it runs on."""
    for preset in _ALL:
        plain = replace(
            config,
            device=preset.config.device,
            threads=preset.config.threads,
            data=replace(config.data, dataset=preset.config.data.dataset),
        )
        if plain == preset.config:
            return preset
    return None


def title_of(config: TrainConfig) -> str:
    """What to call a run: its preset, or what sets it apart most."""
    preset = preset_of(config)
    if preset is not None:
        return preset.title
    optimizer = config.optimizer
    parts = [
        network_of(config.model),
        f"{OPTIMIZERS[optimizer.name]} {optimizer.lr:g}",
        SCHEDULES.get(optimizer.schedule, "").lower(),
        f"batch {config.batch_size:,}",
        f"{config.epochs} epoch{'s' if config.epochs > 1 else ''}",
        f"{config.data.limit:,} images" if config.data.limit else "",
        *mended(config.data),
        *(f"{place_of(change)}: {' and '.join(changed(change))}" for change in config.changes),
        f"seed {config.seed}",
    ]
    return ", ".join(part for part in parts if part)


def changed(change: Change) -> list[str]:
    """What a change in the middle of a run sets, in a few words each."""
    words: dict[str, Callable[[Any], str]] = {
        "lr": lambda value: f"learning rate {value:g}",
        "optimizer": lambda value: OPTIMIZERS[value],
        "batch_size": lambda value: f"batch {value:,}",
        "label_smoothing": lambda value: f"label smoothing {value:g}",
        "shift": lambda value: f"shift {value} px" if value else "no shift",
        "flip": lambda value: "mirror" if value else "no mirror",
        "erase": lambda value: f"erase {value} px" if value else "no erasing",
        "shuffle_seed": lambda value: f"order from seed {value}",
    }
    return [words[name](value) for name, value in change.values().items()] or ["more epochs"]


def place_of(change: Change) -> str:
    """Where a change stands in its run."""
    if change.step:
        return f"epoch {change.epoch + 1}, step {change.step + 1:,}"
    return f"after epoch {change.epoch}"


def mended(data: DataConfig) -> list[str]:
    """What a run does to single training images, in a few words."""
    parts = []
    if data.left_out:
        parts.append(f"{len(data.left_out)} left out")
    if data.relabeled:
        parts.append(f"{len(data.relabeled)} relabeled")
    return parts


def network_of(model: ModelConfig) -> str:
    """A network in a few words."""
    if model.architecture == "tutorial":
        return "Tutorial network"
    if model.architecture == "custom":
        return f"Own network, {len(model.layers)} layers"
    hidden = "-".join(map(str, model.hidden))
    if model.architecture == "mlp":
        return f"Perceptron 784-{hidden}-10" if hidden else "Perceptron 784-10"
    return f"CNN {'-'.join(map(str, model.channels))}"
