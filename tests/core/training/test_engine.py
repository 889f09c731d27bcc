"""The engine against the tutorial's own loop, and against itself interrupted."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import load_split
from core.errors import ConfigError, DeviceMemoryError, DivergedError
from core.model import NeuralNetwork
from core.training.engine import evaluate, loop, predict_logits, run_training, to_input
from core.training.engine.batches import split_indices
from core.training.runs import RunStore

CNN = ModelConfig(architecture="cnn", channels=(4, 8), hidden=(16,), batch_norm=True, dropout=0.2)
EVERYTHING = TrainConfig(
    model=CNN,
    data=DataConfig(validation=0.1, normalize="fashion_mnist", shift=1, flip=True, erase=4),
    optimizer=OptimizerConfig(
        name="sgd",
        lr=0.05,
        momentum=0.9,
        nesterov=True,
        weight_decay=1e-4,
        schedule="one_cycle",
        clip_norm=1.0,
        ema_decay=0.9,
    ),
    label_smoothing=0.1,
    epochs=3,
    seed=7,
    patience=2,
)


class AsInTheTutorial(Dataset):
    """Images as torchvision's dataset hands them out: through PIL and ToTensor, one by one."""

    def __init__(self, split):
        self.split, self.transform = split, ToTensor()

    def __len__(self):
        return len(self.split)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.split.images[index].numpy())), int(
            self.split.labels[index]
        )


def tutorial_loop(split, epochs, seed=0):
    """The losses of every step of the tutorial's loop, written as the tutorial writes it."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = NeuralNetwork()
        loader = DataLoader(AsInTheTutorial(split), batch_size=64)
        loss_fn = nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        losses = []
        for _ in range(epochs):
            for X, y in loader:
                loss = loss_fn(model(X), y)
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
                losses.append(loss.item())
    return losses, model


def train(config, train_split, test_split, **hooks):
    return run_training(
        replace(config, device="cpu", threads=1), train_split=train_split, test_split=test_split, **hooks
    )


def test_losses_are_those_of_the_tutorials_loop(sample_train, sample_test):
    """The same seed and settings give the loss of each of the first 100 steps to 1e-5."""
    steps, found = [], {}
    expected, model = tutorial_loop(sample_train, epochs=2)
    result = train(
        replace(TrainConfig.tutorial(), epochs=2),
        sample_train,
        sample_test,
        on_progress=lambda progress: steps.extend(progress.losses),
    )
    found = [loss for _, loss in steps]
    assert [step for step, _ in steps] == list(range(1, len(expected) + 1)), (
        "every step is told once, in order"
    )
    assert found[:100] == pytest.approx(expected[:100], abs=1e-5)
    expected_test = evaluate(model, sample_test.images, sample_test.labels)
    assert result.history[-1].test_loss == pytest.approx(expected_test.loss, abs=1e-4)
    assert result.history[-1].test_accuracy == pytest.approx(expected_test.accuracy, abs=2e-3)


def test_train_loss_weighs_every_image_alike(small_train, small_test):
    """The epoch's train loss is the mean over images, though the last batch is smaller."""
    losses = []
    config = replace(TrainConfig.tutorial(), epochs=1, batch_size=100)
    result = train(config, small_train, small_test, on_progress=lambda p: losses.extend(p.losses))
    sizes = [100, 100, 100, 100, 100, 12]
    mean = sum(loss * size for (_, loss), size in zip(losses, sizes, strict=True)) / 512
    assert result.history[0].train_loss == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("config", [TrainConfig(epochs=3), EVERYTHING], ids=["plain", "everything"])
