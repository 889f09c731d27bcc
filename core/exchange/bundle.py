"""A run to take home: tables and a picture of its curves, and everything together as one zip file."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.figure import Figure

from core.config import TrainConfig
from core.errors import ConfigError
from core.exchange import to_notebook, to_script
from core.exchange.weights import to_pth, to_safetensors
from core.exchange.weights.uploads import write_notes
from core.training.engine.records import EpochRecord
from core.training.trained_model import TrainedModel

COLUMNS: Final = (
    "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss",
    "test_accuracy", "learning_rate", "gradient_norm", "seconds", "samples_per_second",
)  # fmt: skip

_LOSS_UNITS: Final = {
    "cross_entropy": "nats per image",
    "nll": "nats per image",
    "mse": "squared error per logit",
}
_README: Final = """\
{title}
{about}

model.pth          the weights, a state_dict: torch.load("model.pth", weights_only=True)
model.safetensors  the same weights, with the network's description in the header
config.json        every setting of the run
history.json       everything that was recorded of each epoch
metrics.csv        the numbers of each epoch as a table
curves.png         its losses and accuracies
"""


def history_csv(history: Sequence[EpochRecord]) -> str:
    """The numbers of each epoch as CSV, one line per epoch; blank where there is no validation split."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in history:
        values = (getattr(record, column) for column in COLUMNS)
        writer.writerow("" if value is None else value for value in values)
    return buffer.getvalue()


def curves_png(history: Sequence[EpochRecord], *, title: str = "", loss: str = "cross_entropy") -> bytes:
    """Losses and accuracies over the epochs as a picture.

    Args:
        history: At least one epoch.
        title: What the run is called.
        loss: Which loss it is, for the axis.
    """
    figure = Figure(figsize=(10, 4), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = [record.epoch for record in history]
    images = sum(map(sum, history[-1].confusion))
    # the marks differ as well as the colors, for those who do not see them
    for split, label, color, marker in (
        ("train", "training", "#d9541e", "o"),
        ("validation", "validation", "#128f76", "^"),
        ("test", f"test, {images:,} images", "#3b7dd8", "s"),
    ):
        losses = [getattr(record, f"{split}_loss") for record in history]
        shares = [getattr(record, f"{split}_accuracy") for record in history]
        if None not in losses:
            left.plot(epochs, losses, color=color, marker=marker, markersize=4, label=label)
            right.plot(epochs, shares, color=color, marker=marker, markersize=4, label=label)
    right.axhline(0.1, color="#7d8590", linestyle="--", linewidth=1)
    right.annotate("a guess: 10%", (epochs[0], 0.1), (0, 4), textcoords="offset points", color="#5b646d")
    right.set_ylim(0, 1)
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    left.set_ylabel(f"Mean loss, {_LOSS_UNITS[loss]}")
    right.set_ylabel("Share of images predicted right")
    for axes in (left, right):
        axes.set_xlabel("Epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    if title:
        figure.suptitle(title)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def model_notes(model: TrainedModel) -> dict[str, str]:
    """What a `.safetensors` file of this network carries, so that it comes back with nothing to ask."""
    return write_notes(model.model, model.normalize, model.about)


def to_zip(model: TrainedModel, config: TrainConfig) -> bytes:
    """A run as one file: weights, configuration, history, metrics, curves, and the code to do it again.

    Args:
        model: The run's network, with its history.
        config: The run's settings.
    """
    readme = _README.format(title=model.title, about=model.about)
    files: dict[str, str | bytes] = {
        "model.pth": to_pth(model.module.state_dict()),
        "model.safetensors": to_safetensors(model.module.state_dict(), model_notes(model)),
        "config.json": json.dumps(config.to_dict(), indent=2) + "\n",
        "history.json": json.dumps([record.to_dict() for record in model.history]) + "\n",
        "metrics.csv": history_csv(model.history),
    }
    if model.history:
        files["curves.png"] = curves_png(model.history, title=model.title, loss=config.loss)
    try:
        code = {"run.py": to_script(config), "run.ipynb": to_notebook(config)}
    except ConfigError:  # a run on images that only its visitor has
        code = {}
    if code:
        files |= code
        readme += "run.py, run.ipynb  the run as a program of its own\n"
    return _zip({"README.txt": readme} | files)


def _zip(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            # a fixed date: the same run gives the same file
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            # weights hardly shrink, and unpacking them is one step less this way
            stored = name.endswith((".pth", ".safetensors", ".png"))
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents)
    return buffer.getvalue()
