"""The road not taken: a fork of an ended run, and the tree of runs that it belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core import config as c
from core.config import Change, TrainConfig
from core.errors import CoreError
from core.teaching.lessons.forks import LESSON
from core.training.engine.objectives import rate_at
from core.training.jobs import TrainingSnapshot
from core.training.presets import OPTIMIZERS, changed
from core.training.runs.family import Branch, family
from ui.charts import layered, show_chart
from ui.lesson import in_code
from ui.resources import visible_runs
from ui.shell import navigation
from ui.theme import ACCENT, NEUTRAL, text_color
from ui.training.form import fill
from ui.training.view import link_to, start

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def show(job: TrainingSnapshot) -> None:
    """Fork the run, and see what it has been forked into."""
    st.header("The road not taken", anchor=False)
    st.markdown(
        "**What if you had changed something on the way?** Continue from any epoch with other settings. The "
        "epochs before are shared, to the bit; the run as it was stays, and is drawn beside the fork as its "
        "ghost."
    )
    try:
        fork = _fork(job)
    except CoreError as error:
        st.error(str(error), icon=":material/error:")
        fork = None
    if fork is not None:
        st.caption(f"Changed: {', '.join(changed(fork.changes[-1]))}.")
    st.button(
        "Fork from here",
        icon=":material/fork_right:",
        disabled=fork is None,
        on_click=_begin,
        args=(fork,),
        help="Change a setting first." if fork is None else None,
    )
    tree(job.config)
    in_code(LESSON, "fork")


def _begin(fork: TrainConfig) -> None:
    fill(fork)
    start(fork)


def _fork(job: TrainingSnapshot) -> TrainConfig | None:
    """The fork that the fields describe; `None` where nothing is changed."""
    config, count = job.config, len(job.history)
    epoch = count
    if count > 1:
        epoch = st.slider(
            "After epoch", 1, count, max(1, count - 1), key=f"fork_epoch_{job.key[:8]}", width=320
        )
    now = config.settings_after(epoch)
    given = config.changes and config.changes[-1].lr is not None
    curve = config.root.optimizer.schedule in ("cosine", "one_cycle") and not given
    rate = rate_at(config, epoch + 1, 0, steps_per_epoch=max(1, job.history[epoch - 1].steps))
    if epoch == config.epochs:  # a curve ends near 0, where nothing would move any more
        rate = config.root.optimizer.lr if curve else job.history[-1].learning_rate
    values, until = _fields(config, now, float(f"{rate:.6g}"), epoch, f"{job.key[:8]}_{epoch}")
    if not values and until == config.epochs:
        return None
    stretches = "batch_size" in values or until != config.epochs
    if "optimizer" in values or (curve and stretches):
        values.setdefault("lr", rate)
    other = config.epochs if until != config.epochs else 0
    earlier = tuple(change for change in config.changes if change.place < (epoch, 0))
    if len(earlier) < len(config.changes):  # later changes are not part of this road
        config = replace(config, changes=earlier, epochs=_epochs_of(config, len(earlier)))
        other = config.epochs if until != config.epochs else 0
    return replace(config, epochs=until, changes=(*earlier, Change(epoch=epoch, of_epochs=other, **values)))


def _epochs_of(config: TrainConfig, changes: int) -> int:
    """How many epochs the ancestor with so many changes has."""
    while len(config.changes) > changes and (parent := config.parent) is not None:
        config = parent
    return config.epochs


def _fields(
    config: TrainConfig, now: TrainConfig, rate: float, epoch: int, key: str
) -> tuple[dict[str, Any], int]:
    """The settings that are not what they would have been, and until which epoch the fork goes."""
    was: dict[str, Any] = {
        "lr": rate, "optimizer": now.optimizer.name, "batch_size": now.batch_size,
        "label_smoothing": now.label_smoothing, "shift": now.data.shift, "flip": now.data.flip,
        "erase": now.data.erase,
    }  # fmt: skip
    new = dict(was)
    with st.container(horizontal=True):
        new["lr"] = st.number_input(
            "Learning rate", min(1e-6, rate), 1000.0, rate, format="%g", step=rate / 2 or 1e-6,
            key=f"fork_lr_{key}",
            help="Constant from there on.",
        )  # fmt: skip
        names = list(OPTIMIZERS)
        new["optimizer"] = st.selectbox(
            "Optimizer", names, names.index(now.optimizer.name), format_func=OPTIMIZERS.__getitem__,
            key=f"fork_optimizer_{key}", help="Another one begins with nothing remembered.",
        )  # fmt: skip
        new["batch_size"] = st.number_input(
            "Batch size", c.MIN_BATCH, c.MAX_BATCH, now.batch_size, key=f"fork_batch_{key}"
        )
        until = st.number_input(
            "Train until epoch", min(epoch + 1, c.MAX_EPOCHS), c.MAX_EPOCHS,
            max(config.epochs, min(epoch + 1, c.MAX_EPOCHS)), key=f"fork_until_{key}",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if now.loss == "cross_entropy":
            new["label_smoothing"] = st.number_input(
                "Label smoothing", 0.0, 0.9, now.label_smoothing, 0.05, key=f"fork_smoothing_{key}"
            )
        new["shift"] = st.number_input("Shift, pixels", 0, 8, now.data.shift, key=f"fork_shift_{key}")
        new["erase"] = st.number_input(
            "Erased square, pixels", 0, 20, now.data.erase, key=f"fork_erase_{key}"
        )
        new["flip"] = st.toggle("Mirror at random", now.data.flip, key=f"fork_flip_{key}")
        if now.shuffle:
            was["shuffle_seed"] = None
            new["shuffle_seed"] = st.number_input(
                "Another order, seed", 0, c.MAX_SEED, None, step=1, placeholder="the same",
                key=f"fork_shuffle_{key}",
            )  # fmt: skip
    return {name: value for name, value in new.items() if value != was[name]}, int(until)


def tree(config: TrainConfig) -> None:
    """The tree of runs that a run belongs to, with what each changes; a link opens it."""
    branches = family(config, visible_runs())
    if len(branches) < 2:
        return
    st.markdown("**The tree of runs**: each leaves the one above it where its settings change.")
    here = config.key()
    show_chart(
        _tree_chart(branches, here),
        alt_text=f"{len(branches)} runs as a tree over the epochs.",
        key="run_tree",
    )
    for letter, branch in zip(LETTERS, branches, strict=False):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            score = branch.summary.test_accuracy if branch.summary is not None else None
            text = f"**{letter}** {branch.difference}"
            if score is not None and branch.summary is not None:
                text += f" · {score:.2%} of test images after epoch {branch.summary.epochs_done}"
            elif branch.summary is None:
                text += " · not kept here"
            st.markdown(text, width="stretch")
            if branch.config.key() == here:
                st.badge("this run", color="orange")
            else:
                st.page_link(
                    navigation.entry("training").path, label=f"Open {letter}", icon=":material/open_in_new:",
                    query_params=link_to(branch.config), width="content",
                )  # fmt: skip


def _tree_chart(branches: Sequence[Branch], here: str) -> alt.LayerChart:
    rows, ends, joints = [], [], []
    for place, (letter, branch) in enumerate(zip(LETTERS, branches, strict=False)):
        done = branch.summary.epochs_done if branch.summary is not None else branch.start
        end = max(float(done), branch.start + 0.25)
        mine = "this run" if branch.config.key() == here else "other runs"
        rows.append((branch.start, end, place, mine))
        score = branch.summary.test_accuracy if branch.summary is not None else None
        ends.append((end, place, f"{letter}  {score:.1%}" if score is not None else letter))
        if branch.parent is not None:
            joints.append((branch.start, branch.parent, place))
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[-0.6, len(branches) - 0.4], reverse=True))
    x = alt.X(
        "start:Q", title="Epoch", scale=alt.Scale(zero=True, nice=False, padding=24),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False),
    )  # fmt: skip
    color = alt.Color(
        "run:N", title=None, legend=None,
        scale=alt.Scale(domain=["this run", "other runs"], range=[ACCENT, NEUTRAL]),
    )  # fmt: skip
    roads = (
        alt.Chart(pd.DataFrame(rows, columns=["start", "end", "row", "run"]))
        .mark_rule(strokeWidth=4)
        .encode(x=x, x2="end:Q", y=y, color=color)
    )
    links = (
        alt.Chart(pd.DataFrame(joints, columns=["start", "row", "to"]))
        .mark_rule(strokeWidth=2, color=NEUTRAL, strokeDash=[3, 3])
        .encode(x=x, y=y, y2="to:Q")
    )
    names = (
        alt.Chart(pd.DataFrame(ends, columns=["start", "row", "name"]))
        .mark_text(align="left", dx=8, fontSize=13, fontWeight="bold", color=text_color())
        .encode(x=x, y=y, text="name:N")
    )
    return layered(links, roads, names).properties(height=60 + 34 * len(branches))
