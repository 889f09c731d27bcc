"""Dataclasses from JSON values: every name and type is checked, nothing is converted that could mislead."""

import dataclasses
import types
import typing
from typing import Any, Literal

from core.errors import ConfigError
from core.text import quoted


def dataclass_from_json(cls: type[Any], values: object) -> Any:
    """Build a dataclass, and the dataclasses within it, from what `dataclasses.asdict` and JSON made of it.

    Args:
        cls: The dataclass; its fields may be dataclasses, tuples of one type, literals, optional or plain.
        values: A dict, as JSON gives it.

    Raises:
        ConfigError: A field is unknown, of the wrong type, or refused by the dataclass itself.
    """
    if not isinstance(values, dict):
        raise ConfigError(f"{cls.__name__} must be a JSON object.")
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(values) - set(hints))
    if unknown:
        raise ConfigError(f"{cls.__name__} has no field {quoted(str(unknown[0]), 40)}.")
    return cls(**{name: _coerce(name, hints[name], value) for name, value in values.items()})


def _coerce(name: str, hint: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(hint):
        return dataclass_from_json(typing.cast(type[Any], hint), value)
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ConfigError(f"{name} must be a list.")
        item = typing.get_args(hint)[0]
        return tuple(_coerce(name, item, v) for v in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise ConfigError(f"{name} must be a JSON object.")
        item = typing.get_args(hint)[1]
        return {key: _coerce(name, item, v) for key, v in value.items()}
    if origin is Literal:
        hint = str
    elif origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _coerce(name, next(h for h in typing.get_args(hint) if h is not type(None)), value)
    if hint is float and type(value) is int:
        try:
            value = float(value)
        except OverflowError:
            raise ConfigError(f"{name} is a number of more than 300 digits.") from None
    if type(value) is not hint:
        raise ConfigError(f"{name} must be of type {hint.__name__}, not {type(value).__name__}.")
    return value
