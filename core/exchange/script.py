"""A run as code to take home: a standalone script and a notebook that give the same numbers.

They need torch and torchvision alone and read like the tutorial. The text is `templates/run.py.jinja`; what
is here are the values that it is filled with. Random numbers are drawn in the engine's order, from
generators seeded alike: `tests/core/exchange/test_export.py` holds that the losses are the same.
"""

import textwrap
from dataclasses import replace
from typing import Any, Final

from core.config import Change, DataConfig, ModelConfig, Normalization, TrainConfig
from core.data.statistics import NORMALIZATIONS
from core.errors import ConfigError
from core.exchange.templates import blocks, template
from core.exchange.weights.recognition import describe_network
from core.model import layers_of
from core.model.class_code import class_definition, class_name
from core.teaching.snippets.notebook import write_notebook
from core.training.engine import EVALUATION_BATCH, SEED_OFFSETS
from core.training.engine.objectives import ONE_CYCLE_END, ONE_CYCLE_START
from core.training.engine.written_out import is_written_out
from core.training.jobs.training import settings_of
from core.training.presets import changed

_RUN: Final = "run.py.jinja"
_HEADLINES: Final = {
    "imports": "What is needed",
    "settings": "Settings",
    "data": "Data",
    "network": "Network",
    "objective": "Loss and optimizer",
    "augmentation": "Augmentation",
    "loops": "Training and test",
    "run": "The run",
}
"""Of the notebook's sections, which are the template's blocks."""
_OPTIMIZERS: Final = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


def to_script(config: TrainConfig, *, distributed: bool = False) -> str:
    """A run as one Python program.

    Run as it is, it prints the run's losses and accuracies and saves the weights as `model.pth`.

    Args:
        config: The run.
        distributed: Whether several processes can share the run's batches, under
            `torchrun --nproc-per-node=N`.

    Raises:
        ConfigError: The run used images that only its visitor has.
    """
    sections = blocks(_RUN, _values(config, script=True, distributed=distributed))
    text = f'"""{_docstring(config, distributed=distributed)}"""'
    for section in sections.values():
        # two empty lines around classes and functions, as Python's style guide has it
        wide = section.startswith(("class ", "def ")) or text.rpartition("\n")[2].startswith(" ")
        text += ("\n\n\n" if wide else "\n\n") + section
    return text + "\n"


def to_notebook(config: TrainConfig) -> str:
    """The same program as a notebook (nbformat 4.5 JSON), one cell per section.

    Args:
        config: The run.

    Raises:
        ConfigError: The run used images that only its visitor has.
    """
    cells = [("markdown", f"# Fashion-MNIST\n\n{_summary(config)}\n\n{_about_data(config)}")]
    for name, text in blocks(_RUN, _values(config, script=False, distributed=False)).items():
        cells += [("markdown", f"## {_HEADLINES[name]}"), ("code", text)]
    return write_notebook(cells)


def to_loading_script(config: ModelConfig, normalize: Normalization) -> str:
    """A program that gives a network its weights from `model.pth` and asks it about one image."""
    return template("load_model.py.jinja").render(_network(config), **_normalization(normalize))


def about_digits(config: TrainConfig) -> str:
    """How closely the program's losses match the run's, in a sentence or two."""
    same = "On the CPU, with the same version of PyTorch, the losses are the app's to five decimals"
    if not is_written_out(replace(config, device="cpu")):
        return f"{same}."
    return (
        f"{same} at first: the app makes an update as plain as this one together with the backward pass, "
        "which rounds differently, and the larger the learning rate, the sooner the last digits drift apart."
    )


def _values(config: TrainConfig, *, script: bool, distributed: bool) -> dict[str, Any]:
    """What the template is filled with."""
    if config.data.kind == "custom":
        raise ConfigError(
            "This run used uploaded images, which a script cannot download: export another run."
        )
    if distributed and config.changes:
        raise ConfigError(
            "The program of a run that was changed on the way trains in one process: export it as that."
        )
    kinds = {layer.kind for layer in layers_of(config.model)}
    forms = _changes(config)
    tested = "average" if config.optimizer.ema_decay else "model"
    return {
        "config": config,
        "script": script,
        "distributed": distributed,
        "device": config.device.partition(":")[0],
        "seed": lambda use: config.seed + SEED_OFFSETS[use],
        "uses_dropout": "dropout" in kinds,
        **_checkpoint(config, uses_dropout="dropout" in kinds),
        "channels_last": "conv" in kinds,
        "evaluation_batch": EVALUATION_BATCH,
        "tested": tested,
        "test_loss": "test_loss_fn" if forms["smooths"] else "loss_fn",
        **forms,
        "optimizer_class": _OPTIMIZERS[config.optimizer.name],
        "optimizer_options": _optimizer_options(config),
        **_one_cycle(config),
        **_mending(config.data),
        **_network(config.model),
        **_normalization(config.data.normalize),
        **_loading(config, distributed=distributed),
    }


