"""A lesson's step on the page: its words, its widgets, what it gave, and the code that ran."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import streamlit as st
import torch
from matplotlib.figure import Figure
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from core.errors import CoreError
from core.lessons import Lesson, Step, StepResult, run_step, to_notebook, to_script
from core.lessons.params import Bool, Choice, Code, DataFolder, Float, Int, Param, Typed
from ui import params
from ui.code import show_code
from ui.components.tensor_view import MAX_CELLS, View, describe, tensor_row
from ui.images import png
from ui.share import hides, plain

SIDE_BY_SIDE: Final = 58
"""Longest line, in characters, up to which code and output stand beside each other."""
LONG_CODE: Final = 40
"""Lines from which on the output stands above the code, not below it."""

_VALUES: Final = "lesson_values"


def parts(*names: str) -> tuple[str, DeltaGenerator]:
    """Tabs of which only the open one is filled; which one it is, is in the URL (`?part=`).

    Returns:
        The open tab's name, and the tab to write into.
    """
    params.choice_param("part", names, names[0])  # says so if the link asks for another
    tabs = st.tabs(list(names), key="part", bind="query-params")
    return next(((name, tab) for name, tab in zip(names, tabs, strict=True) if tab.open), (names[0], tabs[0]))


def introduce(step: Step) -> None:
    """The step's title and text."""
    st.subheader(step.title, anchor=False)
    st.markdown(step.text)


def play(
    step: Step, *, fresh: bool = False, only: Sequence[str] | None = None, **fixed: Any
) -> StepResult | None:
    """Show the step's widgets, run it with their values, and give the result.

    Args:
        step: The step.
        fresh: Run it again even if the result is known, as for a measurement.
        only: Show widgets for these parameters only; all that are not in `fixed` if `None`.
        **fixed: Values that the page chooses itself.

    Returns:
        The result, or `None` after the visitor has been told what is wrong with what they typed.
    """
    names = [name for name in (step.params if only is None else only) if name not in fixed]
    values = controls(step, names) | fixed
    try:
        result = run_step(step, fresh=fresh, **values)
    except CoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    st.session_state.setdefault(_VALUES, {})[step.function.__module__, step.name] = values
    if result.error:
        st.error(result.error, icon=":material/error:")
    return result


def controls(step: Step, names: Sequence[str] | None = None) -> dict[str, Any]:
    """A widget for each parameter, in a row that wraps; their values are in the URL.

    Args:
        step: The step.
        names: Which parameters; all if `None`.
    """
    shown = {name: step.params[name] for name in (step.params if names is None else names)}
    shown = {name: param for name, param in shown.items() if not isinstance(param, DataFolder)}
    values: dict[str, Any] = {}
    if shown:
        place = st.empty()
        with place.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            for name, param in shown.items():
                values[name] = _widget(param, key=f"{step.name}-{name}")
        if hides("settings"):  # their values still come from the link
            place.empty()
    return values


def show_run(result: StepResult) -> None:
    """The code that ran, to copy or download, beside what it printed."""
    module = result.step.function.__module__.rpartition(".")[2]
    longest = max(map(len, [*result.code.splitlines(), *result.stdout.splitlines(), ""]))
    beside = bool(result.stdout) and longest <= SIDE_BY_SIDE
    if beside:
        left, right = st.columns([3, 2])
    elif result.code.count("\n") > LONG_CODE:
        right, left = st.container(), st.container()  # what it printed would be out of sight below it
    else:
        left, right = st.container(), st.container()
    if not hides("code"):
        with left:
            st.caption("The code that ran")
            name = f"{module}_{result.step.name}.py"
            show_code(result.code, key=f"{result.step.name}_code", file_name=name)
    if result.stdout:
        with right:
            st.caption("What it printed")
            st.code(result.stdout, language=None, wrap_lines=True)


def show_values(result: StepResult, *names: str) -> None:
    """The values a step returned, each as what it is: grids of numbers, pictures, or text.

    Args:
        result: What running the step gave.
        *names: Which values; all if none are named.
    """
    values = {name: result.values[name] for name in names or result.values if name in result.values}
    values = {n: torch.from_numpy(v.copy()) if isinstance(v, np.ndarray) else v for n, v in values.items()}
    small = [
        View(v, name, note=describe(v)) for name, v in values.items() if isinstance(v, Tensor) and _fits(v)
    ]
    if small:
        tensor_row(small, key=f"{result.step.name}_values")
    for name, value in values.items():
        if isinstance(value, Tensor) and not _fits(value):
            _show_large(name, value)
        elif isinstance(value, Figure):
            st.pyplot(value, width="content", alt=f"{name}, drawn by the code")
        elif isinstance(value, Image.Image):
            st.image(value, caption=name, alt=f"{name}, made by the code")
        elif not isinstance(value, Tensor):
            st.code(f"{name} = {value!r}", language=None, wrap_lines=True)


def whole_step(
    step: Step, draw: Callable[[StepResult], None] | None = None, **fixed: Any
) -> StepResult | None:
    """Title, text, widgets, values, code; a button to measure again where the step measures.

    Args:
        step: The step.
        draw: What to draw instead of the values as they are; not called when the snippet failed.
        **fixed: Values that the page chooses itself.
    """
    introduce(step)
    again = bool(step.varies) and st.button(
        "Measure again", icon=":material/timer:", key=f"{step.name}_again"
    )
    result = play(step, fresh=again, **fixed)
    if result is not None:
        if result.error is None:
            (draw or show_values)(result)
        show_run(result)
    return result


def downloads(lesson: Lesson) -> None:
    """Buttons for the lesson as a notebook and as a script, with the values chosen on this page."""
    chosen = st.session_state.get(_VALUES, {})
    values = {s.name: chosen.get((s.function.__module__, s.name), {}) for s in lesson.steps}
    with st.container(horizontal=True):
        st.download_button(
            "Download this page as a notebook",
            lambda: to_notebook(lesson, values),
            file_name=f"{lesson.name}.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/download:",
            on_click="ignore",
            key=f"{lesson.name}_notebook",
        )
        st.download_button(
            "Download it as a script",
            lambda: to_script(lesson, values),
            file_name=f"{lesson.name}.py",
            mime="text/x-python",
            icon=":material/download:",
            on_click="ignore",
            key=f"{lesson.name}_script",
        )


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
            width=260,
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
            width=260,
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
    text = st.text_input(
        param.label, param.default, key=key, help=param.help or None, width=300, bind="query-params"
    )

    def take() -> None:
        if st.session_state[f"{key}-try"] is not None:
            st.session_state[key] = st.session_state[f"{key}-try"]
            st.session_state[f"{key}-try"] = None

    if param.examples:
        options = [param.default, *param.examples]
        st.pills("Try", options, key=f"{key}-try", on_change=take, format_func=lambda o: f"`{o}`")
    return text or ""


def _fits(tensor: Tensor) -> bool:
    return tensor.numel() <= MAX_CELLS and tensor.ndim <= 4


def _show_large(name: str, tensor: Tensor) -> None:
    """A heat map of a matrix (or an image), or the tensor's own words."""
    picture = tensor.detach().cpu().squeeze()
    note = f"{name}: {describe(tensor)}"
    if picture.ndim == 2 and max(picture.shape) <= 1024:
        low, high = float(picture.min()), float(picture.max())
        scaled = (picture.to(torch.float32) - low) / ((high - low) or 1)
        st.image(
            png(scaled, scale=max(1, 280 // max(picture.shape))),
            caption=f"{note}, {low:.3g} black, {high:.3g} white",
            alt=note,
        )
    else:
        st.code(f"{note}\n{tensor}", language=None)
