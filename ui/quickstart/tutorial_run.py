"""The tutorial's own run, from one button: started, watched and finished on the same spot."""

import streamlit as st

from core.config import TrainConfig
from core.training import pretrained
from core.training.engine.records import EpochRecord
from core.training.jobs.records import JobSnapshot, share_of
from ui import models
from ui.charts import accuracy_curve, show_chart
from ui.resources import jobs, test_split, train_split, visitor
from ui.shell.frame import guard
from ui.watch import follow, stop_button


def show() -> None:
    """A button that trains with the tutorial's own settings, then its progress, then its result."""
    run = find()
    if follow(run, _watch, every=0.5):
        return
    if run is None or run.state in ("failed", "stopped"):
        _offer(run)
    if run is not None and run.history:
        _result(run)


def find() -> JobSnapshot | None:
    """The tutorial's run on the images in use, whoever started it and whenever; `None` if nobody has."""
    return jobs().snapshot(jobs().resolve(TrainConfig.tutorial()).key())


def _offer(run: JobSnapshot | None) -> None:
    """The button, and what it does."""
    if run is not None and run.error:
        st.error(run.error, icon=":material/error:")
    config = TrainConfig.tutorial()
    st.markdown(
        f"The tutorial's own settings: {config.epochs} **epochs** (passes over all {len(train_split()):,} "
        f"training images) in batches of {config.batch_size}, in stored order, SGD with learning rate "
        f"{config.optimizer.lr:g}, seed {config.seed}."
    )
    done = len(run.history) if run is not None else 0
    label = f"Go on after epoch {done}" if done else "Train the tutorial's network"
    if st.button(label, type="primary", icon=":material/play_arrow:", key="start_tutorial"):
        with guard():
            jobs().submit(config, visitor=visitor())
            st.rerun()


def _watch(run: JobSnapshot) -> None:
    """Progress while it runs."""
    share = share_of(run.progress)
    if run.state == "queued" or run.progress is None:
        st.progress(0.0, text="Waiting for its turn" if run.state == "queued" else "Starting")
    else:
        progress = run.progress
        st.progress(
            share,
            text=f"Epoch {progress.epoch} of {progress.epochs}, {share:.0%} done, "
            f"{progress.samples_per_second:,.0f} images a second",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        stop_button(run.key, key="stop_tutorial")
        later = "" if run.history else "The curve begins after the first epoch. "
        st.caption(f"{later}You can leave this page: the training goes on.", width="stretch")
    _curve(run.history, TrainConfig.tutorial().epochs)


def _result(run: JobSnapshot) -> None:
    """What the run scored, and the way to look through it."""
    last = run.history[-1]
    words, chart = st.columns([2, 3], gap="medium")
    with words:
        st.metric(
            f"Test accuracy, {len(test_split()):,} images",
            f"{last.test_accuracy:.1%}",
            help="Share of the test images that the network names right. Guessing gives 10%.",
        )
        seconds = sum(record.seconds for record in run.history)
        st.markdown(
            f"After {last.epoch} of {TrainConfig.tutorial().epochs} epochs the mean cross-entropy is "
            f"{last.test_loss:.3f} nats a test image; training took {seconds:,.1f} s. {_why_so_low()}"
        )
        if run.state == "succeeded":
            st.button(
                "Let it predict above",
                on_click=models.choose,
                args=(run.key,),
                icon=":material/arrow_upward:",
            )
    with chart:
        _curve(run.history, TrainConfig.tutorial().epochs)


def _why_so_low() -> str:
    """What to make of the score, one sentence."""
    if train_split().kind == "sample":
        return (
            "Few images make few steps: on all 60,000, the same settings reach about 65%, and the pretrained "
            f"model above had {pretrained.load().history[-1].epoch} epochs of them."
        )
    return "The pretrained model above had more epochs and another optimizer: the pages below are about that."


def _curve(history: tuple[EpochRecord, ...], epochs: int) -> None:
    if not history:
        st.skeleton(height=260)
        return
    points = [(record.epoch, "training", record.train_accuracy) for record in history]
    points += [(record.epoch, "test", record.test_accuracy) for record in history]
    show_chart(
        accuracy_curve(points, y_title="Accuracy", epochs=epochs),
        alt_text=f"Accuracy an epoch; after {len(history)}: {history[-1].test_accuracy:.1%} of test images.",
        key="tutorial_curve",
    )
    st.caption(
        f"Share named right: of {len(train_split()):,} training images while the epoch trained, and of "
        f"{len(test_split()):,} test images after it."
    )
