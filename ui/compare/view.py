"""Finished runs side by side: curves on top of each other, scores, settings with what differs."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from core.training.jobs.loss_trace import smooth, thin
from core.training.runs import RunSummary, StoredRun
from core.training.runs.comparison import compare, shared_and_own
from ui.charts import guess, layered, show_chart
from ui.downloads import table_button
from ui.resources import runs
from ui.shell import navigation
from ui.theme import CLASS_COLORS, muted_color, text_color
from ui.training.charts import LOG_ABOVE, loss_unit
from ui.training.view import duration, link_to

MOST: Final = 8
LETTERS: Final = "ABCDEFGH"
SHORT: Final = 10  # characters of a run's name in the link
CURVES: Final = {
    "test_accuracy": "Test accuracy",
    "train_accuracy": "Training accuracy",
    "test_loss": "Test loss",
    "train_loss": "Training loss by epoch",
    "steps": "Training loss by step",
    "gradient_norm": "Gradient norm",
}


_ENDINGS: Final = {"running": "unfinished", "early": "stopped early"}


def choose_runs(available: Sequence[RunSummary]) -> list[RunSummary]:
    """Let the visitor choose runs; the choice is in the link as `?runs=`."""
    by_key = {run.key: run for run in available}
    wanted = [name for name in st.query_params.get("runs", "").split(",") if name]
    found = [key for name in wanted for key in by_key if len(name) >= SHORT and key.startswith(name)]
    if len(found) < len(wanted):
        st.info("Some runs of the link are not on this machine.", icon=":material/link_off:")
    if "compared" not in st.session_state:
        st.session_state["compared"] = (
            found or [run.key for run in available if run.status != "diverged"][:3] or [available[0].key]
        )
        if len(found) > MOST:
            st.info(
                f"The link has {len(found)} runs; {MOST} fit here, the first are shown.",
                icon=":material/info:",
            )
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


def letters(chosen: Sequence[RunSummary]) -> list[str]:
    """A letter for each run: what charts and tables call it."""
    return list(LETTERS[: len(chosen)])


def legend(chosen: Sequence[RunSummary]) -> None:
    """Which run each letter is, and what all of them share."""
    shared, own = shared_and_own([run.title for run in chosen])
    lines = [f"**{letter}** {text}" for letter, text in zip(letters(chosen), own, strict=True)]
    if shared:
        lines.append(f":gray[All: {shared}]")
    st.markdown("  \n".join(lines))


def curves(chosen: Sequence[RunSummary], stored: Sequence[StoredRun]) -> None:
    """One quantity of all runs, with every run's value under the pointer."""
    what = st.segmented_control(
        "Curve", list(CURVES), format_func=CURVES.__getitem__, key="curve", bind="query-params",
        default="test_accuracy", required=True,
    )  # fmt: skip
    rows = []
    for name, run in zip(letters(chosen), stored, strict=True):
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
    title, is_share = _axis_title(str(what), stored), "accuracy" in str(what)
    top = None if is_share else highest_shown(frame)
    show_chart(
        _overlay(
            frame, letters(chosen), title, "Step" if what == "steps" else "Epoch", is_share=is_share, top=top
        ),
        alt_text=f"{title} of {len(stored)} runs.",
        key=f"overlay_{what}",
    )
    _notes(frame, letters(chosen), top, smoothed=what == "steps")


def highest_shown(frame: pd.DataFrame) -> float | None:
    """Where the axis ends if a run that blew up would flatten the others: just above theirs.

    Args:
        frame: The runs' values, in columns `run` and `y`.

    Returns:
        `None` where every run fits, or all of them blew up.
    """
    highest = frame.groupby("run")["y"].max()
    calm = highest[highest <= LOG_ABOVE]
    return 1.1 * float(calm.max()) if 0 < len(calm) < len(highest) else None


def _notes(frame: pd.DataFrame, names: Sequence[str], top: float | None, *, smoothed: bool) -> None:
    """What the lines leave out."""
    notes = ["Each line is smoothed over a fiftieth of its run."] if smoothed else []
    for name in names:
        values = frame["y"][frame["run"] == name]
        if values.empty:
            notes.append(f"{name} has no complete epoch, and so no line.")
        elif top is not None and values.max() > LOG_ABOVE:
            notes.append(f"{name} leaves the chart: it rises to {values.max():.2g}.")
    if notes:
        st.caption(" ".join(notes))


def _axis_title(what: str, stored: Sequence[StoredRun]) -> str:
    """What is drawn, with its unit or the number of images."""
    if "accuracy" in what:
        return CURVES[what] + (tested_images(stored) if what.startswith("test") else "")
    if "loss" in what or what == "steps":
        return f"{CURVES[what]} ({', '.join(sorted({loss_unit(run.config) for run in stored}))})"
    return f"{CURVES[what]} (L2)"


def tested_images(stored: Sequence[StoredRun]) -> str:
    """How many test images an accuracy is of; runs of different datasets may differ."""
    counts = {sum(map(sum, run.history[-1].confusion)) for run in stored if run.history}
    return f", {' or '.join(f'{count:,}' for count in sorted(counts))} images" if counts else ""