def _checkpoint(config: TrainConfig, *, uses_dropout: bool) -> dict[str, str]:
    """What a checkpoint of several processes keeps: objects with a `state_dict`, and random generators."""
    parts = ["model", "optimizer"]
    parts += ["scheduler"] if config.optimizer.schedule != "constant" else []
    parts += ["average"] if config.optimizer.ema_decay else []
    generators = ["Batches.generator"] if config.shuffle else []
    generators += ["generator"] if config.data.augments else []
    generators += ["dropout_generator"] if uses_dropout else []
    return {
        "parts": ", ".join(f'"{part}": {part}' for part in parts),
        "generators": ", ".join(generators),
    }


def _network(config: ModelConfig) -> dict[str, Any]:
    return {"class_definition": class_definition(config).rstrip(), "class_name": class_name(config)}


def _normalization(normalize: Normalization) -> dict[str, Any]:
    mean, std = NORMALIZATIONS[normalize]
    return {"normalizes": normalize != "none", "mean": f"{mean:.4f}", "std": f"{std:.4f}"}


def _changes(config: TrainConfig) -> dict[str, Any]:
    """What is changed on the way, as lines of the loop over the epochs, and what is needed because of it."""
    settings = settings_of(config)
    at_ends = [change for change in config.changes if not change.step]
    return {
        "root": config.root,
        "changes": [
            {
                "epoch": change.epoch,
                "words": ", ".join(changed(change)),
                "lines": _lines(change, config),
            }
            for change in at_ends
            if change.values()
        ],
        "forked": bool(config.changes),
        "new_rates": "{"
        + ", ".join(f"({c.epoch}, {c.step}): {c.lr!r}" for c in config.changes if c.step)
        + "}",
        "smooths": any(each.label_smoothing for each in settings),
        "augments": any(each.data.augments for each in settings),
        "augments_otherwise": len({(d.shift, d.flip, d.erase) for d in (each.data for each in settings)}) > 1,
        "shifts": any(each.data.shift for each in settings),
    }


def _lines(change: Change, config: TrainConfig) -> list[str]:
    """The statements of a change at the end of an epoch."""
    settings = config.settings_after(change.epoch)
    lines = []
    if change.optimizer is not None:
        name, options = _OPTIMIZERS[change.optimizer], _optimizer_options(settings)
        lines.append(f"optimizer = torch.optim.{name}({options})")
    if change.lr is not None:
        lines.append(f"set_rate({change.lr!r})")
    if change.batch_size is not None:
        loading = _loading(config, distributed=False)
        options = loading["train_loader_options"] + loading["own_generator"]
        lines.append(f"batch_size = {change.batch_size}")
        lines.append(f"train_dataloader = DataLoader(training_data, {options})")
    if change.label_smoothing is not None:
        lines.append(f"loss_fn = nn.CrossEntropyLoss(label_smoothing={change.label_smoothing})")
    lines += [
        f"{name} = {getattr(change, name)}"
        for name in ("shift", "flip", "erase")
        if getattr(change, name) is not None
    ]
    if change.shuffle_seed is not None:
        lines.append(f"Shuffled.generator.manual_seed({change.shuffle_seed + SEED_OFFSETS['shuffle']})")
    return lines


def _mending(data: DataConfig) -> dict[str, Any]:
    """Training images that are left out or have another label."""
    limit = data.limit
    return {
        "own_labels": f"{{{', '.join(f'{index}: {label}' for index, label in data.relabeled)}}}",
        "left_out": str([index for index in data.left_out if limit is None or index < limit]),
        "images_used": f"min({limit}, len(training_data))" if limit else "len(training_data)",
    }