@pytest.mark.parametrize("epochs_before", [1, 2])
def test_resuming_gives_the_same_bits(config, epochs_before, small_train, small_test, tmp_path):
    """Interrupted after an epoch, what is on disk by then read back, a run ends with the same weights."""
    states = []
    whole = train(config, small_train, small_test, on_checkpoint=states.append)
    runs, losses = RunStore(tmp_path), np.zeros(0, np.float32)
    runs.begin(whole.config)
    for state in states[:epochs_before]:
        runs.save_epoch(state, losses)
    resumed = train(config, small_train, small_test, resume=runs.load_state(whole.config.key()))
    assert len(resumed.history) == config.epochs > epochs_before
    assert all(torch.equal(whole.state_dict[name], value) for name, value in resumed.state_dict.items())
    assert [r.test_loss for r in resumed.history] == [r.test_loss for r in whole.history]


def test_the_same_configuration_gives_the_same_bits(small_train, small_test):
    """Nothing is drawn from the global generator, so what others draw between two runs does not matter."""
    before = torch.get_rng_state()
    first = train(EVERYTHING, small_train, small_test)
    assert torch.equal(torch.get_rng_state(), before)
    second = train(EVERYTHING, small_train, small_test, should_stop=lambda: torch.rand(1).item() > 1)
    assert not torch.equal(torch.get_rng_state(), before)  # something was drawn between every two steps
    assert all(torch.equal(first.state_dict[name], value) for name, value in second.state_dict.items())


def test_another_seed_gives_other_weights(small_train, small_test):
    """The seed reaches the weights."""
    first, second = (train(TrainConfig(epochs=1, seed=s), small_train, small_test).state_dict for s in (0, 1))
    name = "linear_relu_stack.0.weight"
    assert not torch.equal(first[name], second[name])


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("loss", ["cross_entropy", "nll", "mse"])
def test_every_optimizer_and_loss_learns(name, loss, small_train, small_test):
    """Each pair of optimizer and loss brings the train loss down within three epochs."""
    optimizer = OptimizerConfig(name=name, lr=0.1 if name == "sgd" else 1e-3)
    model = ModelConfig(architecture="mlp", hidden=(32,))
    history = train(
        TrainConfig(model=model, optimizer=optimizer, loss=loss, epochs=3), small_train, small_test
    ).history
    assert history[-1].train_loss < 0.9 * history[0].train_loss
    assert history[-1].test_accuracy > 0.3


def test_nll_on_log_softmax_is_cross_entropy(small_train, small_test):
    """The two losses are the same function of the logits, so the runs agree."""
    first, second = (
        train(TrainConfig(loss=loss, epochs=1), small_train, small_test).history[0]
        for loss in ("cross_entropy", "nll")
    )
    assert first.train_loss == pytest.approx(second.train_loss, abs=1e-6)


def test_stop_is_obeyed_within_a_step_and_keeps_the_last_epoch(small_train, small_test):
    """Asked to stop in the second epoch, the result is that of the first."""
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) == 8 + 3  # 512 images in batches of 64: the third step of the second epoch

    one = train(TrainConfig(epochs=1), small_train, small_test)
    result = train(TrainConfig(epochs=5), small_train, small_test, should_stop=should_stop)
    assert (result.status, len(result.history), len(asked)) == ("stopped", 1, 11)
    assert all(torch.equal(one.state_dict[name], value) for name, value in result.state_dict.items())


def test_a_diverging_run_says_at_which_step(small_train, small_test):
    """A learning rate far too high stops the run with the step and a remedy; the epochs before are kept."""
    states = []
    config = TrainConfig(optimizer=OptimizerConfig(lr=1000.0, momentum=0.9), epochs=4)
    with pytest.raises(DivergedError, match=r"at step [\d,]+: lower the learning rate") as caught:
        train(config, small_train, small_test, on_checkpoint=states.append)
    assert 1 <= caught.value.step <= 4 * 8
    assert all(math.isfinite(r.train_loss) for state in states for r in state.history)


