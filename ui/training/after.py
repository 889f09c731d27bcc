"""After a run: what it came to, and the time machine that brings back any of its epochs."""

from collections.abc import Sequence

import streamlit as st
import torch
from torch import Tensor, nn

from core.config import TrainConfig
from core.errors import CoreError
from core.training.engine.records import FIXED_COUNT, EpochRecord
from core.training.jobs import TrainingSnapshot
from core.training.trained_model import TrainedModel
from ui import models
from ui.charts import show_chart
from ui.confusion import confusion_chart
from ui.downloads import curve_buttons
from ui.model.pictures import signed_png
from ui.resources import runs, test_split
from ui.shell import params
from ui.training import forks, inside
from ui.training.charts import loss_unit
from ui.training.view import curves, duration, eight, head

UNITS_SHOWN = 24


def show(job: TrainingSnapshot) -> None:
    """An ended run: numbers, curves, time machine."""
    head(job)
    if job.error:
        st.error(job.error, icon=":material/error:")
    elif job.state == "stopped":
        done, asked = len(job.history), job.config.epochs
        st.info(
            f"{done} of {asked} epochs are complete and kept. “Resume training” starts from there.",
            icon=":material/stop_circle:",
        )
    elif len(job.history) < job.config.epochs:
        _stopped_early(job, job.config)
    if job.history:
        _numbers(job)
    curves(job)
    if job.history:
        _time_machine(job)
        forks.show(job)
        inside.show(job)


def _stopped_early(job: TrainingSnapshot, config: TrainConfig) -> None:
    """Say when, why, and which epoch's weights are the run's."""
    best = min(job.history, key=lambda record: record.validation_loss or 0.0)
    epochs = "one epoch" if config.patience == 1 else f"{config.patience} epochs"
    st.info(
        f"Stopped early, after epoch {len(job.history)} of {config.epochs}: the validation loss did not fall "
        f"for {epochs}. The run keeps the weights of epoch {best.epoch}, where it was lowest.",
        icon=":material/timer_off:",
    )


def _chosen_epoch(job: TrainingSnapshot) -> None:
    """The test accuracy of the epoch that validation chooses; without validation, the highest."""
    if all(record.validation_loss is not None for record in job.history):
        best = min(job.history, key=lambda record: record.validation_loss or 0.0)
        label = f"At the lowest validation loss, epoch {best.epoch}"
        why = "The epoch was chosen by validation images."
    else:
        best = max(job.history, key=lambda record: record.test_accuracy)
        label = f"Highest, after epoch {best.epoch}"
        why = "Chosen by looking at the test images, so it flatters: hold back a validation split instead."
    st.metric(label, f"{best.test_accuracy:.2%}", width="content", help=why)


def _numbers(job: TrainingSnapshot) -> None:
    last = job.history[-1]
    tested = sum(map(sum, last.confusion))
    with st.container(horizontal=True, gap="medium"):
        st.metric(f"Test accuracy, {tested:,} images", f"{last.test_accuracy:.2%}", width="content")
        if len(job.history) > 1:
            _chosen_epoch(job)
        unit = loss_unit(job.config)
        st.metric("Test loss, mean per image", f"{last.test_loss:.4f}", width="content", help=f"In {unit}.")
        st.metric(
            "Time in training steps",
            duration(sum(record.seconds for record in job.history)),
            width="content",
            help=f"{last.samples_per_second:,.0f} training images per second in the last epoch.",
        )
    if job.state == "succeeded":
        with st.container(horizontal=True):
            if st.button("Use it for predictions", icon=":material/image_search:"):
                models.choose(job.key)
                st.switch_page("pages/predictions.py", query_params={"model": job.key})
            if st.button("Take it home", icon=":material/save:", help="Weights, the run as a zip, the code."):
                models.choose(job.key)
                st.switch_page("pages/checkpoints.py", query_params={"model": job.key})
    curve_buttons(job.history, title=job.title, loss=job.config.loss, key="run_curves")


