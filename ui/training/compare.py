"""Finished runs side by side: curves on top of each other, scores, settings with what differs."""

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from core.jobs.loss_trace import smooth, thin
from core.runs import RunSummary, StoredRun
from core.runs.comparison import compare
from ui import navigation
from ui.charts import CHANCE, layered, show
from ui.downloads import table_button
from ui.resources import runs
from ui.theme import CLASS_COLORS, muted_color
from ui.training.charts import loss_unit
from ui.training.view import duration, link_to

MOST: Final = 8
SHORT: Final = 10  # characters of a run's name in the link
CURVES: Final = {
    "test_accuracy": "Test accuracy",
    "train_accuracy": "Training accuracy",
    "test_loss": "Test loss",
    "train_loss": "Training loss, an epoch",
    "steps": "Training loss, a step",
    "gradient_norm": "Gradient norm",
}


def choose_runs(available: Sequence[RunSummary]) -> list[RunSummary]:
    """Let the visitor choose runs; the choice is in the link as `?runs=`."""
    by_key = {run.key: run for run in available}
    wanted = [name for name in st.query_params.get("runs", "").split(",") if name]
    found = [key for name in wanted for key in by_key if len(name) >= SHORT and key.startswith(name)]
    if len(found) < len(wanted):
        st.info("Some runs of the link are not on this machine.", icon=":material/link_off:")
    if "compared" not in st.session_state:
        st.session_state["compared"] = found or [run.key for run in available[:3]]
    st.session_state["compared"] = [key for key in st.session_state["compared"] if key in by_key][:MOST]
    chosen = st.multiselect(
        "Runs",
        list(by_key),
        format_func=lambda key: label(by_key[key]),
        key="compared",
        max_selections=MOST,
        placeholder="Choose runs",
        help="Every run on this machine, the newest first.",
    )
    if chosen:
        st.query_params["runs"] = ",".join(key[:SHORT] for key in chosen)
    return [by_key[key] for key in chosen]


def label(run: RunSummary) -> str:
    """A run in one line."""
    score = f"{run.test_accuracy:.1%}" if run.test_accuracy is not None else "no epoch"
    state = {
        "stopped": ", stopped",
        "diverged": ", diverged",
        "failed": ", failed",
        "running": ", unfinished",
    }
    return f"{run.title} · {score}{state.get(run.status, '')}"


def names(chosen: Sequence[RunSummary]) -> list[str]:
    """A short name for each run, no two alike."""
    titles = [run.title for run in chosen]
    return [
        title if titles.count(title) == 1 else f"{title} ({run.key[:4]})"
        for run, title in zip(chosen, titles, strict=True)
    ]


