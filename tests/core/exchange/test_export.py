"""Exported runs: as programs of their own they give the app's numbers."""

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.config import Change, DataConfig, LayerConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.errors import CheckpointError, ConfigError
from core.exchange import to_notebook, to_onnx, to_script
from core.exchange.weights.uploads import read_uploaded_weights
from core.teaching.snippets.dataset_root import write_root
from core.training.engine import run_training
from core.training.engine.records import EpochRecord
from core.training.presets import PRESETS
from core.training.pretrained import load

LINE = re.compile(r"(train|validation|test) (loss|accuracy) ([0-9.]+)")
DRIVER = """
import runpy, sys

root, *paths = sys.argv[1:]
for path in paths:
    sys.argv[1:] = ["--root", root, "--save", path.replace(".py", ".pth")]
    print("#", path)
    runpy.run_path(path)
"""


def small(**changes: object) -> TrainConfig:
    """A run of two epochs that takes half a second."""
    values: dict[str, object] = {
        "data": DataConfig(limit=448),
        "epochs": 2,
        "batch_size": 60,
        "device": "cpu",
        "threads": 1,
    }
    return TrainConfig(**{**values, **changes})  # type: ignore[arg-type]


RUNS = {
    "tutorial": replace(TrainConfig.tutorial(), device="cpu", threads=1, data=DataConfig(limit=448)),
    "momentum_step": small(
        seed=7,
        optimizer=OptimizerConfig(
            name="sgd", lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3, schedule="step", gamma=0.3
        ),
    ),
    "adam_cosine_dropout": small(
        model=ModelConfig(architecture="mlp", hidden=(64, 32), dropout=0.3, activation="gelu"),
        optimizer=OptimizerConfig(name="adam", lr=2e-3, schedule="cosine"),
    ),
    "cnn_one_cycle": small(
        model=ModelConfig(architecture="cnn", channels=(8, 16), hidden=(32,), batch_norm=True, dropout=0.2),
        optimizer=OptimizerConfig(name="adamw", lr=5e-3, weight_decay=0.05, schedule="one_cycle"),
        data=DataConfig(limit=240, normalize="fashion_mnist"),
    ),
    "one_cycle_of_a_few_steps": small(
        optimizer=OptimizerConfig(lr=0.1, schedule="one_cycle", warmup=0.05),
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        data=DataConfig(limit=120),
        epochs=2,
    ),
    "one_cycle_of_one_step": small(
        optimizer=OptimizerConfig(lr=0.1, schedule="one_cycle"),
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        data=DataConfig(limit=60),
        epochs=1,
    ),
    "mended": small(
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        data=DataConfig(limit=240, validation=0.1, left_out=(0, 7, 239, 400), relabeled=((3, 9), (5, 0))),
        epochs=1,
    ),
    "left_out": small(
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        data=DataConfig(limit=120, left_out=(1, 2)),
        epochs=1,
    ),
    "fork": small(
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        optimizer=OptimizerConfig(lr=0.05, momentum=0.9, schedule="cosine"),
        data=DataConfig(limit=240, normalize="fashion_mnist"),
        epochs=5,
        changes=(
            Change(epoch=1, shift=1, label_smoothing=0.1, shuffle_seed=5),
            Change(epoch=1, step=2, lr=0.03),
            Change(epoch=3, lr=0.002, optimizer="adamw", batch_size=50, flip=True, shift=0, of_epochs=4),
        ),
    ),
    "changed_while_it_trained": small(
        model=ModelConfig(architecture="mlp", hidden=(16,)),
        optimizer=OptimizerConfig(lr=0.05, schedule="step"),
        data=DataConfig(limit=180),
        changes=(Change(epoch=0, step=1, lr=0.2),),
    ),
    "rmsprop_nll": small(
        loss="nll", optimizer=OptimizerConfig(name="rmsprop", lr=1e-3, momentum=0.5, weight_decay=1e-4)
    ),
    "mse_clipped": small(
        loss="mse",
        model=ModelConfig(architecture="mlp", hidden=(50,), activation="tanh", bias=False),
        optimizer=OptimizerConfig(lr=0.5, clip_norm=0.1),
        shuffle=False,
    ),
    "augmented": small(
        data=DataConfig(limit=448, shift=3, flip=True, erase=6, normalize="fashion_mnist", validation=0.2),
        label_smoothing=0.1,
        optimizer=OptimizerConfig(lr=0.05, momentum=0.9),
        seed=3,
    ),
    "early_stopping": small(
        data=DataConfig(limit=300, validation=0.3),
        epochs=6,
        patience=1,
        optimizer=OptimizerConfig(lr=0.4, momentum=0.9, ema_decay=0.5),
        model=ModelConfig(architecture="mlp", hidden=(32,), activation="silu"),
    ),
    "averaged": small(
        model=ModelConfig(architecture="cnn", channels=(4,), hidden=(), batch_norm=True),
        optimizer=OptimizerConfig(lr=0.1, momentum=0.9, ema_decay=0.8),
        data=DataConfig(limit=240),
    ),
    "bfloat16": small(
        precision="bfloat16", model=ModelConfig(architecture="mlp", hidden=(32,), activation="sigmoid")
    ),
    "custom": small(
        model=ModelConfig(
            architecture="custom",
            layers=(
                LayerConfig(kind="conv", size=6, kernel=5, bias=False),
                LayerConfig(kind="batch_norm"),
                LayerConfig(kind="leaky_relu"),
                LayerConfig(kind="avg_pool", size=4),
                LayerConfig(kind="conv", size=8, kernel=1),
                LayerConfig(kind="flatten"),
                LayerConfig(kind="dropout", p=0.1),
                LayerConfig(kind="linear", size=10),
            ),
        ),
        data=DataConfig(limit=240, erase=4),
        optimizer=OptimizerConfig(name="adam", lr=1e-2),
    ),
}


