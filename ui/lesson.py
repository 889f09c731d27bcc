"""A lesson's step on the page: its words, its widgets, what it gave, and the code that ran."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np
import streamlit as st
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from core.errors import CoreError
from core.teaching.snippets import (
    PEAK_BYTES,
    Lesson,
    Step,
    StepResult,
    run_step,
    to_notebook,
    to_script,
)
from core.teaching.snippets.dataset_root import DOWNLOAD_ROOT
from ui import heavy
from ui.code import show_code
from ui.components.tensor_view import MAX_CELLS, Cells, describe_tensor, tensor_row
from ui.images import figure_png, png
from ui.lesson_controls import controls
from ui.shell.sections import choose_section
from ui.shell.share import hides, plain
from ui.theme import text_color

__all__ = [
    "choose",
    "controls",
    "downloads",
    "finish",
    "in_code",
    "introduce",
    "play",
    "show_run",
    "show_steps",
    "show_values",
    "whole_step",
]

SIDE_BY_SIDE: Final = 58
"""Longest line, in characters, up to which code and what it gave stand beside each other."""
NARROW: Final = 6
"""Most columns of a grid of numbers that has room beside code."""
LONG_CODE: Final = 40
"""Lines from which on the output stands above the code, not below it."""

DIGITS: Final = ", on one thread: with more, or on another processor, the last digits differ"
"""Said of what a training loop gave: sums in another order differ a little, and steps build on each other."""
_VALUES: Final = "lesson_values"


def introduce(step: Step) -> None:
    """The step's title and text."""
    st.header(step.title, anchor=False)
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
    return finish(step, choose(step, only, **fixed), fresh=fresh)


def choose(step: Step, only: Sequence[str] | None = None, **fixed: Any) -> dict[str, Any]:
    """Show the step's widgets; their values, and those that the page chose."""
    return controls(step, [n for n in (step.params if only is None else only) if n not in fixed]) | fixed


def finish(
    step: Step, values: dict[str, Any], *, fresh: bool = False, through: Step | None = None
) -> StepResult | None:
    """Run the step, or say what is wrong with the values; remember them for the page's downloads.

    Args:
        step: The step.
        values: What `choose` gave.
        fresh: Run it again even if the result is known.
        through: A later step to run in the same go, so that its result and this one's belong together.
    """
    try:
        text = f"Running the code of “{step.title}”"
        compute = functools.partial(heavy.compute, text=text, size=PEAK_BYTES)
        if through is not None and through is not step:
            run_step(through, compute=compute, **values)
        result = run_step(step, fresh=fresh, compute=compute, **values)
    except CoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    chosen = st.session_state.setdefault(_VALUES, {})
    for link in step.chain:
        own = {name: value for name, value in values.items() if name in link.own}
        chosen[link.function.__module__, link.name] = own
    if result.error:
        st.error(result.error, icon=":material/error:")
    return result


def show_run(result: StepResult, draw: Callable[[StepResult], None] | None = None) -> None:
    """The code that ran, to copy or download, and what it gave: beside it if both are narrow, else below.

    Args:
        result: What running the step gave.
        draw: Draws the values above what was printed.
    """
    values = st.container()
    if _lines_fit(result) and not hides("code"):
        code, output = st.columns([3, 2])
        values = output if _values_fit(result) else values
    elif result.own_code.count("\n") > LONG_CODE:
        output, code = st.container(), st.container()  # what it printed would be out of sight below it
    else:
        code, output = st.container(), st.container()
    if not hides("code"):
        with code:
            module = result.step.function.__module__.rpartition(".")[2]
            name = f"{module}_{result.step.name}.py"
            _show_program(result, key=f"{result.step.name}_code", file_name=name)
            if result.inputs.get("root", DOWNLOAD_ROOT) != DOWNLOAD_ROOT:
                st.caption(
                    "`root` is this server's copy of the images. Elsewhere, write `data`: `download=True` "
                    "then fetches all 70,000 images."
                )
    if draw is not None:
        with values:
            draw(result)
    if result.stdout:
        with output:
            trains = "optimizer.step()" in result.code
            st.caption(f"What it printed{DIGITS if trains else ''}")
            st.code(result.stdout, language=None, wrap_lines=True)


def _show_program(result: StepResult, *, key: str, file_name: str) -> None:
    """The code; what the page has shown before is folded away, with the whole program a click away."""
    if not result.folded:
        st.caption("The code that ran")
        show_code(result.code, key=key, file_name=file_name)
        return
    st.caption(f"The code that ran, continuing from {' and '.join(result.folded)}")
    st.code(result.own_code, language="python")
    with st.expander("The whole program", icon=":material/code:"):
        show_code(result.code, key=key, file_name=file_name)


def _lines_fit(result: StepResult) -> bool:
    """Whether the lines of code and output have room side by side."""
    lines = [*result.own_code.splitlines(), *result.stdout.splitlines()]
    return bool(result.stdout) and max(map(len, lines)) <= SIDE_BY_SIDE


