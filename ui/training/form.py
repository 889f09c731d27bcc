"""The form of a training run: presets that fill it, a link that carries it, bounds that hold in `core`."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from core import config as c
from core.config import DataConfig, OptimizerConfig, TrainConfig
from core.errors import CoreError
from core.system import device as devices
from core.training.presets import OPTIMIZERS, PRESETS, SCHEDULES, preset_of
from core.training.runs.comparison import compare
from core.training.runs.link import FIELDS, from_query, to_query
from ui.training import network
from ui.training.fields import PREFIX, choice, number, rate, real, slider, toggle

KEPT: Final = "training_config"
"""Key in the session state: the form as it was last valid, kept while the visitor is on other pages."""
FOLD: Final = "training_settings"
"""Key in the session state: whether the form is open; a start folds it, so that the curves are in sight."""
_QUERY: Final = "training_query"

_LOSSES: Final = {
    "cross_entropy": "Cross-entropy",
    "nll": "NLL of log-softmax",
    "mse": "Squared error, one-hot",
}
_NORMALIZE: Final = {"none": "[0, 1]", "fashion_mnist": "Mean 0, deviation 1"}
_PRECISION: Final = {"float32": "float32", "bfloat16": "bfloat16 autocast"}


def training_form() -> TrainConfig | None:
    """Show the form, keep the link in step with it, and give the run it describes; `None` if it is none."""
    config = _start()
    with st.expander("Settings", icon=":material/tune:", expanded=True, key=FOLD, on_change="rerun"):
        presets = st.container()
        try:
            config = _fields(config)
        except CoreError as error:
            st.error(str(error), icon=":material/error:")
            return None
        with presets:  # named for what the fields say now
            _presets(config)
    st.session_state[KEPT] = config
    _write_link(config)
    return config


def fill(config: TrainConfig) -> None:
    """Give every field of the form the value it has in `config`."""
    for key in [key for key in st.session_state if str(key).startswith(PREFIX)]:
        del st.session_state[key]
    st.session_state[KEPT] = config


def _start() -> TrainConfig:
    """What the form begins with: the link where it says something new, else what was there before."""
    query = {name: st.query_params[name] for name in (*FIELDS, "preset") if name in st.query_params}
    kept: TrainConfig = st.session_state.get(KEPT, TrainConfig.tutorial())
    if query and query != st.session_state.get(_QUERY):
        config, problems = from_query(query)
        for problem in problems:
            st.warning(problem, icon=":material/link_off:")
        fill(config)
        return config
    return kept


def _write_link(config: TrainConfig) -> None:
    query = to_query(config)
    for name in (*FIELDS, "preset"):
        if name not in query and name in st.query_params:
            del st.query_params[name]
    for name, value in query.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    st.session_state[_QUERY] = query


def _presets(config: TrainConfig) -> None:
    chosen = preset_of(config)
    names = list(PRESETS)

    def take() -> None:
        name = st.session_state["training_preset"]
        if name:
            fill(PRESETS[name].config)

    st.session_state["training_preset"] = chosen.name if chosen else None
    st.segmented_control(
        "Start from",
        names,
        format_func=lambda name: PRESETS[name].title,
        key="training_preset",
        on_change=take,
        help="Fills the form below. Every setting can be changed afterward.",
    )
    st.caption(
        chosen.why if chosen else "Settings of your own. The link in the address bar carries them all."
    )


def _fields(config: TrainConfig) -> TrainConfig:
    """The form's fields; gives what they say."""
    optimizer, data = config.optimizer, config.data
    with st.container():
        architecture, name, lr = _first_row(config)
        epochs, batch, seed = _second_row(config)
        with st.expander("More settings", icon=":material/tune:"):
            tabs = st.tabs(["Network", "Optimizer", "Loss", "Images", "Machine"])
            with tabs[0]:
                model = network.detail(architecture, config.model)
            with tabs[1]:
                new_optimizer = _optimizer(name, lr, optimizer)
            with tabs[2]:
                loss, smoothing, patience = _loss(config)
            with tabs[3]:
                new_data, shuffle = _images(data, config.shuffle)
            with tabs[4]:
                precision, device = _machine(config)
        summary = st.container()
    if patience and not new_data.validation:
        st.info("Early stopping needs a validation split: give it a share above 0 under “Images”.")
        patience = 0
    new = TrainConfig(
        model=model, data=new_data, optimizer=new_optimizer, loss=loss, label_smoothing=smoothing,
        epochs=epochs, batch_size=batch, shuffle=shuffle, seed=seed, patience=patience,
        precision=precision, device=device, changes=config.changes,
    )  # fmt: skip
    rows = compare([TrainConfig.tutorial(), new])
    unlike = [_stated(row.name.lower(), row.values[1]) for row in rows if row.differs and _tells(*row.values)]
    with summary:
        st.caption(f"Unlike the tutorial: {', '.join(unlike)}." if unlike else "As in the tutorial.")
        if new.parent is not None:
            st.button("Without the last change", icon=":material/undo:", on_click=fill, args=(new.parent,))
    return new


def _stated(setting: str, value: str) -> str:
    """A setting and its value; of a switch its name says it all."""
    return {"yes": setting, "no": f"no {setting}"}.get(value, f"{setting} {value}")


def _tells(tutorial: str, here: str) -> bool:
    """Whether a difference is worth a word: what the tutorial's network lacks, at its default, is not."""
    return here != "—" and not (tutorial == "—" and here in ("0", "no", "none", "relu"))