RUNS |= {
    f"preset_{name}": replace(
        preset.config,
        epochs=1,
        device="cpu",
        threads=1,
        data=replace(preset.config.data, limit=448, dataset="auto"),
    )
    for name, preset in PRESETS.items()
    if name != "diverges"  # to be seen, not to be kept
}


@pytest.fixture(scope="module")
def root(small_train: Split, small_test: Split, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder laid out as torchvision's download, of 512 and 200 images."""
    return write_root(tmp_path_factory.mktemp("data"), (small_train, small_test))


def records(history: tuple[EpochRecord, ...]) -> list[dict[str, float]]:
    """What a script prints of each epoch, from the app's history."""
    rows = []
    for record in history:
        row = {"train loss": record.train_loss, "train accuracy": record.train_accuracy}
        if record.validation_loss is not None and record.validation_accuracy is not None:
            row |= {
                "validation loss": record.validation_loss,
                "validation accuracy": record.validation_accuracy,
            }
        rows.append({**row, "test loss": record.test_loss, "test accuracy": record.test_accuracy})
    return rows


def printed(text: str) -> list[dict[str, float]]:
    """The epochs of a script's output."""
    lines = [line for line in text.splitlines() if line.startswith("epoch ")]
    return [{f"{split} {what}": float(value) for split, what, value in LINE.findall(line)} for line in lines]


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder that knows nothing of the project, and give what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the exported scripts lie, and what they save."""
    return tmp_path_factory.mktemp("scripts")


@pytest.fixture(scope="module")
def outputs(root: str, folder: Path) -> dict[str, str]:
    """What each exported script prints, two fresh processes for all of them."""
    for name, config in RUNS.items():
        (folder / f"{name}.py").write_text(to_script(config))
    names, texts = list(RUNS), {}
    for group in (names[:1], names[1:]):
        paths = [f"{name}.py" for name in group]
        output = run([sys.executable, "-W", "error", "-c", DRIVER, root, *paths], folder)
        for part in output.split("# ")[1:]:
            texts[part.partition(".py")[0]] = part
    return texts


@pytest.mark.parametrize("name", RUNS)
def test_script_gives_the_apps_history(
    name: str, outputs: dict[str, str], small_train: Split, small_test: Split
) -> None:
    """Every epoch's losses and accuracies agree to 1e-5."""
    result = run_training(RUNS[name], train_split=small_train, test_split=small_test)
    expected, got = records(result.history), printed(outputs[name])
    assert len(got) == len(expected)
    for wanted, row in zip(expected, got, strict=True):
        assert row == pytest.approx(wanted, abs=1e-5)
    if name == "early_stopping":
        assert result.status == "early"


@pytest.mark.parametrize("name", RUNS)
def test_the_weights_a_script_saves_come_back(name: str, outputs: dict[str, str], folder: Path) -> None:
    """What a fresh process saved goes through the upload, and is the run's network to the bit."""
    assert name in outputs
    data = (folder / f"{name}.pth").read_bytes()
    upload = read_uploaded_weights(data, known=[RUNS[name].model])
    assert upload.model == RUNS[name].model or name in ("tutorial", "momentum_step", "rmsprop_nll")
    saved = torch.load(io.BytesIO(data), weights_only=True)
    assert all(value.is_contiguous() for value in saved.values())
    assert list(upload.state_dict) == list(saved)
    assert all(torch.equal(value, upload.state_dict[key]) for key, value in saved.items())


@pytest.mark.parametrize(("name", "drifts"), [("tutorial", True), ("momentum_step", False)])
def test_a_script_says_whether_its_digits_drift(name: str, drifts: bool) -> None:
    """A step that is written out rounds otherwise than the script's; no other run does."""
    assert ("drift apart" in " ".join(to_script(RUNS[name]).split())) == drifts


def test_two_processes_of_which_one_is_killed_give_the_losses_of_one(
    root: str, outputs: dict[str, str], tmp_path: Path
) -> None:
    """Under torchrun the run has the same global batches; after a kill -9 it goes on from its checkpoint.

    Shuffled, with momentum and a schedule: whatever is not kept would show in the second epoch.
    """
    kill = "    if t == 0 and rank == 1 and not start:\n        os.kill(os.getpid(), 9)\n"
    script = to_script(RUNS["momentum_step"], distributed=True)
    line = "    save_checkpoint(t + 1)\n"
    assert script.count(line) == 1
    (tmp_path / "run.py").write_text(script.replace(line, line + kill))
    own_store = ["env", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1"]
    launcher = [
        *own_store,
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node=2",
    ]
    got = printed(run([*launcher, "--max-restarts=1", "run.py", "--root", root], tmp_path))
    expected = printed(outputs["momentum_step"])
    assert len(got) == len(expected) == 2
    for wanted, row in zip(expected, got, strict=True):
        assert row["train loss"] == pytest.approx(wanted["train loss"], abs=1e-4)
        assert row["test loss"] == pytest.approx(wanted["test loss"], abs=1e-4)
    assert torch.load(tmp_path / "model.pth", weights_only=True)
    assert not list(tmp_path.glob("run-*"))  # the checkpoint of a finished run is removed


def test_distributed_training_is_an_option() -> None:
    """A program for one process does not mention several."""
    plain, distributed = (to_script(RUNS["augmented"], distributed=value) for value in (False, True))
    assert not re.search(r"dist\b|torchrun|rank|world|step \*|checkpoint|restart", plain)
    assert all(word in distributed for word in ("init_process_group", "DistributedDataParallel", "torchrun"))


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("distributed", [False, True])
def test_a_script_is_well_formed(name: str, distributed: bool) -> None:
    """It is formatted as Ruff would, lines of 110, and names nothing that it does not define."""
    if distributed and RUNS[name].changes:
        with pytest.raises(ConfigError, match="trains in one process"):
            to_script(RUNS[name], distributed=True)
        return
    script = to_script(RUNS[name], distributed=distributed)
    for command in (["format", "--diff"], ["check", "--isolated", "--select", "E,F,I,W"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--line-length",
                "110",
                "--stdin-filename",
                "run.py",
                "-",
            ],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", RUNS)
def test_notebook_is_the_same_program(name: str) -> None:
    """The notebook's cells compile, and hold what the script holds but for its command line."""
    notebook = json.loads(to_notebook(RUNS[name]))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert notebook["nbformat"] == 4
    assert "argparse" not in "".join(code)
    compile("\n".join(code), "notebook", "exec")
    script = to_script(RUNS[name])
    assert all(cell in script for cell in code[2:])


def test_auto_device_is_chosen_as_the_tutorial_does() -> None:
    """A run whose device was left open asks for a GPU and falls back to the CPU."""
    script = to_script(TrainConfig.tutorial())
    assert "torch.cuda.is_available()" in script
    assert "set_num_threads" not in script
    compile(script, "script", "exec")


def test_a_run_on_uploaded_images_is_not_exported() -> None:
    """Nobody else has those images, and the sentence says so."""
    config = TrainConfig(data=DataConfig(dataset="custom-12345678"))
    with pytest.raises(ConfigError, match="uploaded images"):
        to_script(config)


def test_a_run_on_the_sample_says_where_the_sample_is() -> None:
    """The script names the folder of the project that has the images."""
    assert "core/data/sample" in to_script(TrainConfig(data=DataConfig(dataset="sample-12345678")))


def test_onnx_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional packages there is a sentence, not a traceback."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CheckpointError, match="pip install onnx"):
        to_onnx(load())


def test_onnx_gives_the_networks_logits() -> None:
    """Where the optional packages are there, another program computes the same for any number of images."""
    pytest.importorskip("onnxscript", reason="ONNX export needs the optional onnxscript")
    runtime = pytest.importorskip("onnxruntime", reason="comparing ONNX needs the optional onnxruntime")
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    session = runtime.InferenceSession(to_onnx(load()))
    (logits,) = session.run(None, {"images": images.numpy()})
    torch.testing.assert_close(torch.from_numpy(logits), load().module(images), atol=1e-4, rtol=1e-4)
