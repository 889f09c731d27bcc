"""The mistakes lab on screen: the wrong line and its cure, a guess, the runs, and what they showed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.teaching.mistakes import (
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
from ui.shell.share import hides
from ui.watch import lab_result

Histories = Sequence[Sequence[Figures]]

GUESSES = {"lower": "It falls", "higher": "It rises", "same": "It hardly changes", "error": "An error"}
TRUTHS = {
    "lower": "it falls",
    "higher": "it rises",
    "same": "it hardly changes",
    "error": "the program ends in an error",
}


def show(mistake: Mistake) -> None:
    """The change of the code, a guess, and both programs at work.

    The guess comes first for everyone: what an earlier visitor ran saves computing, and gives nothing away.
    """
    _change(mistake)
    if _ask(mistake):
        _run(mistake)


def compare(mistake: Mistake) -> None:
    """Both programs at work, for those who have seen the change of the code and guessed elsewhere."""
    _change(mistake)
    _run(mistake)


def _ask(mistake: Mistake) -> bool:
    """Ask what the mistake does; whether the visitor has said."""
    guesses: dict[str, str] = st.session_state.setdefault("lab_guesses", {})
    key = f"guess_{mistake.name}"
    if mistake.name in guesses:
        st.session_state.setdefault(key, guesses[mistake.name])
    subject = f"to the {mistake.effect.figure.name}" if mistake.effect else "to the training"
    guess = st.segmented_control(
        f"Your guess first: what does it do {subject}?",
        list(GUESSES.values()),
        key=key,
    )
    if guess is None:
        st.caption("Then run both programs and see.")
        return False
    guesses[mistake.name] = guess
    outcome = mistake.effect.direction if mistake.effect else "error"
    if guess == GUESSES[outcome]:
        st.success(f"Right: {TRUTHS[outcome]}. The two programs show how much.", icon=":material/check:")
    else:
        st.info(f"No: {TRUTHS[outcome]}. The two programs show how much.", icon=":material/close:")
    return True


def _change(mistake: Mistake) -> None:
    """The wrong lines and the right ones, side by side, and both programs to take home."""
    st.caption(mistake.loop.text)
    if hides("code"):
        return
    for right, wrong in mistake.replace:
        before, after = st.columns(2)
        before.markdown(
            ":material/swap_horiz: **Another order**"
            if mistake.harmless
            else ":material/close: **The mistake**"
        )
        before.code(wrong or "# the line is missing", language="python", wrap_lines=True)
        after.markdown(
            ":material/check: **The tutorial's order**"
            if mistake.harmless
            else ":material/check: **Its cure**"
        )
        after.code(right, language="python", wrap_lines=True)
    with st.expander("Both programs in full", icon=":material/code:"):
        correct, broken = mistake.programs(portable=True)
        for name, text in (("mistaken", broken), ("correct", correct)):
            show_code(text, key=f"{mistake.name}_{name}", file_name=f"{name}.py")


def _run(mistake: Mistake) -> None:
    """The button, the runs while they go on, and their result."""

    def draw(progress: LabProgress) -> None:
        if mistake.effect:
            _curves(mistake, progress.correct, progress.broken)

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
        st.error(result.broken[0].error, icon=":material/error:", title="It ends in an error")
    else:
        figure = mistake.effect.figure
        correct, broken = (mean_of_last(side, figure) for side in (result.correct, result.broken))
        title = figure.title + (f", {figure.unit_text}" if figure.unit_text else "")
        st.markdown(f"**{title}**, after the last epoch, mean of {len(result.seeds)} seeds")
        with st.container(horizontal=True, gap="medium"):
            st.metric("Correct loop", figure.format_number(correct), width=150)
            st.metric(_other(mistake), figure.format_number(broken), width=150)
    st.markdown(f"{mistake.why}\n\n{measured(mistake, result)}")
    if mistake.effect is not None:
        _curves(mistake, *([r.history for r in side] for side in (result.correct, result.broken)))
    with st.expander("What the programs printed, first seed", icon=":material/terminal:"):
        left, right = st.columns(2)
        left.caption("Correct")
        left.code(result.correct[0].printed, language=None, wrap_lines=True)
        right.caption(_other(mistake))
        right.code(result.broken[0].printed or result.broken[0].error, language=None, wrap_lines=True)


def _other(mistake: Mistake) -> str:
    """What the second program is called beside the correct one."""
    return "Other order" if mistake.harmless else "With the mistake"


def _curves(mistake: Mistake, correct: Histories, broken: Histories) -> None:
    """The figure per epoch: the mean over the seeds of each program."""
    if mistake.effect is None:
        return
    figure = mistake.effect.figure
    rows = [
        {"epoch": epoch, "program": name, figure.key: entry[figure.key]}
        for name, histories in (("correct loop", correct), (_other(mistake).lower(), broken))
        for history in histories
        for epoch, entry in enumerate(history, 1)
    ]
    if not rows:
        return
    table = pd.DataFrame(rows).groupby(["program", "epoch"])[[figure.key]].mean().reset_index()
    percent = figure.unit == "share"
    quantity = {"MB": "MB", "nats per image": f"{figure.title}, nats"}.get(figure.unit, figure.title)
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
    show_chart(chart, alt_text=f"{figure.title} per epoch, of both programs.")