def _first_row(config: TrainConfig) -> tuple[Any, Any, float]:
    """Network, optimizer, learning rate."""
    with st.container(horizontal=True):
        architecture = network.choose(config.model)
        name = choice(
            "Optimizer", "optimizer", OPTIMIZERS, config.optimizer.name,
            help="How a step is made from the gradients.",
        )  # fmt: skip
        lr = rate(
            "Learning rate", "lr", config.optimizer.lr, 1e-6, 1000.0,
            help="How far a step goes against the gradient.",
        )  # fmt: skip
    return architecture, name, lr


def _second_row(config: TrainConfig) -> tuple[int, int, int]:
    """Epochs, batch size, seed."""
    with st.container(horizontal=True):
        epochs = number(
            "Epochs", "epochs", config.epochs, 1, c.MAX_EPOCHS, help="Passes over the training images."
        )
        batch = number(
            "Batch size", "batch", config.batch_size, c.MIN_BATCH, c.MAX_BATCH,
            help="Images per step; the gradient is the mean over them.",
        )  # fmt: skip
        seed = number(
            "Seed", "seed", config.seed, 0, c.MAX_SEED,
            help="Of first weights, order, augmentation and dropout: the same seed gives the same run.",
        )  # fmt: skip
    return epochs, batch, seed


def _optimizer(name: Any, lr: float, before: OptimizerConfig) -> OptimizerConfig:
    left, right = st.columns(2)
    with left:
        has_momentum = name in ("sgd", "rmsprop")
        momentum = 0.0
        if has_momentum:
            momentum = slider(
                "Momentum", "momentum", before.momentum, 0.0, 0.999, 0.001,
                help="Share of the last step that the next one keeps.",
            )  # fmt: skip
        nesterov = (
            toggle("Nesterov momentum", "nesterov", before.nesterov, help="Looks ahead before it measures.")
            if name == "sgd" and momentum > 0
            else False
        )
        decay = real("Weight decay", "decay", before.weight_decay, 0.0, 1.0, help="Pulls weights toward 0.")
        clips = toggle(
            "Clip gradients",
            "clips",
            before.clip_norm is not None,
            help="Shortens gradients that are too long.",
        )
        clip = real("Largest gradient norm", "clip", before.clip_norm or 1.0, 1e-6, 1e6) if clips else None
    with right:
        schedule: Any = choice(
            "Learning rate over time", "schedule", {"constant": "Constant", **SCHEDULES}, before.schedule,
            help="Step drops it now and then, cosine lets it fall to 0, one-cycle lets it rise and fall.",
        )  # fmt: skip
        drop, gamma, warmup = before.step_epochs, before.gamma, before.warmup
        if schedule == "step":
            drop = number("Epochs between drops", "drop", drop, 1, c.MAX_EPOCHS)
            gamma = slider("Factor of a drop", "gamma", gamma, 0.001, 1.0, 0.001)
        if schedule == "one_cycle":
            warmup = slider("Share of the run that rises", "warmup", warmup, 0.001, 0.999, 0.001)
        average = slider(
            "Average of the weights, decay", "average", before.ema_decay, 0.0, 0.999, 0.001,
            help="0 keeps the weights of the last step. 0.98 tests and keeps an average over about the last "
            "50 steps, which lies calmer than each of them.",
        )  # fmt: skip
    return OptimizerConfig(
        name=name, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay, schedule=schedule,
        step_epochs=drop, gamma=gamma, warmup=warmup, clip_norm=clip,
        ema_decay=average,
    )  # fmt: skip


def _loss(config: TrainConfig) -> tuple[Any, float, int]:
    left, right = st.columns(2)
    with left:
        loss = choice("Loss", "loss", _LOSSES, config.loss, help="What training makes small.")
        smoothing = 0.0
        if loss == "cross_entropy":
            smoothing = slider(
                "Label smoothing", "smoothing", config.label_smoothing, 0.0, 0.9, 0.01,
                help="Share of each label that is spread over all ten classes.",
            )  # fmt: skip
    with right:
        patience = number(
            "Stop early after this many epochs without a lower validation loss", "patience", config.patience,
            0, c.MAX_EPOCHS, help="0 never stops early. The weights kept are those of the best epoch.",
        )  # fmt: skip
    return loss, smoothing, patience


def _images(data: DataConfig, shuffle: bool) -> tuple[DataConfig, bool]:
    left, right = st.columns(2)
    with left:
        every = toggle("All training images", "every", data.limit is None)
        limit = (
            None if every else number("Training images, the first", "images", data.limit or 5000, 10, 60_000)
        )
        validation = slider(
            "Held out for validation, share", "validation", data.validation, 0.0, 0.5, 0.01,
            help="Training images that the network never trains on, the same share of every class.",
        )  # fmt: skip
        normalize: Any = choice("Pixel values", "normalize", _NORMALIZE, data.normalize)
        shuffle = toggle(
            "New order every epoch", "shuffle", shuffle, help="The tutorial keeps the stored order."
        )
    with right:
        shift = number("Shift at random by up to, pixels", "shift", data.shift, 0, 8)
        flip = toggle("Mirror at random", "flip", data.flip)
        erase = number("Black out a random square of side, pixels", "erase", data.erase, 0, 20)
    return replace(
        data, limit=limit, validation=validation, normalize=normalize, shift=shift, flip=flip, erase=erase
    ), shuffle


def _machine(config: TrainConfig) -> tuple[Any, str]:
    names = {"auto": "The fastest here"} | {device.name: device.title for device in devices.available()}
    names.setdefault(
        config.device, f"{config.device} (not on this machine)"
    )  # a link's: refused at the start
    left, right = st.columns(2)
    with left:
        device = choice("Device", "device", names, config.device)
    with right:
        precision = choice(
            "Precision", "precision", _PRECISION, config.precision,
            help="bfloat16 is faster on hardware made for it, and slower elsewhere.",
        )  # fmt: skip
    return precision, device