def _overlay(
    frame: pd.DataFrame, order: list[str], y: str, x: str, *, is_share: bool, top: float | None
) -> alt.LayerChart:
    """Lines of all runs, up to `top`; a rule under the pointer shows all values at that place."""
    form = ".2%" if is_share else ".4~g"
    legend = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3, symbolSize=250, columns=4)
    color = alt.Color(
        "run:N", sort=order, title=None, legend=legend,
        scale=alt.Scale(domain=order, range=list(CLASS_COLORS[: len(order)])),
    )  # fmt: skip
    dash = alt.StrokeDash("run:N", sort=order, title=None, legend=legend)  # of equal runs, both are seen
    ends = _ends(frame if top is None else frame.assign(y=frame["y"].clip(upper=top)))
    whole = x == "Epoch"
    x_axis = alt.X(
        "x:Q", title=x, scale=alt.Scale(nice=False, zero=False, padding=12 + 9 * ends["run"].str.len().max()),
        axis=alt.Axis(format=",d", tickMinStep=1, grid=False),
    )  # fmt: skip
    base = alt.Chart(frame).encode(x=x_axis)
    wide = not is_share and bool(frame["y"].max() > LOG_ABOVE) and bool(frame["y"].min() > 0)
    scale = alt.Scale(type="log") if wide else alt.Scale(zero=is_share)  # below a guess is its name
    if top is not None:
        scale = alt.Scale(domain=[min(0.0, float(frame["y"].min())), top])
    y_axis = alt.Y("y:Q", title=y, axis=alt.Axis(format=".1~%" if is_share else ".3~g"), scale=scale)
    line = base.mark_line(strokeWidth=2, point={"size": 40} if whole else False, clip=top is not None).encode(
        y=y_axis,
        color=color,
        strokeDash=dash,
        tooltip=[alt.Tooltip("run:N"), alt.Tooltip("x:Q", title=x), alt.Tooltip("y:Q", format=form)],
    )
    named = (
        alt.Chart(ends)
        .mark_text(align="left", dx=7, fontSize=13, fontWeight="bold", color=text_color())
        .encode(x=x_axis, y=y_axis, text=alt.Text("run:N"))
    )
    charts: list[alt.Chart | alt.LayerChart] = [line, named]
    if whole:
        nearest = alt.selection_point(nearest=True, on="pointerover", fields=["x"], empty=False)
        rule = (
            base.transform_pivot("run", value="y", groupby=["x"])
            .mark_rule(color=muted_color())
            .encode(
                opacity=alt.condition(nearest, alt.value(0.6), alt.value(0)),
                tooltip=[
                    alt.Tooltip("x:Q", title=x),
                    *(alt.Tooltip(f"{name}:Q", format=form) for name in order),
                ],
            )
            .add_params(nearest)
        )
        charts.append(rule)
    if is_share:
        charts.append(guess())
    return layered(*charts).properties(height=360)


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Where lines end and whose they are; lines that end close together share a label."""
    close = 0.05 * float(frame["y"].max() - frame["y"].min())
    merged: list[dict[str, Any]] = []
    ordered = frame.groupby("run", sort=False).tail(1).sort_values("y")
    for run, x, y in ordered[["run", "x", "y"]].itertuples(index=False, name=None):
        near = [end for end in merged if end["x"] == x and y - end["y"] <= close]
        if near:
            near[-1]["run"] = " ".join(sorted([*near[-1]["run"].split(), run]))
        else:
            merged.append({"run": run, "x": x, "y": y})
    return pd.DataFrame(merged)


def scores(chosen: Sequence[RunSummary]) -> None:
    """Accuracy, time and size of each run, a column a run."""
    rows = {
        "Last test accuracy": [_percent(run.test_accuracy) for run in chosen],
        "Best test accuracy": [
            _percent(run.best_test_accuracy)
            + (" by validation" if run.validated else " by test" if run.epochs_done else "")
            for run in chosen
        ],
        "Epochs": [f"{run.epochs_done} of {run.config.epochs}" for run in chosen],
        "Training time": [duration(run.seconds) for run in chosen],
        "Images per second": [
            f"{run.samples_per_second:,.0f}" if run.samples_per_second else "—" for run in chosen
        ],
        "Parameters": [f"{run.parameters:,}" for run in chosen],
        "Ended": [_ENDINGS.get(run.status, run.status) for run in chosen],
    }
    _table("Score", list(rows), list(rows.values()), chosen, alt_text="Scores, times and sizes of the runs")
    frame = pd.DataFrame({"Run": [run.title for run in chosen], **rows})
    table_button(lambda: frame.to_csv(index=False), file_name="scores.csv", key="scores_csv")


def _table(
    what: str,
    rows: Sequence[str],
    values: Sequence[Sequence[str]],
    chosen: Sequence[RunSummary],
    *,
    alt_text: str,
) -> None:
    """A table with a row a quantity and a column a run; the first column stays in sight."""
    frame = pd.DataFrame(values, columns=letters(chosen))
    frame.insert(0, what, rows)
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        column_config={what: st.column_config.TextColumn(width=146, pinned=True)},
        alt=alt_text,
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.2%}"


def settings_table(chosen: Sequence[RunSummary]) -> None:
    """Every setting, those that differ first and marked."""
    rows = compare([run.config for run in chosen])
    several = len(chosen) > 1
    only = several and st.toggle("Only what differs", value=True, key="only_different")
    shown = [row for row in rows if row.differs or not only]
    if not shown:
        st.caption("All settings are the same.")
        return
    _table(
        "Setting",
        [("≠ " if row.differs else "") + row.name for row in shown],
        [row.values for row in shown],
        chosen,
        alt_text="Settings of the runs; those that differ are marked",
    )
    if several and not only:
        st.caption("≠ marks what differs.")


def links(chosen: Sequence[RunSummary]) -> None:
    """A way back into the form for each run."""
    with st.container(horizontal=True):
        for letter, run in zip(letters(chosen), chosen, strict=True):
            st.page_link(
                navigation.entry("training").path,
                label=f"Open {letter} in the form",
                icon=":material/edit:",
                query_params=link_to(run.config),
            )


def load(chosen: Sequence[RunSummary]) -> list[StoredRun]:
    """The chosen runs with their histories."""
    return [found for run in chosen if (found := runs().load(run.key)) is not None]
