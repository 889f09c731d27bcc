"""What leaves the app by one door comes in by another, and is the same.

Weights of every kind of network: `test_checkpoints.py`. Weights that an exported script saved:
`test_export.py`. A notebook's: `test_notebooks.py`. The example archive: `test_own_dataset.py`.
"""

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest
import torch

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.data.dataset_reader import read_own_dataset
from core.data.example_archive import make_example
from core.data.own_dataset import report_csv
from core.exchange.bundle import COLUMNS, to_zip
from core.exchange.weights.uploads import read_uploaded_weights
from core.model.class_code import class_code
from core.teaching.clinic import read_class
from core.training.engine import run_training
from core.training.engine.records import EpochRecord
from core.training.runs.link import from_query, to_query
from core.training.trained_model import TrainedModel
from tests.core.exchange.test_checkpoints import CONFIGS, CUSTOM
from tests.core.exchange.test_export import RUNS

RUN = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,), activation="tanh", dropout=0.1),
    optimizer=OptimizerConfig(name="adam", lr=2e-3),
    data=DataConfig(limit=240, validation=0.1, normalize="half"),
    epochs=2,
    batch_size=60,
    device="cpu",
    threads=1,
)


@pytest.fixture(scope="module")
def bundle(small_train: Split, small_test: Split) -> tuple[TrainedModel, dict[str, bytes]]:
    """A run's network, and what is in the zip file that a visitor takes home of it."""
    result = run_training(RUN, train_split=small_train, test_split=small_test)
    model = TrainedModel.from_state_dict(
        result.state_dict,
        id=RUN.key(),
        title="a run",
        model=RUN.model,
        normalize=RUN.data.normalize,
        about="two epochs",
        history=result.history,
    )
    with zipfile.ZipFile(io.BytesIO(to_zip(model, RUN))) as archive:
        return model, {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", ["model.pth", "model.safetensors"])
def test_the_weights_of_a_bundle_come_back(bundle: tuple[TrainedModel, dict[str, bytes]], name: str) -> None:
    """To the bit; the `.safetensors` file says itself what it is, and leaves nothing to ask."""
    model, files = bundle
    upload = read_uploaded_weights(files[name], known=[RUN.model])
    assert upload.model == RUN.model
    own = model.module.state_dict()
    assert all(torch.equal(value, own[key]) for key, value in upload.state_dict.items())
    assert list(upload.state_dict) == list(own)
    if name == "model.safetensors":
        alone = read_uploaded_weights(files[name])
        assert (alone.model, alone.normalize, alone.found.chain) == (RUN.model, "half", None)


def test_the_settings_and_figures_of_a_bundle_come_back(
    bundle: tuple[TrainedModel, dict[str, bytes]],
) -> None:
    """The configuration names the same run; the history is the history, as JSON and as a table."""
    model, files = bundle
    assert TrainConfig.from_dict(json.loads(files["config.json"])).key() == RUN.key()
    history = tuple(EpochRecord.from_dict(values) for values in json.loads(files["history.json"]))
    assert history == model.history
    rows = list(csv.DictReader(io.StringIO(files["metrics.csv"].decode())))
    assert [[float(row[column]) for column in COLUMNS] for row in rows] == [
        [getattr(record, column) for column in COLUMNS] for record in model.history
    ]


@pytest.mark.parametrize("name", RUNS)
def test_a_link_gives_the_run_back(name: str) -> None:
    """Every kind of run that is exported; threads and device are those of the machine that opens the link."""
    config = replace(RUNS[name], device="auto", threads=0)
    found, problems = from_query(to_query(config))
    assert problems == []
    assert found == config


def test_the_report_of_a_dataset_serves_as_its_table(sample_train: Split) -> None:
    """The rows that were read are read again, with their labels, beside columns of the report's own."""
    data = make_example(sample_train, 4, mistakes=True)
    first = read_own_dataset(data)
    pictures = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(pictures, "w") as archive:
        for name in whole.namelist():
            if name != "labels.csv":
                archive.writestr(name, whole.read(name))
    again = read_own_dataset(pictures.getvalue(), report_csv(first.rows).encode())
    assert torch.equal(again.images, first.images)
    assert torch.equal(again.labels, first.labels)
    assert [bool(row.problem) for row in again.rows] == [bool(row.problem) for row in first.rows]


@pytest.mark.parametrize("config", [*CONFIGS.values(), CUSTOM], ids=[*CONFIGS, "custom"])
def test_the_class_that_is_written_is_the_class_that_is_read(config: ModelConfig) -> None:
    """The program of a network, pasted into the error clinic, is followed to its ten outputs."""
    read = read_class(class_code(config))
    assert read is not None
    assert not read.problem
    assert read.rows[-1].gives[-1] == 10
