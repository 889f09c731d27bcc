"""Bringing a network: a file of weights is checked, recognized, and usable, for its visitor only."""

import typing
from collections.abc import Iterable
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import Activation, Normalization
from core.errors import CheckpointError, CoreError
from core.exchange.weights.arrangements import Arrangement, with_activation
from core.exchange.weights.recognition import describe_network
from core.exchange.weights.scoring import MAX_IMAGES, Trial, caveat, peak_bytes
from core.exchange.weights.uploads import (
    UploadedWeights,
    plain_config,
    read_uploaded_weights,
    to_model,
    trial_from,
)
from core.model import count_parameters, layers_of
from core.model.layer_text import layers_to_text
from core.text import shown
from core.training.trained_model import TrainedModel
from ui import models
from ui.heavy import compute
from ui.resources import test_split, train_split, visible_runs
from ui.server.kept import hold
from ui.shell import navigation
from ui.shell.share import plain

MAX_UPLOADS: Final = 4
"""Networks that one visitor can have at a time."""
MAX_VALUES: Final = 12_000_000
"""Parameters that they may have together, 4 bytes each; the latest is kept whatever its size."""

_NEXT: Final = {"predictions": "See its predictions", "model": "Look inside it"}
_READ: Final = "checkpoint_read"
_TRIED: Final = "checkpoint_tried"
_SCALINGS: Final[dict[Normalization, str]] = {
    "none": "To [0, 1], as the tutorial's ToTensor does",
    "half": "To [−1, 1]: Normalize(0.5, 0.5)",
    "fashion_mnist": "Fashion-MNIST's own figures: Normalize(0.2860, 0.3530)",
    "mnist": "MNIST's figures: Normalize(0.1307, 0.3081)",
    "imagenet": "ImageNet's, as gray: Normalize(0.449, 0.226)",
}


def show() -> None:
    """The upload, what is in it, what has to be asked, and the networks this visitor brought."""
    st.markdown(
        "Upload the `model.pth` of the tutorial, or any `state_dict` of a network for gray images of 28 × 28 "
        "pixels and ten classes; a training checkpoint with one inside will do. Nothing in the file is run, "
        "and it is gone when you close the tab."
    )
    file = st.file_uploader(
        "A file of weights: .pth, .pt or .safetensors, at most 64 MB and 10 million values",
        type=["pth", "pt", "safetensors"],
        max_upload_size=64,
        key="checkpoint_file",
    )
    if file is not None:
        try:
            upload = _read(file)
        except CheckpointError as error:
            st.error(plain(str(error)), icon=":material/block:")
        else:
            _offer(upload, file.name)
    _brought()


def _read(file: UploadedFile) -> UploadedWeights:
    """The file's contents, read once, however often the page runs."""
    known = st.session_state.get(_READ)
    if known is None or known[0] != file.file_id:
        st.session_state.pop(_READ, None)
        try:
            read = read_uploaded_weights(file.getvalue(), known=(run.config.model for run in visible_runs()))
            hold(_READ, sum(value.nbytes for value in read.tensors.values()))
            outcome: UploadedWeights | CoreError = read
        except CoreError as error:
            outcome = error
        st.session_state[_READ] = known = (file.file_id, outcome)
    if isinstance(known[1], CoreError):
        raise CheckpointError(str(known[1]))
    upload: UploadedWeights = known[1]
    return upload