def curves(chosen: Sequence[RunSummary], stored: Sequence[StoredRun]) -> None:
    """One quantity of all runs, with every run's value under the pointer."""
    what = st.segmented_control(
        "Curve", list(CURVES), format_func=CURVES.__getitem__, key="curve", bind="query-params",
        default="test_accuracy", required=True,
    )  # fmt: skip
    rows = []
    for name, run in zip(names(chosen), stored, strict=True):
        if what == "steps":
            window = max(1, len(run.losses) // 50)
            at, values = thin(smooth(run.losses, window), 200)
            rows += [(name, float(x), float(y)) for x, y in zip(at, values, strict=True)]
        else:
            rows += [(name, float(record.epoch), float(getattr(record, str(what)))) for record in run.history]
    if not rows:
        st.info("None of these runs has a complete epoch.", icon=":material/info:")
        return
    frame = pd.DataFrame(rows, columns=["run", "x", "y"])
    is_share = "accuracy" in str(what)
    unit = {loss_unit(run.config) for run in stored}
    title = CURVES[str(what)] + (
        f" ({', '.join(sorted(unit))})" if "loss" in CURVES[str(what)].lower() else ""
    )
    show(
        _overlay(frame, names(chosen), title, "Step" if what == "steps" else "Epoch", is_share=is_share),
        alt_text=f"{title} of {len(stored)} runs.",
        key=f"overlay_{what}",
    )
    if what == "steps":
        st.caption("Each line is smoothed over a fiftieth of its run.")


def _overlay(frame: pd.DataFrame, order: list[str], y: str, x: str, *, is_share: bool) -> alt.LayerChart:
    """Lines of all runs; a rule under the pointer shows all values at that place."""
    form = ".2%" if is_share else ".4~g"
    color = alt.Color(
        "run:N", sort=order, title=None,
        scale=alt.Scale(domain=order, range=list(CLASS_COLORS[: len(order)])),
        legend=alt.Legend(orient="top", columns=1, labelLimit=700),
    )  # fmt: skip
    whole = x == "Epoch"
    x_axis = alt.X(
        "x:Q", title=x, scale=alt.Scale(nice=False),
        axis=alt.Axis(format=",d", tickMinStep=1, grid=False),
    )  # fmt: skip
    base = alt.Chart(frame).encode(x=x_axis)
    y_axis = alt.Y(
        "y:Q", title=y, axis=alt.Axis(format=".0%" if is_share else ".3~g"), scale=alt.Scale(zero=False)
    )
    line = base.mark_line(strokeWidth=2, point={"size": 40} if whole else False).encode(
        y=y_axis,
        color=color,
        tooltip=[alt.Tooltip("run:N"), alt.Tooltip("x:Q", title=x), alt.Tooltip("y:Q", format=form)],
    )
    charts: list[alt.Chart | alt.LayerChart] = [line]
    if whole:
        nearest = alt.selection_point(nearest=True, on="pointerover", fields=["x"], empty=False)
        rule = (
            base.transform_pivot("run", value="y", groupby=["x"])
            .mark_rule(color=muted_color())
            .encode(
                opacity=alt.condition(nearest, alt.value(0.6), alt.value(0)),
                tooltip=[
                    alt.Tooltip("x:Q", title=x),
                    *(alt.Tooltip(f"{_field(name)}:Q", title=name, format=form) for name in order),
                ],
            )
            .add_params(nearest)
        )
        charts.append(rule)
    if is_share:
        chance = alt.Chart(pd.DataFrame({"y": [CHANCE]})).mark_rule(strokeDash=[4, 4], color=muted_color())
        charts.append(chance.encode(y="y:Q"))
    return layered(*charts).properties(height=360)


def _field(name: str) -> str:
    """A column's name as Vega-Lite needs it: dots and brackets are paths otherwise."""
    for character in ".[]:":
        name = name.replace(character, f"\\{character}")
    return name


def scores(chosen: Sequence[RunSummary]) -> None:
    """Accuracy, time and size of each run."""
    frame = pd.DataFrame(
        {
            "Run": names(chosen),
            "Last test accuracy": [_percent(run.test_accuracy) for run in chosen],
            "Best test accuracy": [_percent(run.best_test_accuracy) for run in chosen],
            "Epochs": [f"{run.epochs_done} of {run.config.epochs}" for run in chosen],
            "Time in training steps": [duration(run.seconds) for run in chosen],
            "Images a second": [
                f"{run.samples_per_second:,.0f}" if run.samples_per_second else "—" for run in chosen
            ],
            "Parameters": [f"{run.parameters:,}" for run in chosen],
            "Ended": [run.status for run in chosen],
        }
    )
    st.dataframe(frame, hide_index=True, height="content", alt="Scores, times and sizes of the runs")
    table_button(lambda: frame.to_csv(index=False), file_name="scores.csv", key="scores_csv")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def settings_table(chosen: Sequence[RunSummary]) -> None:
    """Every setting, those that differ first and marked."""
    rows = compare([run.config for run in chosen])
    only = (
        st.toggle("Only what differs", value=len(chosen) > 1, key="only_different")
        if len(chosen) > 1
        else False
    )
    shown = [row for row in rows if row.differs or not only]
    if not shown:
        st.caption("All settings are the same.")
        return
    frame = pd.DataFrame([("≠ " if row.differs else "") + row.name for row in shown], columns=["Setting"])
    for position, name in enumerate(names(chosen)):
        frame[name] = [row.values[position] for row in shown]
    st.dataframe(
        frame, hide_index=True, height="content", alt="Settings of the runs; those that differ are marked"
    )
    st.caption("≠ marks what differs.")


def links(chosen: Sequence[RunSummary]) -> None:
    """A way back into the form for each run."""
    for name, run in zip(names(chosen), chosen, strict=True):
        st.page_link(
            navigation.entry("training").path,
            label=f"Open in the form: {name}",
            icon=":material/edit:",
            query_params=link_to(run.config),
        )


def load(chosen: Sequence[RunSummary]) -> list[StoredRun]:
    """The chosen runs with their histories."""
    return [found for run in chosen if (found := runs().load(run.key)) is not None]
