"""A run's settings as query parameters: `?opt=adam&lr=0.001&epochs=3`, and back.

What is left out is as in the tutorial's run. Parameters that make no sense are named in a sentence each, and
the rest is used.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from core.config import Change, TrainConfig
from core.errors import ConfigError
from core.model.layer_text import layers_from_text, layers_to_text
from core.system import device as devices
from core.text import quoted
from core.training.presets import PRESETS


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split("-")) if text != "none" else ()


def _widths_text(widths: tuple[int, ...]) -> str:
    return "-".join(map(str, widths)) or "none"


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _flag_text(value: bool) -> str:
    return "1" if value else "0"


def _number_text(value: float) -> str:
    return repr(value).removesuffix(".0")


def _indices(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split("-")) if text else ()


def _indices_text(indices: tuple[int, ...]) -> str:
    return "-".join(map(str, indices))


def _labels(text: str) -> tuple[tuple[int, int], ...]:
    pairs = [word.split(":") for word in text.split("-")] if text else []
    return tuple((int(index), int(label)) for index, label in pairs)


def _labels_text(pairs: tuple[tuple[int, int], ...]) -> str:
    return "-".join(f"{index}:{label}" for index, label in pairs)


_Codec = tuple[Callable[[str], Any], Callable[[Any], str]]

# letter in the link: setting of a change, how it is read and written
_CHANGED: Final[dict[str, tuple[str, _Codec]]] = {
    "e": ("epoch", (int, str)),
    "s": ("step", (int, str)),
    "r": ("lr", (float, _number_text)),
    "o": ("optimizer", (str, str)),
    "b": ("batch_size", (int, str)),
    "l": ("label_smoothing", (float, _number_text)),
    "h": ("shift", (int, str)),
    "f": ("flip", (_flag, _flag_text)),
    "x": ("erase", (int, str)),
    "n": ("shuffle_seed", (int, str)),
    "t": ("of_epochs", (int, str)),
}


def _changes(text: str) -> tuple[Change, ...]:
    """`e3_r0.01_oadam~e4_b32`: changes in order, each a word of a letter and its value."""
    found = []
    for part in text.split("~"):
        values = {}
        for word in part.split("_"):
            name, (read, _) = _CHANGED[word[:1]]
            values[name] = read(word[1:])
        found.append(Change(**values))
    return tuple(found)


def _changes_text(changes: tuple[Change, ...]) -> str:
    return "~".join(
        "_".join(
            letter + write(getattr(change, name))
            for letter, (name, (_, write)) in _CHANGED.items()
            if getattr(change, name) is not None
            and (getattr(change, name) or name not in ("step", "of_epochs"))
        )
        for change in changes
    )


_INT: Final[_Codec] = (int, str)
_FLOAT: Final[_Codec] = (float, _number_text)
_TEXT: Final[_Codec] = (str, str)
_FLAG: Final[_Codec] = (_flag, _flag_text)
_WIDTHS: Final[_Codec] = (_widths, _widths_text)

# name in the link: part of the configuration ("" is the run itself), field, how it is read and written
FIELDS: Final[dict[str, tuple[str, str, _Codec]]] = {
    "net": ("model", "architecture", _TEXT),
    "hidden": ("model", "hidden", _WIDTHS),
    "channels": ("model", "channels", _WIDTHS),
    "act": ("model", "activation", _TEXT),
    "dropout": ("model", "dropout", _FLOAT),
    "bn": ("model", "batch_norm", _FLAG),
    "bias": ("model", "bias", _FLAG),
    "layers": ("model", "layers", (layers_from_text, layers_to_text)),
    "opt": ("optimizer", "name", _TEXT),
    "lr": ("optimizer", "lr", _FLOAT),
    "momentum": ("optimizer", "momentum", _FLOAT),
    "nesterov": ("optimizer", "nesterov", _FLAG),
    "decay": ("optimizer", "weight_decay", _FLOAT),
    "schedule": ("optimizer", "schedule", _TEXT),
    "drop": ("optimizer", "step_epochs", _INT),
    "gamma": ("optimizer", "gamma", _FLOAT),
    "warmup": ("optimizer", "warmup", _FLOAT),
    "clip": ("optimizer", "clip_norm", _FLOAT),
    "average": ("optimizer", "ema_decay", _FLOAT),
    "loss": ("", "loss", _TEXT),
    "smoothing": ("", "label_smoothing", _FLOAT),
    "epochs": ("", "epochs", _INT),
    "batch": ("", "batch_size", _INT),
    "shuffle": ("", "shuffle", _FLAG),
    "seed": ("", "seed", _INT),
    "patience": ("", "patience", _INT),
    "precision": ("", "precision", _TEXT),
    "device": ("", "device", _TEXT),
    "data": ("data", "dataset", _TEXT),
    "images": ("data", "limit", _INT),
    "validation": ("data", "validation", _FLOAT),
    "normalize": ("data", "normalize", _TEXT),
    "shift": ("data", "shift", _INT),
    "flip": ("data", "flip", _FLAG),
    "erase": ("data", "erase", _INT),
    "without": ("data", "left_out", (_indices, _indices_text)),
    "labels": ("data", "relabeled", (_labels, _labels_text)),
    "then": ("", "changes", (_changes, _changes_text)),
}

MAX_VALUE: Final = 4_000
"""Characters of one value: more than twice the longest that this module writes."""

_log: Final = logging.getLogger(__name__)
_PARTS: Final = ("model", "optimizer", "data")


def to_query(config: TrainConfig) -> dict[str, str]:
    """The settings as query parameters, those of the tutorial's run left out.

    Threads, the dataset in use and the device that `auto` stands for are not among them: they are what the
    machine that opens the link has. A visitor's own dataset is, and the one whose images are mended.
    """
    base = TrainConfig.tutorial()
    if config.data.kind != "custom" and not config.data.is_mended:
        config = replace(config, data=replace(config.data, dataset="auto"))
    if config.device == devices.resolve("auto"):
        config = replace(config, device="auto")
    query = {}
    for name, (part, attribute, (_, write)) in FIELDS.items():
        owner, default = (getattr(config, part), getattr(base, part)) if part else (config, base)
        value = getattr(owner, attribute)
        if value != getattr(default, attribute) and value is not None:
            query[name] = write(value)
    return query


def from_query(query: Mapping[str, str]) -> tuple[TrainConfig, list[str]]:
    """The settings that query parameters describe, and a sentence for each that makes no sense.

    `preset` names the run that the others change; without it that is the tutorial's.
    """
    problems: list[str] = []
    preset = query.get("preset", "tutorial")
    if preset not in PRESETS:
        problems.append(
            f"The link's preset is left out: it must be one of {', '.join(PRESETS)}, not {quoted(preset)}."
        )
    start = PRESETS.get(preset, PRESETS["tutorial"]).config
    values: dict[str, dict[str, Any]] = {part: {} for part in (*_PARTS, "")}
    names: dict[tuple[str, str], str] = {}
    for name, (part, attribute, (read, _)) in FIELDS.items():
        if name not in query:
            continue
        if len(query[name]) > MAX_VALUE:  # told by its length: reading millions would take seconds
            length = f"{len(query[name]):,} characters, and {MAX_VALUE:,} are read"
            problems.append(f"The link's {name} is left out: it has {length}.")
            continue
        names[part, attribute] = name
        try:
            values[part][attribute] = read(query[name])
        except ConfigError as error:
            problems.append(f"The link's {name} is left out: {error}")
        except Exception as fault:  # a reader fed with a stranger's text raises whatever it likes
            _log.info("a link's %s was left out: %r", name, fault)
            problems.append(
                f"The link's {name} is left out: {quoted(query[name])} is not what belongs there."
            )
    if layers := values["model"].pop(
        "layers", None
    ):  # which only a custom network has, whatever else is said
        values["model"].pop("architecture", None)
        start = replace(start, model=replace(start.model, architecture="custom", layers=layers))
    parts = {part: _build(getattr(start, part), values[part], names, part, problems) for part in _PARTS}
    return _build(replace(start, **parts), values[""], names, "", problems), problems


def _build(
    base: Any, values: dict[str, Any], names: dict[tuple[str, str], str], part: str, problems: list[str]
) -> Any:
    """`base` with these values; where they are refused, with as many of them as are not."""
    try:
        return replace(base, **values)
    except (ConfigError, TypeError):
        pass
    built = base
    rest = dict(values)
    # some settings are only allowed with others, so what is refused is tried again after the others
    for _ in range(len(values)):
        for attribute in list(rest):
            try:
                built = replace(built, **{attribute: rest[attribute]})
                del rest[attribute]
            except (ConfigError, TypeError):
                continue
    for attribute, value in rest.items():
        try:
            replace(built, **{attribute: value})
        except (ConfigError, TypeError) as error:
            problems.append(f"The link's {names[part, attribute]} is left out: {error}")
    return built
