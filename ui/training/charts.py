"""Charts of a run: the loss of each step, accuracy and gradient norm per epoch."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.config import TrainConfig
from core.training.engine.records import EpochRecord
from core.training.jobs.loss_trace import smooth, thin
from core.training.runs.files import FloatArray
from ui.charts import accuracy_curve, layered, lines
from ui.theme import ACCENT, NEUTRAL

LOG_ABOVE = 20.0
"""Losses above this are drawn on a logarithmic scale: a diverging run would flatten all else."""


def loss_unit(config: TrainConfig) -> str:
    """What a loss is, with its unit."""
    return "squared error" if config.loss == "mse" else "cross-entropy, nats"


def loss_chart(losses: FloatArray, config: TrainConfig, *, steps: int = 0) -> alt.LayerChart:
    """The loss of each step, raw and smoothed.

    Args:
        losses: Mean over each step's batch.
        config: The run.
        steps: How far the horizontal axis goes; 0 as far as there are losses.
    """
    window = max(5, max(steps, len(losses)) // 50)
    raw = f"one batch of {config.batch_size:,}"
    mean = f"mean of {window:,} batches"
    at, values = thin(losses)
    means = thin(smooth(losses, window))[1]
    frame = pd.DataFrame(
        {
            "step": np.concatenate([at, at]),
            "loss": np.concatenate([values, means]).astype(float),
            "line": [raw] * len(at) + [mean] * len(at),
        }
    )
    wide = bool(len(losses)) and float(losses.max()) > LOG_ABOVE
    last = max(steps, len(losses), 2)
    y = alt.Y(
        "loss:Q",
        title=f"Training loss per step ({loss_unit(config)})",
        scale=alt.Scale(type="log") if wide else alt.Scale(zero=False),
        axis=alt.Axis(format=".0e" if wide else ".3~f", tickCount=6),
    )
    x = alt.X(
        "step:Q",
        title="Step",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(format=",d", grid=False, tickCount=6, tickMinStep=1),
    )
    tooltip = [
        alt.Tooltip("line:N", title="loss of"),
        alt.Tooltip("step:Q", format=",d"),
        alt.Tooltip("loss:Q", format=".5~g"),
    ]
    color = alt.Color(
        "line:N",
        title=None,
        scale=alt.Scale(domain=[raw, mean], range=[NEUTRAL, ACCENT]),
        legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2, symbolOpacity=1),
    )
    base = alt.Chart(frame).encode(x=x, y=y, color=color, tooltip=tooltip)
    thick = base.transform_filter(alt.datum.line == mean).mark_line(strokeWidth=2.5)
    thin_line = base.transform_filter(alt.datum.line == raw).mark_line(strokeWidth=1, opacity=0.55)
    return layered(thin_line, thick).properties(height=280)


def accuracies(history: Sequence[EpochRecord], *, epochs: int) -> alt.LayerChart:
    """Accuracy per epoch on each split, with the line of a guess.

    Args:
        history: The complete epochs.
        epochs: How far the horizontal axis goes.
    """
    points = [(record.epoch, "training", record.train_accuracy) for record in history]
    points += [
        (record.epoch, "validation", record.validation_accuracy)
        for record in history
        if record.validation_accuracy is not None
    ]
    points += [(record.epoch, "test", record.test_accuracy) for record in history]
    chart = accuracy_curve(points, y_title="Accuracy, share of images named correctly", epochs=epochs)
    return chart.properties(height=280)


def gradient_norms(history: Sequence[EpochRecord]) -> alt.Chart:
    """The gradient's L2 norm, mean of an epoch."""
    frame = pd.DataFrame({"epoch": [r.epoch for r in history], "norm": [r.gradient_norm for r in history]})
    chart = lines(
        frame, x="epoch", y="norm", series=None, x_title="Epoch",
        y_title="Gradient norm (L2), mean of every 50th step", y_format=".3~g", zero=True,
    )  # fmt: skip
    return chart.properties(height=220)
