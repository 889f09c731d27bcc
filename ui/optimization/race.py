"""The optimizer race on screen: a button, the runs as they come in, the result."""

import pandas as pd
import streamlit as st

from core.teaching.races import (
    EPOCHS,
    RATES,
    SEEDS,
    TRAIN_IMAGES,
    Lap,
    RaceJob,
    RaceProgress,
    RaceResult,
    ranking,
    summary,
)
from ui import charts
from ui.resources import test_split, train_split
from ui.shell import params
from ui.watch import lab_result

SMOOTH = 8
"""Steps whose losses are averaged for the chart."""


def show() -> None:
    """Choose the rates, start, watch, read."""
    st.header("A race on real images", anchor=False)
    st.markdown(
        f"Five optimizers train the same small network (784-64-10) on the same {TRAIN_IMAGES:,} training "
        f"images for {EPOCHS} epochs, once with each of the seeds {', '.join(map(str, SEEDS))}. "
        "Give each a learning rate that suits it, or all the same one."
    )
    params.choice_param("rates", RATES, RATES[0])
    rates = st.segmented_control(
        "Learning rate", RATES, default=RATES[0], required=True, key="rates", bind="query-params"
    )
    job = RaceJob(train_split(), test_split(), rates=rates)
    result = lab_result(
        job, RaceResult, start="Start the race", icon=":material/flag:", counted="runs", draw=_progress
    )
    if result is not None:
        _result(result)


def _progress(progress: RaceProgress) -> None:
    _curves(progress.laps)


def _result(result: RaceResult) -> None:
    _curves(result.laps)
    rates = {lap.name: lap.rate for lap in result.laps}
    rows = [
        {
            "Optimizer": standing.name,
            "Rate": f"{rates[standing.name]:g}",
            "Mean": 100 * standing.mean if standing.finished else None,
            "Lowest": 100 * min(standing.accuracies) if standing.finished else None,
            "Highest": 100 * max(standing.accuracies) if standing.finished else None,
            "Finished": len(standing.accuracies),
        }
        for standing in ranking(result)
    ]
    table = pd.DataFrame(rows)
    if (table["Finished"] == len(SEEDS)).all():
        table = table.drop(columns="Finished")
    percent = st.column_config.NumberColumn(format="%.1f%%", width=58)
    st.markdown(f"**Test accuracy**, {result.test_images:,} images, over {len(SEEDS)} seeds")
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "Rate": st.column_config.TextColumn(help="Learning rate", width=48),
            "Mean": percent,
            "Lowest": percent,
            "Highest": percent,
            "Finished": st.column_config.NumberColumn(help=f"Of {len(SEEDS)} runs", width=58),
        },
        alt="Test accuracy of each optimizer: mean, lowest and highest over the seeds",
    )
    st.markdown(summary(result))
    st.caption(
        f"Accuracy after {EPOCHS} epochs, first {result.test_images:,} test images; a guess "
        "gives 10%. A short race favors a fast start: which one wins after sixty epochs is another question."
    )


def _curves(laps: tuple[Lap, ...]) -> None:
    """The mean over seeds of each optimizer's loss, smoothed over a few steps."""
    rows = [
        {"optimizer": lap.name, "step": SMOOTH * (at // SMOOTH) + SMOOTH, "loss": loss}
        for lap in laps
        for at, loss in enumerate(lap.losses)
    ]
    if not rows:
        return
    table = pd.DataFrame(rows).groupby(["optimizer", "step"], sort=False)["loss"].mean().reset_index()
    chart = charts.lines(
        table,
        x="step",
        y="loss",
        series="optimizer",
        x_title=f"Step (a batch of 64), means of {SMOOTH} steps",
        y_title="Training loss, nats, mean over seeds",
        zero=True,
        points=False,
    ).properties(height=300)
    charts.show_chart(chart, alt_text="Training loss of each optimizer, step by step, mean over the seeds.")
