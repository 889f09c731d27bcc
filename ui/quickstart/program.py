"""The tutorial's program on the first page: its steps, one after the other, and the run with all images."""

from typing import Any, Final

import streamlit as st
import torch

from core.teaching.lessons.quickstart import LESSON, training
from core.teaching.snippets import ProgramJob, ProgramOutcome, ProgramProgress, Step, StepResult
from ui.images import png, sprite
from ui.lesson import choose, finish, show_run
from ui.resources import train_split
from ui.watch import lab_result

LAST: Final = LESSON.steps[-1]
SHOWN_LINES: Final = 12
"""Lines of a running program's output that are visible."""


def show(step: Step) -> None:
    """A step: its words and settings, the code, what it printed and made."""
    st.markdown(step.text)
    values = choose(step)
    if training in step.chain:
        if not values["few_images"] and not _all_images(values):
            return
        # the steps from training on are run in one go: the network is trained once, and then saved and asked
        result = finish(step, values, through=LAST)
    else:
        result = finish(step, values)
    if result is None:
        return
    if result.error is None:
        _show_values(result)
    show_run(result)


def _all_images(values: dict[str, Any]) -> bool:
    """Run the program with every image as a job; whether it has ended."""
    known = {name: value for name, value in values.items() if name in LAST.params}
    job = ProgramJob(LAST, known, marker="Test accuracy", steps=values["epochs"])
    outcome = lab_result(
        job,
        ProgramOutcome,
        start="Run the program with all images",
        icon=":material/play_arrow:",
        counted="epochs",
        draw=_show_printed,
    )
    return outcome is not None


def _show_printed(progress: ProgramProgress) -> None:
    lines = progress.printed.splitlines()[-SHOWN_LINES:]
    st.code("\n".join(lines), language=None, wrap_lines=True)


def _show_values(result: StepResult) -> None:
    """The images of the batch, or the one that was predicted and whether that was right."""
    if "X" in result.values:
        batch = (result.values["X"][:, 0] * 255).to(torch.uint8)
        sheet = sprite(batch, columns=min(16, len(batch)), scale=2)
        st.image(sheet, caption="The images of X", alt=f"{len(batch)} garments, the images of X")
    if "predicted" in result.values:
        predicted, actual = result.values["predicted"], result.values["actual"]
        many = 2_560 if result.inputs["few_images"] else len(train_split())
        trained = f"by a network that this program has just trained on {many:,} images"
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.image(
                png(result.values["x"][0], 4),
                width=112,
                alt=f"The test image: {actual}",
            )
            if predicted == actual:
                st.success(f"Right: {predicted}, {trained}.", icon=":material/check:")
            else:
                st.info(
                    f"Wrong: {predicted} for {actual}, {trained}. Try another seed, or more epochs.",
                    icon=":material/close:",
                )
