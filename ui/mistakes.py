"""The mistakes lab on screen: a guess, the change of the code, the runs, and what they showed."""

import difflib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.mistakes import (
    Figures,
    LabJob,
    LabProgress,
    LabResult,
    Mistake,
    format_figure,
    mean_of_last,
    measured,
    name_figure,
)
from ui.charts import lines, show
from ui.code import show_code
from ui.frame import guard
from ui.resources import jobs, visitor
from ui.status import POLL

Histories = Sequence[Sequence[Figures]]

GUESSES = {"lower": "It falls", "higher": "It rises", "same": "Next to nothing", "error": "An error"}


def ask(mistake: Mistake) -> None:
    """Ask what the mistake does, before anything is shown."""
    figure = mistake.effect.figure if mistake.effect else "test accuracy"
    guess = st.segmented_control(
        f"Your guess first: what does it do to the {name_figure(figure).lower()}?",
        list(GUESSES.values()),
        key=f"guess_{mistake.name}",
    )
    if guess is None:
        return
    truth = GUESSES[mistake.effect.direction if mistake.effect else "error"]
    if guess == truth:
        st.success(f"{truth}. Run it to see how much, and read why.", icon=":material/check:")
    else:
        st.info(
            f"Most people would say so. Run it: what you will see is “{truth.lower()}”.",
            icon=":material/close:",
        )


def change(mistake: Mistake) -> None:
    """The lines that differ, as a diff, and both programs to take home."""
    correct, broken = mistake.programs()
    diff = difflib.unified_diff(correct.splitlines(), broken.splitlines(), lineterm="", n=3)
    body = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    st.code("\n".join(body), language="diff")
    with st.expander("Both programs, whole", icon=":material/code:"):
        for name, text in zip(("correct", "mistaken"), mistake.programs(portable=True), strict=True):
            show_code(text, key=f"{mistake.name}_{name}", file_name=f"{name}.py")


def run_and_watch(mistake: Mistake) -> None:
    """The button, the runs while they go on, and their result."""
    job = LabJob(mistake)
    found = jobs().snapshot(job.key)
    if found is not None and found.is_active:
        st.fragment(_live, run_every=POLL)(job.key, mistake)
        return
    if st.button("Run both", type="primary", icon=":material/play_arrow:"):
        with guard():
            jobs().submit_job(job, visitor())
            st.rerun()
    if found is not None and isinstance(found.result, LabResult) and found.result.status == "finished":
        _result(mistake, found.result)
    elif found is not None and found.error:
        st.error(found.error, icon=":material/error:")


def _live(key: str, mistake: Mistake) -> None:
    jobs().touch(visitor())
    job = jobs().snapshot(key)
    if job is None or not job.is_active:
        st.rerun()
    progress: LabProgress | None = job.progress
    if progress is None:
        text = f"Waiting, {job.position} before this one" if job.position else "Starting"
        st.progress(0.0, text=text)
        return
    st.progress(
        progress.step / progress.steps,
        text=f"{progress.step} of {progress.steps} epochs, both programs together",
    )
    st.button("Stop", icon=":material/stop:", on_click=_stop, args=(key,))
    if mistake.effect:
        _curves(mistake.effect.figure, progress.correct, progress.broken)


def _stop(key: str) -> None:
    jobs().stop(key, visitor())


def _result(mistake: Mistake, result: LabResult) -> None:
    if mistake.effect is None:
        st.error(result.broken[0].error, icon=":material/error:", title="What the broken program ends with")
    else:
        figure = mistake.effect.figure
        correct, broken = (mean_of_last(side, figure) for side in (result.correct, result.broken))
        with st.container(horizontal=True, gap="large"):
            title = name_figure(figure)
            st.metric(f"{title}, correct loop", format_figure(figure, correct), width="content")
            st.metric(f"{title}, with the mistake", format_figure(figure, broken), width="content")
        _curves(figure, *([r.history for r in side] for side in (result.correct, result.broken)))
    st.markdown(f"{mistake.why}\n\n{measured(mistake, result)}")
    with st.expander("What the programs printed, first seed", icon=":material/terminal:"):
        left, right = st.columns(2)
        left.caption("Correct")
        left.code(result.correct[0].printed, language=None, wrap_lines=True)
        right.caption("With the mistake")
        right.code(result.broken[0].printed or result.broken[0].error, language=None, wrap_lines=True)


def _curves(figure: str, correct: Histories, broken: Histories) -> None:
    """The figure an epoch: the mean over the seeds of each program."""
    rows = [
        {"epoch": epoch, "program": name, figure: entry[figure]}
        for name, histories in (("correct loop", correct), ("with the mistake", broken))
        for history in histories
        for epoch, entry in enumerate(history, 1)
    ]
    if not rows:
        return
    table = pd.DataFrame(rows).groupby(["program", "epoch"])[[figure]].mean().reset_index()
    percent = figure.endswith("accuracy")
    quantity = "MB" if figure.endswith("MB") else name_figure(figure) + ("" if percent else ", nats")
    chart = lines(
        table,
        x="epoch",
        y=figure,
        series="program",
        x_title="Epoch",
        y_title=f"{quantity}, mean over seeds",
        y_format=".0%" if percent else ".3~f",
        zero=True,
    )
    show(
        chart, alt_text=f"{name_figure(figure)} an epoch of the correct loop and of the one with the mistake."
    )
