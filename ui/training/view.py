"""A run on screen: while it goes on, and when it has ended."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st
import torch

from core.config import TrainConfig
from core.errors import CoreError
from core.training.engine.records import FIXED_COUNT, RunProgress
from core.training.jobs import TrainingSnapshot
from core.training.jobs.training import train_count
from core.training.runs.link import to_query
from ui.charts import show_chart
from ui.components.grid import image_grid
from ui.components.page_companion import announce
from ui.resources import jobs, splits_of, training, visitor
from ui.shell import navigation
from ui.shell.frame import guard
from ui.training import ghost
from ui.training.charts import accuracies, gradient_norms, loss_chart
from ui.training.form import FOLD, fill
from ui.watch import follow, stop_button

_PROBLEM: Final = "start_problem"

STATES: Final = {
    "queued": ("Waiting", ":material/hourglass_top:", "gray"),
    "running": ("Training", ":material/model_training:", "orange"),
    "paused": ("Paused", ":material/pause:", "gray"),
    "succeeded": ("Finished", ":material/check_circle:", "green"),
    "stopped": ("Stopped", ":material/stop_circle:", "gray"),
    "failed": ("Failed", ":material/error:", "red"),
}


def show(job: TrainingSnapshot | None) -> bool:
    """Show the run while it goes on; gives whether it does."""
    return follow(job, training().watch, _live)


def _live(job: TrainingSnapshot) -> None:
    """The curves come early: on a projector they are in sight without scrolling."""
    with st.container(horizontal=True, vertical_alignment="center"):
        head(job)
        _buttons(job)
    if job.state == "queued":
        _queue(job)
        return
    progress = job.progress
    if progress is None:
        st.progress(0.0, text="Setting up")
        return
    _bars(progress)
    curves(job)
    _figures(job, progress)
    if not job.elsewhere:
        ghost.live_rate(job)
    eight(job, progress.fixed_logits, f"now, in epoch {progress.epoch}", key="eight_live")


def start(config: TrainConfig) -> None:
    """Ask for a run, from the button's callback: a click counts even where somebody was faster."""
    st.session_state[FOLD] = False
    try:
        training().submit(config, visitor())
    except CoreError as error:
        st.session_state[_PROBLEM] = str(error)


def start_again(config: TrainConfig) -> None:
    """Start the same run from the next seed with which nobody has run it, from the button's callback."""
    seed = config.seed + 1
    while training().snapshot(training().resolve(replace(config, seed=seed)).key()) is not None:
        seed += 1
    other = replace(config, seed=seed)
    fill(other)
    start(other)


def start_problem() -> None:
    """Say why the last click on the button started nothing."""
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        st.error(problem, icon=":material/error:")


def time_estimate(config: TrainConfig, *, done: int = 0) -> None:
    """Say how long a run will take, and how that is known.

    Args:
        config: The run.
        done: Epochs of it that are complete already.
    """
    found = training().estimate(config)
    if found is not None:
        left = found.seconds * (1 - done / config.epochs)
        speed = f"{found.samples_per_second:,.0f} training images per second: {found.source}"
        st.caption(f"About {between(0.65 * left, 1.3 * left)}, at {speed}.")
    if found is None or found.is_rough:
        st.button(
            "Measure how long it takes",
            type="tertiary",
            icon=":material/timer:",
            help="Tries a few steps of this run, for about a second.",
            key="measure_speed",
            on_click=_measure,
            args=(config,),
        )


def _measure(config: TrainConfig) -> None:
    try:
        training().measure(config)
    except CoreError as error:
        st.session_state[_PROBLEM] = str(error)


def going_elsewhere(key: str) -> None:
    """Point to the run that this visitor has going, where the form describes another."""
    job = jobs().going(visitor())
    config = training().config_of(job.key) if job is not None else None
    if job is not None and job.key != key and config is not None:
        st.page_link(
            navigation.entry("training").path,
            label=f"Your run “{job.title}” is under way: watch it",
            icon=":material/model_training:",
            query_params=link_to(config),
        )


def link_to(config: TrainConfig) -> dict[str, str]:
    """Query parameters of the training page that show a run."""
    return to_query(config) or {"preset": "tutorial"}


