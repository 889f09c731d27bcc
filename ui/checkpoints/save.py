"""Taking a network home: its weights, its run as a zip, its run as code."""

import streamlit as st

from core.config import TrainConfig
from core.errors import ConfigError, CoreError
from core.exchange import about_digits, check_onnx, to_loading_script, to_notebook, to_onnx, to_script
from core.exchange.bundle import model_notes, to_zip
from core.exchange.weights import to_pth, to_safetensors
from core.model import count_parameters
from core.training import pretrained
from core.training.trained_model import TrainedModel
from ui.code import show_code
from ui.downloads import curve_buttons, file_button
from ui.models import pick_model
from ui.resources import runs


def show() -> None:
    """Everything that leaves the app, for the network that the visitor chooses."""
    model = pick_model()
    st.caption(model.about)
    config = run_config(model)
    _weights(model, config)
    st.header("Open it anywhere", anchor=False)
    st.markdown(
        "`model.pth` holds the weights, not the code: the program that loads it brings the class. This "
        "program needs PyTorch alone."
    )
    show_code(to_loading_script(model.model, model.normalize), key="loading", file_name="load_model.py")
    if config is not None:
        _code(config)


def run_config(model: TrainedModel) -> TrainConfig | None:
    """The settings a network was trained with; `None` for an upload."""
    if model.id == pretrained.MODEL_ID:
        return TrainConfig.from_dict(pretrained.about()["config"])
    try:
        run = runs().load(model.id)
    except CoreError:  # an upload, or a run that is gone by now
        return None
    return run.config if run is not None else None


def _weights(model: TrainedModel, config: TrainConfig | None) -> None:
    """The downloads, each with what it is for."""
    count = count_parameters(model.module)
    first, second, third = st.columns(3)
    with first.container(border=True, height="stretch"):
        st.markdown("**As the tutorial saves it**")
        st.caption(
            f"The weights alone, a `state_dict`: {count:,} float32 values, {4 * count / 1e6:,.1f} MB. "
            "`torch.load` with `weights_only=True` opens it."
        )
        file_button(
            "model.pth",
            lambda: to_pth(model.module.state_dict()),
            file_name="model.pth",
            key="save_pth",
            size=4 * count,
            primary=True,
        )
    with second.container(border=True, height="stretch"):
        st.markdown("**For other programs**")
        st.caption(
            "The same weights with a description of the network, in a format that holds no code: "
            "uploaded here, nothing has to be asked."
        )
        with st.container(horizontal=True):
            file_button(
                "model.safetensors",
                lambda: to_safetensors(model.module.state_dict(), model_notes(model)),
                file_name="model.safetensors",
                key="save_safetensors",
                size=4 * count,
            )
            _onnx(model, 4 * count)
    with third.container(border=True, height="stretch"):
        st.markdown("**The whole run**")
        if config is None or not model.history:
            st.caption("This network was not trained here, so there is no history to include.")
            return
        st.caption(
            f"Weights, settings, {len(model.history)} epochs of history, curves, and the code to do it "
            "again, in one zip file."
        )
        file_button(
            "run.zip",
            lambda: to_zip(model, config),
            file_name="run.zip",
            mime="application/zip",
            key="save_zip",
            size=4 * count,
        )
        curve_buttons(model.history, title=model.title, loss=config.loss, key="save_curves")


def _onnx(model: TrainedModel, size: int) -> None:
    """A button for ONNX: what it needs is asked before it is offered."""
    try:
        check_onnx()
    except CoreError as error:
        st.button("model.onnx", icon=":material/download:", disabled=True, help=str(error), key="save_onnx")
        return
    file_button(
        "model.onnx",
        lambda: to_onnx(model),
        file_name="model.onnx",
        key="save_onnx",
        size=size,
        help="For programs other than PyTorch: input images, N × 1 × 28 × 28, output logits, N × 10.",
    )


def _code(config: TrainConfig) -> None:
    """The run as a program."""
    st.header("The run as code", anchor=False)
    st.markdown(
        f"The same seed, images and order, with PyTorch and torchvision alone. {about_digits(config)}"
    )
    distributed = st.toggle(
        "For several GPUs",
        key="distributed",
        help="Adds what `torchrun --nproc-per-node=8 run.py` needs to share the same batches among eight "
        "processes, on one machine or several, and to go on from a checkpoint when one of them dies.",
    )
    try:
        script = to_script(config, distributed=distributed)
    except ConfigError as error:
        st.info(str(error), icon=":material/info:")
        return
    file_button(
        "run.ipynb",
        lambda: to_notebook(config),
        file_name="run.ipynb",
        mime="application/x-ipynb+json",
        key="save_notebook",
        help="The same program as a notebook.",
    )
    with st.expander(f"run.py, {len(script.splitlines())} lines", icon=":material/code:"):
        show_code(script, key="run_script", file_name="run.py")
