"""Fields of the training form: each takes its first value from the settings, then keeps what is typed."""

from typing import Any, Final

import streamlit as st

PREFIX: Final = "form_"
"""How the keys of all fields begin; deleting them makes the fields take the settings' values again."""


def _key(name: str, value: Any) -> str:
    """Name the field's state and see that it has a value.

    It is assigned in every run: a browser that draws a field anew, where the form was folded, takes the last
    run's value then, and not the lowest one, which is Streamlit's default.
    """
    key = PREFIX + name
    st.session_state[key] = st.session_state.get(key, value)
    return key


def number(label: str, name: str, value: int, low: int, high: int, **more: Any) -> int:
    """A whole number."""
    return int(st.number_input(label, low, high, key=_key(name, min(max(value, low), high)), step=1, **more))


def real(label: str, name: str, value: float, low: float, high: float, **more: Any) -> float:
    """Any number, typed."""
    key = _key(name, float(min(max(value, low), high)))
    return float(st.number_input(label, low, high, key=key, step=0.001, format="%g", **more))


def rate(label: str, name: str, value: float, low: float, high: float, **more: Any) -> float:
    """A number above 0 whose size is a matter of factors: its buttons halve it, and add half of it."""
    key = _key(name, float(min(max(value, low), high)))
    step = float(f"{st.session_state[key] / 2:.1g}")
    return float(st.number_input(label, low, high, key=key, step=step, format="%g", **more))


def slider(label: str, name: str, value: float, low: float, high: float, step: float, **more: Any) -> float:
    """A share, or another number with few digits."""
    key = _key(name, float(min(max(value, low), high)))
    return round(float(st.slider(label, low, high, key=key, step=step, **more)), 6)


def toggle(label: str, name: str, value: bool, **more: Any) -> bool:
    """A yes or no."""
    return st.toggle(label, key=_key(name, value), **more)


def choice(label: str, name: str, options: dict[str, str], value: str, **more: Any) -> Any:
    """One of `options` (value to what it is called)."""
    key = _key(name, value)
    return st.selectbox(label, list(options), key=key, format_func=lambda option: options[option], **more)


def text(label: str, name: str, value: str, **more: Any) -> str:
    """A line of text."""
    return str(st.text_input(label, key=_key(name, value), **more))
