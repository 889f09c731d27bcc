"""The widgets of a lesson's step: one for each parameter, in rows that line up."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.teaching.snippets import Step
from core.teaching.snippets.params import Bool, Choice, Code, DataFolder, Float, Int, Param, Typed
from ui.shell import params
from ui.shell.share import hides


def controls(step: Step, names: Sequence[str] | None = None) -> dict[str, Any]:
    """A widget for each parameter, their values in the URL.

    What is typed has a row to itself, with its examples; then come sliders and choices, then switches, so
    that labels stand on one line.

    Args:
        step: The step.
        names: Which parameters; all if `None`.
    """
    shown = {name: step.params[name] for name in (step.params if names is None else names)}
    shown = {name: param for name, param in shown.items() if not isinstance(param, DataFolder)}
    typed = [[name] for name, param in shown.items() if isinstance(param, Typed)]
    switches = [name for name, param in shown.items() if isinstance(param, Bool)]
    others = [name for name, param in shown.items() if not isinstance(param, Typed | Bool)]
    values: dict[str, Any] = {}
    if shown:
        place = st.empty()
        with place.container(gap="small"):
            for row in filter(None, [*typed, others, switches]):
                with st.container(horizontal=True, gap="medium"):
                    values |= {name: _widget(shown[name], key=f"{step.name}-{name}") for name in row}
        if hides("settings"):  # their values still come from the link
            place.empty()
    return {name: values[name] for name in shown}


def _widget(param: Param, key: str) -> Any:
    """The widget for a parameter, bound to the URL under its key."""
    hint = param.help or None
    if isinstance(param, Int):
        params.int_param(key, param.default, param.low, param.high)
    elif isinstance(param, Float):
        params.float_param(key, param.default, param.low, param.high)
    elif isinstance(param, Choice | Code):
        params.choice_param(key, [str(option) for option in param.options], str(param.default))
    if isinstance(param, Typed):
        return _text(param, key)
    if isinstance(param, Bool):
        return st.toggle(param.label, param.default, key=key, help=hint, bind="query-params")
    if isinstance(param, Int) and param.high - param.low > 200:
        return st.number_input(
            param.label,
            param.low,
            param.high,
            param.default,
            key=key,
            help=hint,
            width=220,
            bind="query-params",
        )
    if isinstance(param, Int | Float):
        return st.slider(
            param.label,
            param.low,
            param.high,
            param.default,
            key=key,
            help=hint,
            width=220,
            bind="query-params",
        )
    if isinstance(param, Choice | Code):
        options = list(param.options)
        index = options.index(param.default)
        if len(options) > 6 or sum(map(len, map(str, options))) > 64:
            return st.selectbox(
                param.label, options, index, key=key, help=hint, width=280, bind="query-params"
            )
        return st.segmented_control(
            param.label,
            options,
            format_func=lambda option: f"{option:,}" if type(option) is int else str(option),
            default=param.default,
            required=True,
            key=key,
            help=hint,
            bind="query-params",
        )
    raise TypeError(f"No widget for {type(param).__name__}.")


def _text(param: Typed, key: str) -> str:
    """A text field, with examples to click beside it."""
    text: str | None = st.text_input(
        param.label, param.default, key=key, help=param.help or None, width=300, bind="query-params"
    )

    def take() -> None:
        if st.session_state[f"{key}-try"] is not None:
            st.session_state[key] = st.session_state[f"{key}-try"]
            st.session_state[f"{key}-try"] = None

    if param.examples:
        options = [param.default, *param.examples]
        with st.container():  # takes the rest of the row, or a row of its own on a phone
            st.pills(
                "Try",
                options,
                key=f"{key}-try",
                on_change=take,
                format_func=lambda option: f"`{option}`",
                wrap=True,
            )
    return text or ""