def test_early_stopping_returns_the_best_epoch(small_train, small_test):
    """With no progress on the validation images for `patience` epochs the run ends, with its best weights."""
    config = TrainConfig(
        data=DataConfig(validation=0.3),
        optimizer=OptimizerConfig(name="adam", lr=0.01),
        epochs=40,
        patience=2,
    )
    states = []
    result = train(config, small_train, small_test, on_checkpoint=states.append)
    losses = [record.validation_loss for record in result.history]
    best = losses.index(min(losses))
    assert result.status == "early"
    assert len(losses) == best + 1 + 2
    assert all(torch.equal(states[best].model[name], value) for name, value in result.state_dict.items())


def test_validation_images_are_held_out_by_class(sample_train):
    """The validation split is seeded, takes its share of every class, and shares no image with training."""
    data = DataConfig(validation=0.2)
    generators = [torch.Generator().manual_seed(seed) for seed in (2, 2, 3)]
    splits = [split_indices(data, sample_train.labels, g) for g in generators]
    train_indices, held_out = splits[0]
    assert torch.equal(held_out, splits[1][1])
    assert not torch.equal(held_out, splits[2][1])
    assert torch.equal(torch.cat([train_indices, held_out]).sort().values, torch.arange(5000))
    assert sample_train.labels[held_out].bincount().tolist() == [100] * 10


def test_the_input_is_totensors_to_the_bit(small_train):
    """Scaling a batch gives what torchvision's ToTensor gives image by image."""
    expected = torch.stack([AsInTheTutorial(small_train)[i][0] for i in range(64)])
    assert torch.equal(to_input(small_train.images[:64]), expected)


def test_prediction_leaves_the_mode_alone(small_test):
    """Logits are computed in evaluation mode, and a network in training mode stays in it."""
    model = loop.build(CNN).train()
    before = copy.deepcopy(model.state_dict())
    shares = []
    logits = predict_logits(model, small_test.images, batch_size=64, on_progress=shares.append)
    assert model.training
    assert logits.shape == (200, 10)
    assert shares[-1] == 1.0
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_evaluation_counts_each_image_once(small_test):
    """Loss and accuracy do not depend on how the images are cut into batches."""
    model = loop.build(ModelConfig())
    logits = predict_logits(model, small_test.images, batch_size=7)
    found = evaluate(model, small_test.images, small_test.labels)
    assert found.loss == pytest.approx(
        nn.functional.cross_entropy(logits, small_test.labels).item(), abs=1e-6
    )
    assert sum(map(sum, train(TrainConfig(epochs=1), small_test, small_test).history[0].confusion)) == 200


def test_out_of_memory_is_a_sentence(small_train, small_test, monkeypatch):
    """A device that runs out of memory ends the run with what to do, not with a traceback's message."""

    def too_large(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(loop, "build", too_large)
    with pytest.raises(DeviceMemoryError, match="choose a smaller batch or network"):
        train(TrainConfig(), small_train, small_test)


def test_a_device_that_is_not_there_is_a_sentence(small_train, small_test):
    """Asking for a GPU this machine lacks names what it has."""
    with pytest.raises(ConfigError, match="choose auto or"):
        run_training(TrainConfig(device="cuda:7"), train_split=small_train, test_split=small_test)


def test_bfloat16_learns(small_train, small_test):
    """Autocast to bfloat16 trains, and its weights stay float32."""
    result = train(
        TrainConfig(precision="bfloat16", optimizer=OptimizerConfig(name="adam"), epochs=2),
        small_train,
        small_test,
    )
    assert result.history[-1].train_loss < result.history[0].train_loss
    assert all(value.dtype == torch.float32 for value in result.state_dict.values())


def test_the_notes_run_on_the_full_data():
    """One epoch of the notes' run on the 60,000 images gives the accuracy seen for it: 49.5%."""
    full_train, full_test = load_split(True, "/nowhere"), load_split(False, "/nowhere")
    if len(full_train) < 60_000:
        pytest.skip("the full dataset is not on this machine: get it with `python -m core.data fetch`")
    result = train(replace(TrainConfig.tutorial(), epochs=1), full_train, full_test)
    assert result.history[0].test_accuracy == pytest.approx(0.495, abs=0.003)
