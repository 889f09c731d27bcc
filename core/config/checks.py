"""What configurations are checked with: each refusal is one sentence."""

import dataclasses
import typing
from typing import Any

from core.errors import ConfigError
from core.text import quoted


def require(condition: bool, message: str) -> None:
    """Refuse a configuration in a sentence."""
    if not condition:
        raise ConfigError(message)


def in_range(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its range, and NaN."""
    if not low <= value <= high:  # nor is NaN
        raise ConfigError(f"{name} must be between {number(low)} and {number(high)}, not {number(value)}.")


def number(value: float) -> str:
    """A number as a sentence shows it: whole ones to the last digit, unless there are very many."""
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else "a number of more than 15 digits"
    return f"{value:.12g}"


def one_of(name: str, value: str, options: object) -> None:
    """Refuse a word that is none of a literal type's."""
    allowed = typing.get_args(options)
    require(value in allowed, f"{name} must be one of {', '.join(allowed)}, not {quoted(value)}.")


def reset(config: object, names: tuple[str, ...]) -> None:
    """Give settings that play no part their defaults, so that they cannot tell equal runs apart."""
    for entry in dataclasses.fields(typing.cast(Any, config)):
        if entry.name in names:
            object.__setattr__(config, entry.name, entry.default)
