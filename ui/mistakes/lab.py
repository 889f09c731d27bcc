"""The mistakes lab on screen: a guess, the change of the code, the runs, and what they showed."""

import difflib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.teaching.mistakes import (
    Figure,
    Figures,
    LabJob,
    LabProgress,
    LabResult,
    Mistake,
    mean_of_last,
    measured,
)
from ui.charts import lines, show_chart
from ui.code import show_code
from ui.watch import lab_result

Histories = Sequence[Sequence[Figures]]

GUESSES = {"lower": "It falls", "higher": "It rises", "same": "Next to nothing", "error": "An error"}
TRUTHS = {
    "lower": "it falls",
    "higher": "it rises",
    "same": "it hardly changes",
    "error": "the program ends in an error",
}


def show(mistake: Mistake) -> None:
    """The change of the code, a guess, and both programs at work."""
    _change(mistake)
    _ask(mistake)
    _run(mistake)


def compare(mistake: Mistake) -> None:
    """Both programs at work, for those who have seen the change of the code and guessed elsewhere."""
    _change(mistake)
    _run(mistake)


def _ask(mistake: Mistake) -> None:
    """Ask what the mistake does, before anything is shown."""
    figure = mistake.effect.figure.name if mistake.effect else "test accuracy"
    guess = st.segmented_control(
        f"Your guess first: what does it do to the {figure}?",
        list(GUESSES.values()),
        key=f"guess_{mistake.name}",
    )
    if guess is None:
        return
    outcome = mistake.effect.direction if mistake.effect else "error"
    if guess == GUESSES[outcome]:
        st.success(f"Right: {TRUTHS[outcome]}. The two programs show how much.", icon=":material/check:")
    else:
        st.info(f"No: {TRUTHS[outcome]}. The two programs show how much.", icon=":material/close:")


def _change(mistake: Mistake) -> None:
    """The lines that differ, as a diff, and both programs to take home."""
    correct, broken = mistake.programs()
    diff = difflib.unified_diff(correct.splitlines(), broken.splitlines(), lineterm="", n=3)
    body = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    st.code("\n".join(body), language="diff", wrap_lines=True)
    st.caption(f"− the correct loop, + the mistake. {mistake.loop.text}")
    with st.expander("Both programs, whole", icon=":material/code:"):
        for name, text in zip(("correct", "mistaken"), mistake.programs(portable=True), strict=True):
            show_code(text, key=f"{mistake.name}_{name}", file_name=f"{name}.py")


def _run(mistake: Mistake) -> None:
    """The button, the runs while they go on, and their result."""

    def draw(progress: LabProgress) -> None:
        if mistake.effect:
            _curves(mistake.effect.figure, progress.correct, progress.broken)

    result = lab_result(
        LabJob(mistake),
        LabResult,
        start="Run both programs",
        icon=":material/play_arrow:",
        counted="epochs, both programs together",
        draw=draw,
    )
    if result is not None:
        _result(mistake, result)


def _result(mistake: Mistake, result: LabResult) -> None:
    if mistake.effect is None:
        st.error(result.broken[0].error, icon=":material/error:", title="What the broken program ends with")
    else:
        figure = mistake.effect.figure
        correct, broken = (mean_of_last(side, figure) for side in (result.correct, result.broken))
        title = figure.title + (f", {figure.unit_text}" if figure.unit_text else "")
        st.markdown(f"**{title}**, after the last epoch, mean of {len(result.seeds)} seeds")
        with st.container(horizontal=True, gap="medium"):
            st.metric("Correct loop", figure.format_number(correct), width=150)
            st.metric("With the mistake", figure.format_number(broken), width=150)
    st.markdown(f"{mistake.why}\n\n{measured(mistake, result)}")
    if mistake.effect is not None:
        _curves(figure, *([r.history for r in side] for side in (result.correct, result.broken)))
    with st.expander("What the programs printed, first seed", icon=":material/terminal:"):
        left, right = st.columns(2)
        left.caption("Correct")
        left.code(result.correct[0].printed, language=None, wrap_lines=True)
        right.caption("With the mistake")
        right.code(result.broken[0].printed or result.broken[0].error, language=None, wrap_lines=True)


def _curves(figure: Figure, correct: Histories, broken: Histories) -> None:
    """The figure an epoch: the mean over the seeds of each program."""
    rows = [
        {"epoch": epoch, "program": name, figure.key: entry[figure.key]}
        for name, histories in (("correct loop", correct), ("with the mistake", broken))
        for history in histories
        for epoch, entry in enumerate(history, 1)
    ]
    if not rows:
        return
    table = pd.DataFrame(rows).groupby(["program", "epoch"])[[figure.key]].mean().reset_index()
    percent = figure.unit == "share"
    quantity = {"MB": "MB", "share": figure.title, "nats per image": f"{figure.title}, nats"}[figure.unit]
    chart = lines(
        table,
        x="epoch",
        y=figure.key,
        series="program",
        x_title="Epoch",
        y_title=f"{quantity}, mean over seeds",
        y_format=".0%" if percent else ".3~f",
        zero=True,
    )
    show_chart(
        chart, alt_text=f"{figure.title} per epoch, of the correct loop and of the one with the mistake."
    )