def _time_machine(job: TrainingSnapshot) -> None:
    """Any epoch as it was."""
    st.header("Time machine", anchor=False)
    count = len(job.history)
    epoch = count
    if count > 1:
        st.session_state.setdefault("epoch_slider", params.int_param("epoch", count, 1, count))
        st.session_state["epoch_slider"] = min(st.session_state["epoch_slider"], count)
        epoch = st.slider(
            "Epoch", 1, count, key="epoch_slider", help="Everything below is as it was after this epoch."
        )
        params.set_param("epoch", epoch, count)
    record = job.history[epoch - 1]
    tested = sum(map(sum, record.confusion))
    words = [f"training accuracy {record.train_accuracy:.1%} (while it trained)"]
    if record.validation_accuracy is not None:
        words.append(f"validation accuracy {record.validation_accuracy:.1%}")
    words.append(f"test accuracy {record.test_accuracy:.1%} ({tested:,} images)")
    st.caption(
        f"After epoch {epoch} of {count}: {', '.join(words)}, learning rate {record.learning_rate:.2g}."
    )
    which, title = _telling(job.history)
    eight(job, record.fixed_logits, f"after epoch {epoch}", key="eight_then", which=which, title=title)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _confusion(record)
    with right:
        _first_layer(job.key, epoch)


def _telling(history: Sequence[EpochRecord]) -> tuple[list[int], str]:
    """The eight test images, of those that were kept, whose answers change most often; and what they are."""
    kept = min(len(record.fixed_logits) for record in history)
    answers = torch.tensor([record.fixed_logits[:kept] for record in history]).argmax(2)
    changes = (answers[1:] != answers[:-1]).sum(0)
    which = changes.argsort(descending=True, stable=True)[:FIXED_COUNT].sort().values.tolist()
    if kept <= FIXED_COUNT or not changes.any():
        return list(range(min(kept, FIXED_COUNT))), "The first eight test images"
    return which, f"Eight of the first {kept} test images, whose answers change most"


def _confusion(record: EpochRecord) -> None:
    total = sum(map(sum, record.confusion))
    st.markdown(f"**Confusion matrix** :gray[of {total:,} test images: which classes are confused]")
    show_chart(
        confusion_chart(record.confusion, test_split().classes),
        alt_text=f"Confusion matrix of {total:,} test images, {record.test_accuracy:.1%} on the diagonal.",
        key="confusion",
    )


@st.cache_resource(max_entries=3, show_spinner=False)  # up to 40 MB each
def _model(key: str, epoch: int, stamp: object) -> TrainedModel:
    return runs().trained_model(key, epoch)


def _first_layer(key: str, epoch: int) -> None:
    try:
        model = _model(key, epoch, runs().stamp(key))
    except CoreError:
        kept = ", ".join(map(str, runs().kept_epochs(key))) or "none"
        st.caption(f"The weights of this epoch were not kept; those of these epochs were: {kept}.")
        return
    found = _tiles(model.module)
    if found is None:
        st.caption("This network has no layer that looks at pixels directly.")
        return
    text, picture, scale = found
    st.markdown(f"**First layer:** :gray[{text}; orange above 0, blue below]")
    st.image(signed_png(picture, scale), width="stretch", alt=f"Weights of the first layer, {text}")


def _tiles(module: nn.Module) -> tuple[str, Tensor, int] | None:
    """The first layer's weights side by side: each unit's, or each kernel's, as a picture."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear) and layer.in_features == 784:
            shown = min(UNITS_SHOWN, layer.out_features)
            tiles = layer.weight[:shown].reshape(-1, 28, 28)
            return (
                f"the first {shown} of {layer.out_features} units, 28 × 28 weights each",
                _sheet(tiles, 4),
                4,
            )
        if isinstance(layer, nn.Conv2d):
            tiles = layer.weight[:, 0]
            return (
                f"{len(tiles)} kernels of {layer.kernel_size[0]} × {layer.kernel_size[1]}",
                _sheet(tiles, 8),
                12,
            )
    return None


def _sheet(tiles: Tensor, columns: int) -> Tensor:
    """Pictures (N x H x W) in rows of `columns`, each scaled to its own largest value, with a gap of 0."""
    top = tiles.abs().amax((1, 2), keepdim=True).clamp_min(1e-12)
    tiles = torch.nn.functional.pad(tiles / top, (0, 1, 0, 1))
    missing = -len(tiles) % columns
    tiles = torch.cat([tiles, tiles.new_zeros(missing, *tiles.shape[1:])])
    count, height, width = tiles.shape
    sheet = tiles.reshape(count // columns, columns, height, width).transpose(1, 2)
    return sheet.reshape(count // columns * height, columns * width)