def _offer(upload: UploadedWeights, name: str) -> None:
    """What the file is, and the questions that it leaves open."""
    st.success(f"{describe_network(upload.model)}. Read from {upload.kind}.", icon=":material/check:")
    if upload.renamed:
        st.caption("Its tensors have other names than here; they were matched by their shapes.")
    rows = [
        {"name": key, "shape": " × ".join(map(str, value.shape)) or "one number", "values": value.numel()}
        for key, value in upload.tensors.items()
    ]
    with st.expander(f"What is in it: {len(rows)} tensors", icon=":material/list:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    normalize, arrangement = _questions(upload)
    if st.button("Use it on every page", type="primary", icon=":material/check_circle:", key="use_upload"):
        model = to_model(upload, title=_title(name), normalize=normalize, arrangement=arrangement)
        brought = models.uploads()
        brought[model.id] = model
        while len(brought) > 1 and (len(brought) > MAX_UPLOADS or _values(brought.values()) > MAX_VALUES):
            del brought[next(iter(brought))]
        _count(brought)
        models.choose(model.id)
        st.toast(f"{plain(model.title)} is now the network on every page.", icon=":material/check:")
        st.rerun()


def _count(brought: dict[str, TrainedModel]) -> None:
    """Count what the networks take; where that is too much, none is kept."""
    try:
        hold(models.UPLOADS, 4 * _values(brought.values()))
    except CoreError as error:
        brought.clear()
        st.error(f"{error} Your uploaded networks were dropped.", icon=":material/memory_alt:")
        st.stop()


def _values(brought: Iterable[TrainedModel]) -> int:
    return sum(count_parameters(model.module) for model in brought)


def _questions(upload: UploadedWeights) -> tuple[Normalization, Arrangement]:
    """What weights do not say, tried on test images: the best way is chosen, and can be changed."""
    if upload.normalize is not None:
        return upload.normalize, upload.found.likeliest
    file = st.session_state[_READ][0]  # the next file's answers start from what did best with it
    trials = {trial.normalize: trial for trial in _trials(upload)}
    if doubt := caveat(tuple(trials.values())):
        st.warning(doubt, icon=":material/help:")
    normalize: Normalization = st.radio(
        "How were its training images scaled? The file does not say; each way was tried",
        list(trials),
        format_func=_SCALINGS.__getitem__,
        captions=[f"{each.accuracy:.0%} of {each.images:,} test images" for each in trials.values()],
        key=f"upload_normalize_{file}",
    )
    arrangement = trials[normalize].arrangement
    if upload.found.chain is None:
        return normalize, arrangement
    if arrangement.model.architecture == "custom":
        st.caption(f"Its layers, as they did best: `{layers_to_text(arrangement.model.layers)}`")
    kinds = [layer.kind for layer in layers_of(arrangement.model)]
    used = next((kind for kind in typing.get_args(Activation) if kind in kinds), None)
    if used is not None:
        activation = st.segmented_control(
            f"Which activation is between its layers? The file does not say; {used} did best",
            typing.get_args(Activation),
            default=used,
            required=True,
            key=f"upload_activation_{file}",
        )
        if activation != used:
            arrangement = with_activation(arrangement, activation)
    return normalize, arrangement


def _trials(upload: UploadedWeights) -> tuple[Trial, ...]:
    """What was found by trying, once per file."""
    known = st.session_state.get(_TRIED)
    if known is None or known[0] is not upload:
        # copies: a slice would take the whole split along
        train, test = (
            (split.images[:MAX_IMAGES].clone(), split.labels[:MAX_IMAGES].clone())
            for split in (train_split(), test_split())
        )
        found = compute(
            "core.exchange.weights.uploads:try_apart",
            f"Trying its weights on up to {MAX_IMAGES:,} images",
            peak_bytes(upload.found),
            tensors=upload.tensors,
            config=plain_config(upload),
            train=train,
            test=test,
        )
        st.session_state[_TRIED] = known = (upload, tuple(map(trial_from, found)))
    trials: tuple[Trial, ...] = known[1]
    return trials


def _title(name: str) -> str:
    """The file's name without its folders, safe to show: at most 40 plain characters."""
    return shown(name.replace("\\", "/").rpartition("/")[2], 40).strip() or "model"


def _brought() -> None:
    """The networks of this visitor, with what each scores on the test images."""
    brought = models.uploads()
    if not brought:
        return
    st.header("Your networks", anchor=False)
    for model in list(brought.values()):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(model.title)}**", width="stretch")
            st.markdown(_score(model), width="content")
            st.button(
                "Remove",
                icon=":material/delete:",
                key=f"remove_{model.id}",
                on_click=_remove,
                args=(model.id,),
            )
    with st.container(horizontal=True):
        for entry in navigation.available():
            if label := _NEXT.get(entry.stem):
                st.page_link(entry.path, label=label, icon=f":material/{entry.icon}:")


def _remove(name: str) -> None:
    models.uploads().pop(name, None)
    _count(models.uploads())


def _score(model: TrainedModel) -> str:
    split = test_split()
    scores = st.session_state.setdefault("upload_scores", {})
    if (model.id, split.fingerprint) not in scores:
        right = models.test_logits(model).argmax(1) == split.labels
        scores[model.id, split.fingerprint] = float(right.float().mean())
    return f"test accuracy **{scores[model.id, split.fingerprint]:.1%}**, {len(split):,} images"