def head(job: TrainingSnapshot) -> None:
    """What the run is called and where it stands."""
    text, icon, color = STATES[job.state]
    announce(f"{job.title}: {text}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        st.header(job.title, anchor=False, width="content")
        st.badge(text, icon=icon, color=color)  # type: ignore[arg-type]
        if job.from_cache:
            st.badge(
                "From cache", icon=":material/cached:", color="blue",
                help="Trained before: the same settings give the same numbers, so it is not repeated.",
            )  # fmt: skip


def _buttons(job: TrainingSnapshot) -> None:
    if job.elsewhere:
        st.caption("Another server of this app trains it; if that one ends, the run goes on here.")
        return
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        if job.state == "paused":
            st.button("Resume", icon=":material/play_arrow:", on_click=jobs().resume, args=(job.key,))
        elif job.state == "running":
            st.button("Pause", icon=":material/pause:", on_click=_pause, args=(job.key,))
        stop_button(job.key)
        if job.state == "paused":
            st.caption("While others wait, a paused run goes on by itself after 30 s.")


def _pause(key: str) -> None:
    with guard():
        jobs().pause(key, visitor())


def _queue(job: TrainingSnapshot) -> None:
    before = "1 run is" if job.position == 1 else f"{job.position} runs are"
    when = "" if job.wait_seconds is None else f" It starts in about {duration(job.wait_seconds)}."
    st.info(
        f"{before} before this one.{when} Stay until it starts: a run whose visitor leaves loses its place.",
        icon=":material/hourglass_top:",
        title="In the queue",
    )


def _bars(progress: RunProgress) -> None:
    run, epoch = st.columns(2, gap="medium")
    share = progress.step / max(1, progress.steps)
    run.progress(share, text=f"Run: step {progress.step:,} of {progress.steps:,}, {share:.0%}")
    done = progress.epoch_step / max(1, progress.epoch_steps)
    epoch.progress(
        done,
        text=f"Epoch {progress.epoch} of {progress.epochs}: batch {progress.epoch_step:,} of "
        f"{progress.epoch_steps:,}",
    )


def _figures(job: TrainingSnapshot, progress: RunProgress) -> None:
    speed = progress.samples_per_second
    left = (progress.steps - progress.step) * job.config.batch_size
    with st.container(horizontal=True, gap="medium"):
        st.metric("Training images per second", f"{speed:,.0f}", width="content")
        st.metric("Time left", duration(left / speed) if speed else "unknown", width="content")
        if len(job.losses):
            st.metric("Loss of the last batch", f"{job.losses[-1]:.3f}", width="content")
        if job.history:
            last = job.history[-1]
            tested = sum(map(sum, last.confusion))
            st.metric(f"Test accuracy, {tested:,} images", f"{last.test_accuracy:.1%}", width="content")


def curves(job: TrainingSnapshot) -> None:
    """Loss a step, accuracy an epoch, gradient norm an epoch."""
    config = job.config
    goes_on = job.is_active or job.state == "stopped"  # then the axes show what is still to come
    steps = job.progress.steps if job.progress and goes_on else 0
    left, right = st.columns(2, gap="medium")
    with left:
        if len(job.losses) > 1:
            show_chart(
                loss_chart(job.losses, config, steps=steps),
                alt_text=f"Training loss of {len(job.losses):,} steps, the last {job.losses[-1]:.3f}.",
                key="loss_curve",
            )
    with right:
        if job.history:
            last = job.history[-1]
            show_chart(
                accuracies(job.history, epochs=config.epochs if goes_on else len(job.history)),
                alt_text=f"Accuracy per epoch; after {last.epoch}: {last.test_accuracy:.1%} of test images.",
                key="accuracy_curve",
            )
            st.caption(_split_sizes(job, config))
        elif goes_on:
            st.caption("Accuracy appears after the first epoch.")
    ghost.show(job)
    if len(job.history) > 1:
        with st.expander("Gradient norm", icon=":material/show_chart:"):
            st.markdown(
                "The **gradient norm** is the length of all gradients taken together. Growing without end, "
                "it announces that the run is about to diverge."
            )
            show_chart(
                gradient_norms(job.history),
                alt_text=f"Gradient norm per epoch, the last {job.history[-1].gradient_norm:.3g}.",
                key="norm_curve",
            )


def _split_sizes(job: TrainingSnapshot, config: TrainConfig) -> str:
    """How many images each of the accuracies is of; those of another dataset are not known here."""
    tested = f"test {sum(map(sum, job.history[-1].confusion)):,}"
    split, _ = splits_of(config.data.dataset)
    if config.data.dataset != split.fingerprint:
        return f"Images: {tested}."
    trained = train_count(config, len(split))
    held_out = min(config.data.limit or len(split), len(split)) - trained
    validated = [f"validation {held_out:,}"] if held_out else []
    return f"Images: {', '.join([f'training {trained:,}', *validated, tested])}."


def eight(
    job: TrainingSnapshot,
    logits: tuple[tuple[float, ...], ...],
    when: str,
    *,
    key: str,
    which: Sequence[int] = range(FIXED_COUNT),
    title: str = "The first eight test images",
) -> None:
    """What the network makes of eight test images of its run, where they are still here.

    Args:
        job: The run.
        logits: Of the first test images, N x 10.
        when: At which moment of the run.
        key: Unique on the page.
        which: Positions among them.
        title: What these images are.
    """
    name = job.config.data.dataset
    train, split = splits_of(name)
    if not logits or train.fingerprint != name:
        return
    which = [index for index in which if index < len(logits)]
    values = torch.tensor(logits)[which]
    probabilities, predicted = values.softmax(1).max(1)
    names = [split.classes[i] for i in predicted]
    actual = [split.classes[i] for i in split.labels[which]]
    st.markdown(f"**{title}, {when}**: what the network says, and how sure it is")
    image_grid(
        split.images[which],
        [
            f"{name} {share:.0%}" if math.isfinite(share) else "no answer"
            for name, share in zip(names, probabilities.tolist(), strict=True)
        ],
        key=key,
        columns=8,
        least=84,
        marks=["right" if a == b else "wrong" for a, b in zip(names, actual, strict=True)],
        names=[
            f"Test image {index}: {name}, {share:.0%} sure; it is {truth}"
            for index, name, share, truth in zip(which, names, probabilities.tolist(), actual, strict=True)
        ],
        label=f"{title} with their predictions",
        plain=True,
    )


def between(low: float, high: float) -> str:
    """Two times to read: 30 to 60 s."""
    first, last = duration(low), duration(high)
    if first == last:
        return last
    return f"{first.removesuffix(' s')} to {last}" if high < 59 and low >= 1 else f"{first} to {last}"


def duration(seconds: float) -> str:
    """A time to read: 8 s, 2 min 5 s, 1 h 3 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s" if seconds >= 1 or whole else "under 1 s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
