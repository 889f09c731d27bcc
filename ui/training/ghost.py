"""The untouched run behind a fork, as its ghost; and a new learning rate for a run that goes on."""

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from core.config import TrainConfig
from core.errors import CoreError
from core.training.jobs import TrainingSnapshot
from core.training.presets import changed, place_of
from ui.charts import layered, show_chart
from ui.resources import may_see, training, visitor
from ui.theme import ACCENT, muted_color
from ui.training.charts import loss_unit
from ui.training.form import fill

_PROBLEM: Final = "rate_problem"


def show(job: TrainingSnapshot) -> None:
    """A fork's test accuracy and loss over those of the run that it left; nothing for other runs."""
    parent = job.config.parent
    if parent is None:
        return
    last = job.config.changes[-1]
    st.markdown(f"**Beside its ghost**: a fork, {place_of(last)}: {', '.join(changed(last))}.")
    ghost = training().snapshot(parent.key()) if may_see(parent) else None
    if job.history or (ghost is not None and ghost.history):
        _charts(job, ghost)
        st.caption(
            "Dashed: the run without that change."
            if ghost is not None and ghost.history
            else "The run without that change has no whole epoch yet, so there is no ghost to draw."
        )
    done = len(ghost.history) if ghost is not None else 0
    if not job.is_active and (ghost is None or (ghost.state == "stopped" and done < parent.epochs)):
        st.button(
            "Train the untouched run to its end",
            icon=":material/play_arrow:",
            key="train_ghost",
            on_click=_train,
            args=(parent,),
            help="It goes on from its last whole epoch as if nothing had been changed.",
        )
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(problem, icon=":material/error:")


def _train(config: TrainConfig) -> None:
    try:
        training().submit(config, visitor())
    except CoreError as error:
        st.session_state[_PROBLEM] = str(error)


def _charts(job: TrainingSnapshot, ghost: TrainingSnapshot | None) -> None:
    left, right = st.columns(2, gap="medium")
    tested = sum(map(sum, (job.history or ghost.history if ghost else job.history)[-1].confusion))
    unit = loss_unit(job.config)
    for column, name, title, form in (
        (left, "test_accuracy", f"Test accuracy, {tested:,} images", ".1~%"),
        (right, "test_loss", f"Test loss ({unit})", ".3~g"),
    ):
        rows = [("this fork", r.epoch, getattr(r, name)) for r in job.history]
        rows += [("its ghost", r.epoch, getattr(r, name)) for r in (ghost.history if ghost else ())]
        with column:
            show_chart(
                _beside(pd.DataFrame(rows, columns=["run", "epoch", "value"]), title, form, job.config),
                alt_text=f"{title} of the fork and of the run without its change, by epoch.",
                key=f"ghost_{name}",
            )


def _beside(rows: pd.DataFrame, title: str, form: str, config: TrainConfig) -> alt.LayerChart:
    runs = ["its ghost", "this fork"]
    legend = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2)
    x = alt.X(
        "epoch:Q", title="Epoch", scale=alt.Scale(domain=[1, max(2, config.epochs)], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False),
    )  # fmt: skip
    lines = (
        alt.Chart(rows)
        .mark_line(point={"size": 36, "filled": True}, strokeWidth=2)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(format=form)),
            color=alt.Color(
                "run:N", title=None, sort=runs, legend=legend,
                scale=alt.Scale(domain=runs, range=[muted_color(), ACCENT]),
            ),
            strokeDash=alt.StrokeDash(
                "run:N", title=None, sort=runs, legend=legend,
                scale=alt.Scale(domain=runs, range=[[4, 4], [1, 0]]),
            ),
            tooltip=["run:N", "epoch:Q", alt.Tooltip("value:Q", format=form)],
        )
    )  # fmt: skip
    last = config.changes[-1]
    place = last.epoch + (0.5 if last.step else 0)
    rule = alt.Chart(pd.DataFrame({"epoch": [place]})).mark_rule(strokeDash=[2, 2], color=muted_color())
    layers = [lines] if place < 1 else [rule.encode(x=x), lines]
    return layered(*layers).properties(height=260)


def live_rate(job: TrainingSnapshot) -> None:
    """Another learning rate for a run that goes on, from its next step."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        now = job.config.settings_after(job.config.epochs).optimizer.lr
        rate = st.number_input(
            "Learning rate from now on", 1e-6, 1000.0, now, step=now / 2, format="%g", width=220,
            key=f"live_rate_{job.key[:8]}",
        )  # fmt: skip
        st.button(
            "Change it now",
            icon=":material/fork_right:",
            disabled=job.state != "running",
            on_click=_change,
            args=(job.key, rate),
            key="live_rate",
            help="Without stopping. The step is recorded, the exported script does the same, and the run "
            "without the change stays where it was left.",
        )
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(problem, icon=":material/error:")


def _change(key: str, rate: float) -> None:
    try:
        fill(training().change_rate(key, rate, visitor()))
    except CoreError as error:
        st.session_state[_PROBLEM] = str(error)