def _values_fit(result: StepResult) -> bool:
    """Whether the values have room beside code as well: one narrow grid of numbers, or one picture."""
    values = list(result.values.values())
    if len(values) != 1 or not isinstance(values[0], Tensor):
        return False
    [value] = values
    return value.ndim == 0 or value.shape[-1] <= NARROW or not _fits(value)


def show_values(result: StepResult, *names: str) -> None:
    """The values a step returned, each as what it is: grids of numbers, pictures, or text.

    Args:
        result: What running the step gave.
        *names: Which values; all if none are named.
    """
    values = {name: result.values[name] for name in names or result.values if name in result.values}
    arrays = {
        n: f"NumPy array · shape {v.shape} · {v.dtype}"
        for n, v in values.items()
        if isinstance(v, np.ndarray)
    }
    values = {n: torch.from_numpy(v.copy()) if n in arrays else v for n, v in values.items()}
    small = [
        Cells(v, name, note=arrays.get(name, ""))
        for name, v in values.items()
        if isinstance(v, Tensor) and _fits(v)
    ]
    if small:
        tensor_row(small, key=f"{result.step.name}_values")
    large = {name: v for name, v in values.items() if isinstance(v, Tensor) and not _fits(v)}
    pictures = {name: picture for name, v in large.items() if (picture := _as_picture(v)) is not None}
    if pictures:
        with st.container(horizontal=True, gap="medium"):
            for name, picture in pictures.items():
                _show_picture(f"{name}: {describe_tensor(large[name], strides=False)}", picture)
    for name, value in values.items():
        if name in large and name not in pictures:
            st.code(f"{name}: {describe_tensor(value, strides=False)}\n{value}", language=None)
        elif isinstance(value, Figure):
            st.image(figure_png(value, ink=text_color()), alt=f"{name}, drawn by the code")
        elif isinstance(value, Image.Image):
            st.image(value, caption=name, alt=f"{name}, made by the code")
        elif not isinstance(value, Tensor):
            st.code(f"{name} = {value!r}", language=None, wrap_lines=True)


def whole_step(
    step: Step,
    draw: Callable[[StepResult], None] | None = None,
    *,
    beside: StepResult | Literal["nothing"] | None = "nothing",
    **fixed: Any,
) -> StepResult | None:
    """Title, text, widgets, code and what it gave; a button to measure again where the step measures.

    Args:
        step: The step.
        draw: What to draw instead of the values as they are; not called when the snippet failed.
        beside: The result of another step that stands on the page at the same time: settings that both
            have are chosen there. Where it has none (`None`), this step is told but not run.
        **fixed: Values that the page chooses itself.
    """
    introduce(step)
    if beside is None:
        return None
    if beside != "nothing":
        fixed = {name: value for name, value in beside.inputs.items() if name in step.params} | fixed
    values = choose(step, **fixed)
    again = bool(step.varies) and st.button(
        "Measure again", icon=":material/timer:", key=f"{step.name}_again"
    )
    result = finish(step, values, fresh=again)
    if result is None:
        return None
    if result.error is not None:
        show_run(result)
    elif draw is not None:
        draw(result)
        show_run(result)
    else:
        show_run(result, show_values)
    return result


def in_code(lesson: Lesson, name: str) -> None:
    """A step that says in code what the page has just shown: folded away, and run once somebody opens it."""
    label, key = "The same in code", f"{lesson.name}_{name}_in_code"
    with st.expander(label, icon=":material/code:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        step = lesson.step(name)
        st.markdown(step.text)
        result = play(step)
        if result is not None:
            show_run(result)
        downloads(lesson)


def show_steps(lesson: Lesson, show: Callable[[Step], None]) -> None:
    """The lesson's steps as numbered tabs (`?step=`) of which the open one alone is filled, by `show`."""
    titles = {f"{number}. {step.title}": step for number, step in enumerate(lesson.steps, start=1)}
    chosen, tab = choose_section(list(titles), name="step")
    with tab:
        show(titles[chosen])


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


def _fits(tensor: Tensor) -> bool:
    return tensor.numel() <= MAX_CELLS and tensor.ndim <= 4


def _as_picture(tensor: Tensor) -> Tensor | None:
    """A matrix or an image as H x W float32; `None` for anything else."""
    picture = tensor.detach().cpu().squeeze()
    return picture.to(torch.float32) if picture.ndim == 2 and max(picture.shape) <= 1024 else None


def _show_picture(note: str, picture: Tensor) -> None:
    low, high = float(picture.min()), float(picture.max())
    scale = max(1, 280 // max(picture.shape))
    st.image(
        png((picture - low) / ((high - low) or 1), scale),
        caption=f"{note} · black {low:.3g}, white {high:.3g}",
        alt=note,
        width=picture.shape[1] * scale,  # or it would be as wide as its caption
    )
