"""The widgets of a lesson's step: one for each parameter, in rows that line up."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.teaching.snippets import Step
from core.teaching.snippets.params import (
    Bool,
    Choice,
    Code,
    DataFolder,
    Float,
    Int,
    Param,
    Typed,
)
from ui.shell import params
from ui.shell.share import hides


def controls(step: Step, names: Sequence[str] | None = None) -> dict[str, Any]:
    """A widget for each parameter, their values in the URL.

    Those of the steps that this one goes on from are folded away; they are the same widgets there and here.

    Args:
        step: The step.
        names: Which parameters; all if `None`.
    """
    wanted = [
        name
        for name in (step.params if names is None else names)
        if not isinstance(step.params[name], DataFolder)
    ]
    earlier = [name for name in wanted if name not in step.own]
    place = st.empty()
    values: dict[str, Any] = {}
    with place.container(gap="small"):
        values |= _rows(step, [name for name in wanted if name in step.own])
        if earlier:
            with st.expander("Settings of earlier steps", icon=":material/tune:"):
                values |= _rows(step, earlier)
    if not wanted or hides("settings"):  # their values still come from the link
        place.empty()
    return {name: values[name] for name in wanted}


def _rows(step: Step, names: Sequence[str]) -> dict[str, Any]:
    """Widgets in rows that line up: what is typed, with its examples; sliders and choices; switches."""
    typed = [[name] for name in names if isinstance(step.params[name], Typed)]
    switches = [name for name in names if isinstance(step.params[name], Bool)]
    others = [name for name in names if not isinstance(step.params[name], Typed | Bool)]
    owners = {name: link.name for link in step.chain for name in link.own}
    values: dict[str, Any] = {}
    for row in filter(None, [*typed, others, switches]):
        with st.container(horizontal=True, gap="medium"):
            values |= {name: _widget(step.params[name], key=f"{owners[name]}-{name}") for name in row}
    return values


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
