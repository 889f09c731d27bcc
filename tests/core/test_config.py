"""A configuration is checked when it is made, and names its run."""

import contextlib
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import DataConfig, LayerConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.errors import ConfigError

ELABORATE = TrainConfig(
    model=ModelConfig(
        architecture="custom", layers=(LayerConfig(kind="flatten"), LayerConfig(kind="linear", size=10))
    ),
    data=DataConfig(limit=1000, validation=0.1, shift=2),
    optimizer=OptimizerConfig(name="adamw", lr=3e-4, schedule="cosine", clip_norm=1.0, ema_decay=0.9),
    patience=3,
)


def test_the_tutorial_preset_is_the_notes_run():
    """SGD, learning rate 1e-3, batches of 64, stored order, 5 epochs, cross-entropy, 784-512-512-10."""
    config = TrainConfig.tutorial()
    assert (config.optimizer.name, config.optimizer.lr, config.optimizer.momentum) == ("sgd", 1e-3, 0.0)
    assert (config.batch_size, config.epochs, config.shuffle, config.seed) == (64, 5, False, 0)
    assert (config.loss, config.model.architecture, config.data.normalize) == (
        "cross_entropy",
        "tutorial",
        "none",
    )


def test_mended_images_make_another_run_and_leave_the_names_of_all_others_alone():
    """The name of the tutorial's run is that of before there were mended images."""
    plain = TrainConfig.tutorial()
    assert "left_out" not in plain.canonical_json()
    assert "relabeled" not in plain.canonical_json()
    mended = replace(plain, data=DataConfig(left_out=(9, 3, 3), relabeled=((8, 1), (2, 0))))
    assert mended.key() != plain.key()
    assert mended.data.left_out == (3, 9)
    same = replace(plain, data=DataConfig(left_out=(3, 9), relabeled=((2, 0), (8, 1))))
    assert same.key() == mended.key()
    assert TrainConfig.from_dict(json.loads(json.dumps(mended.to_dict()))) == mended


@pytest.mark.parametrize(
    "values",
    [
        {"left_out": tuple(range(201))},
        {"left_out": (60_000,)},
        {"left_out": (-1,)},
        {"relabeled": ((1, 10),)},
        {"relabeled": ((1, 2, 3),)},
        {"relabeled": ((1, 2), (1, 3))},
        {"left_out": (1,), "relabeled": ((1, 2),)},
    ],
)
def test_mending_that_makes_no_sense_is_refused(values):
    with pytest.raises(ConfigError):
        DataConfig(**values)


@pytest.mark.parametrize("config", [TrainConfig.tutorial(), ELABORATE])
def test_json_round_trip_keeps_the_key(config):
    """What is written to disk is read back as the same run."""
    again = TrainConfig.from_dict(json.loads(json.dumps(config.to_dict())))
    assert again == config
    assert again.key() == config.key()
    assert len(config.key()) == 64


def test_what_plays_no_part_does_not_change_the_key():
    """Settings that the chosen architecture, optimizer or schedule ignores cannot tell equal runs apart."""
    assert TrainConfig(model=ModelConfig(hidden=(64,), dropout=0.3)).key() == TrainConfig().key()
    adam = OptimizerConfig(name="adam")
    assert OptimizerConfig(name="adam", momentum=0.9, warmup=0.1, gamma=0.9) == adam
    assert TrainConfig(optimizer=OptimizerConfig(momentum=0.9)).key() != TrainConfig().key()


@pytest.mark.parametrize(
    "make",
    [
        lambda: TrainConfig(epochs=0),
        lambda: TrainConfig(epochs=61),
        lambda: TrainConfig(batch_size=4097),
        lambda: TrainConfig(seed=-1),
        lambda: TrainConfig(device="cuda:x"),
        lambda: TrainConfig(device="../etc/passwd"),
        lambda: TrainConfig(loss="hinge"),
        lambda: TrainConfig(loss="mse", label_smoothing=0.1),
        lambda: TrainConfig(patience=2),
        lambda: OptimizerConfig(lr=math.nan),
        lambda: OptimizerConfig(lr=math.inf),
        lambda: OptimizerConfig(lr=0),
        lambda: OptimizerConfig(nesterov=True),
        lambda: OptimizerConfig(momentum=1.0),
        lambda: OptimizerConfig(ema_decay=1.0),
        lambda: OptimizerConfig(ema_decay=math.nan),
        lambda: ModelConfig(architecture="custom"),
        lambda: ModelConfig(architecture="mlp", hidden=(4096,)),
        lambda: ModelConfig(architecture="mlp", hidden=(8,) * 13),
        lambda: LayerConfig(kind="conv", size=8, kernel=4),
        lambda: LayerConfig(kind="dropout", p=1.0),
        lambda: DataConfig(validation=0.9),
        lambda: DataConfig(limit=1),
    ],
)
def test_settings_out_of_range_are_one_sentence(make):
    """Each is refused when it is made, in a sentence that ends with a full stop."""
    with pytest.raises(ConfigError) as caught:
        make()
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["model", "data", "optimizer", "epochs", "lr", "seed", "x"]), json_values)
)
def test_any_json_is_a_configuration_or_a_sentence(values):
    """Reading a configuration never raises anything but ConfigError."""
    with contextlib.suppress(ConfigError):
        TrainConfig.from_dict(values)


def test_runs_from_before_there_were_averages_keep_their_names():
    """The key of the default run is what it was, and averaging the weights is another run."""
    before = "64875a6392c85704cbf15a5a57a1e1a2736bb1d62cad36f1700c4ad6611d37d0"
    assert TrainConfig().key() == before
    averaged = TrainConfig(optimizer=OptimizerConfig(ema_decay=0.9))
    assert averaged.key() not in (before, TrainConfig(optimizer=OptimizerConfig(ema_decay=0.99)).key())


def test_runs_from_before_convolutions_had_strides_keep_their_names():
    """The key of a composed network is what it was, and another padding or stride is another run."""
    keys = []
    for changes in ({}, {"padding": 1}, {"padding": 0}, {"stride": 2}):
        conv = LayerConfig(kind="conv", size=4, **changes)
        layers = (conv, LayerConfig(kind="flatten"), LayerConfig(kind="linear", size=10))
        keys.append(TrainConfig(model=ModelConfig(architecture="custom", layers=layers)).key())
    assert keys[0] == keys[1] == "f10b6e1752a1b60b2ebe3e40147acdafb221d953da08dc554bdd583110d67278"
    assert len(set(keys)) == 3