def _loading(config: TrainConfig, *, distributed: bool) -> dict[str, Any]:
    """How images are prepared and put into batches."""
    names = ["DataLoader"]
    if distributed or config.shuffle:
        names.append("Sampler")
    if config.data.validation or config.data.limit or config.data.left_out:
        names.append("Subset")
    normalizes = config.data.normalize != "none"
    augments = any(settings.data.augments for settings in settings_of(config))
    # what is changed at random is changed before it is normalized: black has to be 0
    in_dataset = normalizes and not augments
    transforms = ["Compose"] if in_dataset else []
    transforms += ["Normalize", "ToTensor"] if normalizes else ["ToTensor"]
    if distributed:
        options = "batch_sampler=Batches()"
    else:
        options = "batch_size=batch_size" + (", sampler=Shuffled()" if config.shuffle else "")
    uses_dropout = any(layer.kind == "dropout" for layer in layers_of(config.model))
    return {
        "loader_names": ", ".join(names),
        "transform_names": ", ".join(transforms),
        "transform": "transform" if in_dataset else "ToTensor()",
        "normalize_in_dataset": in_dataset,
        "normalize_batches": normalizes and augments,
        "train_loader_options": options,
        "own_generator": ", generator=own" if uses_dropout else "",
    }


def _optimizer_options(config: TrainConfig) -> str:
    optimizer = config.optimizer
    options = ["model.parameters()", f"lr={optimizer.lr!r}"]
    if optimizer.momentum:
        options.append(f"momentum={optimizer.momentum!r}")
    # AdamW decays by 0.01 unless told otherwise
    if optimizer.weight_decay or optimizer.name == "adamw":
        options.append(f"weight_decay={optimizer.weight_decay!r}")
    if optimizer.nesterov:
        options.append("nesterov=True")
    return ", ".join(options)


def _one_cycle(config: TrainConfig) -> dict[str, Any]:
    """The steps of the scheduler and the share in which the rate rises: it needs two, and more than one."""
    images = config.data.limit or 5_000
    steps = config.root.epochs * images * (1 - config.data.validation) / config.batch_size
    few = config.optimizer.warmup * steps < 3
    warmup = repr(config.optimizer.warmup)
    return {
        "few_steps": few,
        "total_steps": "total_steps" if few else "epochs * len(train_dataloader)",
        "warmup": f"max({warmup}, 1.000001 / total_steps)" if few else warmup,
        "one_cycle_start": ONE_CYCLE_START,
        "one_cycle_end": ONE_CYCLE_END,
    }


def _summary(config: TrainConfig) -> str:
    optimizer = config.optimizer
    return (
        f"{describe_network(config.model)}; {optimizer.name}, learning rate {optimizer.lr:g} "
        f"({optimizer.schedule}), batches of {config.batch_size}, {config.epochs} epochs, seed {config.seed}."
    )


def _about_data(config: TrainConfig) -> str:
    if config.data.kind == "sample":
        return (
            "The run used the 5,000 training and 1,000 test images that ship with PyTorch Basics, Live, in "
            "core/data/sample: unpack that folder's files into data/FashionMNIST/raw to get its numbers. "
            "The download has 60,000 and 10,000 images, and gives other numbers."
        )
    return "Fashion-MNIST is downloaded to data/ if it is not there."


def _docstring(config: TrainConfig, *, distributed: bool) -> str:
    text = "\n\n".join(
        textwrap.fill(paragraph, 100)
        for paragraph in (
            f"A run of PyTorch Basics, Live, {config.key()[:12]}, as a program of its own.",
            _summary(config),
            f"{_about_data(config)} {about_digits(config)}",
        )
    )
    commands = "    python run.py\n"
    if distributed:
        commands = """\
    python run.py                                one process
    torchrun --nproc-per-node=2 run.py           two, which share the same batches

After each epoch a checkpoint is written. With --max-restarts, a process that dies costs one epoch at
most: torchrun starts all of them again, and they go on from the checkpoint. The variable gives each
start a meeting place of its own; without it, processes may look for the ones that died. On two
machines with a folder that both of them see, start on each:

    export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1
    torchrun --nnodes=2 --nproc-per-node=8 --max-restarts=3 --rdzv-backend=c10d \\
        --rdzv-endpoint=FIRST_MACHINE:29400 run.py --checkpoint SHARED_FOLDER/run.pt
"""
    return f"{text}\n\n{commands}"
