"""Runs that leave training images out or relabel them: kept with the run, never in the data."""

from dataclasses import replace

import pytest
import torch

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split
from core.errors import ConfigError
from core.training.engine import run_training
from core.training.engine.batches import split_indices
from core.training.jobs.training import resolve, train_count
from core.training.presets import title_of
from core.training.runs.link import from_query, to_query

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,)),
    optimizer=OptimizerConfig(lr=0.05),
    epochs=2,
    device="cpu",
    threads=1,
)


def mended(**values: object) -> TrainConfig:
    return replace(CONFIG, data=DataConfig(**values))  # type: ignore[arg-type]


def test_a_mended_run_is_the_run_on_a_mended_dataset_and_the_dataset_stays(
    small_train: Split, small_test: Split
) -> None:
    """To the bit: the images that are left out are not there, the labels are the run's own."""
    before = small_train.labels.clone()
    config = replace(mended(left_out=(0, 17, 500), relabeled=((3, 9), (44, 0))), shuffle=False)
    result = run_training(config, train_split=small_train, test_split=small_test)

    labels = before.clone()
    labels[3], labels[44] = 9, 0
    kept = torch.ones(512, dtype=torch.bool)
    kept[[0, 17, 500]] = False
    other = replace(small_train, images=small_train.images[kept], labels=labels[kept])
    expected = run_training(replace(CONFIG, shuffle=False), train_split=other, test_split=small_test)
    assert all(torch.equal(result.state_dict[name], value) for name, value in expected.state_dict.items())
    assert torch.equal(small_train.labels, before)


def test_leaving_an_image_out_does_not_change_the_order_of_the_others(
    small_train: Split, small_test: Split
) -> None:
    """With batches of one, the run is what it was up to the place of the image that is left out."""
    config = replace(CONFIG, data=DataConfig(limit=40), batch_size=1, epochs=1)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(1)).tolist()
    gone = order[25]
    losses: list[list[float]] = []
    for left_out in ((), (gone,)):
        seen: list[tuple[int, float]] = []
        run_training(
            replace(config, data=DataConfig(limit=40, left_out=left_out)),
            train_split=small_train,
            test_split=small_test,
            on_progress=lambda progress, seen=seen: seen.extend(progress.losses),  # type: ignore[misc]
        )
        losses.append([loss for _, loss in seen])
    assert losses[0][:25] == losses[1][:25]
    assert len(losses[0]) == len(losses[1]) + 1
    assert losses[0][25] != losses[1][25]


def test_leaving_images_out_does_not_move_others_between_training_and_validation(small_train: Split) -> None:
    def drawn(data: DataConfig) -> list[set[int]]:
        generator = torch.Generator().manual_seed(2)
        return [set(part.tolist()) for part in split_indices(data, small_train.labels, generator)]

    train, held_out = drawn(DataConfig(validation=0.25))
    gone = (min(train), min(held_out))
    assert drawn(DataConfig(validation=0.25, left_out=gone)) == [train - {gone[0]}, held_out - {gone[1]}]


def test_the_link_of_a_mended_run_gives_it_back_and_names_its_dataset(small_train: Split) -> None:
    """An index means an image of one dataset, so another one refuses the run instead of mending others."""
    config = resolve(mended(left_out=(5, 9), relabeled=((7, 2),)), small_train)
    query = to_query(config)
    assert (query["without"], query["labels"], query["data"]) == ("5-9", "7:2", small_train.fingerprint)
    again, problems = from_query(query)
    assert not problems
    assert resolve(replace(again, device="cpu", threads=1), small_train).key() == config.key()
    with pytest.raises(ConfigError, match="is of the dataset"):
        resolve(again, replace(small_train, fingerprint="full-00000000"))
    for broken in ({"without": "5-x"}, {"labels": "5"}, {"labels": "5:11"}, {"without": "-".join(["1"] * 9)}):
        assert from_query(broken)[0].data.relabeled == ()


def test_what_cannot_be_mended_is_refused_in_a_sentence(small_train: Split) -> None:
    with pytest.raises(ConfigError, match="mends training image 512"):
        resolve(mended(left_out=(512,)), small_train)
    few = small_train.first(12)
    with pytest.raises(ConfigError, match="No training image is left"):
        resolve(mended(left_out=tuple(range(12))), few)


def test_it_is_named_for_what_was_mended(small_train: Split) -> None:
    config = resolve(mended(left_out=(5, 9), relabeled=((7, 2),)), small_train)
    assert "2 left out, 1 relabeled" in title_of(config)
    assert train_count(config, 512) == 510
