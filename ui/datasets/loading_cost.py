"""What a DataLoader costs: an epoch of loading, measured on this machine."""

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from core.analysis import loading_cost as loading
from core.teaching.snippets.dataset_root import dataset_root
from core.training.jobs import JobSnapshot, share_done
from ui import charts
from ui.resources import jobs, train_split, visitor
from ui.shell.frame import guard
from ui.theme import CLASS_COLORS, text_color
from ui.watch import follow

COUNTS: Final = (5_000, 20_000, 60_000)


def show() -> None:
    """A button that measures an epoch of loading, and the result with its reason."""
    st.header("What loading costs here", anchor=False)
    st.markdown(
        "How long until every image has been handed out once, without any network? A **worker** is a "
        "process that fetches samples ahead while a network computes."
    )
    most = len(train_split())
    counts = [count for count in COUNTS if count < most] + [min(most, COUNTS[-1])]
    with st.container(horizontal=True, gap="medium"):
        count = st.segmented_control(
            "Training images",
            counts,
            default=counts[0],
            required=True,
            format_func="{:,}".format,
            key="load_count",
        )
        size = st.segmented_control("Batch size", [16, 64, 256], default=64, required=True, key="load_batch")
    job = loading.LoadingJob(dataset_root(), count=count or counts[0], batch_size=size or 64)
    found = jobs().snapshot(job.key)
    if follow(found, jobs().snapshot, _progress):
        return
    if st.button("Measure", type="primary", icon=":material/timer:", key="measure_loading"):
        with guard():
            jobs().submit(job, visitor())
            st.rerun()
    if found is not None and found.error:
        st.error(found.error, icon=":material/error:")
    if found is not None and isinstance(found.outcome, loading.LoadingOutcome):
        _show_cost(list(found.outcome.measurements), job.batch_size)


def _progress(job: JobSnapshot) -> None:
    progress = job.progress
    if isinstance(progress, loading.LoadingProgress):
        st.progress(share_done(progress), text=f"{_name(progress.latest.workers)}: done")
    else:
        st.progress(0.0, text=f"Waiting: {job.position} before this one" if job.position else "Starting")


def _name(workers: int) -> str:
    if workers < 0:
        return "Images in memory, sliced"
    return {0: "DataLoader, no worker", 1: "DataLoader, 1 worker"}.get(
        workers, f"DataLoader, {workers} workers"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def _show_cost(found: list[loading.Measurement], batch_size: int) -> None:
    rows = pd.DataFrame(
        {
            "way": [_name(m.workers) for m in found],
            "seconds": [m.seconds for m in found],
            "speed": [m.count / m.seconds for m in found],
            "text": [_seconds(m.seconds) for m in found],
        }
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("way:N", sort=None, title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=[
            alt.Tooltip("way:N"),
            alt.Tooltip("text:N"),
            alt.Tooltip("speed:Q", title="images per second", format=",.0f"),
        ],
    )
    x = alt.X(
        "seconds:Q",
        title="Seconds",
        axis=alt.Axis(tickCount=5),
        scale=alt.Scale(domain=[0, max(m.seconds for m in found) * 1.25]),
    )
    bars = base.mark_bar(color=CLASS_COLORS[0], cornerRadiusEnd=3).encode(x=x)
    labels = base.mark_text(align="left", dx=5, color=text_color()).encode(x=x, text=alt.Text("text:N"))
    st.caption(f"{found[0].count:,} training images in batches of {batch_size}, handed out once")
    charts.show_chart(
        charts.layered(bars, labels).properties(height=170),
        alt_text="; ".join(f"{_name(m.workers)}: {_seconds(m.seconds)}" for m in found),
        key="loading_cost",
    )
    memory, plain = found[0], found[1]
    best = min(found[1:], key=lambda m: m.seconds)
    workers = (
        f"Workers helped here: the loader was fastest with {best.workers}."
        if best.workers
        else "Workers made it slower here: starting them and passing batches on takes longer than loading "
        "these small images."
    )
    st.markdown(
        f"A DataLoader makes each sample in Python (a PIL image, a tensor, a division), "
        f"{plain.seconds / plain.count * 1e6:.0f} µs per image here, then stacks them. Images that are one "
        f"tensor in memory are cut a batch at a time: **{plain.seconds / memory.seconds:,.0f} times** as "
        "fast, and how this app trains."
    )
    st.markdown(
        f"{workers} They pay off when a sample is expensive (a large JPEG file, heavy transforms) and cores "
        "are free."
    )
    st.caption(
        "Measured once, beside whatever else this machine was doing: measure again to see how it varies."
    )
